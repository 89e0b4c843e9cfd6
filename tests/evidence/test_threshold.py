"""What a certified threshold promises."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mapie.risk_control.methods import compute_hoeffding_bentkus_p_value

from remit.evidence.promotion import Promotion, log_wealth
from remit.evidence.threshold import COVERAGES, Thresholds, coverage_grid, select

ROW: dict[str, Any] = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))["threshold_selection"]
GRID = tuple(map(float, ROW["grid_in_test_order"]))
levels = st.sampled_from([0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99]) | st.floats(0.0, 1.0)
reviewed = st.lists(st.tuples(levels, st.sampled_from([0.0, 0.0, 0.0, 0.1, 0.5, 1.0])), max_size=80)
grids = st.lists(levels, min_size=1, max_size=6)


def test_the_selected_threshold_is_the_published_one() -> None:
    assert select(ROW["confidence"], ROW["error"], tolerance=0.05, delta=0.1, grid=GRID) == float(
        ROW["ltt"]["fixed_sequence_evalue"]
    )


def test_the_wealth_of_every_threshold_is_the_published_one() -> None:
    thresholds = Thresholds(0.05, 0.1, GRID)
    for confidence, error in zip(ROW["confidence"], ROW["error"], strict=True):
        thresholds.update(confidence, error)
    published = [row["e_value"] for row in ROW["ltt"]["rows"]]
    assert np.exp(thresholds.log_wealth) == pytest.approx(published, rel=1e-9, abs=0)
    counted = [math.exp(log_wealth(row["n"], row["k"], tolerance=0.05)) for row in ROW["ltt"]["rows"]]
    assert counted == pytest.approx(published, rel=1e-9, abs=0)


def test_learn_then_test_at_one_look_is_the_published_one() -> None:
    """Another library's p-values for the same counts: what the certificate is compared with in the benchmark."""
    rows = ROW["ltt"]["rows"]
    rates, seen = np.array([row["k"] / row["n"] for row in rows]), np.array([row["n"] for row in rows])
    theirs = compute_hoeffding_bentkus_p_value(rates, seen, 0.05, binary=True)[:, 0]
    assert theirs == pytest.approx([row["hb_p"] for row in rows], rel=1e-9)
    accepted = [tau for tau, p, before in zip(GRID, theirs, np.maximum.accumulate(theirs), strict=True) if before <= 0.1 >= p]
    assert accepted[-1] == float(ROW["ltt"]["fixed_sequence_binomial"])


@given(reviewed, grids, st.floats(0.01, 0.4), st.floats(0.05, 0.9))
def test_the_threshold_is_the_last_of_an_unbroken_row_of_crossed_tests(
    items: list[tuple[float, float]], grid: list[float], tolerance: float, delta: float
) -> None:
    """From the definition: one promotion test per threshold on what lies at or above it."""
    expected = None
    for tau in sorted(grid, reverse=True):
        test = Promotion(tolerance, delta)
        for confidence, loss in items:
            if confidence >= tau:
                test.update(loss)
        if not test.crossed:
            break
        expected = tau
    confidences, losses = [c for c, _ in items], [loss for _, loss in items]
    assert select(confidences, losses, tolerance=tolerance, delta=delta, grid=grid) == expected


@given(reviewed, reviewed, grids)
def test_a_threshold_is_never_taken_back(
    first: list[tuple[float, float]], second: list[tuple[float, float]], grid: list[float]
) -> None:
    """Ville's bound is about ever reaching 1/delta; losing a certificate is the detector's part."""
    thresholds, lowest = Thresholds(0.3, 0.5, tuple(grid)), math.inf
    for confidence, loss in first + second:
        thresholds.update(confidence, loss)
        active = math.inf if thresholds.active is None else thresholds.active
        assert active <= lowest
        lowest = active


@given(reviewed, grids, st.randoms())
def test_the_order_of_the_grid_does_not_matter(items: list[tuple[float, float]], grid: list[float], chance: Any) -> None:
    confidences, losses = [c for c, _ in items], [loss for _, loss in items]
    shuffled = chance.sample(grid, len(grid))
    found = [select(confidences, losses, tolerance=0.2, delta=0.3, grid=one) for one in (grid, shuffled, grid + grid)]
    assert found[0] == found[1] == found[2]


def test_what_was_reviewed_with_a_probability_goes_on_weighted() -> None:
    """A tenth is drawn above the threshold: y = loss/0.1 for those, 0 for the others, and a bound of 10."""
    weighted = Thresholds(0.05, 0.1, (0.9, 0.8), bound=10.0)
    test = Promotion(0.05, 0.1, 10.0)
    for number in range(4000):
        weighted.update(0.95, 10.0 if number % 1000 == 0 else 0.0)
        test.update(10.0 if number % 1000 == 0 else 0.0)
    assert weighted.log_wealth == (test.log_wealth, test.log_wealth)
    assert weighted.active == 0.8


def test_no_data_certifies_nothing() -> None:
    assert select([], [], tolerance=0.05, delta=0.1, grid=GRID) is None
    assert Thresholds(0.05, 0.1, GRID).log_wealth == (0.0,) * len(GRID)


def test_clean_items_certify_the_lowest_threshold_and_errors_none() -> None:
    assert select([0.9] * 200, [0.0] * 200, tolerance=0.05, delta=0.1, grid=(0.9, 0.5)) == 0.5
    assert select([0.9] * 200, [1.0] * 200, tolerance=0.05, delta=0.1, grid=(0.9, 0.5)) is None


def test_a_threshold_above_which_nothing_lies_blocks_those_below() -> None:
    """It can gather no evidence: that is why the grid begins at a fifth of the traffic."""
    assert select([0.9] * 200, [0.0] * 200, tolerance=0.05, delta=0.1, grid=(0.99, 0.5)) is None


@given(st.lists(levels, min_size=1, max_size=60))
def test_a_grid_passes_the_shares_it_was_asked_for(confidences: list[float]) -> None:
    """The highest observed confidence that at least that share lies at or above."""
    grid = coverage_grid(confidences)
    passed = [sum(c >= tau for c in confidences) for tau in grid]
    assert list(grid) == sorted(set(grid), reverse=True)
    assert set(grid) <= set(confidences)
    for share in COVERAGES:
        enough = [tau for tau, many in zip(grid, passed, strict=True) if many >= share * len(confidences) - 1e-9]
        above = [tau for tau in confidences if tau > enough[0]]
        assert len(above) < share * len(confidences) + 1e-9
    assert passed[-1] == len(confidences)


def test_the_grid_is_every_tenth_of_the_traffic_from_a_fifth_on() -> None:
    assert COVERAGES == (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    assert coverage_grid([float(n) for n in range(1, 11)]) == tuple(float(n) for n in range(9, 0, -1))


def test_a_share_that_is_a_whole_number_of_items_takes_just_these() -> None:
    """0.55 x 100 is more than 55 as a float."""
    assert coverage_grid([float(n) for n in range(1, 101)], (0.55, 1e-12)) == (100.0, 46.0)


def test_levels_that_are_said_are_one_threshold_each() -> None:
    assert coverage_grid([0.8, 0.85, 0.9] * 100) == (0.9, 0.85, 0.8)
    assert coverage_grid([0.9]) == (0.9,)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_confidence_that_is_no_number_is_refused_and_leaves_no_trace(bad: float) -> None:
    thresholds = Thresholds(0.05, 0.1, GRID)
    with pytest.raises(ValueError, match="confidence must be a finite number, found"):
        thresholds.update(bad, 0.0)
    with pytest.raises(ValueError, match="confidence must be a finite number, found"):
        coverage_grid([0.5, bad])
    with pytest.raises(ValueError, match="a threshold must be a finite number, found"):
        Thresholds(0.05, 0.1, (0.5, bad))
    assert thresholds == Thresholds(0.05, 0.1, GRID)


@pytest.mark.parametrize("loss", [-0.1, 1.1, math.nan])
def test_a_loss_outside_its_bound_is_refused_and_leaves_no_trace(loss: float) -> None:
    thresholds = Thresholds(0.05, 0.1, GRID)
    with pytest.raises(ValueError, match=r"loss must lie in \[0, 1.0\], found"):
        thresholds.update(0.97, loss)
    with pytest.raises(ValueError, match=r"loss must lie in \[0, 1.0\], found"):
        thresholds.update(0.0, loss)  # below every threshold, and wrong all the same
    assert thresholds == Thresholds(0.05, 0.1, GRID)


def test_a_selection_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^grid must hold at least one threshold, found none$"):
        select([0.5], [0.0], tolerance=0.05, delta=0.1, grid=())
    with pytest.raises(ValueError, match="must be of one length, found 1 and 2"):
        select([0.5], [0.0, 0.0], tolerance=0.05, delta=0.1, grid=GRID)
    with pytest.raises(ValueError, match="tolerance must"):
        select([0.5], [0.0], tolerance=0.0, delta=0.1, grid=GRID)
    with pytest.raises(ValueError, match="delta must"):
        select([0.5], [0.0], tolerance=0.05, delta=0.0, grid=GRID)
    for confidences, shares in (([], COVERAGES), ([0.5], (0.0,)), ([0.5], (0.5, 1.1))):
        wanted = f"a grid needs confidences and shares in (0, 1], found {len(confidences)} confidences and {shares}"
        with pytest.raises(ValueError, match=f"^{re.escape(wanted)}$"):
            coverage_grid(confidences, shares)
