"""Proposing: what is malformed is refused whole, what is repeated is answered alike, what is decided is recorded."""

from __future__ import annotations

import asyncio

import pytest

from remit.core.facts import Decided, Done, Proposed
from remit.core.lifecycle import State
from remit.core.proposal import LARGEST_BATCH, LARGEST_BYTES, Ask
from remit.core.types import Answer, ProposalId, UseCaseId, Value, Verdict
from remit.errors import CallIdReused, InvalidInput, NotAllowed, NotFound, RemitError, TooLarge
from remit.flow.propose import current, propose
from remit.flow.review import withdraw
from tests.changed import replace
from tests.flow.stage import ADA, CRM, DESK, NOTING, OTTO, TAGGING, Stage, ask, person, tag

MALFORMED: dict[str, tuple[Ask, type[RemitError], str]] = {
    "unknown use case": (tag(use_case=UseCaseId("crn")), NotFound, "crn"),
    "key for another use case": (tag(use_case=DESK), NotAllowed, "desk"),
    "unknown operation": (ask("contact.teleport", contact="c0001"), InvalidInput, "contact.teleport"),
    "unknown field": (ask("contact.field.update", contact="c0001", regoin="north"), InvalidInput, "regoin"),
    "missing argument": (ask(TAGGING, contact="c0001"), InvalidInput, "tag"),
    "wrong type": (ask("lead.score.update", contact="c0001", score="high"), InvalidInput, "score"),
    "number out of range": (ask("lead.score.update", contact="c0001", score=101), InvalidInput, "0 to 100"),
    "a field only people set": (
        ask("contact.field.update", contact="c0001", do_not_contact=False),
        InvalidInput,
        "do_not_contact",
    ),
    "no such record": (tag("nobody"), InvalidInput, "nobody"),
    "confidence not a number": (replace(tag(), confidence=float("nan")), InvalidInput, "confidence"),
    "confidence without end": (replace(tag(), confidence=float("inf")), InvalidInput, "confidence"),
    "confidence above 1": (replace(tag(), confidence=1.01), InvalidInput, "confidence"),
    "confidence below 0": (replace(tag(), confidence=-0.01), InvalidInput, "confidence"),
    "argument not a number": (ask("lead.score.update", contact="c0001", score=float("nan")), InvalidInput, "score"),
    "number too large to keep": (ask("contact.field.update", contact="c0001", balance=2**53), InvalidInput, "balance"),
    "no call id": (replace(tag(), call_id=""), InvalidInput, "call id"),
    "call id too long": (tag(call_id="x" * 201), InvalidInput, "call id"),
    "oversized arguments": (ask("note.create", CRM, "one", contact="c0001", text="x" * LARGEST_BYTES), TooLarge, "bytes"),
    "oversized reason": (replace(tag(), reason="x" * LARGEST_BYTES), TooLarge, "bytes"),
    "oversized grounds": (replace(tag(), grounds=("x" * LARGEST_BYTES,)), TooLarge, "bytes"),
    "very many grounds": (replace(tag(), grounds=("x" * 100,) * (LARGEST_BYTES // 100)), TooLarge, "bytes"),
    "oversized window": (replace(tag(), window="x" * LARGEST_BYTES), TooLarge, "bytes"),
    "oversized window digest": (replace(tag(), window_digest="x" * LARGEST_BYTES), TooLarge, "bytes"),
    "oversized usage": (replace(tag(), usage={"model": "x" * LARGEST_BYTES}), TooLarge, "bytes"),
}


# ------------------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(("wanted", "error", "named"), MALFORMED.values(), ids=MALFORMED)
async def test_what_is_malformed_is_refused_by_name_and_nothing_is_written(
    stage: Stage, wanted: Ask, error: type[RemitError], named: str
) -> None:
    before = stage.written()
    with pytest.raises(error, match=named) as refused:
        await propose(stage.house, ADA, [wanted])
    assert stage.written() == before
    assert str(refused.value)


@pytest.mark.parametrize(("wanted", "error", "_named"), MALFORMED.values(), ids=MALFORMED)
async def test_one_malformed_proposal_refuses_the_whole_batch(
    stage: Stage, wanted: Ask, error: type[RemitError], _named: str
) -> None:
    before = stage.written()
    good = [tag(person(1)), tag(person(2))]
    for batch in ([wanted, *good], [good[0], wanted, good[1]], [*good, wanted]):
        with pytest.raises(error):
            await propose(stage.house, ADA, batch)
        assert stage.written() == before


async def test_a_batch_may_be_as_large_as_said_and_no_larger(stage: Stage) -> None:
    batch = [tag("c0001", f"t{number}") for number in range(LARGEST_BATCH + 1)]
    before = stage.written()
    with pytest.raises(InvalidInput, match="1001"):
        await propose(stage.house, ADA, batch)
    assert stage.written() == before
    assert len(await propose(stage.house, ADA, batch[:-1])) == LARGEST_BATCH


async def test_an_empty_batch_has_no_answers(stage: Stage) -> None:
    assert await propose(stage.house, ADA, []) == []


async def test_what_is_refused_can_be_corrected_under_the_same_call_id(stage: Stage) -> None:
    with pytest.raises(InvalidInput):
        await stage.reply(tag("nobody", call_id="one"))
    assert (await stage.reply(tag(call_id="one"))).state is State.HELD


# -------------------------------------------------------------------------------------------------------------------- call ids


async def test_the_same_call_id_is_the_same_proposal(stage: Stage) -> None:
    first = await stage.reply(tag(call_id="one"))
    before = stage.written()
    assert await stage.reply(tag(call_id="one")) == replace(first, allowed_if=())
    assert stage.written() == before


async def test_the_same_call_id_twice_in_a_batch_is_one_proposal(stage: Stage) -> None:
    first, second = await propose(stage.house, ADA, [tag(call_id="one"), tag(call_id="one")])
    assert first.proposal == second.proposal
    assert len(stage.facts_of(Proposed)) == 1


@pytest.mark.parametrize(
    "other",
    [
        tag("c0002", call_id="one"),
        tag(name="gold", call_id="one"),
        ask("contact.tag.remove", CRM, "one", contact="c0001", tag="vip"),
    ],
    ids=["another record", "another value", "another operation"],
)
@pytest.mark.parametrize("together", [True, False])
async def test_a_call_id_is_not_used_twice(stage: Stage, other: Ask, *, together: bool) -> None:
    if not together:
        await stage.reply(tag(call_id="one"))
    before = stage.written()
    with pytest.raises(CallIdReused, match="one"):
        await propose(stage.house, ADA, [tag(call_id="one"), tag("c0003"), other] if together else [other, tag("c0003")])
    assert stage.written() == before


async def test_a_call_id_is_not_used_twice_after_a_person_edited_the_proposal(stage: Stage) -> None:
    action = await stage.proposed(tag(call_id="one"))
    await stage.say(action, Answer.APPROVE_EDITED, edited={"contact": "c0001", "tag": "gold"})
    assert (await stage.reply(tag(call_id="one"))).proposal == action.proposal
    for other in (tag(name="gold", call_id="one"), tag(name="lead", call_id="one")):
        with pytest.raises(CallIdReused):
            await stage.reply(other)


async def test_the_same_call_id_at_the_same_time_is_one_proposal(stage: Stage) -> None:
    replies = await asyncio.gather(*(stage.reply(tag(call_id="one")) for _ in range(20)))
    assert len({reply.proposal for reply in replies}) == 1
    assert len(stage.facts_of(Proposed)) == 1


async def test_two_agents_may_use_the_same_call_id(stage: Stage) -> None:
    mine, theirs = await stage.reply(tag(call_id="one")), await stage.reply(tag(use_case=DESK, call_id="one"), OTTO)
    assert mine.proposal != theirs.proposal


async def test_a_repeated_call_id_says_where_the_proposal_stands_now(stage: Stage) -> None:
    action = await stage.proposed(tag(call_id="one"))
    await stage.say(action, Answer.REJECT)
    assert (await stage.reply(tag(call_id="one"))).state is State.REJECTED
    with stage.house.store.read() as reading:
        assert current(reading, stage.action(action.proposal)).state is State.REJECTED


# --------------------------------------------------------------------------------------------------------------------- verdicts


async def test_a_new_use_case_holds_everything_for_a_person(stage: Stage) -> None:
    reply = await stage.reply(tag())
    assert (reply.verdict, reply.state, [reason.code for reason in reply.reasons]) == (Verdict.HOLD, State.HELD, ["level_table"])
    await stage.leave()
    assert not stage.has_tag()


async def test_at_level_one_a_person_does_it_herself(stage: Stage) -> None:
    action = await stage.proposed(tag(use_case=DESK), OTTO)
    assert (action.verdict, action.state) == (Verdict.DRAFT, State.DRAFTED)
    await stage.leave()
    assert not stage.has_tag()


async def test_writing_a_draft_needs_no_person_and_using_it_does(stage: Stage) -> None:
    mail: dict[str, Value] = {"segment": "clerks", "subject": "Hello", "body": "We miss you"}
    assert (await stage.proposed(ask("email.draft.create", **mail))).state is State.LEAVING
    assert (await stage.proposed(ask("email.draft.use", **mail))).state is State.HELD


async def test_an_earned_level_carries_out_alone_what_is_not_drawn(earned: Stage) -> None:
    actions = [await earned.proposed(tag(person(number))) for number in range(20)]
    alone = [action for action in actions if action.state is State.LEAVING]
    assert 0 < len(alone) < len(actions)
    await earned.leave()
    assert [earned.has_tag(person(number)) for number in range(20)] == [action in alone for action in actions]


async def test_an_earned_level_is_for_its_version_alone(earned: Stage) -> None:
    newer = replace(ADA, version="v2")
    replies = await propose(earned.house, newer, [tag(person(number)) for number in range(10)])
    assert {reply.state for reply in replies} == {State.HELD}
    assert {reply.reasons[0].code for reply in replies} == {"ceiling_version"}


async def test_an_earned_level_is_for_its_operation_alone(earned: Stage) -> None:
    assert (await earned.reply(ask("note.create", contact="c0001", text="called"))).state is State.HELD


async def test_an_earned_level_ends_on_its_date(earned: Stage) -> None:
    earned.clock.move(days=179)
    late = [await earned.proposed(tag(person(number))) for number in range(10)]
    assert State.LEAVING in {action.state for action in late}
    earned.clock.move(days=1)
    later = await propose(earned.house, ADA, [tag(person(number)) for number in range(20, 30)])
    assert {reply.reasons[0].code for reply in later} == {"ceiling_expired"}


async def test_what_an_automation_listens_to_is_held_at_any_level(earned: Stage) -> None:
    earned.world.listen("contact", "tag:vip", "welcome campaign")
    replies = await propose(earned.house, ADA, [tag(person(number)) for number in range(10)])
    assert {reply.state for reply in replies} == {State.HELD}


BLOCKED = {
    "a field outside the window": (replace(tag(), grounds=("job", "age")), "outside_window"),
    "an operation outside the charter": (ask("contact.tag.remove", DESK, contact="c0001", tag="vip"), "operation_not_in_charter"),
    "a variant the charter does not list": (ask("contact.tag.add:mine", contact="c0001", tag="vip"), "operation_not_in_charter"),
    "a value the charter does not list": (tag(name="odd", use_case=DESK), "argument_not_in_charter"),
}


@pytest.mark.parametrize(("wanted", "why"), BLOCKED.values(), ids=BLOCKED)
async def test_what_the_charter_does_not_allow_is_blocked_and_recorded(stage: Stage, wanted: Ask, why: str) -> None:
    reply = await stage.reply(wanted, ADA if wanted.use_case == CRM else OTTO)
    assert (reply.verdict, reply.state) == (Verdict.BLOCK, State.BLOCKED)
    assert why in {reason.code for reason in reply.reasons}
    recorded = stage.facts_of(Decided)[-1]
    assert (recorded.proposal, recorded.verdict, recorded.reasons) == (reply.proposal, Verdict.BLOCK, reply.reasons)
    await stage.leave()
    assert stage.world.effects() == {}


async def test_a_blocked_proposal_is_blocked_at_an_earned_level_too(earned: Stage) -> None:
    replies = await propose(earned.house, ADA, [replace(tag(person(number)), grounds=("age",)) for number in range(10)])
    assert {reply.state for reply in replies} == {State.BLOCKED}


async def test_confidence_buys_nothing(stage: Stage) -> None:
    asks = [replace(tag(person(number)), confidence=confidence) for number, confidence in enumerate((None, 0.0, 1.0))]
    assert {reply.verdict for reply in await propose(stage.house, ADA, asks)} == {Verdict.HOLD}


async def test_what_an_agent_writes_never_reaches_the_ledger(stage: Stage) -> None:
    words = "Anna Miller 555-0199"
    asks = [ask(NOTING, CRM, "one", contact="c0001", text=words), replace(tag(call_id="two"), reason=words)]
    await propose(stage.house, ADA, [*asks, tag(name=words, call_id="three")])
    await stage.reply(tag(name=words, use_case=DESK, call_id="four"), OTTO)
    await stage.say(stage.action(ProposalId("0001000000")))
    await stage.leave()
    assert (len(stage.facts_of(Decided)), len(stage.facts_of(Done))) == (4, 1)
    assert words not in str(stage.facts())


# -------------------------------------------------------------------------------------------------------------------- dry runs


@pytest.fixture(params=["stage", "earned"])
def on(request: pytest.FixtureRequest) -> Stage:
    """Stand on either stage. It is furnished here, before the test's own loop runs."""
    stage: Stage = request.getfixturevalue(request.param)
    return stage


async def test_a_dry_run_writes_nothing(on: Stage) -> None:
    before = on.written()
    reply = await on.reply(replace(tag(), dry_run=True))
    assert reply.proposal is None
    assert on.written() == before
    await on.leave()
    assert on.written() == before
    assert not on.has_tag()


async def test_a_dry_run_never_draws(earned: Stage) -> None:
    asks = [tag(person(number)) for number in range(40)]
    dry = await propose(earned.house, ADA, [replace(one, dry_run=True) for one in asks])
    assert {reply.verdict for reply in dry} == {Verdict.ALLOW}
    assert {reply.verdict for reply in await propose(earned.house, ADA, asks)} == {Verdict.ALLOW, Verdict.HOLD}


async def test_a_dry_run_says_what_would_have_allowed_it(stage: Stage) -> None:
    reply = await stage.reply(replace(tag(), dry_run=True))
    assert (reply.verdict, reply.allowed_if) == (Verdict.HOLD, ("the use case had earned level 3 for this operation",))


async def test_a_dry_run_leaves_its_call_id_free(stage: Stage) -> None:
    await stage.reply(replace(tag(call_id="one"), dry_run=True))
    assert (await stage.reply(tag("c0002", call_id="one"))).state is State.HELD
    assert (await stage.reply(replace(tag(call_id="one"), dry_run=True))).proposal is None


# ------------------------------------------------------------------------------------------------------------------ withdrawing


async def test_an_agent_takes_back_what_nobody_answered(stage: Stage) -> None:
    action = await stage.proposed(tag())
    assert (await withdraw(stage.house, action.proposal, "ada")).state is State.WITHDRAWN
    await stage.leave()
    assert not stage.has_tag()


async def test_an_agent_takes_back_only_its_own(stage: Stage) -> None:
    action = await stage.proposed(tag())
    before = stage.written()
    for proposal in (action.proposal, type(action.proposal)("nothing")):
        with pytest.raises(NotFound, match="no such proposal of yours"):
            await withdraw(stage.house, proposal, "otto")
    assert stage.written() == before
