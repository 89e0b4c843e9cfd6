"""Waiting grows, is never shorter than the system asks for, and ends."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from remit.core.retry import MOST_TRIES, next_try

ASKED = st.none() | st.integers(-10, 10**9)


@given(st.integers(0, MOST_TRIES - 1), ASKED)
def test_a_wait_is_at_least_what_the_system_asks_for_and_never_above_an_hour(tries: int, asked: int | None) -> None:
    wait = next_try(tries, asked)
    assert wait is not None
    assert timedelta(seconds=2) <= wait <= timedelta(hours=1)
    assert wait >= timedelta(seconds=min(asked or 0, 3600))


@given(st.integers(1, MOST_TRIES - 2))
def test_waits_grow(tries: int) -> None:
    first, second = next_try(tries), next_try(tries + 1)
    assert first is not None
    assert second is not None
    assert first <= second


@given(st.integers(MOST_TRIES, 10**6), ASKED)
def test_it_ends(tries: int, asked: int | None) -> None:
    assert next_try(tries, asked) is None
