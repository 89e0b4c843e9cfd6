"""What is not taken goes out again under the same key and through the gate; what is unclear is looked up or told by a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace as changed

from remit.connectors.paced import Paced
from remit.core.action import Action
from remit.core.facts import Answered, Cancelled, Deferred, Done, Failed, Started
from remit.core.lifecycle import State
from remit.core.retry import MOST_TRIES
from remit.core.types import Answer
from remit.errors import Conflict, ConnectorFailed, InvalidInput, NotAllowed
from remit.flow.cancel import cancel
from remit.flow.execute import clarify, execute, recover
from remit.flow.stop import order
from remit.flow.undo import undo
from remit.flow.verdict import settle_unclear
from remit.ports import Effect
from remit.runner.local import drain
from tests.changed import replace
from tests.flow.odd_connectors import Odd
from tests.flow.stage import CRM, TAGGING, TAKE_BACK, Stage, ask, person, tag

NOT_YET = Effect.NOT_YET


class DeadError(BaseException):
    """The process ended."""


async def put_off(stage: Stage, times: int = 1) -> Action:
    """Approve a tag and let the connected system say so many times that it is not the moment."""
    odd = stage.between()
    odd.ends = [NOT_YET] * times
    action = await stage.approved(tag())
    await stage.leave()
    return stage.action(action.proposal)


async def later(stage: Stage, **by: float) -> None:
    """Let time pass and carry out what is due."""
    stage.clock.move(**by)
    await drain(stage.house)


# --------------------------------------------------------------------------------------------------------------- not the moment


async def test_what_is_not_taken_goes_there_again_under_the_same_key(stage: Stage) -> None:
    action = await put_off(stage)
    assert (action.state, action.tries, stage.has_tag()) == (State.LEAVING, 1, False)
    await later(stage, seconds=1)
    assert stage.state(action) is State.LEAVING
    await later(stage, seconds=1)
    assert (stage.state(action), stage.has_tag()) == (State.DONE, True)
    assert {fact.key for fact in stage.facts_of(Started)} == {f"{action.proposal}:1"}


async def test_it_waits_longer_each_time_and_in_the_end_it_failed(stage: Stage) -> None:
    action = await put_off(stage, MOST_TRIES)
    while stage.state(action) is State.LEAVING:
        await later(stage, minutes=15)
    assert (stage.state(action), len(stage.facts_of(Deferred)), stage.world.effects()) == (State.FAILED, MOST_TRIES - 1, {})
    assert "not taken" in stage.facts_of(Failed)[-1].detail


async def test_the_gate_is_asked_again_before_it_goes_there_again(stage: Stage) -> None:
    action = await put_off(stage)
    await order(stage.house, "everything", by="dana", reason="")
    await later(stage, seconds=2)
    assert (stage.state(action), stage.has_tag()) == (State.STOPPED, False)


async def test_a_person_may_take_it_back_while_it_waits(stage: Stage) -> None:
    action = await put_off(stage)
    from remit.flow.review import take_back  # noqa: PLC0415

    assert (await take_back(stage.house, action.proposal, "dana")).state is State.HELD
    await later(stage, seconds=2)
    assert stage.world.effects() == {}


async def test_an_undo_that_is_not_taken_goes_there_again(stage: Stage) -> None:
    action = await stage.done(tag())
    stage.between().ends = [NOT_YET]
    await undo(stage.house, [action.proposal], "dana")
    await drain(stage.house)
    assert (stage.state(action), stage.has_tag()) == (State.UNDOING, True)
    await later(stage, seconds=2)
    assert (stage.state(action), stage.has_tag()) == (State.UNDONE, False)


async def test_an_undo_waits_for_the_stop_to_end(stage: Stage) -> None:
    action = await stage.done(tag())
    await order(stage.house, "agent:ada", by="dana", reason="")
    await undo(stage.house, [action.proposal], "dana")
    await drain(stage.house)
    assert (stage.state(action), stage.has_tag()) == (State.UNDOING, True)
    await stage.lift("agent:ada")
    await drain(stage.house)
    assert stage.state(action) is State.UNDONE


async def test_a_system_that_rests_costs_the_others_nothing(stage: Stage) -> None:
    odd = stage.between()
    odd.ends = [NOT_YET] * 5
    paced = Paced(odd, stage.clock)
    stage.house = replace(stage.house, connectors={"sandbox": paced})
    actions = [await stage.approved(tag(person(number))) for number in range(5)]
    await stage.leave()
    assert paced.room() == 0
    assert await execute(stage.house) == 0
    await later(stage, seconds=5)  # one is tried, and answers
    await later(stage, seconds=5)
    assert {stage.state(action) for action in actions} == {State.DONE}


# --------------------------------------------------------------------------------------------------------------------- cut off


async def test_what_was_cut_off_goes_through_the_gate_again(stage: Stage) -> None:
    odd = stage.between()
    odd.fails = True
    action = await stage.approved(tag())
    await stage.leave()
    assert stage.state(action) is State.STARTED
    await order(stage.house, "use_case:crm", by="dana", reason="")
    await recover(stage.house)
    await drain(stage.house)
    assert (stage.state(action), stage.world.effects()) == (State.STOPPED, {})


async def test_what_arrived_before_it_was_cut_off_is_found_by_its_key(stage: Stage) -> None:
    odd = stage.between()
    odd.dies = DeadError(), True
    action = await stage.approved(tag())
    with pytest.raises(DeadError):
        await stage.leave()
    await order(stage.house, "everything", by="dana", reason="")
    await recover(stage.house)
    assert (stage.state(action), stage.facts_of(Done)[-1].by_look_up, stage.has_tag()) == (State.DONE, True, True)


# --------------------------------------------------------------------------------------------------------------------- unclear


async def unclear(stage: Stage, *, arrives: bool) -> Action:
    """Approve a tag of which nobody hears how it ended."""
    odd = stage.between()
    odd.ends, odd.arrives = [Effect.UNCLEAR], arrives
    action = await stage.approved(tag())
    await stage.leave()
    assert stage.state(action) is State.UNCLEAR
    return stage.action(action.proposal)


async def test_an_unclear_effect_is_looked_up(stage: Stage) -> None:
    action = await unclear(stage, arrives=True)
    assert await clarify(stage.house) == 1
    assert (stage.state(action), stage.facts_of(Done)[-1].by_look_up) == (State.DONE, True)
    await undo(stage.house, [action.proposal], "dana")
    await drain(stage.house)
    assert (stage.state(action), stage.has_tag()) == (State.UNDONE, False)


async def test_what_the_system_never_saw_stays_unclear_until_a_person_says(stage: Stage) -> None:
    action = await unclear(stage, arrives=False)
    assert await clarify(stage.house) == 0
    settled = await settle_unclear(stage.house, action.proposal, happened=False, by="dana", note="not there")
    assert (settled.state, stage.facts_of(Failed)[-1].by) == (State.FAILED, "dana")
    with pytest.raises(Conflict, match="not unclear"):
        await settle_unclear(stage.house, action.proposal, happened=True, by="dana")


async def test_what_a_person_saw_happen_can_be_undone(stage: Stage) -> None:
    action = await unclear(stage, arrives=True)
    settled = await settle_unclear(stage.house, action.proposal, happened=True, by="dana")
    assert (settled.state, stage.facts_of(Done)[-1].by) == (State.DONE, "dana")
    await undo(stage.house, [action.proposal], "dana")
    await drain(stage.house)
    assert (stage.state(action), stage.has_tag()) == (State.UNDONE, False)


@pytest.mark.parametrize("happened", [True, False])
async def test_an_unclear_undo_is_settled_too(stage: Stage, *, happened: bool) -> None:
    action = await stage.done(tag())
    odd = stage.between()
    odd.ends, odd.arrives = [Effect.UNCLEAR], happened
    await undo(stage.house, [action.proposal], "dana")
    await drain(stage.house)
    assert stage.state(action) is State.UNDO_UNCLEAR
    settled = await settle_unclear(stage.house, action.proposal, happened=happened, by="dana")
    assert settled.state is (State.UNDONE if happened else State.UNDO_FAILED)


@pytest.mark.parametrize("happened", [True, False])
async def test_an_unclear_undo_is_looked_up(stage: Stage, *, happened: bool) -> None:
    action = await stage.done(tag())
    odd = stage.between()
    odd.ends, odd.arrives = [Effect.UNCLEAR], happened
    await undo(stage.house, [action.proposal], "dana")
    await drain(stage.house)
    assert await clarify(stage.house) == (1 if happened else 0)
    assert stage.state(action) is (State.UNDONE if happened else State.UNDO_UNCLEAR)
    assert stage.has_tag() is not happened


async def test_a_system_that_fails_while_an_undo_is_read_back_leaves_it_unclear(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = await stage.done(tag())
    stage.between().ends = [Effect.UNCLEAR]
    await undo(stage.house, [action.proposal], "dana")
    await drain(stage.house)

    async def fail(_self: Odd, _wanted: object) -> None:
        raise ConnectorFailed

    with monkeypatch.context() as failing:
        failing.setattr(Odd, "images", fail)
        assert await clarify(stage.house) == 0
    assert stage.state(action) is State.UNDO_UNCLEAR
    assert await clarify(stage.house) == 1


# ------------------------------------------------------------------------------------------------------------------ called off


async def test_what_has_not_started_can_be_called_off(stage: Stage) -> None:
    held, leaving = await stage.proposed(tag()), await stage.approved(tag("c0002"))
    for action in (held, leaving):
        assert (await cancel(stage.house, action.proposal, by="dana", reason_code="not_needed")).state is State.RETURNED
    await stage.leave()
    assert (stage.world.effects(), len(stage.facts_of(Cancelled))) == ({}, 2)


async def test_what_is_called_off_is_no_answer_to_the_evidence(stage: Stage) -> None:
    await cancel(stage.house, (await stage.proposed(tag())).proposal, by="dana")
    with stage.house.store.read() as reading:
        assert reading.evidence(CRM, TAGGING, "v1").answered == 0


async def test_what_has_started_cannot_be_called_off(stage: Stage) -> None:
    action = await stage.done(tag())
    with pytest.raises(Conflict):
        await cancel(stage.house, action.proposal, by="dana")


async def test_a_reason_for_calling_off_is_one_word(stage: Stage) -> None:
    with pytest.raises(InvalidInput, match="a reason code"):
        await cancel(stage.house, (await stage.proposed(tag())).proposal, by="dana", reason_code="we changed our mind")


async def test_only_who_may_answer_calls_off(stage: Stage) -> None:
    from tests.flow.test_answering import admitted  # noqa: PLC0415

    await admitted(stage)
    with pytest.raises(NotAllowed):
        await cancel(stage.house, (await stage.proposed(tag())).proposal, by="vera")


# ------------------------------------------------------------------------------------------------------------------ not before


async def test_nothing_leaves_before_the_moment_its_agent_asked_for(stage: Stage) -> None:
    wanted = changed(tag(), not_before=stage.clock.now() + timedelta(hours=10))
    action = await stage.say(await stage.proposed(wanted))
    assert action.due_at == stage.clock.now() + timedelta(hours=10)
    await later(stage, hours=9)
    assert stage.state(action) is State.LEAVING
    await later(stage, hours=1)
    assert stage.state(action) is State.DONE


async def test_what_an_agent_does_alone_waits_for_its_moment_too(earned: Stage) -> None:
    wanted = [changed(tag(person(number)), not_before=earned.clock.now() + timedelta(hours=1)) for number in range(12)]
    actions = [await earned.proposed(one) for one in wanted]
    alone = [action for action in actions if action.state is State.LEAVING]
    assert alone
    await later(earned, minutes=59)
    assert {earned.state(action) for action in alone} == {State.LEAVING}
    await later(earned, minutes=1)
    assert {earned.state(action) for action in alone} == {State.DONE}


async def test_a_moment_too_far_ahead_is_refused(stage: Stage) -> None:
    for moment in (stage.clock.now() + timedelta(days=91), stage.clock.now().replace(tzinfo=None)):
        with pytest.raises(InvalidInput, match="90 days"):
            await stage.proposed(changed(tag(), not_before=moment))


async def test_a_moment_that_is_past_is_now(stage: Stage) -> None:
    action = await stage.say(await stage.proposed(changed(tag(), not_before=stage.clock.now() - timedelta(days=1))))
    assert action.due_at == stage.clock.now() + timedelta(seconds=TAKE_BACK)
    assert stage.facts_of(Answered)[-1].answer is Answer.APPROVE
    assert ask("contact.tag.add").not_before is None
