"""Deadlines: what nobody answered in time is never carried out, and counts as a full loss where an answer would have counted."""

from __future__ import annotations

import pytest

from remit.core.lifecycle import State
from remit.core.types import Answer
from remit.errors import AlreadyAnswered
from remit.flow.judge import judge
from remit.flow.lapse import lapse
from remit.flow.propose import propose
from remit.runner.local import drain
from tests.flow.stage import ADA, CRM, DEADLINE, DESK, NOTING, OTTO, TAGGING, Stage, ask, person, tag


async def test_a_proposal_lapses_on_its_deadline_and_not_before(stage: Stage) -> None:
    action = await stage.proposed(tag())
    assert action.due_at == stage.clock.now() + DEADLINE
    stage.clock.move(seconds=DEADLINE.total_seconds() - 1)
    assert await lapse(stage.house) == 0
    stage.clock.move(seconds=1)
    assert await lapse(stage.house) == 1
    assert stage.state(action) is State.LAPSED
    assert await lapse(stage.house) == 0


async def test_a_draft_lapses_too(stage: Stage) -> None:
    action = await stage.proposed(tag(use_case=DESK), OTTO)
    stage.clock.move(hours=24)
    await drain(stage.house)
    assert stage.state(action) is State.LAPSED


async def test_what_lapsed_is_never_carried_out_and_never_answered(stage: Stage) -> None:
    action = await stage.proposed(tag())
    stage.clock.move(hours=24)
    await drain(stage.house)
    with pytest.raises(AlreadyAnswered, match="lapsed"):
        await stage.say(action)
    await stage.leave()
    assert stage.world.effects() == {}


async def test_what_was_approved_does_not_lapse(stage: Stage) -> None:
    action = await stage.approved(tag())
    stage.clock.move(days=3)
    assert await lapse(stage.house) == 0
    await drain(stage.house)
    assert stage.state(action) is State.DONE


async def test_more_than_one_batch_lapses(stage: Stage) -> None:
    for start in (0, 1000):
        await propose(stage.house, ADA, [tag("c0001", f"t{number}") for number in range(start, start + 600)])
    stage.clock.move(hours=24)
    assert [await lapse(stage.house) for _ in range(3)] == [1000, 200, 0]


async def test_a_lapse_counts_as_a_full_loss_where_an_answer_would_have_counted(stage: Stage) -> None:
    await stage.proposed(tag())
    await stage.say(await stage.proposed(tag("c0002")))
    stage.clock.move(hours=24)
    await drain(stage.house)
    await judge(stage.house)
    with stage.house.store.read() as reading:
        assert reading.evidence(CRM, TAGGING, "v1").losses == {0: 1, 1_000_000: 1}


async def test_a_lapse_counts_for_nothing_where_no_level_would_have_allowed_it(stage: Stage) -> None:
    stage.world.listen("note", "text", "a mailing")
    action = await stage.proposed(ask(NOTING, contact="c0001", text="call back"))
    assert not action.counts
    stage.clock.move(hours=24)
    await drain(stage.house)
    await judge(stage.house)
    with stage.house.store.read() as reading:
        assert reading.evidence(CRM, NOTING, "v1").observations == 0


@pytest.mark.parametrize("said", [Answer.RETURN, Answer.LATER, None])
async def test_an_unanswered_cluster_counts_as_a_full_loss_in_the_end(stage: Stage, said: Answer | None) -> None:
    action = await stage.proposed(tag(person(3)))
    if said is not None:
        await stage.say(action, said)
    stage.clock.move(days=7)
    await drain(stage.house)
    await judge(stage.house)
    with stage.house.store.read() as reading:
        assert reading.evidence(CRM, TAGGING, "v1").losses == {1_000_000: 1}
