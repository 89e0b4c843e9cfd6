"""What waits asks further, step by step; each person once, and nothing is ever approved by it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from remit.core import facts as f
from remit.core.asking import Absence
from remit.core.lifecycle import State
from remit.core.types import Answer, OwnerRole, Role
from remit.errors import AlreadyAnswered, Conflict, NotAllowed
from remit.flow.adopt import adopt
from remit.flow.claim import CLAIM, claim, unclaim
from remit.flow.escalate import escalate
from remit.flow.lapse import lapse
from remit.flow.leave import set_absence
from remit.flow.notify import deliver
from remit.flow.review import take_back
from tests.flow.letters import people, wish, with_box
from tests.flow.stage import CRM, DEADLINE, DESK, OTTO, Stage, documents, person, tag

PATH = [{"after_hours": 8, "role": "risk", "channel": "ops"}, {"after_hours": 16, "role": "line_of_business"}]
TEAM = {"dana": Role.REVIEWER, "rosa": Role.REVIEWER, "ines": Role.LINE_OF_BUSINESS, "ravi": Role.RISK}


@pytest.fixture
async def team(stage: Stage) -> Stage:
    """Let there be reviewers, and a path of escalation: reminded after 4 hours, risk asked after 8, the line after 16."""
    told = documents()
    told[f"charter:{CRM}"] = json.dumps(json.loads(told[f"charter:{CRM}"]) | {"escalation": PATH})
    await adopt(stage.house, told, "olga")
    await people(stage, **TEAM)
    return stage


async def after(stage: Stage, hours: float) -> int:
    """Let hours pass and take the steps that are due."""
    stage.clock.move(hours=hours)
    return await escalate(stage.house)


def asked(stage: Stage) -> list[tuple[str, ...]]:
    """Return who was asked, step by step."""
    return [fact.asked for fact in stage.facts() if isinstance(fact, f.Reminded | f.Escalated)]


async def test_whoever_may_answer_is_reminded_then_the_path_is_asked(team: Stage) -> None:
    action = await team.proposed(tag())
    assert [await after(team, hours) for hours in (3.9, 0.2, 3, 1, 8, 7)] == [0, 1, 0, 1, 1, 0]
    assert asked(team) == [("dana", "rosa"), ("ravi",), ("ines",)]
    assert [(fact.role, fact.channel) for fact in team.facts_of(f.Escalated)] == [
        (OwnerRole.RISK, "ops"),
        (OwnerRole.LINE_OF_BUSINESS, ""),
    ]
    assert team.state(action) is State.HELD
    assert team.action(action.proposal).due_at == action.due_at, "asking moves no deadline"


async def test_what_was_answered_asks_nobody(team: Stage) -> None:
    await team.say(await team.proposed(tag()))
    await team.say(await team.proposed(tag(person(2))), Answer.REJECT)
    assert await after(team, 20) == 0


async def test_what_slept_through_its_steps_takes_them_all_before_it_lapses(team: Stage) -> None:
    action = await team.proposed(tag())
    team.clock.move(hours=25)
    assert await lapse(team.house) == 1
    kinds = [type(fact).__name__ for fact in team.facts() if not isinstance(fact, f.NoticeWritten)][-4:]
    assert kinds == ["Reminded", "Escalated", "Escalated", "Lapsed"]
    assert team.state(action) is State.LAPSED


async def test_drafts_ask_too(team: Stage) -> None:
    drafted = await team.proposed(tag(use_case=DESK), OTTO)
    assert drafted.state is State.DRAFTED
    assert await after(team, 13) == 1
    assert asked(team) == [("dana", "rosa")]
    assert await after(team, 6) == 1
    assert asked(team)[1] == (), "nobody holds marketing operations, whom it asks where the charter names nobody"


async def test_nobody_is_asked_twice_about_one_thing(team: Stage) -> None:
    await people(team, both=(Role.REVIEWER, Role.RISK))
    await team.proposed(tag())
    await after(team, 23)
    assert asked(team) == [("both", "dana", "rosa"), ("ravi",), ("ines",)]


async def test_what_is_held_again_asks_from_the_beginning(team: Stage) -> None:
    action = await team.say(await team.proposed(tag()), by="dana")
    await after(team, 0)
    await take_back(team.house, action.proposal, "dana")
    await after(team, 4)
    await after(team, 4)
    assert asked(team) == [("dana", "rosa"), ("ravi",)]


async def test_in_her_absence_her_delegate_is_asked(team: Stage) -> None:
    now = team.clock.now()
    gone = Absence(person="ravi", since=now, until=now + timedelta(days=3), delegate=None)
    await set_absence(team.house, gone, by="ravi")
    await set_absence(team.house, Absence(person="dana", since=now, until=now + DEADLINE, delegate="rosa"), by="dana")
    await team.proposed(tag())
    await after(team, 9)
    assert asked(team) == [("rosa",), ()]


async def test_a_claim_keeps_others_from_answering_until_it_ends(team: Stage) -> None:
    action = await claim(team.house, (await team.proposed(tag())).proposal, "dana")
    with pytest.raises(Conflict, match="dana works on it, for 30 more minutes"):
        await team.say(action, by="rosa")
    with pytest.raises(Conflict, match="dana works on it"):
        await claim(team.house, action.proposal, "rosa")
    team.clock.moment += CLAIM
    assert (await team.say(action, by="rosa")).state is State.LEAVING


async def test_a_claim_is_taken_over_or_let_go_and_the_ledger_says_so(team: Stage) -> None:
    action = await claim(team.house, (await team.proposed(tag())).proposal, "dana")
    assert (await claim(team.house, action.proposal, "rosa", take_over=True)).claimed_by == "rosa"
    assert [fact.from_whom for fact in team.facts_of(f.Claimed)] == [None, "dana"]
    with pytest.raises(Conflict, match="rosa works on it"):
        await unclaim(team.house, action.proposal, "dana")
    assert (await unclaim(team.house, action.proposal, "rosa")).claimed_by is None
    with pytest.raises(Conflict, match="nobody works on it"):
        await unclaim(team.house, action.proposal, "rosa")
    assert (await claim(team.house, action.proposal, "dana")).claimed_by == "dana"
    assert (await team.say(action, by="dana")).state is State.LEAVING


async def test_only_who_may_answer_may_claim_and_only_what_waits(team: Stage) -> None:
    action = await team.proposed(tag())
    with pytest.raises(NotAllowed, match="no role of those"):
        await claim(team.house, action.proposal, "ravi")
    await team.say(action, Answer.REJECT)
    with pytest.raises(AlreadyAnswered, match="it is rejected"):
        await claim(team.house, action.proposal, "dana")


async def test_whoever_works_on_it_is_reminded_alone(team: Stage) -> None:
    action = await team.proposed(tag())
    team.clock.move(hours=4)
    await claim(team.house, action.proposal, "rosa")
    await after(team, 0)
    assert asked(team) == [("rosa",)]


async def test_each_person_is_told_once_of_all_that_is_due_together(team: Stage) -> None:
    box = with_box(team)
    for name in ("dana", "ravi"):
        await wish(team, name)
    for number in range(3):
        await team.proposed(tag(person(number)))
    await after(team, 4)
    await after(team, 4)
    assert await deliver(team.house, "http://here") == 3
    assert box.of("dana") == ["Remit: 3 proposals of The crm of the tests still wait"]
    assert box.of("ravi") == ["Remit: nobody answers 3 proposals of The crm of the tests"]
    assert [channel for channel, address, _ in box.taken if not address] == ["ops"]
    assert box.of("rosa") == [], "she never said how"


async def test_while_nobody_has_an_account_steps_are_still_taken(stage: Stage) -> None:
    await stage.proposed(tag())
    stage.clock.move(hours=20)
    assert await escalate(stage.house) == 2
    assert asked(stage) == [(), ()]
