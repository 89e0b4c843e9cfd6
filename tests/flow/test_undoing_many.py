"""Undoing a selection: chosen by use case, version, operation and time, foreseen, in the order that leaves nothing behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from remit.core.action import Action
from remit.core.facts import Deferred, UndoAsked
from remit.core.lifecycle import State
from remit.core.types import Operation, Record, UseCaseId
from remit.core.undo_choice import CanGoBack, Choice, StaysThere
from remit.errors import Conflict, InvalidInput, NotFound
from remit.flow.undo import choose, foresee, undo_each
from remit.ports import Effect
from remit.runner.local import drain
from tests.flow.stage import CRM, TAGGING, Stage, ask, person, tag

ANNA = Record(kind="contact", id="c0001")


async def jobs(stage: Stage, *names: str) -> list[Action]:
    """Change one contact's job again and again, a minute apart."""
    done = []
    for number, name in enumerate(names):
        done.append(await stage.done(ask("contact.field.update", CRM, f"job {number}", contact="c0001", job=name)))
        stage.clock.move(minutes=1)
    return done


async def undone(stage: Stage, actions: list[Action]) -> list[State]:
    """Undo these and say where each stands."""
    await undo_each(stage.house, [action.proposal for action in actions], "dana", "wrong")
    await drain(stage.house)
    return [stage.state(action) for action in actions]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
async def test_effects_on_one_record_go_back_the_latest_first_whatever_order_they_were_named_in(
    stage: Stage, order: list[int]
) -> None:
    done = await jobs(stage, "maid", "nurse", "judge")
    assert await undone(stage, [done[at] for at in order]) == [State.UNDONE] * 3
    assert stage.world.record(ANNA).fields["job"] == "clerk"


async def test_what_lies_under_an_effect_that_has_to_wait_waits_too(stage: Stage) -> None:
    first, second = await jobs(stage, "maid", "nurse")
    stage.between().ends = [Effect.NOT_YET]
    assert await undone(stage, [first, second]) == [State.UNDOING] * 2
    assert len(stage.facts_of(Deferred)) == 1
    stage.clock.move(seconds=2)
    await drain(stage.house)
    assert [stage.state(one) for one in (first, second)] == [State.UNDONE] * 2
    assert stage.world.record(ANNA).fields["job"] == "clerk"


async def test_an_effect_under_one_that_stays_keeps_what_the_later_one_wrote(stage: Stage) -> None:
    first, _ = await jobs(stage, "maid", "nurse")
    (found,) = await foresee(stage.house, [first.proposal])
    assert (found.back, found.kept) == ((), {"job": "changed since by somebody else"})
    assert await undone(stage, [first]) == [State.UNDONE_WITH_RESIDUE]
    assert stage.world.record(ANNA).fields["job"] == "nurse"


async def test_everything_of_a_use_case_is_chosen_narrowed_by_version_operation_and_time(stage: Stage) -> None:
    started = stage.clock.now()
    early = await stage.done(tag())
    stage.clock.move(hours=1)
    late = await stage.done(tag(person(2)))
    other = (await jobs(stage, "maid"))[0]
    half = started + timedelta(minutes=30)

    def chosen(**more: Any) -> set[str]:
        return {action.proposal for action in choose(stage.house, Choice(use_case=CRM, **more))}

    assert chosen() == {early.proposal, late.proposal, other.proposal}
    assert chosen(operation=TAGGING) == {early.proposal, late.proposal}
    assert (chosen(until=half), chosen(since=half, operation=TAGGING)) == ({early.proposal}, {late.proposal})
    assert (chosen(version="v1") == chosen(), chosen(version="v2")) == (True, set())
    assert chosen(operation=Operation("contact.enrich")) == set()


async def test_a_use_case_that_does_not_exist_is_refused_with_those_that_do(stage: Stage) -> None:
    with pytest.raises(InvalidInput, match="crm, desk"):
        choose(stage.house, Choice(use_case=UseCaseId("crn")))


async def test_what_would_happen_is_foreseen_and_nothing_is_written(stage: Stage) -> None:
    tagged, (job,) = await stage.done(tag()), await jobs(stage, "maid")
    task = await stage.done(ask("task.create", contact="c0001", title="Call", due="2026-04-01"))
    mail = await stage.say(await stage.proposed(ask("email.one_to_one.send", contact="c0001", subject="Hi", body="Hi")))
    if stage.state(mail) is State.HELD:
        mail = await stage.say(mail, by="rita")
    await stage.leave()
    stage.world.edit(ANNA, {"job": "judge"})
    before = stage.written()
    found = {one.action.proposal: one for one in await foresee(stage.house, [a.proposal for a in (tagged, job, task, mail)], 30)}
    assert stage.written() == before
    assert found[tagged.proposal].back == ("tag:vip",)
    assert (found[job.proposal].back, set(found[job.proposal].kept)) == ((), {"job"})
    assert found[task.proposal].removes
    assert isinstance(found[mail.proposal].outcome, StaysThere)
    outcome = found[tagged.proposal].outcome
    assert isinstance(outcome, CanGoBack)
    assert outcome.until == (stage.action(tagged.proposal).ended_at or stage.clock.now()) + timedelta(days=30)


async def test_one_that_cannot_go_back_costs_the_others_nothing(stage: Stage) -> None:
    done, held = await stage.done(tag()), await stage.proposed(tag(person(2)))
    batch, outcomes = await undo_each(stage.house, [held.proposal, done.proposal], "dana")
    assert [type(one) for one in outcomes] == [Conflict, Action]
    assert [fact.batch for fact in stage.facts_of(UndoAsked)] == [batch]


async def test_an_unknown_one_is_named(stage: Stage) -> None:
    from remit.core.types import ProposalId  # noqa: PLC0415

    _, (outcome,) = await undo_each(stage.house, [ProposalId("nothing")], "dana")
    assert isinstance(outcome, NotFound)
    with pytest.raises(InvalidInput, match="1 to 1000"):
        await undo_each(stage.house, [], "dana")
