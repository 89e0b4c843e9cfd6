"""What the exact binomial bounds promise."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betainc
from scipy.stats import beta

from remit.evidence.bounds import (
    clopper_pearson_interval,
    clopper_pearson_lower,
    clopper_pearson_upper,
    regularised_incomplete_beta,
)

ORACLES: dict[str, Any] = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))
confidences = st.floats(0.5, 0.999)


@st.composite
def errors_of_reviews(draw: st.DrawFn, least: int = 0, most: int = 3_000) -> tuple[int, int]:
    """Draw (errors, reviews)."""
    n = draw(st.integers(least, most))
    return draw(st.integers(0, n)), n


@pytest.mark.parametrize("row", ORACLES["clopper_pearson"], ids=lambda row: f"{row['k']}-of-{row['n']}")
def test_bounds_are_the_published_ones(row: dict[str, Any]) -> None:
    """One-sided and two-sided, R's binom.test among them."""
    asked = row["k"], row["n"], float(row["confidence"])
    assert clopper_pearson_upper(*asked) == pytest.approx(row["upper_one_sided"], rel=1e-9, abs=0)
    assert clopper_pearson_lower(*asked) == pytest.approx(row["lower_one_sided"], rel=1e-9, abs=0)
    assert clopper_pearson_interval(*asked) == pytest.approx(tuple(row["two_sided"]), rel=1e-9, abs=0)


def test_reviews_needed_at_one_look_are_the_published_ones() -> None:
    """The first n whose upper bound is below the tolerance, for 0 to 11 errors."""
    row = ORACLES["clopper_pearson_reviews_needed_by_errors"]
    eps, confidence = float(row["eps"]), 1 - float(row["alpha"])
    for errors, n in enumerate(row["n_required"]):
        assert clopper_pearson_upper(errors, n, confidence) <= eps < clopper_pearson_upper(errors, n - 1, confidence)


@given(errors_of_reviews(least=1), confidences)
def test_bounds_agree_with_scipy(asked: tuple[int, int], confidence: float) -> None:
    """A second opinion from the beta quantile of a library."""
    errors, n = asked
    upper = beta.ppf(confidence, errors + 1, n - errors) if errors < n else 1.0
    lower = beta.ppf(1 - confidence, errors, n - errors + 1) if errors else 0.0
    assert clopper_pearson_upper(errors, n, confidence) == pytest.approx(upper, rel=1e-9, abs=0)
    assert clopper_pearson_lower(errors, n, confidence) == pytest.approx(lower, rel=1e-9, abs=0)


@pytest.mark.parametrize("errors", [0, 1, 123, 20_000, 500_000, 999_999, 1_000_000])
def test_bounds_hold_at_a_million_reviews(errors: int) -> None:
    """Also far out in either tail."""
    n = 1_000_000
    upper = beta.ppf(0.95, errors + 1, n - errors) if errors < n else 1.0
    lower = beta.ppf(0.05, errors, n - errors + 1) if errors else 0.0
    assert clopper_pearson_interval(errors, n, 0.9) == pytest.approx((lower, upper), rel=1e-9, abs=0)


@given(st.floats(0.0, 1.0), st.floats(0.1, 500.0), st.floats(0.1, 500.0))
def test_the_incomplete_beta_agrees_with_scipy(x: float, a: float, b: float) -> None:
    """Over its whole range, not only at whole numbers; theirs is asked in its lower half, where it loses no digits."""
    theirs = betainc(a, b, x) if x <= 0.5 else 1.0 - betainc(b, a, 1.0 - x)
    assert regularised_incomplete_beta(x, a, b) == pytest.approx(theirs, rel=1e-9, abs=1e-12)


def test_the_incomplete_beta_is_right_a_hair_below_one() -> None:
    """I_x(1/2, 1/2) = 2/pi asin(sqrt(x)), here by its complement; scipy 1.17 is wrong in the ninth digit."""
    x = math.nextafter(1.0, 0.0)
    assert 1.0 - regularised_incomplete_beta(x, 0.5, 0.5) == pytest.approx(2 / math.pi * math.asin(math.sqrt(1.0 - x)), rel=1e-6)


@given(errors_of_reviews(least=1), confidences)
def test_the_bounds_lie_around_the_observed_share(asked: tuple[int, int], confidence: float) -> None:
    """And inside [0, 1]."""
    errors, n = asked
    lower, upper = clopper_pearson_interval(errors, n, confidence)
    assert 0.0 <= lower <= errors / n <= upper <= 1.0


@given(errors_of_reviews(least=1, most=500), confidences)
def test_another_error_never_lowers_a_bound(asked: tuple[int, int], confidence: float) -> None:
    """And another clean review never raises one."""
    errors, n = asked
    for bound in (clopper_pearson_lower, clopper_pearson_upper):
        assert bound(errors, n + 1, confidence) <= bound(errors, n, confidence) <= bound(errors + 1, n + 1, confidence)


@given(errors_of_reviews(most=500), confidences, confidences)
def test_more_confidence_never_narrows_the_interval(asked: tuple[int, int], one: float, other: float) -> None:
    """Nested in confidence."""
    (narrow_low, narrow_high), (wide_low, wide_high) = (
        clopper_pearson_interval(*asked, confidence) for confidence in sorted((one, other))
    )
    assert wide_low <= narrow_low * (1 + 1e-12)
    assert narrow_high <= wide_high * (1 + 1e-12)


@given(errors_of_reviews(most=500), confidences)
def test_counting_successes_in_place_of_errors_mirrors_the_bounds(asked: tuple[int, int], confidence: float) -> None:
    """The upper bound on errors is one minus the lower bound on successes."""
    errors, n = asked
    mirrored = 1 - clopper_pearson_lower(n - errors, n, confidence)
    assert clopper_pearson_upper(errors, n, confidence) == pytest.approx(mirrored, rel=1e-9, abs=1e-12)


def test_no_data_says_nothing() -> None:
    """Everything is possible."""
    assert clopper_pearson_interval(0, 0, 0.95) == (0.0, 1.0)


def test_no_errors_have_a_bound_one_can_check_by_hand() -> None:
    """1 - alpha^(1/n), and its mirror for errors only."""
    assert clopper_pearson_upper(0, 59, 0.95) == pytest.approx(-math.expm1(math.log(0.05) / 59), rel=1e-12)
    assert clopper_pearson_lower(59, 59, 0.95) == pytest.approx(0.05 ** (1 / 59), rel=1e-12)


def test_questions_that_make_no_sense_are_refused() -> None:
    """The message says what was asked and what was found."""
    for bound in (clopper_pearson_lower, clopper_pearson_upper, clopper_pearson_interval):
        for asked, found in (
            ((-1, 10, 0.95), "errors must .* found -1"),
            ((11, 10, 0.95), "errors must .* from 0 to 10, found 11"),
            ((0, -1, 0.95), "n must .* found -1"),
            ((0, 10, 1.0), "confidence must .* found 1.0"),
            ((0, 10, 0.0), "confidence must .* found 0.0"),
            ((0, 10, math.nan), "confidence must .* found nan"),
        ):
            with pytest.raises(ValueError, match=found):
                bound(*asked)
    for x, a, b in ((-0.1, 1.0, 1.0), (1.1, 1.0, 1.0), (math.nan, 1.0, 1.0), (0.5, 0.0, 1.0), (0.5, 1.0, math.inf)):
        with pytest.raises(ValueError, match="x must lie in"):
            regularised_incomplete_beta(x, a, b)
