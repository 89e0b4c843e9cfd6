"""Working days count from Monday to Friday, and draws hang on nothing but their arguments."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.demo.draws import draw, normal, one_of, whole
from remit.demo.working_days import is_working_day, working_days, working_days_before, working_days_between

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2008, 8, day) for day in (1, 2, 3, 4))
DAYS = st.dates(min_value=date(2008, 1, 1), max_value=date(2010, 12, 31))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (MONDAY, 0, MONDAY),
        (MONDAY, 1, FRIDAY),
        (SATURDAY, 1, FRIDAY),
        (SUNDAY, 1, FRIDAY),
        (MONDAY, 5, date(2008, 7, 28)),
        (MONDAY, 6, date(2008, 7, 25)),
    ],
)
def test_weekends_are_stepped_over(day: date, count: int, expected: date) -> None:
    assert working_days_before(day, count) == expected


@given(day=DAYS, count=st.integers(min_value=1, max_value=60))
def test_stepping_back_equals_walking_back(day: date, count: int) -> None:
    walked, left = day, count
    while left:
        walked -= timedelta(days=1)
        left -= is_working_day(walked)
    assert working_days_before(day, count) == walked
    assert working_days_between(walked, day) == count


def test_a_walk_holds_both_ends() -> None:
    assert list(working_days(FRIDAY, MONDAY)) == [FRIDAY, MONDAY]


@given(seed=st.integers(), what=st.text(), row=st.integers())
def test_a_draw_repeats_and_stays_below_one(seed: int, what: str, row: int) -> None:
    assert 0 <= draw(seed, what, row) < 1
    assert draw(seed, what, row) == draw(seed, what, row)


def test_draws_spread_evenly() -> None:
    drawn = [draw(1, "spread", row) for row in range(20_000)]
    assert abs(sum(drawn) / len(drawn) - 0.5) < 0.01
    assert {whole(1, "die", row, low=1, high=6) for row in range(200)} == {1, 2, 3, 4, 5, 6}
    assert {one_of(1, "letter", row, "ab") for row in range(50)} == {"a", "b"}


def test_a_normal_draw_has_mean_zero_and_spread_one() -> None:
    drawn = [normal(1, "normal", row) for row in range(20_000)]
    assert abs(sum(drawn) / len(drawn)) < 0.03
    assert abs(sum(value * value for value in drawn) / len(drawn) - 1) < 0.05
