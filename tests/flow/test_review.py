"""Answering: each answer leads where it says, is bound to what was seen, and can be taken back while it has not left."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest

from remit.core.action import Action
from remit.core.facts import Answered, HeldAgain
from remit.core.lifecycle import State
from remit.core.types import Answer, ProposalId, Record, Verdict
from remit.errors import AlreadyAnswered, ChangedSinceSeen, Conflict, InvalidInput, NotAllowed, NotFound, RemitError
from remit.flow.adopt import adopt
from remit.flow.answered import Given
from remit.flow.lapse import lapse
from remit.flow.propose import propose
from remit.flow.review import answer, answer_each, take_back, withdraw
from remit.flow.stop import order
from remit.runner.local import drain
from tests.flow.stage import (
    ADA,
    CRM,
    DEADLINE,
    DESK,
    OTTO,
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
EDIT = {"contact": "c0001", "tag": "gold"}

TO_HELD = {
    Answer.APPROVE: (State.LEAVING, 0),
    Answer.APPROVE_EDITED: (State.LEAVING, 500_000),
    Answer.REJECT: (State.REJECTED, 1_000_000),
    Answer.RETURN: (State.RETURNED, None),
    Answer.LATER: (State.HELD, None),
}
TO_DRAFT = {
    Answer.USED: (State.USED, 0),
    Answer.USED_EDITED: (State.USED_EDITED, 500_000),
    Answer.DISCARDED: (State.DISCARDED, 1_000_000),
    Answer.LATER: (State.DRAFTED, None),
}


def edit(said: Answer) -> dict[str, Any]:
    """Give what an edit needs, where the answer is one."""
    return {"edited": EDIT} if said in {Answer.APPROVE_EDITED, Answer.USED_EDITED} else {}


def charter_text(operations: Mapping[str, Any]) -> str:
    """Write the charter of the CRM with other operations."""
    return json.dumps(charter(CRM, operations))


async def refused(stage: Stage, action: Action, said: Answer, error: type[RemitError], **more: Any) -> None:
    """Check that an answer is refused with an error that says what was found, and that nothing is written."""
    before = stage.written()
    with pytest.raises(error) as told:
        await stage.say(action, said, **{**edit(said), **more})
    assert type(told.value) is error
    assert told.value.found or told.value.message
    assert stage.written() == before
    assert stage.action(action.proposal) == action


# ----------------------------------------------------------------------------------------------------------------- each answer


@pytest.mark.parametrize(("said", "end"), TO_HELD.items())
async def test_an_answer_leads_where_it_says(stage: Stage, said: Answer, end: tuple[State, int | None]) -> None:
    action = await stage.say(await stage.proposed(tag()), said, **edit(said))
    assert (action.state, action.loss_ppm) == end
    await stage.leave()
    carried_out = said in {Answer.APPROVE, Answer.APPROVE_EDITED}
    assert stage.has_tag(name="gold" if said is Answer.APPROVE_EDITED else "vip") == carried_out
    assert len(stage.world.effects()) == carried_out


@pytest.mark.parametrize(("said", "end"), TO_DRAFT.items())
async def test_an_answer_to_a_draft_leads_where_it_says_and_remit_does_nothing(
    stage: Stage, said: Answer, end: tuple[State, int | None]
) -> None:
    action = await stage.say(await stage.proposed(tag(use_case=DESK), OTTO), said, **edit(said))
    assert (action.state, action.loss_ppm) == end
    await stage.leave()
    assert stage.world.effects() == {}


@pytest.mark.parametrize("said", sorted(set(Answer) - set(TO_HELD)))
async def test_what_is_held_takes_no_answer_of_a_draft(stage: Stage, said: Answer) -> None:
    await refused(stage, await stage.proposed(tag()), said, InvalidInput)


@pytest.mark.parametrize("said", sorted(set(Answer) - set(TO_DRAFT)))
async def test_a_draft_takes_no_answer_of_what_is_held(stage: Stage, said: Answer) -> None:
    await refused(stage, await stage.proposed(tag(use_case=DESK), OTTO), said, InvalidInput)


@pytest.mark.parametrize("second", TO_HELD)
@pytest.mark.parametrize("first", sorted(set(TO_HELD) - {Answer.LATER}))
async def test_nobody_answers_twice(stage: Stage, first: Answer, second: Answer) -> None:
    action = await stage.say(await stage.proposed(tag()), first, **edit(first))
    await refused(stage, action, second, AlreadyAnswered)


async def test_what_was_carried_out_takes_no_answer(stage: Stage) -> None:
    await refused(stage, await stage.done(tag()), Answer.REJECT, AlreadyAnswered)


async def test_what_never_was_held_takes_no_answer(stage: Stage) -> None:
    blocked = await stage.proposed(tag(name="odd", use_case=DESK), OTTO)
    await refused(stage, blocked, Answer.APPROVE, AlreadyAnswered)


async def test_an_unknown_proposal_takes_no_answer(stage: Stage) -> None:
    before = stage.written()
    with pytest.raises(NotFound, match="nothing"):
        await answer(stage.house, Given(proposal=ProposalId("nothing"), answer=Answer.APPROVE, by="dana", seen=""))
    assert stage.written() == before


async def test_only_an_edit_brings_arguments(stage: Stage) -> None:
    action = await stage.proposed(tag())
    await refused(stage, action, Answer.APPROVE, InvalidInput, edited=EDIT)
    await refused(stage, action, Answer.APPROVE_EDITED, InvalidInput, edited=None)


async def test_many_answers_are_each_by_themselves(stage: Stage) -> None:
    first, second, third = [
        stage.action(one.proposal) for one in await propose(stage.house, ADA, [tag(person(n)) for n in range(3)])
    ]
    await stage.say(second, Answer.REJECT)
    given = [Given(proposal=one.proposal, answer=Answer.APPROVE, by="dana", seen=one.seen) for one in (first, second, third)]
    outcomes = await answer_each(stage.house, given)
    assert [isinstance(one, RemitError) for one in outcomes] == [False, True, False]
    await stage.leave()
    assert [stage.has_tag(person(number)) for number in range(3)] == [True, False, True]


async def test_one_proposal_twice_in_a_batch_is_answered_once(stage: Stage) -> None:
    action = await stage.proposed(tag())
    given = Given(proposal=action.proposal, answer=Answer.APPROVE, by="dana", seen=action.seen)
    outcomes = await answer_each(stage.house, [given, given])
    assert isinstance(outcomes[1], AlreadyAnswered)
    assert len(stage.facts_of(Answered)) == 1


async def test_of_many_people_who_answer_at_the_same_time_one_is_heard(stage: Stage) -> None:
    action = await stage.proposed(tag())
    said = [Answer.APPROVE, Answer.REJECT] * 5
    ends = await asyncio.gather(*(stage.say(action, one, by=f"{n}") for n, one in enumerate(said)), return_exceptions=True)
    assert [type(end) for end in ends].count(AlreadyAnswered) == len(said) - 1
    assert len(stage.facts_of(Answered)) == 1
    await stage.leave()
    assert stage.has_tag() == (stage.state(action) is State.DONE)


async def test_what_a_person_writes_stays_out_of_the_ledger(stage: Stage) -> None:
    action = await stage.say(await stage.proposed(tag()), Answer.REJECT, note="Anna hates tags", reason_code="not_true")
    assert "Anna hates tags" not in str(stage.facts())
    assert stage.facts_of(Answered)[-1].reason_code == "not_true"
    assert action.answered_by == "dana"


# ---------------------------------------------------------------------------------------------------------------------- later


@pytest.mark.parametrize("hours", [2, 23])
async def test_later_does_not_bring_the_end_nearer(stage: Stage, hours: int) -> None:
    action = await stage.say(await stage.proposed(tag()), Answer.LATER)
    stage.clock.move(hours=hours)
    await drain(stage.house)
    assert stage.state(action) is State.HELD
    assert (await stage.say(action)).state is State.LEAVING


async def test_later_does_not_put_the_end_off_for_ever(stage: Stage) -> None:
    action = await stage.proposed(tag())
    for _ in range(3):
        stage.clock.move(hours=7)
        await stage.say(action, Answer.LATER)
    stage.clock.move(hours=7)
    await lapse(stage.house)
    assert stage.state(action) is State.LAPSED


# --------------------------------------------------------------------------------------------------------- bound to what was seen


@pytest.mark.parametrize("field", ["job", "region"])
async def test_a_record_that_changed_is_shown_again_before_anything_is_done(stage: Stage, field: str) -> None:
    action = await stage.proposed(ask("contact.field.update", contact="c0001", **{field: "north"}))
    stage.world.edit(ANNA, {field: "south"})
    with pytest.raises(ChangedSinceSeen, match="record"):
        await stage.say(action)
    again = stage.action(action.proposal)
    assert (again.state, stage.reasons(again)) == (State.HELD, ["changed_since_seen"])
    assert again.seen != action.seen
    await stage.leave()
    assert stage.world.effects() == {}
    assert stage.image("contact/c0001").fields[field] == "south"


async def test_what_was_shown_again_can_be_approved_then(stage: Stage) -> None:
    action = await stage.proposed(ask("contact.field.update", contact="c0001", job="maid"))
    stage.world.edit(ANNA, {"job": "nurse"})
    with pytest.raises(ChangedSinceSeen):
        await stage.say(action)
    with pytest.raises(ChangedSinceSeen):
        await stage.say(action)
    await stage.say(stage.action(action.proposal))
    await stage.leave()
    assert stage.image("contact/c0001").fields["job"] == "maid"


async def test_a_change_elsewhere_on_the_record_is_no_change(stage: Stage) -> None:
    action = await stage.proposed(tag())
    stage.world.edit(ANNA, {"job": "nurse"})
    assert (await stage.say(action)).state is State.LEAVING


async def test_a_policy_that_changed_is_looked_at_again(stage: Stage) -> None:
    action = await stage.proposed(tag())
    await adopt(stage.house, {"charter:other": documents()["charter:desk"].replace('"desk"', '"other"')}, "olga")
    with pytest.raises(ChangedSinceSeen, match="policy"):
        await stage.say(action)
    assert (await stage.say(stage.action(action.proposal))).state is State.LEAVING


@pytest.mark.parametrize("seen", ["", "nonsense", "record", "arguments= record= policy= reach=", "=", "a=b=c"])
async def test_who_saw_nothing_approves_nothing(stage: Stage, seen: str) -> None:
    action = await stage.proposed(tag())
    with pytest.raises(ChangedSinceSeen):
        await stage.say(action, seen=seen)
    assert stage.state(action) is State.HELD
    await stage.leave()
    assert not stage.has_tag()


async def test_a_rejection_needs_no_second_look(stage: Stage) -> None:
    action = await stage.proposed(ask("contact.field.update", contact="c0001", job="maid"))
    stage.world.edit(ANNA, {"job": "nurse"})
    assert (await stage.say(action, Answer.REJECT, seen="")).state is State.REJECTED


async def test_a_record_that_is_gone_cannot_be_approved(stage: Stage) -> None:
    action = await stage.proposed(tag())
    stage.world.remove(ANNA)
    await refused(stage, action, Answer.APPROVE, InvalidInput)


async def test_a_record_that_is_gone_can_be_rejected(stage: Stage) -> None:
    action = await stage.proposed(tag())
    stage.world.remove(ANNA)
    assert (await stage.say(action, Answer.REJECT)).state is State.REJECTED


async def test_content_that_was_erased_can_be_rejected_and_not_approved(stage: Stage) -> None:
    action = await stage.proposed(tag())
    with closing(sqlite3.connect(stage.folder / "remit.db")) as file, file:
        file.execute("DELETE FROM contents WHERE fact = ?", (action.content,))
    await refused(stage, action, Answer.APPROVE, NotFound)
    assert (await stage.say(action, Answer.REJECT)).state is State.REJECTED


async def test_a_new_deadline_begins_when_it_is_shown_again(stage: Stage) -> None:
    action = await stage.proposed(tag())
    stage.clock.move(hours=10)
    stage.world.edit(ANNA, {"tag:vip": True})
    with pytest.raises(ChangedSinceSeen):
        await stage.say(action)
    assert stage.action(action.proposal).due_at == stage.clock.now() + DEADLINE
    assert stage.facts_of(HeldAgain)[-1].due_at == stage.clock.now() + DEADLINE


# ---------------------------------------------------------------------------------------------------------------------- editing


async def test_an_edit_is_what_is_carried_out(stage: Stage) -> None:
    action = await stage.say(await stage.proposed(tag()), Answer.APPROVE_EDITED, edited=EDIT)
    assert action.revision == 1
    await stage.leave()
    assert (stage.has_tag(name="gold"), stage.has_tag(name="vip")) == (True, False)


async def test_an_edit_of_other_fields_is_carried_out_after_a_look_at_them(stage: Stage) -> None:
    action = await stage.proposed(ask("contact.field.update", contact="c0001", job="maid"))
    wanted = {"contact": "c0001", "name": "Anna"}
    with pytest.raises(ChangedSinceSeen):
        await stage.say(action, Answer.APPROVE_EDITED, edited=wanted)
    await stage.say(stage.action(action.proposal), Answer.APPROVE_EDITED, edited=wanted)
    await stage.leave()
    fields = stage.image("contact/c0001").fields
    assert (stage.state(action), fields["name"], fields["job"]) == (State.DONE, "Anna", "clerk")


async def test_an_approval_after_a_refused_edit_is_for_what_was_proposed(stage: Stage) -> None:
    action = await stage.proposed(ask("contact.field.update", contact="c0001", job="maid"))
    with pytest.raises(ChangedSinceSeen):
        await stage.say(action, Answer.APPROVE_EDITED, edited={"contact": "c0001", "name": "Anna"})
    with pytest.raises(ChangedSinceSeen):
        await stage.say(stage.action(action.proposal))
    await stage.say(stage.action(action.proposal))
    await stage.leave()
    fields = stage.image("contact/c0001").fields
    assert (fields["name"], fields["job"]) == ("N1", "maid")


async def test_an_edit_goes_through_the_gate(stage: Stage) -> None:
    narrow = {"contact.tag.add": {"arguments": ["contact", "tag"], "values": {"tag": ["vip", "gold"]}}}
    await adopt(stage.house, {"charter:crm": charter_text(every_operation() | narrow)}, "olga")
    action = await stage.proposed(tag())
    before = stage.written()
    with pytest.raises(NotAllowed, match="does not allow this argument"):
        await stage.say(action, Answer.APPROVE_EDITED, edited={"contact": "c0001", "tag": "odd"})
    assert stage.written() == before
    assert (await stage.say(action, Answer.APPROVE_EDITED, edited=EDIT)).state is State.LEAVING


@pytest.mark.parametrize(
    "edited", [{"contact": "c0001"}, {"contact": "nobody", "tag": "vip"}, {"contact": "c0001", "tag": 7}, {}]
)
async def test_an_edit_that_cannot_be_carried_out_is_refused(stage: Stage, edited: Mapping[str, Any]) -> None:
    await refused(stage, await stage.proposed(tag()), Answer.APPROVE_EDITED, InvalidInput, edited=edited)


async def test_a_stop_between_the_look_and_the_answer_lets_nothing_start(stage: Stage) -> None:
    action = await stage.proposed(tag())
    await order(stage.house, "everything", by="dana", reason="")
    assert (await stage.say(action)).state is State.LEAVING
    await stage.leave()
    assert stage.state(action) is State.STOPPED
    assert stage.world.effects() == {}


# ----------------------------------------------------------------------------------------------------------------- taking back


@pytest.mark.parametrize("seconds", [0, TAKE_BACK - 1])
async def test_an_approval_can_be_taken_back_while_its_window_is_open(stage: Stage, seconds: int) -> None:
    action = await stage.approved(tag())
    stage.clock.move(seconds=seconds)
    await drain(stage.house)
    back = await take_back(stage.house, action.proposal, "dana")
    assert (back.state, back.answered_by, back.loss_ppm) == (State.HELD, None, None)
    assert back.due_at == stage.clock.now() + DEADLINE
    await stage.leave()
    assert stage.world.effects() == {}


async def test_what_was_taken_back_can_be_answered_again(stage: Stage) -> None:
    action = await stage.approved(tag())
    back = await take_back(stage.house, action.proposal, "dana")
    assert (await stage.say(back, Answer.REJECT)).state is State.REJECTED
    other = await stage.approved(tag("c0002"))
    await stage.say(await take_back(stage.house, other.proposal, "dana"))
    await stage.leave()
    assert stage.effects(other) == ["done"]


async def test_what_has_left_cannot_be_taken_back(stage: Stage) -> None:
    action = await stage.done(tag())
    before = stage.written()
    with pytest.raises(Conflict, match="done"):
        await take_back(stage.house, action.proposal, "dana")
    assert stage.written() == before


async def test_what_was_never_approved_cannot_be_taken_back(stage: Stage) -> None:
    action = await stage.proposed(tag())
    with pytest.raises(Conflict, match="held"):
        await take_back(stage.house, action.proposal, "dana")
    with pytest.raises(NotFound):
        await take_back(stage.house, ProposalId("nothing"), "dana")


async def test_a_person_may_take_back_what_an_agent_does_alone(earned: Stage) -> None:
    actions = [await earned.proposed(tag(person(number))) for number in range(10)]
    alone = next(action for action in actions if action.state is State.LEAVING)
    assert (await take_back(earned.house, alone.proposal, "dana")).state is State.HELD
    await earned.leave()
    assert earned.effects(alone) == []


async def test_an_agent_cannot_withdraw_what_was_approved(stage: Stage) -> None:
    action = await stage.approved(tag())
    with pytest.raises(Conflict, match="leaving"):
        await withdraw(stage.house, action.proposal, "ada")


# ----------------------------------------------------------------------------------------------------------------- time and gate


async def test_nothing_is_ever_approved_by_the_passing_of_time(stage: Stage) -> None:
    actions = [await stage.proposed(tag(person(number))) for number in range(5)]
    for _ in range(30):
        stage.clock.move(hours=12)
        await drain(stage.house)
    assert {stage.state(action) for action in actions} == {State.LAPSED}
    assert stage.world.effects() == {}


async def test_an_approval_is_judged_by_the_policy_of_its_day(stage: Stage) -> None:
    action = await stage.proposed(tag())
    assert action.verdict is Verdict.HOLD
    operations = {name: spec for name, spec in every_operation().items() if name != "contact.tag.add"}
    await adopt(stage.house, {"charter:crm": charter_text(operations)}, "olga")
    assert stage.state(action) is State.BLOCKED
    with pytest.raises(AlreadyAnswered):
        await stage.say(action)
    await stage.leave()
    assert stage.world.effects() == {}
