"""What bounding the errors that reviewers overlook promises."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.evidence.misses import ENOUGH_PLANTED, miss_rate_upper, seen_tolerance
from remit.evidence.promotion import error_rate_upper

ORACLES: dict[str, Any] = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ORACLES["reviewer_noise"], ids=lambda row: f"{row['eps']}-{row['miss_rate_upper']}")
def test_what_may_be_seen_is_the_published_tolerance(row: dict[str, Any]) -> None:
    assert seen_tolerance(float(row["eps"]), float(row["miss_rate_upper"])) == pytest.approx(row["eps_observed"], rel=1e-9)


@given(st.integers(0, ENOUGH_PLANTED - 1), st.floats(0.0, 0.9))
def test_too_few_planted_items_leave_the_assumption(planted: int, assumed: float) -> None:
    assert miss_rate_upper(planted // 2, planted, alpha=0.025, assumed=assumed) == assumed


@given(st.integers(0, 40), st.integers(0, 400))
def test_enough_planted_items_give_the_time_uniform_bound(missed: int, caught: int) -> None:
    planted = missed + caught + ENOUGH_PLANTED
    bound = miss_rate_upper(missed, planted, alpha=0.025)
    assert bound == error_rate_upper({1.0: missed, 0.0: planted - missed}, alpha=0.025)
    assert missed / planted < bound <= 1.0


@given(st.floats(0.001, 0.5), st.floats(0.0, 0.9), st.floats(0.0, 0.9))
def test_more_misses_never_make_the_test_easier(tolerance: float, one: float, other: float) -> None:
    fewer, more = sorted((one, other))
    assert seen_tolerance(tolerance, more) <= seen_tolerance(tolerance, fewer) <= tolerance


@pytest.mark.parametrize("bad", [-0.1, 1.0, math.nan])
def test_a_miss_rate_that_is_none_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match=f"a miss rate must lie in .* found {bad!r}"):
        seen_tolerance(0.05, bad)
    with pytest.raises(ValueError, match=f"a miss rate must lie in .* found {bad!r}"):
        miss_rate_upper(0, 0, alpha=0.025, assumed=bad)


def test_thirty_planted_items_are_enough() -> None:
    assert miss_rate_upper(0, 29, alpha=0.025, assumed=0.3) == 0.3
    assert miss_rate_upper(0, 30, alpha=0.025, assumed=0.3) < 0.3


def test_counts_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^planted must be a whole number from 0"):
        miss_rate_upper(0, -1, alpha=0.025)
    with pytest.raises(ValueError, match="missed must be a whole number from 0 to 3, found 4"):
        miss_rate_upper(4, 3, alpha=0.025)
    with pytest.raises(ValueError, match="alpha must"):
        miss_rate_upper(0, 0, alpha=0.0)
    with pytest.raises(ValueError, match="tolerance must"):
        seen_tolerance(1.0, 0.1)
