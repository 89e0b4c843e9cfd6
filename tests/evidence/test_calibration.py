"""What the display of a confidence's meaning promises."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from venn_abers.venn_abers import calc_p0p1, calc_probs

from remit.evidence.calibration import isotonic, venn_abers

ORACLES: dict[str, Any] = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))
scores = st.integers(0, 20).map(lambda step: step / 20)
seen = st.lists(st.tuples(scores, st.integers(0, 1)), min_size=1, max_size=40)
weighted = st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.1, 10.0)), min_size=1, max_size=40)


def test_the_isotonic_fit_is_the_published_one() -> None:
    row = ORACLES["isotonic_pav"]
    assert isotonic(row["y"]) == pytest.approx(row["fitted"], rel=1e-9)


@pytest.mark.parametrize("row", ORACLES["venn_abers"]["test"], ids=lambda row: str(row["score"]))
def test_the_venn_abers_pair_is_the_published_one(row: dict[str, Any]) -> None:
    given_to = ORACLES["venn_abers"]
    assert venn_abers(given_to["scores"], given_to["y"], row["score"]) == pytest.approx(tuple(row["p0_p1"]), rel=1e-9)


@given(weighted)
def test_the_isotonic_fit_agrees_with_another_implementation(values: list[tuple[float, float]]) -> None:
    at, weights = [value for value, _ in values], [weight for _, weight in values]
    theirs = IsotonicRegression().fit(np.arange(len(at)), at, sample_weight=weights).predict(np.arange(len(at)))
    assert isotonic(at, weights) == pytest.approx(theirs.tolist(), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_the_venn_abers_pair_agrees_with_another_implementation(seed: int) -> None:
    """Theirs needs more than a handful of items, and is asked at scores it has seen."""
    chance = np.random.default_rng(seed)
    at = chance.integers(0, 21, 60) / 20
    labels = (chance.random(60) < at).astype(int)
    p0, p1, steps = calc_p0p1(np.column_stack([1 - at, at]), labels)
    _, theirs = calc_probs(p0, p1, steps, np.column_stack([1 - at, at]))
    ours = [venn_abers(at.tolist(), labels.tolist(), score) for score in at.tolist()]
    assert np.array(ours) == pytest.approx(theirs, abs=1e-9)


@given(seen, scores)
def test_the_pair_is_in_order_and_holds_the_fit(items: list[tuple[float, int]], score: float) -> None:
    at, labels = [one for one, _ in items], [label for _, label in items]
    low, high = venn_abers(at, labels, score)
    assert 0.0 <= low <= high <= 1.0


@given(seen, scores, scores)
def test_a_higher_score_never_means_less(items: list[tuple[float, int]], one: float, other: float) -> None:
    at, labels = [score for score, _ in items], [label for _, label in items]
    lower, higher = (venn_abers(at, labels, score) for score in sorted((one, other)))
    assert lower[0] <= higher[0] + 1e-12
    assert lower[1] <= higher[1] + 1e-12


def test_without_data_nothing_is_known() -> None:
    assert venn_abers([], [], 0.5) == (0.0, 1.0)
    assert isotonic([]) == []


def test_what_is_no_score_or_label_is_refused() -> None:
    with pytest.raises(ValueError, match="score must be a finite number"):
        venn_abers([0.5], [1], math.nan)
    with pytest.raises(ValueError, match=r"labels 0 or 1, found score 0.5 and labels \[2\]"):
        venn_abers([0.5], [2], 0.5)
    with pytest.raises(ValueError, match="shorter"):
        venn_abers([0.5, 0.6], [1], 0.5)
