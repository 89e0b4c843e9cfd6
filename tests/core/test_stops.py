"""A stop reaches what it names, and ends when two people agree, at the lower of their levels."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.risk_statement import RiskStatement
from remit.core.stops import LiftWish, Resumes, Scope, StaysStopped, covers, reaching, resume, ripe, scope_of
from remit.core.types import Level, Role, UseCaseId
from tests.core.small_policy import NOON
from tests.core.written_statement import statement

CRM = UseCaseId("crm")
LEVELS = st.sampled_from(Level)
SMALL = statement(small_team={"wait_hours": 24, "why": "We are two."})
GLASS = statement(break_glass="risk")


def wish(by: str = "ines", level: Level = Level.EXECUTE, hours: int = 0) -> LiftWish:
    """Return a wish that was said so many hours after noon."""
    return LiftWish(by=by, level=level, at=NOON + timedelta(hours=hours))


REACHED = {
    "everything": True,
    "use_case:crm": True,
    "use_case:desk": False,
    "agent:ada": True,
    "agent:otto": False,
    "connector:sandbox": True,
    "connector:crm": False,
    "crm": False,
}


@pytest.mark.parametrize("scope", REACHED)
def test_a_stop_reaches_what_it_names(scope: str) -> None:
    assert bool(reaching((scope,), use_case=CRM, agent="ada", connector="sandbox")) is REACHED[scope]
    assert covers(scope, use_case=CRM, agents=("eve", "ada"), connector="sandbox") is REACHED[scope]


def test_a_scope_is_written_by_its_kind() -> None:
    assert scope_of(Scope.AGENT, "ada") == "agent:ada"


@given(LEVELS, LEVELS)
def test_two_people_agree_on_the_lower_level(one: Level, other: Level) -> None:
    found = resume(wish(level=one), wish("ravi", other), (), None, break_glass=False)
    assert found == Resumes(level=min(one, other), agreed_by=("ines", "ravi"))


@pytest.mark.parametrize("earlier", [None, wish()])
def test_one_person_alone_lifts_nothing(earlier: LiftWish | None) -> None:
    assert resume(earlier, wish(hours=1), list(Role), None, break_glass=False) == StaysStopped()


def test_a_small_team_may_wait_instead() -> None:
    assert resume(None, wish(), (), SMALL, break_glass=False) == StaysStopped(until=NOON + timedelta(hours=24))
    assert resume(wish(), wish(hours=23), (), SMALL, break_glass=False) == StaysStopped(until=NOON + timedelta(hours=24))
    later = resume(wish(), wish(hours=24), (), SMALL, break_glass=False)
    assert later == Resumes(level=Level.EXECUTE, agreed_by=("ines",), waited_hours=24)
    assert ripe(wish(), SMALL, NOON + timedelta(hours=23)) is None
    assert ripe(wish(), None, NOON + timedelta(days=9)) is None


@given(LEVELS)
def test_glass_is_broken_by_the_named_role_alone_and_nothing_acts_alone_then(level: Level) -> None:
    found = resume(None, wish(level=level), (Role.RISK,), GLASS, break_glass=True)
    assert found == Resumes(level=min(level, Level.RECOMMEND), agreed_by=("ines",), by_glass=True)


@pytest.mark.parametrize("found", [None, statement(), GLASS], ids=["no statement", "nobody named", "another role"])
def test_nobody_else_breaks_the_glass(found: RiskStatement | None) -> None:
    assert resume(wish("ravi"), wish(), (Role.DATA, Role.ADMIN), found, break_glass=True) == StaysStopped()
