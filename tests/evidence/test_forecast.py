"""What a forecast promises."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.exact import km20, walk
from remit.evidence.forecast import forecast
from remit.evidence.promotion import reviews_needed

ORACLES: dict[str, Any] = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))
OURS = [row for row in ORACLES["operating_characteristics_exact"] if row["method"] == "km20"]
rates = st.floats(0.0, 1.0) | st.sampled_from([0.0, 0.01, 0.02, 0.05, 1.0])


@pytest.mark.parametrize("row", OURS, ids=lambda row: f"p={row['p_over_eps']}eps")
def test_chance_and_time_of_promotion_are_the_published_ones(row: dict[str, Any]) -> None:
    eps, alpha = float(row["eps"]), float(row["alpha"])
    told = forecast(eps * float(row["p_over_eps"]), tolerance=eps, alpha=alpha, horizon=row["N"])
    assert told.chance == pytest.approx(row["prob_promoted_by_N"], rel=1e-9)
    assert told.mean_reviews == pytest.approx(row["expected_min_T_N"], rel=1e-9)


@settings(max_examples=30)
@given(rates, st.sampled_from([0.02, 0.05, 0.1]), st.integers(0, 400))
def test_a_forecast_agrees_with_a_second_way_to_reckon_it(error_rate: float, tolerance: float, horizon: int) -> None:
    told, second = (
        forecast(error_rate, tolerance=tolerance, alpha=0.05, horizon=horizon),
        walk(km20(tolerance, 0.05), error_rate, horizon),
    )
    assert told.chance == pytest.approx(second.chance, rel=1e-9, abs=1e-12)
    assert told.mean_reviews == pytest.approx(second.mean, rel=1e-9, abs=1e-9)


@settings(max_examples=30)
@given(rates, st.integers(0, 120), st.integers(0, 3), st.integers(0, 60))
def test_a_forecast_on_the_way_is_that_of_the_start_given_what_was_seen(
    error_rate: float, reviews: int, errors: int, horizon: int
) -> None:
    """One review further: the chance is that after a clean and that after a wrong answer, each as likely as it is."""
    errors = min(errors, reviews)
    told = forecast(error_rate, tolerance=0.05, alpha=0.05, horizon=horizon + 1, reviews=reviews, errors=errors)
    if told.by_review[0] == 1.0:
        return
    clean, wrong = (
        forecast(error_rate, tolerance=0.05, alpha=0.05, horizon=horizon, reviews=reviews + 1, errors=errors + more).chance
        for more in (0, 1)
    )
    assert told.chance == pytest.approx((1 - error_rate) * clean + error_rate * wrong, rel=1e-9, abs=1e-12)


def test_a_perfect_agent_is_promoted_at_the_first_boundary() -> None:
    told = forecast(0.0, tolerance=0.05, alpha=0.05, horizon=500)
    assert told.reviews_for(0.9) == reviews_needed(0, tolerance=0.05, alpha=0.05) == told.mean_reviews == 76
    assert forecast(0.0, tolerance=0.05, alpha=0.05, horizon=75).reviews_for(0.9) is None


def test_a_forecast_begins_where_the_answers_stand() -> None:
    """Ten clean answers before the bar a perfect agent needs ten more; after an error as many as the boundary of one says."""
    assert forecast(0.0, tolerance=0.05, alpha=0.05, horizon=10, reviews=66).by_review == (0.0,) * 10 + (1.0,)
    assert forecast(0.0, tolerance=0.05, alpha=0.05, horizon=9, reviews=66).chance == 0.0
    assert forecast(0.0, tolerance=0.05, alpha=0.05, horizon=200, reviews=50, errors=1).mean_reviews == 127 - 50


def test_a_chance_that_is_reached_just_then_counts() -> None:
    told = forecast(0.01, tolerance=0.05, alpha=0.05, horizon=200)
    assert told.reviews_for(told.by_review[76]) == 76
    assert told.reviews_for(0.0) == 0


def test_an_agent_near_the_tolerance_cannot_be_told_from_a_bad_one() -> None:
    """Twenty thousand reviews do for one in two: what a user is told before she waits for them."""
    told = forecast(0.045, tolerance=0.05, alpha=0.05, horizon=20_000)
    assert 0.45 < told.chance < 0.55
    assert told.reviews_for(0.9) is None


def test_a_test_that_has_crossed_takes_no_further_review() -> None:
    told = forecast(0.01, tolerance=0.05, alpha=0.05, horizon=3, reviews=76)
    assert (told.by_review, told.mean_reviews, told.reviews_for(0.9)) == ((1.0,) * 4, 0.0, 0)


def test_no_horizon_is_no_promotion() -> None:
    told = forecast(0.01, tolerance=0.05, alpha=0.05, horizon=0)
    assert (told.chance, told.mean_reviews, told.by_review) == (0.0, 0.0, (0.0,))


@given(st.floats(0.0, 0.2), st.integers(1, 300))
def test_the_chance_only_grows_with_reviews(error_rate: float, horizon: int) -> None:
    by_review = forecast(error_rate, tolerance=0.1, alpha=0.05, horizon=horizon).by_review
    assert len(by_review) == horizon + 1
    assert all(0.0 <= before <= after <= 1.0 for before, after in pairwise(by_review))


@pytest.mark.parametrize("bad", [-0.1, 1.1, math.nan])
def test_a_rate_that_is_none_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match=f"error_rate must lie in .* found {bad!r}"):
        forecast(bad, tolerance=0.05, alpha=0.05, horizon=10)


def test_figures_that_are_none_are_refused() -> None:
    for name, wrong in (("horizon", {"horizon": -1}), ("reviews", {"reviews": -1}), ("errors", {"reviews": 3, "errors": 4})):
        with pytest.raises(ValueError, match=f"{name} must be a whole number"):
            forecast(0.01, tolerance=0.05, alpha=0.05, **{"horizon": 10, **wrong})
    for name, tolerance, alpha in (("tolerance", 0.0, 0.05), ("alpha", 0.05, 1.0)):
        with pytest.raises(ValueError, match=f"{name} must"):
            forecast(0.01, tolerance=tolerance, alpha=alpha, horizon=10)
