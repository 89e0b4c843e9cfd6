"""What the next answer buys, said so that it is true: how many, how long, and when more of them will not do."""

from __future__ import annotations

import pytest

from remit.core.level import Earned, Evidence, Grant, Judgement, Lost, Stays, judge
from remit.core.prospect import Prospect, prospect
from remit.core.types import Level
from tests.core.small_policy import OPERATION, USE_CASE, charter, evidence_spec

FULL = 1_000_000
SPEC = evidence_spec(tolerance=0.05)
CHARTER = charter(highest_level=Level.EXECUTE, evidence=SPEC)


def of(losses: dict[int, int], *, per_day: float = 5.0, level: Level = Level.RECOMMEND, answered: int = 0) -> Prospect:
    """Return how a version stands with these observations."""
    grant, evidence = Grant(level=level), Evidence(version="v1", losses=losses, answered=answered)
    return prospect(grant, evidence, SPEC, judge(grant, evidence, CHARTER, OPERATION), per_day=per_day)


def test_it_says_how_many_and_how_long() -> None:
    found = of({0: 49})
    assert (found.answers_needed, found.days, found.chance) == (38, 8, 1.0)
    assert found.sentence == "38 more clean observations, about 8 days."
    assert found.upper is not None
    assert found.mean_loss < found.tested < found.upper


def test_without_any_volume_nobody_can_say_when() -> None:
    assert of({0: 49}, per_day=0).sentence == "38 more clean observations."


def test_one_day_is_one_day() -> None:
    assert of({0: 86}, per_day=9).sentence == "1 more clean observations, about 1 day."


def test_what_is_too_bad_is_not_mended_by_more_answers() -> None:
    found = of({0: 80, FULL: 20})
    assert found.sentence.startswith("20.0% was wrong so far, and at most 5.0% may be: it is not good enough")


def test_what_is_too_close_cannot_be_told_apart() -> None:
    found = of({0: 955, FULL: 45})
    assert found.chance is not None
    assert found.chance < 0.5
    assert "not distinguishable" in found.sentence


def test_drafts_are_counted_at_level_1() -> None:
    assert of({}, level=Level.ASSIST, answered=5).sentence == "15 more answered drafts."


ENDS: dict[str, tuple[Judgement, str]] = {
    "offered": (Earned(level=Level.EXECUTE, evidence={}), "It is offered: level 3 begins"),
    "lost": (
        Lost(use_case=USE_CASE, operation=OPERATION, level=Level.RECOMMEND, cause="drift", evidence={}),
        "The level is lost (drift)",
    ),
    "nothing to earn": (Stays(why="the charter's highest level is reached"), "The charter's highest level is reached."),
}


@pytest.mark.parametrize("name", ENDS)
def test_every_end_is_said(name: str) -> None:
    judged, wanted = ENDS[name]
    found = prospect(Grant(level=Level.RECOMMEND, offered=True), Evidence(version="v1"), SPEC, judged, per_day=1)
    assert found.sentence.startswith(wanted)


def test_nothing_seen_bounds_nothing() -> None:
    found = of({})
    assert (found.upper, found.chance, found.observations) == (None, None, 0)
