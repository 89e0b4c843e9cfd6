"""Carrying out: nothing leaves early, the gate is asked again, intent comes before effect, and every effect happens once."""

from __future__ import annotations

import asyncio
import json

import pytest

from remit.core.action import Action
from remit.core.facts import Done, Started
from remit.core.lifecycle import State
from remit.core.proposal import Ask
from remit.core.types import Answer, Record, Value
from remit.errors import ChangedSinceSeen
from remit.flow.adopt import adopt
from remit.flow.answered import Given
from remit.flow.execute import BATCH, execute, recover
from remit.flow.propose import propose
from remit.flow.review import answer_each
from remit.flow.stop import order
from remit.ports import Effect
from remit.runner.local import drain
from tests.flow.stage import (
    ADA,
    CRM,
    DEADLINE,
    NOTING,
    TAGGING,
    TAKE_BACK,
    Stage,
    ask,
    charter,
    documents,
    every_operation,
    person,
    tag,
)

ANNA = Record(kind="contact", id="c0001")
RENAME = ask("contact.field.update", contact="c0001", name="Anna")


class CutError(BaseException):
    """The process ends here."""


async def crashed(stage: Stage, *, arrived: bool, wanted: Ask | None = None) -> Action:
    """Approve something and cut the process off between intent and result: after the effect arrived, or before."""
    odd = stage.between()
    odd.dies = CutError(), arrived
    action = await stage.approved(wanted or tag())
    with pytest.raises(CutError):
        await stage.leave()
    assert stage.state(action) is State.STARTED
    return action


# -------------------------------------------------------------------------------------------------------------------- when


async def test_nothing_leaves_before_the_take_back_window_closes(stage: Stage) -> None:
    action = await stage.approved(tag())
    stage.clock.move(seconds=TAKE_BACK - 1)
    assert await drain(stage.house) == 0
    assert (stage.state(action), stage.world.effects()) == (State.LEAVING, {})
    stage.clock.move(seconds=1)
    await drain(stage.house)
    assert (stage.state(action), stage.effects(action)) == (State.DONE, [Effect.DONE])


async def test_nothing_leaves_that_nobody_allowed(stage: Stage) -> None:
    held = await stage.proposed(tag())
    rejected = await stage.say(await stage.proposed(tag("c0002")), Answer.REJECT)
    await stage.leave()
    assert (stage.state(held), stage.state(rejected)) == (State.HELD, State.REJECTED)
    assert stage.world.effects() == {}


async def test_many_batches_leave_at_once_and_each_action_once(stage: Stage) -> None:
    replies = await propose(stage.house, ADA, [tag(person(number)) for number in range(450)])
    actions = [stage.action(reply.proposal) for reply in replies]
    await answer_each(stage.house, [Given(proposal=a.proposal, answer=Answer.APPROVE, by="dana", seen=a.seen) for a in actions])
    await stage.leave()
    assert {stage.state(action) for action in actions} == {State.DONE}
    assert set(stage.world.effects()) == {f"{action.proposal}:1" for action in actions}
    assert len(stage.facts_of(Done)) == len(actions)


# -------------------------------------------------------------------------------------------------------------------- once


async def test_intent_is_on_disk_before_the_effect(stage: Stage) -> None:
    odd, seen = stage.between(), []
    action = await stage.approved(tag())
    odd.meanwhile = lambda: seen.append((stage.state(action), stage.facts_of(Started)[-1].key, stage.has_tag()))
    await stage.leave()
    assert seen == [(State.STARTED, f"{action.proposal}:1", False)]


async def test_what_is_done_is_not_done_again(stage: Stage) -> None:
    action = await stage.done(tag())
    before = stage.written()
    for _ in range(3):
        stage.clock.move(days=1)
        await recover(stage.house)
        await drain(stage.house)
    assert stage.written() == before
    assert stage.effects(action) == [Effect.DONE]


async def test_two_runners_do_everything_once(stage: Stage) -> None:
    actions = [await stage.approved(tag(person(number))) for number in range(20)]
    stage.clock.move(seconds=TAKE_BACK)
    await asyncio.gather(*(drain(stage.house) for _ in range(4)))
    assert {stage.state(action) for action in actions} == {State.DONE}
    assert [len(stage.effects(action)) for action in actions] == [1] * len(actions)
    assert len(stage.facts_of(Done)) == len(actions)


async def test_two_approved_changes_of_one_field_do_not_overwrite_each_other(stage: Stage) -> None:
    first = await stage.approved(RENAME)
    second = await stage.approved(ask("contact.field.update", contact="c0001", name="Hannah"))
    await stage.leave()
    assert (stage.state(first), stage.state(second)) == (State.DONE, State.HELD)
    assert stage.image("contact/c0001").fields["name"] == "Anna"


# ------------------------------------------------------------------------------------------------- the gate, asked again


async def test_a_stop_keeps_back_what_was_approved(stage: Stage) -> None:
    action = await stage.approved(tag())
    await order(stage.house, "everything", by="dana", reason="")
    await stage.leave()
    assert (stage.state(action), stage.world.effects()) == (State.STOPPED, {})


async def test_a_record_that_changed_since_the_approval_is_shown_again(stage: Stage) -> None:
    action = await stage.approved(RENAME)
    stage.world.edit(ANNA, {"name": "Annika"})
    await stage.leave()
    again = stage.action(action.proposal)
    assert (again.state, stage.reasons(again), again.due_at) == (
        State.HELD,
        ["changed_since_seen"],
        stage.clock.now() + DEADLINE,
    )
    assert stage.image("contact/c0001").fields["name"] == "Annika"
    await stage.say(again)
    await stage.leave()
    assert stage.image("contact/c0001").fields["name"] == "Anna"


async def test_a_record_that_is_gone_is_shown_again(stage: Stage) -> None:
    action = await stage.approved(tag())
    stage.world.remove(ANNA)
    await stage.leave()
    assert stage.state(action) is State.HELD
    assert not stage.image("contact/c0001").exists


async def test_what_the_charter_no_longer_allows_is_blocked_on_its_way(stage: Stage) -> None:
    action = await stage.approved(tag())
    operations = {name: spec for name, spec in every_operation().items() if name != TAGGING}
    await adopt(stage.house, {"charter:crm": json.dumps(charter(CRM, operations))}, "olga")
    await stage.leave()
    assert (stage.state(action), stage.world.effects()) == (State.BLOCKED, {})


async def test_a_person_who_asked_not_to_be_contacted_is_not_whoever_approved(stage: Stage) -> None:
    catalogue = json.loads(documents()["catalogue"])
    catalogue["actions"][NOTING]["contacts_person"] = True
    await adopt(stage.house, {"catalogue": json.dumps(catalogue)}, "olga")
    action = await stage.approved(ask(NOTING, contact="c0001", text="we miss you"))
    stage.world.edit(ANNA, {"do_not_contact": True})
    await stage.leave()
    assert (stage.state(action), stage.reasons(action)[0]) == (State.BLOCKED, "suppressed")
    assert stage.world.effects() == {}


async def test_what_an_agent_does_alone_is_held_when_its_class_got_worse(earned: Stage) -> None:
    actions = [await earned.proposed(tag(person(number))) for number in range(10)]
    assert State.LEAVING in {action.state for action in actions}
    earned.world.listen("contact", "tag:vip", "welcome campaign")
    before = len(earned.world.effects())
    await drain(earned.house)
    assert {earned.state(action) for action in actions} == {State.HELD}
    assert len(earned.world.effects()) == before


async def test_what_an_agent_does_alone_is_held_when_its_level_ended(earned: Stage) -> None:
    earned.clock.move(days=179, hours=23)
    actions = [await earned.proposed(tag(person(number))) for number in range(10)]
    earned.clock.move(hours=2)
    before = len(earned.world.effects())
    await drain(earned.house)
    assert {earned.state(action) for action in actions} == {State.HELD}
    assert len(earned.world.effects()) == before


# ------------------------------------------------------------------------------------------------------------------ its ends


async def test_a_record_that_changed_after_the_start_is_shown_again_and_can_be_approved_then(stage: Stage) -> None:
    odd = stage.between()
    action = await stage.approved(RENAME)
    odd.meanwhile = lambda: stage.world.edit(ANNA, {"name": "Annika"})
    await stage.leave()
    again = stage.action(action.proposal)
    assert (again.state, stage.reasons(again), stage.effects(action)) == (State.HELD, ["changed_since_seen"], [Effect.CHANGED])
    assert stage.image("contact/c0001").fields["name"] == "Annika"
    with pytest.raises(ChangedSinceSeen, match="record"):
        await stage.say(again)
    await stage.say(stage.action(action.proposal))
    await stage.leave()
    assert (stage.state(action), stage.effects(action)) == (State.DONE, [Effect.CHANGED, Effect.DONE])
    assert odd.keys == [f"{action.proposal}:1", f"{action.proposal}:2"]


async def test_what_the_system_says_changed_is_held_and_approved_again(stage: Stage) -> None:
    odd = stage.between()
    odd.ends = [Effect.CHANGED]
    action = await stage.approved(tag())
    await stage.leave()
    assert (stage.state(action), stage.has_tag()) == (State.HELD, False)
    await stage.say(stage.action(action.proposal))
    await stage.leave()
    assert (stage.state(action), stage.has_tag()) == (State.DONE, True)


@pytest.mark.parametrize(("end", "state"), [(Effect.FAILED, State.FAILED), (Effect.UNCLEAR, State.UNCLEAR)])
@pytest.mark.parametrize("arrives", [True, False])
async def test_what_failed_or_is_unclear_is_never_tried_again(stage: Stage, end: Effect, state: State, *, arrives: bool) -> None:
    odd = stage.between()
    odd.ends, odd.arrives = [end], arrives
    action = await stage.approved(tag())
    for _ in range(3):
        await stage.leave()
        await recover(stage.house)
    assert stage.state(action) is state
    assert odd.keys == [f"{action.proposal}:1"]
    assert stage.has_tag() == (arrives and end is Effect.UNCLEAR)


async def test_one_that_fails_costs_the_others_nothing(stage: Stage) -> None:
    odd = stage.between()
    odd.ends = [Effect.FAILED, Effect.UNCLEAR, Effect.CHANGED]
    actions = [await stage.approved(tag(person(number))) for number in range(5)]
    await stage.leave()
    ends = [State.FAILED, State.UNCLEAR, State.HELD, State.DONE, State.DONE]
    assert sorted(stage.state(action) for action in actions) == sorted(ends)


async def test_a_system_that_breaks_its_contract_leaves_the_intent_and_recovery_finishes_it(stage: Stage) -> None:
    odd = stage.between()
    odd.fails = True
    actions = [await stage.approved(tag(person(number))) for number in range(3)]
    await stage.leave()
    assert {stage.state(action) for action in actions} == {State.STARTED}
    assert await drain(stage.house) == 0
    assert await recover(stage.house) == 3
    await drain(stage.house)
    assert {stage.state(action) for action in actions} == {State.DONE}
    assert set(stage.world.effects()) == {f"{action.proposal}:1" for action in actions}


# ------------------------------------------------------------------------------------------------------------------ recovery


@pytest.mark.parametrize("arrived", [True, False])
async def test_after_a_crash_the_same_key_makes_one_effect(stage: Stage, *, arrived: bool) -> None:
    action = await crashed(stage, arrived=arrived)
    assert stage.has_tag() == arrived
    assert await recover(stage.house) == 1
    await drain(stage.house)
    assert (stage.state(action), stage.has_tag()) == (State.DONE, True)
    assert list(stage.world.effects()) == [f"{action.proposal}:1"]
    assert await recover(stage.house) == 0


@pytest.mark.parametrize("changed", [{}, {"job": "nurse"}, {"name": "Annika"}])
async def test_after_a_crash_only_what_was_looked_at_is_changed(stage: Stage, changed: dict[str, Value]) -> None:
    action = await crashed(stage, arrived=False, wanted=RENAME)
    stage.world.edit(ANNA, changed)
    await recover(stage.house)
    await drain(stage.house)
    held = "name" in changed
    assert stage.state(action) is (State.HELD if held else State.DONE)
    assert stage.effects(action) == ([] if held else [Effect.DONE])
    assert stage.image("contact/c0001").fields["name"] == ("Annika" if held else "Anna")


async def test_after_a_crash_the_images_for_an_undo_are_those_of_the_first_answer(stage: Stage) -> None:
    action = await crashed(stage, arrived=True)
    await recover(stage.house)
    with stage.house.store.read() as reading:
        done = stage.action(action.proposal).done or ""
        images = [reading.content(done, name) for name in ("before", "after")]
    assert images == [{"exists": True, "fields": {}}, {"exists": True, "fields": {"tag:vip": True}}]


async def test_many_cut_off_at_once_are_all_finished(stage: Stage) -> None:
    odd = stage.between()
    replies = await propose(stage.house, ADA, [tag(person(number)) for number in range(300)])
    actions = [stage.action(reply.proposal) for reply in replies]
    await answer_each(stage.house, [Given(proposal=a.proposal, answer=Answer.APPROVE, by="dana", seen=a.seen) for a in actions])
    odd.fails = True
    await stage.leave()
    cut = [action for action in actions if stage.state(action) is State.STARTED]
    assert len(cut) == BATCH, "the next batch goes out all the same"
    assert await recover(stage.house) == BATCH
    await drain(stage.house)
    assert {stage.state(action) for action in actions} == {State.DONE}
    assert len(stage.world.effects()) == 300


async def test_execute_says_how_much_it_moved(stage: Stage) -> None:
    assert await execute(stage.house) == 0
    await stage.approved(tag())
    stage.clock.move(seconds=TAKE_BACK)
    assert await execute(stage.house) == 1
    assert await execute(stage.house) == 0
