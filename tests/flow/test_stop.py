"""Stops: what they reach does not start, what they do not reach goes on, and after one nothing starts without a further look."""

from __future__ import annotations

import pytest

from remit.core.lifecycle import State
from remit.core.types import Answer
from remit.errors import Conflict, InvalidInput, NotFound
from remit.flow.grant import ROLES, sign
from remit.flow.judge import judge
from remit.flow.propose import propose
from remit.flow.review import take_back, withdraw
from remit.flow.stop import lift, order
from remit.runner.local import drain
from tests.flow.stage import ADA, CRM, DEADLINE, DESK, OTTO, TAGGING, Stage, person, tag

EVERYTHING, CRM_ONLY, DESK_ONLY = "everything", "use_case:crm", "use_case:desk"


async def both(stage: Stage) -> tuple[State, State]:
    """Approve a tag in each of two use cases, let them leave, and say where they stand."""
    for number in range(3):
        await stage.say(await stage.proposed(tag(person(number), use_case=DESK), OTTO), Answer.USED)
    await judge(stage.house)
    for who, role in zip(("ines", "ravi"), ROLES, strict=True):
        await sign(stage.house, DESK, TAGGING, by=who, role=role)
    ours, theirs = await stage.proposed(tag("c0011")), await stage.proposed(tag("c0012", use_case=DESK), OTTO)
    for action in (ours, theirs):
        await stage.say(action)
    await stage.leave()
    return stage.state(ours), stage.state(theirs)


@pytest.mark.parametrize(
    ("scope", "ends"),
    [
        (EVERYTHING, (State.STOPPED, State.STOPPED)),
        (CRM_ONLY, (State.STOPPED, State.DONE)),
        (DESK_ONLY, (State.DONE, State.STOPPED)),
    ],
)
async def test_a_stop_reaches_its_scope_and_nothing_else(stage: Stage, scope: str, ends: tuple[State, State]) -> None:
    await order(stage.house, scope, by="dana", reason="")
    assert await both(stage) == ends


async def test_a_stop_catches_what_was_approved_and_not_yet_left(stage: Stage) -> None:
    action = await stage.approved(tag())
    assert await order(stage.house, EVERYTHING, by="dana", reason="a doubt") == {"in_flight": 0, "waiting": 1, "undos": 0}
    await stage.leave()
    assert (stage.state(action), stage.world.effects()) == (State.STOPPED, {})


async def test_a_stop_holds_what_an_agent_would_do_alone(earned: Stage) -> None:
    await order(earned.house, CRM_ONLY, by="dana", reason="")
    replies = await propose(earned.house, ADA, [tag(person(number)) for number in range(10)])
    assert {(reply.state, reply.reasons[0].code) for reply in replies} == {(State.HELD, "stopped")}


async def test_a_stop_says_how_much_is_in_flight(stage: Stage) -> None:
    odd, seen = stage.between(), []
    await stage.approved(tag())
    with stage.house.store.read():
        odd.meanwhile = lambda: seen.append(stage.facts()[-1])
    await stage.leave()
    assert await order(stage.house, EVERYTHING, by="dana", reason="") == {"in_flight": 0, "waiting": 0, "undos": 0}
    assert len(seen) == 1


async def test_after_a_stop_is_lifted_a_person_looks_again(stage: Stage) -> None:
    action = await stage.approved(tag())
    await order(stage.house, EVERYTHING, by="dana", reason="")
    await stage.leave()
    assert await stage.lift(EVERYTHING) == 1
    again = stage.action(action.proposal)
    assert (again.state, again.answered_by, again.loss_ppm) == (State.HELD, None, None)
    assert again.due_at == stage.clock.now() + DEADLINE
    await stage.leave()
    assert stage.world.effects() == {}
    await stage.say(again)
    await stage.leave()
    assert stage.effects(action) == ["done"]


async def test_what_nobody_looked_at_after_a_stop_lapses_as_a_full_loss(stage: Stage) -> None:
    await stage.approved(tag())
    await order(stage.house, EVERYTHING, by="dana", reason="")
    await stage.leave()
    await stage.lift(EVERYTHING)
    stage.clock.move(hours=24)
    await drain(stage.house)
    await judge(stage.house)
    with stage.house.store.read() as reading:
        assert reading.evidence(CRM, TAGGING, "v1").losses == {1_000_000: 1}


async def test_lifting_one_stop_leaves_the_other(stage: Stage) -> None:
    action = await stage.approved(tag())
    for scope in (EVERYTHING, CRM_ONLY):
        await order(stage.house, scope, by="dana", reason="")
    await stage.leave()
    assert await stage.lift(EVERYTHING) == 0
    assert stage.state(action) is State.STOPPED
    assert await stage.lift(CRM_ONLY) == 1
    assert stage.state(action) is State.HELD


async def test_stopping_twice_is_stopping_once(stage: Stage) -> None:
    for _ in range(2):
        await order(stage.house, EVERYTHING, by="dana", reason="")
    with stage.house.store.read() as reading:
        assert reading.stops() == (EVERYTHING,)
    await stage.lift(EVERYTHING)
    with stage.house.store.read() as reading:
        assert reading.stops() == ()


async def test_a_stopped_proposal_is_neither_answered_nor_taken_back_but_withdrawn(stage: Stage) -> None:
    action = await stage.approved(tag())
    await order(stage.house, EVERYTHING, by="dana", reason="")
    await stage.leave()
    for attempt in (stage.say(action), take_back(stage.house, action.proposal, "dana")):
        with pytest.raises(Conflict):
            await attempt
    assert (await withdraw(stage.house, action.proposal, "ada")).state is State.WITHDRAWN
    assert await stage.lift(EVERYTHING) == 0


@pytest.mark.parametrize("scope", ["", "all", "use_case:", "use_case:crn", "crm", "EVERYTHING", "agent:eve", "connector:crm"])
async def test_a_scope_that_does_not_exist_is_refused_with_those_that_do(stage: Stage, scope: str) -> None:
    before = stage.written()
    with pytest.raises(InvalidInput, match="everything, use_case:crm, use_case:desk, connector:sandbox, agent:ada, agent:otto"):
        await order(stage.house, scope, by="dana", reason="")
    assert stage.written() == before


@pytest.mark.parametrize("scope", [EVERYTHING, CRM_ONLY, "nonsense"])
async def test_what_is_not_stopped_cannot_be_lifted(stage: Stage, scope: str) -> None:
    before = stage.written()
    with pytest.raises(NotFound, match="not stopped"):
        await lift(stage.house, scope, by="dana", reason="")
    assert stage.written() == before
