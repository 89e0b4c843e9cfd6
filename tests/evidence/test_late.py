"""What waiting for late labels promises."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.evidence.late import known_loss
from remit.evidence.promotion import log_wealth_of

TOLERANCE = 0.05
items = st.lists(st.tuples(st.sampled_from([0.0, 0.04, 0.1, 1.0]), st.floats(0.0, 14.0)), max_size=40)


def test_silence_counts_only_after_its_window_and_an_error_at_once() -> None:
    assert known_loss(0.0, age=6.9, window=7, tolerance=TOLERANCE) is None
    assert known_loss(0.0, age=7.0, window=7, tolerance=TOLERANCE) == 0.0
    assert known_loss(1.0, age=0.0, window=7, tolerance=TOLERANCE) == 1.0
    assert known_loss(0.04, age=6.9, window=7, tolerance=TOLERANCE) is None
    assert known_loss(0.05, age=0.0, window=7, tolerance=TOLERANCE) == 0.05


@given(items)
def test_what_is_held_never_exceeds_what_has_had_its_time(seen: list[tuple[float, float]]) -> None:
    """The reason why the promise stands: everything counted early only lowers the wealth."""
    counts: dict[float, int] = {}
    ripe: dict[float, int] = {}
    for loss, age in seen:
        if (known := known_loss(loss, age=age, window=7, tolerance=TOLERANCE)) is not None:
            counts[known] = counts.get(known, 0) + 1
        if age >= 7:
            ripe[loss] = ripe.get(loss, 0) + 1
    assert log_wealth_of(counts, tolerance=TOLERANCE) <= log_wealth_of(ripe, tolerance=TOLERANCE) + 1e-12


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_a_time_or_loss_that_is_none_is_refused(bad: float) -> None:
    for name in ("age", "window", "so_far"):
        figures = {"so_far": 0.0, "age": 1.0, "window": 7.0, name: bad}
        with pytest.raises(ValueError, match=f"{name} must be finite and not negative, found {bad!r}"):
            known_loss(figures["so_far"], age=figures["age"], window=figures["window"], tolerance=TOLERANCE)
    with pytest.raises(ValueError, match="tolerance must"):
        known_loss(0.0, age=1, window=7, tolerance=0)
