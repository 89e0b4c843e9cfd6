"""Who is asked: whoever may answer, in her absence who stands in for her, and never somebody without the right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from remit.core.asking import Absence, askable, can_stand_in, may_answer_for, stand_in
from remit.core.charter import ApprovalSpec
from remit.core.person import Person
from remit.core.types import Role
from tests.changed import replace
from tests.core.small_policy import charter

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ROSA, RAVI, VERA = (
    Person(name="rosa", roles=(Role.REVIEWER,)),
    Person(name="ravi", roles=(Role.REVIEWER, Role.RISK)),
    Person(name="vera", roles=(Role.VIEWER,)),
)
TEAM = [ROSA, RAVI, VERA]


def away(person: str, delegate: str | None = None, *, since: datetime = NOW - DAY, until: datetime = NOW + DAY) -> Absence:
    """Say that somebody is away."""
    return Absence(person=person, since=since, until=until, delegate=delegate)


PLACES = {
    "she is there": ([], "rosa"),
    "she is away": ([away("rosa", "ravi")], "ravi"),
    "she is away and nobody stands in": ([away("rosa")], None),
    "her stand-in is away too": ([away("rosa", "ravi"), away("ravi", "vera")], "vera"),
    "they stand in for each other": ([away("rosa", "ravi"), away("ravi", "rosa")], None),
    "she is back": ([away("rosa", "ravi", until=NOW)], "rosa"),
    "she goes now": ([away("rosa", "ravi", since=NOW, until=NOW + DAY)], "ravi"),
    "she goes tomorrow": ([away("rosa", "ravi", since=NOW + DAY, until=NOW + 2 * DAY)], "rosa"),
}


@pytest.mark.parametrize(("absences", "who"), PLACES.values(), ids=PLACES)
def test_whoever_is_away_has_somebody_in_her_place(absences: list[Absence], who: str | None) -> None:
    assert stand_in("rosa", absences, NOW) == who


def test_everybody_who_may_is_asked_once() -> None:
    assert askable(TEAM, {Role.REVIEWER}, [], NOW) == ("ravi", "rosa")
    assert askable(TEAM, {Role.REVIEWER}, [away("rosa", "ravi")], NOW) == ("ravi",)


def test_nobody_is_asked_who_may_not_answer_or_was_left_out() -> None:
    assert askable(TEAM, {Role.REVIEWER}, [away("rosa", "vera")], NOW) == ("ravi",)
    assert askable(TEAM, {Role.REVIEWER}, [], NOW, without={"ravi"}) == ("rosa",)
    assert askable(TEAM, {Role.FINANCE}, [], NOW) == ()
    assert askable(TEAM, {Role.REVIEWER}, [away("rosa"), away("ravi")], NOW) == ()


def test_a_stand_in_holds_every_role_in_which_somebody_is_asked() -> None:
    assert can_stand_in(ROSA, RAVI) == ()
    assert can_stand_in(RAVI, ROSA) == (Role.RISK,)
    assert can_stand_in(VERA, ROSA) == ()


def test_whose_approval_a_charter_asks_is_asked_beside_the_usual_ones() -> None:
    usual = {Role.REVIEWER, Role.MARKETING_OPS}
    assert may_answer_for(charter()) == usual
    assert may_answer_for(replace(charter(), approval=ApprovalSpec(all_of=(Role.RISK,)))) == usual | {Role.RISK}
