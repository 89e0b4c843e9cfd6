"""What a confidence has meant so far: the error rate of reviewed items as a rising or falling step of it. For display only.

Isotonic regression is the monotone sequence closest to what was seen (pool adjacent violators). Venn-Abers gives two of its
values, fitted with the new item labelled 0 and labelled 1; the truth of a calibrated forecast lies between them on average, and
their distance says how thin the data is. Neither is a guarantee for a set chosen by looking: thresholds picked from a plug-in
isotonic curve broke their tolerance in 41 to 60 % of runs. `threshold` is for that.

Assumptions: items are exchangeable; for isotonic regression also that risk moves one way with confidence.

Sources: Ayer et al., Annals of Mathematical Statistics 26 (1955); Vovk and Petej, "Venn-Abers predictors", UAI (2014).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby


def isotonic(values: Sequence[float], weights: Sequence[float] | None = None) -> list[float]:
    """Give the closest non-decreasing sequence in least squares; `weights`, where given, are above 0 and as many."""
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many values
    for value, weight in zip(values, weights or [1.0] * len(values), strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            blocks.append(_pooled(blocks.pop(), blocks.pop()))
    return [mean for mean, _, many in blocks for _ in range(many)]


def venn_abers(scores: Sequence[float], labels: Sequence[int], score: float) -> tuple[float, float]:
    """Give (p0, p1) for an item of this `score`: isotonic fits to the labels (0 or 1) with the item added as 0 and as 1.

    Equal scores are one step. Without data it is (0, 1): nothing is known. Takes n log n each time.
    """
    if not math.isfinite(score) or any(label not in {0, 1} for label in labels):
        msg = f"score must be a finite number and labels 0 or 1, found score {score!r} and labels {sorted(set(labels))!r}"
        raise ValueError(msg)
    seen = list(zip(scores, labels, strict=True))
    return _fitted_at(score, [*seen, (score, 0)]), _fitted_at(score, [*seen, (score, 1)])


def _pooled(one: tuple[float, float, int], other: tuple[float, float, int]) -> tuple[float, float, int]:
    weight = one[1] + other[1]
    return (one[0] * one[1] + other[0] * other[1]) / weight, weight, one[2] + other[2]


def _fitted_at(score: float, seen: list[tuple[float, int]]) -> float:
    steps = [(at, [label for _, label in group]) for at, group in groupby(sorted(seen), key=lambda pair: pair[0])]
    fitted = isotonic([sum(labels) / len(labels) for _, labels in steps], [float(len(labels)) for _, labels in steps])
    return next(value for (at, _), value in zip(steps, fitted, strict=True) if at == score)
