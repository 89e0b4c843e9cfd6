"""What the QA rate promises."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.evidence.sampling import bernoulli_kl, enough_volume, escalated, rate, rate_for_harm, reviews_to_detect

ORACLES: dict[str, Any] = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))
positive = st.floats(0.01, 1e6)


@pytest.mark.parametrize("row", ORACLES["qa_rate_for_harm"], ids=lambda row: row["p1"])
def test_reviews_to_detect_are_the_published_ones(row: dict[str, Any]) -> None:
    """The information of one review, and the delay it leads to."""
    eps, p1 = float(row["eps"]), float(row["p1"])
    assert bernoulli_kl(p1, eps) == pytest.approx(row["kl"], rel=1e-9)
    assert reviews_to_detect(eps, row["A"], p1 / eps) == pytest.approx(row["delay_reviews_approx"], rel=1e-9)


def test_four_times_the_tolerance_is_what_is_looked_for_unless_said() -> None:
    """The default of the design page."""
    assert reviews_to_detect(0.02, 7300.0) == reviews_to_detect(0.02, 7300.0, 4.0)


@given(st.floats(0.001, 0.2), st.floats(1.0, 1e6), st.floats(1.0, 1e6), st.floats(1.5, 4.9))
def test_rarer_false_alarms_never_take_fewer_reviews(eps: float, one: float, other: float, times: float) -> None:
    """Also where the asymptotic formula no longer holds and a floor stands in."""
    shorter, longer = sorted((one, other))
    assert reviews_to_detect(eps, shorter, times) <= reviews_to_detect(eps, longer, times) * (1 + 1e-12)


@given(st.floats(1e-9, 0.2), st.floats(1.0, 1e9), st.floats(1.0 + 1e-9, 4.9))
def test_reviews_to_detect_lie_between_one_unit_of_information_and_the_run_length(
    eps: float, average_run_length: float, times: float
) -> None:
    """Never zero or negative, which would let a small team sample nothing; never beyond A, when the alarm sounds anyway."""
    needed = reviews_to_detect(eps, average_run_length, times)
    assert 0.0 < needed <= average_run_length
    assert needed == average_run_length or needed * bernoulli_kl(times * eps, eps) >= 1 - 1e-9


@given(st.floats(0.0, 1.0), positive, positive, st.floats(0.0, 1e6))
def test_the_rate_is_never_below_its_base_nor_above_one(base: float, needed: float, days: float, actions: float) -> None:
    """Clipped at both ends."""
    assert base <= rate(base, reviews_needed=needed, days=days, actions_per_day=actions) <= 1.0


@given(st.floats(0.0, 1.0), positive, positive, st.floats(0.0, 1e6))
def test_the_rate_brings_the_reviews_in_time_wherever_volume_allows(
    base: float, needed: float, days: float, actions: float
) -> None:
    """Otherwise everything is reviewed, and the volume is called too low."""
    share = rate(base, reviews_needed=needed, days=days, actions_per_day=actions)
    if enough_volume(reviews_needed=needed, days=days, actions_per_day=actions):
        assert share * days * actions >= needed * (1 - 1e-12)
    else:
        assert share == 1.0


@given(positive, positive, positive, positive)
def test_more_volume_never_needs_a_higher_rate(needed: float, days: float, one: float, other: float) -> None:
    """The floor bites at low volume only."""
    fewer, more = sorted((one, other))
    at_few, at_many = (rate(0.05, reviews_needed=needed, days=days, actions_per_day=volume) for volume in (fewer, more))
    assert at_many <= at_few


def test_a_busy_use_case_keeps_its_base_rate_and_a_quiet_one_is_reviewed_whole() -> None:
    """113 reviews in 14 days: 5 % of 200 a day, 40 % of 20 a day, more than everything of 2 a day."""
    needed = reviews_to_detect(0.02, 7300.0)
    assert rate(0.05, reviews_needed=needed, days=14, actions_per_day=200) == 0.05
    assert rate(0.05, reviews_needed=needed, days=14, actions_per_day=20) == pytest.approx(needed / 280)
    assert rate(0.05, reviews_needed=needed, days=14, actions_per_day=2) == 1.0
    assert rate(0.05, reviews_needed=needed, days=14, actions_per_day=0) == 1.0
    assert not enough_volume(reviews_needed=needed, days=14, actions_per_day=2)


def test_the_rate_for_a_harm_cap_is_the_published_one() -> None:
    """Tolerance .02, drifted to .08, run length 7,300, at most 100 errors: 8.3 % of the actions."""
    needed = reviews_to_detect(0.02, 7300.0)
    share = rate_for_harm(100.0, drifted_rate=0.08, reviews_needed=needed)
    assert share == pytest.approx(0.0828, abs=5e-5)
    assert share == pytest.approx(1 / (1 + 100 / (0.08 * 112.8098589121084)), rel=1e-9)


@given(st.floats(0.01, 1e4), st.floats(0.001, 0.9), st.floats(1.0, 1e4))
def test_no_more_errors_are_expected_to_escape_than_the_harm_cap(cap: float, drifted: float, needed: float) -> None:
    """While the reviews come in at this share of the actions, the others are carried out, and wrong at the drifted rate."""
    share = rate_for_harm(cap, drifted_rate=drifted, reviews_needed=needed)
    assert 0.0 < share < 1.0
    assert drifted * needed * (1 - share) / share <= cap * (1 + 1e-6)


@given(st.floats(0.01, 1e4), st.floats(1.0, 10.0), st.floats(0.001, 0.9), st.floats(1.0, 1e4))
def test_a_smaller_harm_cap_never_needs_fewer_reviews(cap: float, times: float, drifted: float, needed: float) -> None:
    """What may escape and what is looked at move against each other."""
    loose, tight = (rate_for_harm(one, drifted_rate=drifted, reviews_needed=needed) for one in (cap * times, cap))
    assert loose <= tight


def test_a_harm_cap_that_is_none_is_refused() -> None:
    """The message names the figure."""
    for name, bad in (("harm_cap", 0.0), ("harm_cap", math.inf), ("reviews_needed", -1.0), ("drifted_rate", 1.0)):
        figures = {"harm_cap": 100.0, "drifted_rate": 0.08, "reviews_needed": 113.0, name: bad}
        cap = figures.pop("harm_cap")
        with pytest.raises(ValueError, match=f"{name} must .*found {bad!r}"):
            rate_for_harm(cap, **figures)


def test_no_difference_carries_no_information() -> None:
    """And any difference carries some."""
    assert bernoulli_kl(0.1, 0.1) == 0.0
    assert bernoulli_kl(0.2, 0.1) > 0.0 < bernoulli_kl(0.1, 0.2)


@pytest.mark.parametrize("times", [1.0, 0.5, 5.0, math.nan, math.inf])
def test_a_drift_that_is_none_or_beyond_certainty_is_refused(times: float) -> None:
    """At a tolerance of 0.2, five times is an error rate of 1."""
    with pytest.raises(ValueError, match=f"times must .* found {times!r}"):
        reviews_to_detect(0.2, 500.0, times)


@pytest.mark.parametrize("bad", [0.0, 1.0, math.nan])
def test_rates_that_are_none_are_refused(bad: float) -> None:
    """By every way in."""
    for ask, figures in ((reviews_to_detect, (bad, 500.0)), (bernoulli_kl, (bad, 0.5)), (bernoulli_kl, (0.5, bad))):
        with pytest.raises(ValueError, match=f"must lie strictly between 0 and 1, found {bad!r}"):
            ask(*figures)


def test_a_plan_without_reviews_days_or_a_share_is_refused() -> None:
    """The message names the figure."""
    good = {"reviews_needed": 100.0, "days": 14.0, "actions_per_day": 20.0}
    with pytest.raises(ValueError, match="average_run_length must"):
        reviews_to_detect(0.02, 0.5)
    for base in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match=f"base_rate must .* found {base!r}"):
            rate(base, **good)
    for name, bad in (("reviews_needed", 0.0), ("days", math.nan), ("days", -1.0), ("actions_per_day", -1.0)):
        with pytest.raises(ValueError, match=f"{name} must .* found {bad!r}"):
            rate(0.05, **{**good, name: bad})
        with pytest.raises(ValueError, match=f"{name} must .* found {bad!r}"):
            enough_volume(**{**good, name: bad})


def test_more_is_looked_at_while_the_warning_is_above_two() -> None:
    """And as much as before once it is not."""
    shares = [escalated(0.05, 0.5, log_warning=math.log(warning)) for warning in (0.5, 2.0, 2.001, 1e9)]
    assert shares == [0.05, 0.05, 0.5, 0.5]
    assert escalated(0.05, 0.5, log_warning=-math.inf) == 0.05


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(-50.0, 50.0))
def test_a_warning_never_makes_people_look_less(base: float, highest: float, warning: float) -> None:
    """Also where a harm cap has raised the base above the highest."""
    assert base <= escalated(base, highest, log_warning=warning) <= max(base, highest)


@pytest.mark.parametrize("bad", [-0.1, 1.1, math.nan])
def test_a_share_or_a_warning_that_is_none_is_refused(bad: float) -> None:
    """The message names the figure."""
    with pytest.raises(ValueError, match=f"base_rate must .* found {bad!r}"):
        escalated(bad, 0.5, log_warning=0.0)
    with pytest.raises(ValueError, match=f"highest_rate must .* found {bad!r}"):
        escalated(0.05, bad, log_warning=0.0)
    with pytest.raises(ValueError, match="log_warning must be a number"):
        escalated(0.05, 0.5, log_warning=math.nan)


def test_volume_that_just_brings_the_reviews_is_enough() -> None:
    """Everything is reviewed then, and in time."""
    assert enough_volume(reviews_needed=140.0, days=14, actions_per_day=10)
    assert rate(0.05, reviews_needed=140.0, days=14, actions_per_day=10) == 1.0
    assert rate(0.05, reviews_needed=70.0, days=14, actions_per_day=10) == 0.5


@pytest.mark.parametrize("name", ["reviews_needed", "days", "actions_per_day"])
def test_a_plan_without_end_is_refused(name: str) -> None:
    """Infinite volume, time or reviews are no plan."""
    figures = {"reviews_needed": 100.0, "days": 14.0, "actions_per_day": 20.0, name: math.inf}
    with pytest.raises(ValueError, match=rf"^{name} must be finite and .*, found inf$"):
        enough_volume(**figures)


def test_a_refusal_names_the_figure_and_its_value() -> None:
    """So that whoever reads it knows which one to change."""
    for name, p, q in (("p", 2.0, 0.5), ("q", 0.5, 2.0)):
        with pytest.raises(ValueError, match=rf"^{name} must lie strictly between 0 and 1, found 2.0$"):
            bernoulli_kl(p, q)
    with pytest.raises(ValueError, match=r"^tolerance must lie strictly between 0 and 1, found 1.0$"):
        reviews_to_detect(1.0, 500.0)
    with pytest.raises(ValueError, match=r"^times must be above 1 and times x tolerance below 1 \(tolerance 0.2\), found 1.0$"):
        reviews_to_detect(0.2, 500.0, 1.0)
    with pytest.raises(ValueError, match=r"^log_warning must be a number, found nan$"):
        escalated(0.05, 0.5, log_warning=math.nan)
