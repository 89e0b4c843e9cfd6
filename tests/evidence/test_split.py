"""The chi-square test of a split, against scipy, and what it says where there is little to compare."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, chisquare

from remit.evidence.split import chi_square_survival, sample_ratio_p


@given(st.floats(1e-6, 400), st.integers(1, 60))
def test_the_survival_function_is_that_of_scipy(statistic: float, degrees: int) -> None:
    assert chi_square_survival(statistic, degrees) == pytest.approx(chi2.sf(statistic, degrees), rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("statistic", [50.0, 200.0, 1000.0])
@pytest.mark.parametrize("degrees", [1, 2, 3, 13])
def test_it_stays_exact_far_out(statistic: float, degrees: int) -> None:
    assert chi_square_survival(statistic, degrees) == pytest.approx(chi2.sf(statistic, degrees), rel=1e-9)


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 9)), min_size=2, max_size=8).filter(
        lambda rows: any(n for n, _ in rows)
    )
)
def test_the_test_is_that_of_scipy(rows: list[tuple[int, int]]) -> None:
    seen, weights = [n for n, _ in rows], [weight for _, weight in rows]
    expected = [sum(seen) * weight / sum(weights) for weight in weights]
    assert sample_ratio_p(seen, expected) == pytest.approx(chisquare(seen, expected).pvalue, rel=1e-9, abs=1e-14)


SPLITS: dict[str, tuple[list[int], list[float], float]] = {
    "nobody came": ([0, 0], [0.0, 0.0], 1.0),
    "one arm": ([10], [10.0], 1.0),
    "as expected": ([50, 50], [50.0, 50.0], 1.0),
    "visitors where none were sent": ([50, 1], [51.0, 0.0], 0.0),
    "an arm without share and visitors is left out": ([50, 50, 0], [50.0, 50.0, 0.0], 1.0),
}


@pytest.mark.parametrize(("seen", "expected", "p"), SPLITS.values(), ids=SPLITS)
def test_what_there_is_to_compare(seen: list[int], expected: list[float], p: float) -> None:
    assert sample_ratio_p(seen, expected) == p


def test_with_shares_that_change_it_calls_a_mismatch_no_more_often_than_it_says() -> None:
    random, alarms, rounds = Random(5), 0, 1500
    for _ in range(rounds):
        seen, expected = [0, 0], [0.0, 0.0]
        for share in (0.5, 0.1, 0.9, 0.3):
            first = sum(random.random() < share for _ in range(100))
            seen = [seen[0] + first, seen[1] + 100 - first]
            expected = [expected[0] + 100 * share, expected[1] + 100 * (1 - share)]
        alarms += sample_ratio_p(seen, expected) < 0.05
    assert alarms / rounds <= 0.05
