"""What the promotion test KM20 promises."""

from __future__ import annotations

import json
import math
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.evidence.promotion import (
    Promotion,
    answers_needed,
    error_rate_lower,
    error_rate_upper,
    log_wealth,
    log_wealth_of,
    reviews_needed,
    trial_alpha,
)

ORACLES: dict[str, Any] = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))
tolerances = st.floats(0.001, 0.5)
losses = st.sampled_from([0.0, 0.05, 0.1, 0.25, 0.5, 1.0]) | st.floats(0.0, 1.0)
paths = st.lists(losses, max_size=60)
counts_of_losses = st.dictionaries(losses, st.integers(0, 400), max_size=5)


def walk(path: list[float], tolerance: float, bound: float = 1.0) -> list[float]:
    """Give the log-wealth after every review."""
    test = Promotion(tolerance, 0.05, bound)
    seen = []
    for loss in path:
        test.update(loss)
        seen.append(test.log_wealth)
    return seen


def reference_wealth(path: list[float], tolerance: float, bound: float) -> Fraction:
    """Follow the formula of the design page in exact rationals: slow, and without a logarithm."""
    eps, most = Fraction(tolerance), Fraction(bound)
    bets = [Fraction(1)] * 20
    for loss in path:
        bets = [bet * (1 + Fraction(j, 20) / (most - eps) * (eps - Fraction(loss))) for j, bet in enumerate(bets, 1)]
    return sum((Fraction(j, 210) * bet for j, bet in enumerate(bets, 1)), Fraction(0))


def exact_log(value: Fraction) -> float:
    """Take the logarithm of a rational too large or small for a float."""
    return math.log(value.numerator) - math.log(value.denominator)


@pytest.mark.parametrize("row", ORACLES["clean_reviews_needed"], ids=lambda row: f"{row['eps']}-{row['alpha']}")
def test_clean_reviews_needed_are_the_published_ones(row: dict[str, Any]) -> None:
    """Integers match exactly."""
    assert reviews_needed(0, tolerance=float(row["eps"]), alpha=float(row["alpha"])) == row["km20"]


@pytest.mark.parametrize("row", ORACLES["km20_reviews_needed_by_errors"], ids=lambda row: row["eps"])
def test_reviews_needed_by_errors_are_the_published_ones(row: dict[str, Any]) -> None:
    """The table a team sees before it starts."""
    eps, alpha = float(row["eps"]), float(row["alpha"])
    assert [reviews_needed(k, tolerance=eps, alpha=alpha) for k in range(len(row["n_required"]))] == row["n_required"]


@pytest.mark.parametrize("row", ORACLES["km20_wealth_at_n_k"], ids=lambda row: f"{row['eps']}-{row['n']}-{row['k']}")
def test_wealth_at_n_reviews_and_k_errors_is_the_published_one(row: dict[str, Any]) -> None:
    """Floats match to nine digits."""
    wealth = math.exp(log_wealth(row["n"], row["k"], tolerance=float(row["eps"])))
    assert wealth == pytest.approx(row["wealth"], rel=1e-9, abs=0)


@pytest.mark.parametrize("row", ORACLES["km20_paths"], ids=["errors", "severities"])
def test_wealth_along_a_path_is_the_published_one(row: dict[str, Any]) -> None:
    """Plain errors and severity losses need the same code."""
    assert np.exp(walk(row["x"], float(row["eps"]))) == pytest.approx(row["wealth"], rel=1e-9, abs=0)


def test_wealth_weighted_by_propensity_is_the_published_one() -> None:
    """One factor per action, 0 for actions nobody sampled, and a loss bound of 20."""
    row = ORACLES["km20_ipw_path"]
    path = [action["loss"] / action["propensity"] if action["sampled"] else 0.0 for action in row["rows"]]
    assert np.exp(walk(path, float(row["eps"]), row["B"])) == pytest.approx(row["wealth"], rel=1e-9, abs=0)


@given(paths, tolerances, st.sampled_from([1.0, 2.0, 20.0]))
def test_wealth_equals_a_second_slow_reference(path: list[float], tolerance: float, bound: float) -> None:
    """A second opinion in exact rationals."""
    expected = exact_log(reference_wealth(path, tolerance, bound))
    assert log_wealth_of(Counter(path), tolerance=tolerance, bound=bound) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(st.data(), tolerances)
def test_the_order_of_answers_does_not_matter(data: st.DataObject, tolerance: float) -> None:
    """Counts give the same bits in any order; a running test differs by rounding only."""
    path = data.draw(st.lists(losses, min_size=1, max_size=60))
    shuffled = data.draw(st.permutations(path))
    assert log_wealth_of(Counter(shuffled), tolerance=tolerance) == log_wealth_of(Counter(path), tolerance=tolerance)
    assert walk(shuffled, tolerance)[-1] == pytest.approx(walk(path, tolerance)[-1], rel=1e-11, abs=1e-11)


@given(paths, tolerances)
def test_counts_give_the_wealth_of_the_path(path: list[float], tolerance: float) -> None:
    """What the audit log recomputes is what the running test held."""
    running = [0.0, *walk(path, tolerance)][-1]
    assert log_wealth_of(Counter(path), tolerance=tolerance) == pytest.approx(running, rel=1e-11, abs=1e-11)


@given(counts_of_losses, tolerances)
def test_a_clean_answer_never_lowers_wealth(counts: dict[float, int], tolerance: float) -> None:
    """It raises it, in fact."""
    after = {**counts, 0.0: counts.get(0.0, 0) + 1}
    assert log_wealth_of(after, tolerance=tolerance) > log_wealth_of(counts, tolerance=tolerance)


@given(counts_of_losses, tolerances)
def test_an_error_never_raises_wealth(counts: dict[float, int], tolerance: float) -> None:
    """It lowers it by at least a twentieth."""
    after = {**counts, 1.0: counts.get(1.0, 0) + 1}
    assert log_wealth_of(after, tolerance=tolerance) <= log_wealth_of(counts, tolerance=tolerance) + math.log(0.95) + 1e-9


@given(paths, tolerances)
def test_at_the_tolerance_one_more_review_is_a_fair_game(path: list[float], tolerance: float) -> None:
    """The martingale property that the whole promise rests on."""
    before = log_wealth_of(Counter(path), tolerance=tolerance)
    error, clean = (log_wealth_of(Counter([*path, loss]), tolerance=tolerance) - before for loss in (1.0, 0.0))
    assert tolerance * math.exp(error) + (1 - tolerance) * math.exp(clean) == pytest.approx(1.0, rel=1e-9)


@given(st.integers(0, 30), tolerances, st.floats(0.001, 0.5))
def test_reviews_needed_is_the_first_review_that_promotes(errors: int, tolerance: float, alpha: float) -> None:
    """One review fewer does not."""
    n = reviews_needed(errors, tolerance=tolerance, alpha=alpha)
    assert log_wealth(n, errors, tolerance=tolerance) >= -math.log(alpha)
    assert n > errors
    assert log_wealth(n - 1, errors, tolerance=tolerance) < -math.log(alpha)


@given(counts_of_losses, tolerances, st.floats(0.0, 0.9))
def test_answers_needed_promote_and_one_fewer_does_not(counts: dict[float, int], tolerance: float, share: float) -> None:
    """What a reviewer is told the next answers buy, also where a usual edit is the cleanest answer to expect."""
    clean = share * tolerance
    more = answers_needed(counts, tolerance=tolerance, alpha=0.03, clean_loss=clean)

    def wealth(answers: int) -> float:
        return log_wealth_of({**counts, clean: counts.get(clean, 0) + answers}, tolerance=tolerance)

    assert wealth(more) >= -math.log(0.03)
    assert more == 0 or wealth(more - 1) < -math.log(0.03)


def test_answers_needed_ends_even_for_a_tolerance_nobody_could_test() -> None:
    """The closed-form upper limit is a number, or it is refused: there is no search without end."""
    assert answers_needed({}, tolerance=1e-300, alpha=0.05) > 10**300
    with pytest.raises(ValueError, match="raise the tolerance"):
        answers_needed({}, tolerance=5e-324, alpha=0.05)


def test_once_crossed_stays_crossed() -> None:
    """Ville's bound is about ever reaching 1/alpha."""
    test = Promotion(0.05, 0.05)
    seen = []
    for loss in [0.0] * 76 + [1.0] * 5:
        test.update(loss)
        seen.append(test.crossed)
    assert test.log_wealth < 0
    assert seen == [False] * 75 + [True] * 6


def test_the_full_bet_goes_broke_at_the_first_full_error_and_stays_broke() -> None:
    """Log 0 is -inf and nothing turns it into NaN; the nineteen others play on."""
    test = Promotion(0.07, 0.05, 0.3)
    for loss in (0.3, 0.3, 0.0, 0.1):
        test.update(loss)
    broke = [bet for bet in test._log_bets if not math.isfinite(bet)]  # noqa: SLF001  no public way to see one bet
    assert broke == [-math.inf]
    assert math.isfinite(test.log_wealth)


def test_no_data_is_no_evidence() -> None:
    """Wealth starts at exactly 1 and the displayed bound says nothing."""
    assert Promotion(0.02, 0.05).log_wealth == log_wealth(0, 0, tolerance=0.02) == log_wealth_of({}, tolerance=0.02) == 0.0
    assert error_rate_upper({}, alpha=0.05) == error_rate_upper({0.0: 0}, alpha=0.05) == 1.0


def test_a_million_answers_give_the_right_limits() -> None:
    """Neither end overflows: the full bet dominates clean answers, the smallest bet survives errors."""
    million = 10**6
    assert log_wealth(million, 0, tolerance=0.02) == pytest.approx(million * math.log1p(0.02 / 0.98) + math.log(20 / 210))
    assert log_wealth(million, million, tolerance=0.02) == pytest.approx(million * math.log(0.95) + math.log(1 / 210))
    assert 0 < error_rate_upper({0.0: million}, alpha=0.05) < 4e-6
    assert error_rate_upper({1.0: million}, alpha=0.05) == 1.0


@given(counts_of_losses, tolerances)
def test_the_displayed_bound_is_below_the_tolerance_exactly_when_the_test_passes(
    counts: dict[float, int], tolerance: float
) -> None:
    """Screen and decision cannot contradict each other."""
    upper = error_rate_upper(counts, alpha=0.05)
    margin = log_wealth_of(counts, tolerance=tolerance) + math.log(0.05)
    assert abs(margin) < 1e-6 or (upper < tolerance) == (margin > 0)


@given(counts_of_losses, losses)
def test_the_displayed_bound_lies_above_the_mean_and_falls_with_clean_answers(counts: dict[float, int], loss: float) -> None:
    """It also rises with a full error."""
    seen = {**counts, loss: counts.get(loss, 0) + 1}
    mean = math.fsum(value * count for value, count in seen.items()) / sum(seen.values())
    upper = error_rate_upper(seen, alpha=0.05)
    assert mean < upper or mean == upper == 1.0
    assert error_rate_upper({**seen, 0.0: seen.get(0.0, 0) + 1}, alpha=0.05) <= upper
    assert error_rate_upper({**seen, 1.0: seen.get(1.0, 0) + 1}, alpha=0.05) >= upper


@given(counts_of_losses, losses)
def test_the_lower_bound_lies_below_the_mean_and_falls_with_clean_answers(counts: dict[float, int], loss: float) -> None:
    """With the upper one it is an interval that holds the mean."""
    seen = {**counts, loss: counts.get(loss, 0) + 1}
    mean = math.fsum(value * count for value, count in seen.items()) / sum(seen.values())
    lower = error_rate_lower(seen, alpha=0.05)
    assert 0.0 <= lower <= mean + 1e-12
    assert error_rate_lower({**seen, 0.0: seen.get(0.0, 0) + 1}, alpha=0.05) <= lower + 1e-12


def test_the_lower_bound_leaves_nothing_without_errors() -> None:
    """Clean answers prove no errors; twenty full errors prove many."""
    assert error_rate_lower({}, alpha=0.05) == error_rate_lower({0.0: 500}, alpha=0.05) == 0.0
    assert error_rate_lower({1.0: 20}, alpha=0.05) > 0.8


def test_the_displayed_bound_of_a_weighted_loss_is_still_a_rate() -> None:
    """A loss divided by its propensity may reach 20; its mean may not exceed 1."""
    assert error_rate_upper({}, alpha=0.05, bound=20.0) == 1.0
    assert 100 / 1005 < error_rate_upper({20.0: 5, 0.0: 1000}, alpha=0.05, bound=20.0) < 1.0


def test_all_trials_together_spend_alpha() -> None:
    """The published budgets, and a sum that reaches alpha only in the limit."""
    row = ORACLES["alpha_spending"]
    spent = [trial_alpha(row["alpha"], trial) for trial in range(1, 10_000)]
    assert spent[: len(row["first"])] == pytest.approx(row["first"], rel=1e-9)
    assert 0.0499 < math.fsum(spent) < 0.05


@pytest.mark.parametrize("tolerance", [0.0, 1.0, -0.1, 1.5, math.nan, math.inf])
def test_a_tolerance_that_is_no_rate_is_refused(tolerance: float) -> None:
    """By every way in, naming what was found."""
    for ask in (
        lambda: Promotion(tolerance, 0.05),
        lambda: log_wealth(1, 0, tolerance=tolerance),
        lambda: log_wealth_of({}, tolerance=tolerance),
        lambda: reviews_needed(0, tolerance=tolerance, alpha=0.05),
        lambda: answers_needed({}, tolerance=tolerance, alpha=0.05),
    ):
        with pytest.raises(ValueError, match=f"tolerance must .* found {tolerance!r}"):
            ask()


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, math.nan])
def test_an_alpha_that_is_no_error_budget_is_refused(alpha: float) -> None:
    """By every way in."""
    for ask in (
        lambda: Promotion(0.05, alpha),
        lambda: reviews_needed(0, tolerance=0.05, alpha=alpha),
        lambda: answers_needed({}, tolerance=0.05, alpha=alpha),
        lambda: error_rate_upper({}, alpha=alpha),
        lambda: trial_alpha(alpha, 1),
    ):
        with pytest.raises(ValueError, match=f"alpha must .* found {alpha!r}"):
            ask()


@pytest.mark.parametrize("loss", [-0.1, 1.1, math.nan, math.inf])
def test_a_loss_outside_its_bound_is_refused_and_leaves_no_trace(loss: float) -> None:
    """One refused loss must not spoil the evidence."""
    test = Promotion(0.05, 0.05)
    with pytest.raises(ValueError, match=r"loss must lie in \[0, 1.0\]"):
        test.update(loss)
    assert test == Promotion(0.05, 0.05)
    for ask in (
        lambda: log_wealth_of({loss: 1}, tolerance=0.05),
        lambda: error_rate_upper({loss: 1}, alpha=0.05),
        lambda: answers_needed({}, tolerance=0.05, alpha=0.05, clean_loss=loss),
    ):
        with pytest.raises(ValueError, match="loss must lie in"):
            ask()


@pytest.mark.parametrize("bound", [0.05, 0.0, -1.0, math.inf, math.nan])
def test_a_bound_that_no_loss_could_exceed_the_tolerance_under_is_refused(bound: float) -> None:
    """With such a bound the test would promote on nothing."""
    with pytest.raises(ValueError, match="bound must"):
        Promotion(0.05, 0.05, bound)
    with pytest.raises(ValueError, match="bound must"):
        log_wealth_of({}, tolerance=0.05, bound=bound)


@pytest.mark.parametrize("bound", [0.0, -1.0, math.inf, math.nan])
def test_a_displayed_bound_under_no_loss_bound_is_refused(bound: float) -> None:
    """Here any finite loss bound above 0 will do, since there is no tolerance to be above."""
    with pytest.raises(ValueError, match=f"bound must be finite and above 0, found {bound!r}"):
        error_rate_upper({}, alpha=0.05, bound=bound)


def test_counts_that_cannot_be_counts_are_refused() -> None:
    """Negative, fractional, or more errors than reviews."""
    for ask, found in (
        (lambda: log_wealth(-1, 0, tolerance=0.05), "n must .* found -1"),
        (lambda: log_wealth(3, 4, tolerance=0.05), "errors must .* from 0 to 3, found 4"),
        (lambda: log_wealth_of({0.5: -2}, tolerance=0.05), "the count of loss 0.5 must .* found -2"),
        (lambda: error_rate_upper({0.5: -2}, alpha=0.05), "the count of loss 0.5 must .* found -2"),
        (lambda: reviews_needed(-1, tolerance=0.05, alpha=0.05), "errors must .* found -1"),
        (lambda: trial_alpha(0.05, 0), "trial must .* found 0"),
    ):
        with pytest.raises(ValueError, match=found):
            ask()


def test_a_clean_answer_that_is_not_clean_is_refused() -> None:
    """At the tolerance or above it, no number of answers promotes."""
    with pytest.raises(ValueError, match=r"clean_loss must be below the tolerance 0.05 .* found 0.05"):
        answers_needed({}, tolerance=0.05, alpha=0.05, clean_loss=0.05)
