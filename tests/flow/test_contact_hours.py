"""Hours of contact: what would come at the wrong hour leaves later, and whoever looks first may still take it back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from remit.core.action import Action
from remit.core.facts import Postponed
from remit.core.lifecycle import State
from remit.core.types import Verdict
from remit.flow.adopt import adopt
from remit.flow.review import take_back
from remit.ports import Call, Established
from remit.runner.local import drain
from remit.store.checkup import check_up
from remit.wire import packaged_documents, public_key
from tests.changed import replace
from tests.flow.odd_connectors import Odd
from tests.flow.stage import CRM, TAGGING, Stage, charter, every_operation, person, tag


@dataclass(kw_only=True)
class Zoned(Odd):
    """The sandbox, which also says what the clock shows where the person lives."""

    minute: int = 12 * 60

    async def establish(self, calls: Sequence[Call]) -> list[Established]:
        """Say what each call would touch."""
        found = await self.inner.establish(calls)
        return [replace(one, further={**one.further, "person.local_minute": self.minute}) for one in found]


async def zoned(stage: Stage, minute: int) -> Zoned:
    """Let tags be messages, which people get from nine to eight."""
    hours = {"earliest": "09:00", "latest": "20:00"}
    catalogue = json.loads(packaged_documents()["catalogue"])
    catalogue["actions"][TAGGING]["contacts_person"] = True
    texts = {"catalogue": json.dumps(catalogue), "charter:crm": json.dumps(charter(CRM, every_operation(), contact_hours=hours))}
    await adopt(stage.house, texts, "olga")
    between = Zoned(inner=stage.opened.sandbox, minute=minute)
    stage.house = replace(stage.house, connectors={between.name: between})
    return between


async def allowed(stage: Stage) -> Action:
    """Propose until one is allowed, because some are drawn for review."""
    for number in range(50):
        action = await stage.proposed(tag(person(number)))
        if action.verdict is Verdict.ALLOW:
            return action
    raise AssertionError


async def test_what_is_allowed_leaves_when_people_may_be_contacted(earned: Stage) -> None:
    between = await zoned(earned, 8 * 60 + 30)
    action = await allowed(earned)
    assert (action.state, action.due_at) == (State.LEAVING, earned.clock.now() + timedelta(minutes=30))
    earned.clock.move(minutes=29)
    assert await drain(earned.house) == 0
    earned.clock.move(minutes=1)
    between.minute = 9 * 60
    await drain(earned.house)
    assert earned.state(action) is State.DONE


async def test_an_approval_leaves_when_people_may_be_contacted(stage: Stage) -> None:
    await zoned(stage, 20 * 60)
    assert (await stage.approved(tag())).due_at == stage.clock.now() + timedelta(hours=13)
    await zoned(stage, 12 * 60)
    assert (await stage.approved(tag("c0002"))).due_at == stage.clock.now() + timedelta(seconds=8)


async def test_what_would_come_at_the_wrong_hour_after_all_is_postponed_and_can_be_taken_back(stage: Stage) -> None:
    between = await zoned(stage, 12 * 60)
    action = await stage.approved(tag())
    between.minute = 8 * 60 + 50  # she moved
    await stage.leave()
    assert (stage.state(action), stage.action(action.proposal).due_at) == (
        State.LEAVING,
        stage.clock.now() + timedelta(minutes=10),
    )
    assert (stage.world.effects(), len(stage.facts_of(Postponed))) == ({}, 1)
    assert (await take_back(stage.house, action.proposal, "dana")).state is State.HELD
    assert all(one.sound for one in check_up(stage.folder, public_key(stage.folder), stage.clock, stage.ids))


async def test_what_is_postponed_is_carried_out_later(stage: Stage) -> None:
    between = await zoned(stage, 12 * 60)
    action = await stage.approved(tag())
    between.minute = 8 * 60 + 50
    await stage.leave()
    between.minute = 9 * 60
    stage.clock.move(minutes=10)
    await drain(stage.house)
    assert (stage.state(action), stage.has_tag()) == (State.DONE, True)
