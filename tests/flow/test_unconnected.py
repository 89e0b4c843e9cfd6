"""A charter may name a system that is not connected: every verb says so by name, and writes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from remit.core.action import Action
from remit.errors import NotFound
from remit.flow.execute import execute, recover
from remit.flow.see import Look, see
from remit.flow.undo import undo
from tests.changed import replace
from tests.flow.stage import ADA, CRM, TAKE_BACK, Stage, tag

Verb = Callable[[Stage], Awaitable[object]]


async def look(stage: Stage) -> object:
    return await see(stage.house, ADA, CRM, Look(window="now", where={}, limit=10))


async def propose_one(stage: Stage) -> object:
    return await stage.reply(tag("c0002"))


async def carry_out(stage: Stage) -> object:
    return await execute(stage.house)


def unplugged(stage: Stage, *others: str) -> Stage:
    """Take the sandbox away, and leave systems of other names."""
    sandbox = stage.house.connectors["sandbox"]
    return replace(stage, house=replace(stage.house, connectors=dict.fromkeys(others, sandbox)))


@pytest.mark.parametrize("verb", [look, propose_one], ids=["see", "propose"])
async def test_a_system_that_is_not_connected_is_named_with_those_that_are(stage: Stage, verb: Verb) -> None:
    before = stage.written()
    with pytest.raises(NotFound) as refused:
        await verb(unplugged(stage, "notify", "crm2"))
    assert refused.value.found == "connector sandbox is not connected; connected: crm2, notify"
    assert stage.written() == before


async def test_no_system_at_all_is_said_too(stage: Stage) -> None:
    with pytest.raises(NotFound, match="connected: none"):
        await look(unplugged(stage))


async def test_an_answer_about_it_is_refused_and_nothing_is_written(stage: Stage) -> None:
    action = await stage.proposed(tag())
    before = stage.written()
    with pytest.raises(NotFound, match="sandbox is not connected"):
        await unplugged(stage).say(action)
    assert stage.written() == before


async def _approved(stage: Stage) -> Action:
    action = await stage.approved(tag())
    stage.clock.move(seconds=TAKE_BACK)
    return action


async def test_what_may_leave_stays_until_it_is_connected_again(stage: Stage) -> None:
    action = await _approved(stage)
    assert await execute(unplugged(stage).house) == 0
    assert not stage.has_tag()
    await execute(stage.house)
    assert stage.has_tag()
    assert stage.effects(action) == ["done"]


async def test_an_undo_stays_until_it_is_connected_again(stage: Stage) -> None:
    action = await stage.done(tag())
    await undo(stage.house, [action.proposal], "dana", "a slip")
    assert await execute(unplugged(stage).house) == 0
    assert stage.has_tag()
    await execute(stage.house)
    assert not stage.has_tag()


async def test_nothing_to_recover_needs_no_system(stage: Stage) -> None:
    assert await recover(unplugged(stage).house) == 0
