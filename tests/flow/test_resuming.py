"""After a stop two people agree to go on, at a level they choose; whoever holds the glass may, to level 2."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from remit.core.facts import LevelLost, StopLiftAsked, StopLifted
from remit.core.lifecycle import State
from remit.core.types import Level, Role
from remit.errors import Conflict, NotAllowed, NotFound
from remit.flow.adopt import adopt
from remit.flow.people import admit_person
from remit.flow.propose import propose
from remit.flow.stop import lift, lift_waited, order
from tests.core.written_statement import document
from tests.flow.stage import ADA, CRM, TAGGING, Stage, person, tag

SCOPES = ["everything", "use_case:crm", "agent:ada", "connector:sandbox"]


async def state(stage: Stage, **changed: Any) -> None:
    """Adopt a risk statement with these entries."""
    await adopt(stage.house, {"risk_statement": json.dumps(document(**changed))}, "olga")


def level(stage: Stage) -> Level:
    """Return the level that tagging has been granted."""
    with stage.house.store.read() as reading:
        return reading.grant(CRM, TAGGING).level


async def lifted(stage: Stage, scope: str, by: str, at: Level = Level.RECOMMEND, **more: bool) -> int:
    """Agree to lift a stop. Returns how many actions are held again."""
    return (await lift(stage.house, scope, by=by, reason="", level=at, **more)).held_again


@pytest.mark.parametrize("scope", SCOPES)
async def test_every_scope_stops_what_an_agent_would_do_and_what_people_approved(earned: Stage, scope: str) -> None:
    approved = await earned.approved(tag("c0001", "gold"))
    await order(earned.house, scope, by="dana", reason="")
    (reply,) = await propose(earned.house, ADA, [tag(person(2))])
    assert (reply.state, reply.reasons[0].code) == (State.HELD, "stopped")
    await earned.leave()
    assert earned.state(approved) is State.STOPPED


@pytest.mark.parametrize("scope", SCOPES)
async def test_what_runs_above_the_chosen_level_is_lowered(earned: Stage, scope: str) -> None:
    await order(earned.house, scope, by="dana", reason="")
    await lifted(earned, scope, "ines", Level.OPTIMISE)
    assert level(earned) is Level.EXECUTE
    await lifted(earned, scope, "ravi")
    assert level(earned) is Level.RECOMMEND
    assert [(fact.level, fact.cause) for fact in earned.facts_of(LevelLost)] == [(Level.RECOMMEND, "resumed_lower")]
    assert earned.facts_of(StopLifted)[-1].agreed_by == ("ines", "ravi")


async def test_a_stop_of_another_agent_lowers_nothing_of_ours(earned: Stage) -> None:
    await order(earned.house, "agent:otto", by="dana", reason="")
    for by in ("ines", "ravi"):
        await lifted(earned, "agent:otto", by, Level.OFF)
    assert level(earned) is Level.EXECUTE or earned.facts_of(LevelLost)[-1].version == "v1"


async def test_two_who_agree_on_the_level_that_was_lower_nothing(earned: Stage) -> None:
    await order(earned.house, "everything", by="dana", reason="")
    for by in ("ines", "ravi"):
        await lifted(earned, "everything", by, Level.EXECUTE)
    assert (level(earned), earned.facts_of(LevelLost)) == (Level.EXECUTE, [])


async def test_one_person_does_not_agree_with_herself(stage: Stage) -> None:
    await order(stage.house, "everything", by="dana", reason="")
    await lifted(stage, "everything", "ines")
    with pytest.raises(Conflict, match="ines asked already"):
        await lifted(stage, "everything", "ines")
    with stage.house.store.read() as reading:
        assert reading.stops() == ("everything",)


async def test_a_stop_ordered_again_forgets_who_wanted_it_lifted(stage: Stage) -> None:
    await order(stage.house, "everything", by="dana", reason="")
    await lifted(stage, "everything", "ines")
    await order(stage.house, "everything", by="dana", reason="again")
    await lifted(stage, "everything", "ravi")
    assert (len(stage.facts_of(StopLiftAsked)), stage.facts_of(StopLifted)) == (2, [])


async def test_a_small_team_waits_instead(stage: Stage) -> None:
    await state(stage, small_team={"wait_hours": 24, "why": "We are two."})
    await order(stage.house, "everything", by="dana", reason="")
    await lifted(stage, "everything", "ines")
    stage.clock.move(hours=23)
    assert await lift_waited(stage.house) == 0
    stage.clock.moment += timedelta(hours=1)
    assert await lift_waited(stage.house) == 1
    assert stage.facts_of(StopLifted)[-1].waited_hours == 24


async def test_whoever_holds_the_glass_lifts_alone_and_it_is_written_down(earned: Stage) -> None:
    await state(earned, break_glass="risk", highest_level={"low, easy": 3})
    await admit_person(earned.house, person="ravi", roles=[Role.RISK], password_hash="kept", by="olga")
    await admit_person(earned.house, person="ines", roles=[Role.LINE_OF_BUSINESS], password_hash="kept", by="olga")
    await order(earned.house, "everything", by="dana", reason="")
    with pytest.raises(NotAllowed, match="names risk"):
        await lifted(earned, "everything", "ines", break_glass=True)
    await lifted(earned, "everything", "ravi", Level.EXECUTE, break_glass=True)
    told = earned.facts_of(StopLifted)[-1]
    assert (told.break_glass, told.level, level(earned)) == (True, Level.RECOMMEND, Level.RECOMMEND)


async def test_where_nothing_is_stopped_nothing_is_lifted(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await lifted(stage, "agent:ada", "ines")
    assert await lift_waited(stage.house) == 0
