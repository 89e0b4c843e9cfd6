"""A narrow, typed door to scikit-learn: learn from records with labels, say how likely each label is. Same input, same answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import copysign, log1p
from typing import Any

Features = Mapping[str, str | float]
"""Text is taken as a category (one column per value; an unseen value has none), a number as it is."""

_DIGITS = 6
"""Chances are rounded here, so that the last bits of a float never decide on which side of a threshold a record falls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """A fitted model. `labels` stand in the order of the columns of `chances`."""

    labels: tuple[str, ...]
    _pipeline: Any

    def chances(self, rows: Sequence[Features]) -> list[list[float]]:
        """Return, for each row, the chance of each label."""
        if not rows:
            return []
        told = self._pipeline.predict_proba([dict(row) for row in rows])
        return [[round(float(chance), _DIGITS) for chance in row] for row in told]


def learn(rows: Sequence[Features], labels: Sequence[str], *, seed: int) -> Classifier:
    """Fit a logistic regression on one-hot categories and scaled numbers."""
    # scikit-learn takes a second to import, and most commands of the product never learn anything.
    from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    pipeline = make_pipeline(
        DictVectorizer(), StandardScaler(with_mean=False), LogisticRegression(max_iter=500, random_state=seed)
    )
    pipeline.fit([dict(row) for row in rows], list(labels))
    return Classifier(labels=tuple(str(label) for label in pipeline.classes_), _pipeline=pipeline)


def squashed(balance: int) -> float:
    """Draw in the long tails of a balance, debts included."""
    return copysign(log1p(abs(balance)), balance)
