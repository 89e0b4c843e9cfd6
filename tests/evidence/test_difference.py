"""How much lower a rate is at least: against scipy's Wilson interval, published values, and its stated confidence."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from remit.evidence.difference import at_least_worse, wilson


@given(st.integers(1, 2000), st.data())
def test_the_interval_of_one_rate_is_that_of_scipy(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))
    wanted = binomtest(successes, n).proportion_ci(confidence_level=0.9, method="wilson")
    assert wilson(successes, n, float(norm.ppf(0.95))) == pytest.approx((wanted.low, wanted.high), abs=1e-12)


NEWCOMBE = {
    "56/70 against 48/80": ((56, 70), (48, 80), 0.0524),
    "9/10 against 3/10": ((9, 10), (3, 10), 0.1705),
    "10/10 against 0/20": ((10, 10), (0, 20), 0.6791),
}
"""The lower ends of his two-sided 95 % intervals (1998, table II, method 10), which are one-sided bounds at 97.5 %."""


@pytest.mark.parametrize(("control", "other", "low"), NEWCOMBE.values(), ids=NEWCOMBE)
def test_the_bound_is_that_of_newcombe(control: tuple[int, int], other: tuple[int, int], low: float) -> None:
    assert at_least_worse(control, other, confidence=0.975) == pytest.approx(low, abs=5e-5)


@pytest.mark.parametrize(("rate", "worse"), [(0.05, 0.03), (0.5, 0.5), (0.02, 0.02)])
def test_the_true_difference_lies_below_the_bound_no_more_often_than_said(rate: float, worse: float) -> None:
    random, n, rounds, above = Random(3), 400, 1500, 0
    for _ in range(rounds):
        control = sum(random.random() < rate for _ in range(n))
        other = sum(random.random() < worse for _ in range(n))
        above += at_least_worse((control, n), (other, n)) > rate - worse
    assert above / rounds <= 0.065  # 5 % promised; the spread of 1,500 rounds is half a point


def test_an_arm_that_is_better_is_not_worse() -> None:
    assert at_least_worse((50, 1000), (80, 1000)) < 0
