"""Who approves everything is found soon, and who is careful is not accused: by simulation, with the rates that are stated."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from remit.core.care import FALSE_ALARM, Answering, CareSpec, careless, figures, least_seconds, seeds_until_found, too_fast
from remit.core.lifecycle import CARRIED_OUT, ON_ITS_WAY, State
from tests.core.written_transitions import TRANSITIONS

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASSUMED = 0.2
SEEDS, REVIEWERS = 60, 3000
"""Sixty planted proposals are those among 1,500 answers, at 4 of a hundred."""


def accused(miss: float, *, reviewers: int = REVIEWERS, seed: int = 7) -> list[int | None]:
    """Simulate reviewers who miss each planted proposal with a chance. Returns at which one each was found, None for never."""
    draw = random.Random(seed)
    return [_found_at(draw, miss) for _ in range(reviewers)]


def _found_at(draw: random.Random, miss: float) -> int | None:
    caught = missed = 0
    for number in range(1, SEEDS + 1):
        went_by = draw.random() < miss
        caught, missed = caught + (not went_by), missed + went_by
        if careless(caught, missed, miss_rate=ASSUMED):
            return number
    return None


def test_whoever_approves_everything_is_found_at_the_fourth_planted_proposal() -> None:
    assert seeds_until_found(miss_rate=ASSUMED) == 4
    assert set(accused(1.0, reviewers=10)) == {4}


def test_whoever_is_careful_is_not_accused() -> None:
    assert set(accused(0.05)) == {None}


def test_whoever_misses_as_much_as_is_assumed_is_accused_at_most_as_often_as_is_stated() -> None:
    often = sum(found is not None for found in accused(ASSUMED)) / REVIEWERS
    standard_error = (FALSE_ALARM * (1 - FALSE_ALARM) / REVIEWERS) ** 0.5
    assert often <= FALSE_ALARM + 2 * standard_error


def test_whoever_misses_half_is_mostly_found() -> None:
    assert sum(found is not None for found in accused(0.5)) / REVIEWERS > 0.9


def test_nothing_is_said_of_somebody_who_missed_nothing_or_saw_nothing() -> None:
    assert not careless(0, 0, miss_rate=ASSUMED)
    assert not careless(50, 0, miss_rate=ASSUMED)
    assert not careless(0, 1, miss_rate=0.0), "one is never enough, however much care is assumed"


def test_no_way_leads_from_a_planted_proposal_out_of_the_house() -> None:
    reached, frontier = {State.SEEDED}, [State.SEEDED]
    while frontier:
        here = frontier.pop()
        for (there, _), after in TRANSITIONS.items():
            if there is here and after not in reached:
                reached.add(after)
                frontier.append(after)
    assert not reached & (ON_ITS_WAY | CARRIED_OUT)


READ = {
    "nobody measured": (None, {"body": "word " * 500}, False),
    "content that was erased": (1, None, False),
    "a tag": (1, {"contact": "c1", "tag": "vip"}, False),
    "a tag in no time": (0, {"contact": "c1", "tag": "vip"}, True),
    "a long mail in two seconds": (2, {"body": "word " * 240}, True),
    "a long mail in twenty": (20, {"body": "word " * 240}, False),
}


@pytest.mark.parametrize(("seconds", "shown", "fast"), READ.values(), ids=READ)
def test_an_answer_is_too_fast_when_nobody_can_have_read(seconds: int | None, shown: dict[str, str] | None, fast: bool) -> None:
    assert too_fast(seconds, shown) is fast


def test_reading_takes_at_least_a_second() -> None:
    assert least_seconds({}) == 1
    assert least_seconds({"body": "word " * 120}) == 10


def test_figures_add_up() -> None:
    def answer(day: int, seconds: int | None = 10, **more: object) -> Answering:
        told = {"by": "dana", "at": NOW + timedelta(days=day), "seconds_seen": seconds, "fast": False, "caught": None}
        return Answering(**told | more)  # type: ignore[arg-type]  # as told

    found = figures(
        "dana",
        [answer(0), answer(0, 20, caught=True), answer(1, 40, caught=False), answer(1, None, fast=True, agreed=True)],
        discounted=False,
    )
    assert (found.answers, found.days, found.a_day, found.seconds) == (4, 2, 2.0, 20.0)
    assert (found.fast, found.caught, found.missed, found.agreed, found.disagreed) == (1, 1, 1, 1, 0)
    assert figures("dana", [], discounted=True).a_day == 0.0
    assert figures("dana", [answer(0), answer(0, 20)], discounted=False).seconds == 15.0


def test_the_notice_says_what_is_looked_at_and_why() -> None:
    told = CareSpec(mode="individual", why="So that approvals mean something.").notice()
    assert "planted" in told
    assert "You see your figures first" in told
    assert "So that approvals mean something." in told
    assert "of nobody alone" in CareSpec(mode="team", why="x").notice()
    assert CareSpec().notice() == ""
