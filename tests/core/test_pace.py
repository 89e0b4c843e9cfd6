"""A connected system is sent no more than it takes, rests when it does not answer, and is tried with one call afterwards."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from remit.core.pace import TROUBLE, Line, Pace, answered, room, sent, troubled
from tests.core.small_policy import NOON

FRESH = Line(since=NOON)
STEPS = st.lists(st.tuples(st.floats(0, 10, allow_nan=False), st.integers(0, 50)), max_size=40)


@given(st.floats(0.1, 100), st.integers(1, 50), STEPS)
def test_no_more_goes_out_than_the_pace_allows(per_second: float, at_once: int, steps: list[tuple[float, int]]) -> None:
    pace, line, now, total = Pace(at_once=at_once, per_second=per_second), FRESH, NOON, 0
    for seconds, wanted in steps:
        now += timedelta(seconds=seconds)
        calls = min(wanted, room(pace, line, now))
        assert calls <= at_once
        line, total = sent(pace, line, calls, now), total + calls
    assert total <= max(per_second, 1) + per_second * (now - NOON).total_seconds() + 1e-6


@given(st.floats(0.1, 100))
def test_what_waits_long_enough_always_goes_out(per_second: float) -> None:
    pace = Pace(per_second=per_second)
    line = sent(pace, FRESH, room(pace, FRESH, NOON), NOON)
    assert room(pace, line, NOON + timedelta(seconds=2 / per_second + 2)) >= 1


def test_without_a_pace_only_the_number_at_once_counts() -> None:
    line = sent(Pace(), FRESH, 10_000, NOON)
    assert room(Pace(at_once=7), line, NOON) == 7


def test_after_five_calls_without_an_answer_it_rests_and_is_tried_with_one() -> None:
    line = FRESH
    for _ in range(TROUBLE - 1):
        line = troubled(line, NOON)
        assert room(Pace(), line, NOON) > 1
    line = troubled(line, NOON)
    assert (line.resting(NOON), room(Pace(), line, NOON)) == (True, 0)
    assert room(Pace(), line, NOON + timedelta(seconds=5)) == 1


def test_rest_doubles_while_it_goes_on_and_ends_with_an_answer() -> None:
    line, rests, now = FRESH, [], NOON
    for _ in range(12):
        line = troubled(line, now, calls=TROUBLE)
        assert line.until is not None
        rests.append((line.until - now).total_seconds())
        now = line.until
    assert rests[:4] == [5, 10, 20, 40]
    assert rests[-1] == 300
    assert room(Pace(), answered(line), NOON) == Pace().at_once


@given(st.integers(-5, 10**6))
def test_it_rests_at_once_for_as_long_as_it_asks_for_but_no_longer_than_an_hour(asked: int) -> None:
    line = troubled(FRESH, NOON, rest_seconds=asked)
    assert line.until == NOON + timedelta(seconds=min(max(asked, 0), 3600))


def test_a_clock_that_jumps_back_fills_nothing() -> None:
    pace = Pace(per_second=1)
    line = sent(pace, FRESH, 1, NOON)
    assert room(pace, line, NOON - timedelta(hours=1)) == 0
