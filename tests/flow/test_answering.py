"""Who may answer: roles by use case, never who asked for it, two people where it is grave; and many alike under one batch."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from remit.core.action import Action
from remit.core.facts import Answered, HeldAgain, Started, TakenBack
from remit.core.lifecycle import State
from remit.core.similar import MOST
from remit.core.types import Answer, ProposalId, Role, Value
from remit.errors import AlreadyAnswered, Conflict, InvalidInput, NotAllowed, RemitError
from remit.flow.adopt import adopt
from remit.flow.answered import Given
from remit.flow.people import admit_person, let_go
from remit.flow.review import answer_together, take_back, take_back_each
from remit.flow.together import similar
from tests.core.written_statement import document
from tests.flow.stage import CRM, Stage, ask, charter, every_operation, person, tag

COUPON: dict[str, Value] = {"name": "Spring", "codes": 40, "value_minor": 500, "expires": "2026-05-01"}
BOTH: dict[str, Any] = {"approval": {"all_of": ["risk", "reviewer"]}}
PEOPLE = {
    "rita": [Role.REVIEWER],
    "dana": [Role.REVIEWER],
    "ravi": [Role.RISK],
    "both": [Role.RISK, Role.REVIEWER],
    "vera": [Role.VIEWER],
}


async def rule(stage: Stage, *, small_team: bool = False, **changed: Any) -> None:
    """Adopt another charter for the CRM, and where asked a risk statement for a small team."""
    documents = {"charter:crm": json.dumps(charter(CRM, every_operation(), **changed))}
    if small_team:
        statement = document(small_team={"wait_hours": 24, "why": "We are two."})
        documents["risk_statement"] = json.dumps(statement)
    await adopt(stage.house, documents, "olga")


async def admitted(stage: Stage) -> None:
    """Give everybody an account."""
    for name, roles in PEOPLE.items():
        await admit_person(stage.house, person=name, roles=roles, password_hash="kept", by="olga")


async def refused(stage: Stage, action: Action, error: type[RemitError], match: str, **said: Any) -> None:
    """Check that an answer is refused in words, and that nothing is written."""
    before = stage.written()
    with pytest.raises(error, match=match):
        await stage.say(action, **said)
    assert (stage.written(), stage.action(action.proposal)) == (before, action)


# ------------------------------------------------------------------------------------------------------- whose approval it takes


async def test_a_reviewer_approves_where_a_charter_names_nobody(stage: Stage) -> None:
    await admitted(stage)
    action = await stage.say(await stage.proposed(tag()), by="rita")
    assert (action.state, stage.facts_of(Answered)[-1].roles) == (State.LEAVING, (Role.REVIEWER,))


@pytest.mark.parametrize("by", ["ravi", "vera", "nobody"])
async def test_who_is_not_named_answers_nothing(stage: Stage, by: str) -> None:
    await admitted(stage)
    action = await stage.proposed(tag())
    for said in (Answer.APPROVE, Answer.REJECT, Answer.LATER):
        await refused(stage, action, NotAllowed, "marketing_ops or a reviewer", said=said, by=by)


async def test_where_a_charter_names_roles_nobody_else_approves_but_a_reviewer_may_still_reject(stage: Stage) -> None:
    await rule(stage, approval={"any_of": ["risk"]})
    await admitted(stage)
    action = await stage.proposed(tag())
    await refused(stage, action, NotAllowed, "Only risk may approve", by="rita")
    assert (await stage.say(action, Answer.REJECT, by="rita")).state is State.REJECTED
    assert (await stage.say(await stage.proposed(tag(name="gold")), by="ravi")).state is State.LEAVING


async def test_all_roles_that_are_named_approve_before_anything_leaves(stage: Stage) -> None:
    await rule(stage, **BOTH)
    await admitted(stage)
    first = await stage.say(await stage.proposed(tag()), by="rita")
    assert (first.state, first.answered_by, first.loss_ppm, [one.by for one in first.approvals]) == (
        State.HELD,
        None,
        None,
        ["rita"],
    )
    await stage.leave()
    assert (stage.state(first), stage.facts_of(Started)) == (State.HELD, [])
    second = await stage.say(first, by="ravi")
    assert (second.state, second.answered_by, second.loss_ppm) == (State.LEAVING, "ravi", 0)
    assert [fact.missing for fact in stage.facts_of(Answered)] == [1, 0]
    await stage.leave()
    assert stage.state(second) is State.DONE


async def test_a_partial_approval_moves_no_deadline_and_lapses_like_any_held_one(stage: Stage) -> None:
    await rule(stage, **BOTH)
    action = await stage.proposed(tag())
    assert (await stage.say(action, by="rita")).due_at == action.due_at


async def test_one_person_in_two_roles_is_one_person(stage: Stage) -> None:
    await rule(stage, **BOTH)
    await admitted(stage)
    action = await stage.say(await stage.proposed(tag()), by="both")
    assert action.state is State.HELD
    await refused(stage, action, NotAllowed, "somebody else", by="both")
    assert (await stage.say(action, by="rita")).state is State.LEAVING


async def test_a_second_approval_in_the_same_role_is_one_too_many(stage: Stage) -> None:
    await rule(stage, **BOTH)
    await admitted(stage)
    action = await stage.say(await stage.proposed(tag()), by="rita")
    await refused(stage, action, NotAllowed, "still takes the approval of risk", by="dana")


async def test_what_the_catalogue_calls_grave_takes_two_people(stage: Stage) -> None:
    await admitted(stage)
    action = await stage.say(await stage.proposed(ask("coupon.create", **COUPON)), by="rita")
    assert action.state is State.HELD
    assert (await stage.say(action, by="dana")).state is State.LEAVING


async def test_an_edit_by_the_second_is_a_new_revision_that_the_first_has_not_approved(stage: Stage) -> None:
    await rule(stage, **BOTH)
    await admitted(stage)
    first = await stage.say(await stage.proposed(tag()), by="rita")
    edited = await stage.say(first, Answer.APPROVE_EDITED, by="ravi", edited={"contact": "c0001", "tag": "gold"})
    assert (edited.state, [one.by for one in edited.approvals]) == (State.HELD, ["ravi"])
    last = await stage.say(edited, by="rita")
    assert (last.state, last.loss_ppm, stage.facts_of(Answered)[-1].loss_ppm) == (State.LEAVING, 500_000, 500_000)
    await stage.leave()
    assert (stage.has_tag(name="gold"), stage.has_tag()) == (True, False)


async def test_the_size_of_an_edit_is_kept(stage: Stage) -> None:
    edited = {"contact": "c0001", "tag": "gold"}
    await stage.say(await stage.proposed(tag()), Answer.APPROVE_EDITED, edited=edited)
    assert stage.facts_of(Answered)[-1].edit_ppm == 1_000_000 - 2 * 5 * 1_000_000 // 17
    await stage.say(await stage.proposed(tag(person(2))))
    assert stage.facts_of(Answered)[-1].edit_ppm is None


async def test_one_takes_back_her_own_partial_approval_and_no_other(stage: Stage) -> None:
    await rule(stage, **BOTH)
    await admitted(stage)
    action = await stage.say(await stage.proposed(tag()), by="rita")
    with pytest.raises(Conflict, match="no approval by ravi"):
        await take_back(stage.house, action.proposal, "ravi")
    back = await take_back(stage.house, action.proposal, "rita")
    assert (back.state, back.approvals, back.due_at) == (State.HELD, (), action.due_at)
    assert [fact.by for fact in stage.facts_of(TakenBack)] == ["rita"]


async def test_taking_back_what_is_leaving_takes_every_approval_back(stage: Stage) -> None:
    await rule(stage, **BOTH)
    action = await stage.say(await stage.say(await stage.proposed(tag()), by="rita"), by="ravi")
    back = await take_back(stage.house, action.proposal, "dana")
    assert (back.state, back.approvals) == (State.HELD, ())


async def test_a_policy_that_asks_for_more_holds_what_is_about_to_leave(stage: Stage) -> None:
    action = await stage.say(await stage.proposed(tag()), by="rita")
    await rule(stage, **BOTH)
    await stage.leave()
    assert stage.state(action) is State.HELD
    assert stage.facts_of(HeldAgain)[-1].reasons[0].code in {"approval_missing", "changed_since_seen"}
    assert stage.facts_of(Started) == []


async def test_who_left_since_her_approval_was_still_one_who_might(stage: Stage) -> None:
    await admitted(stage)
    action = await stage.say(await stage.proposed(tag()), by="rita")
    await let_go(stage.house, person="rita", by="olga")
    await stage.leave()
    assert stage.state(action) is State.DONE


# ------------------------------------------------------------------------------------------------------ nobody approves her own


async def test_nobody_approves_what_an_agent_asks_for_in_her_name(stage: Stage) -> None:
    await admitted(stage)
    action = await stage.proposed(replace(tag(), on_behalf_of="rita"))
    assert action.requester == "rita"
    await refused(stage, action, NotAllowed, "rita asked for it", by="rita")
    assert (await stage.say(action, by="dana")).state is State.LEAVING


async def test_who_asked_may_reject_it(stage: Stage) -> None:
    await admitted(stage)
    action = await stage.proposed(replace(tag(), on_behalf_of="rita"))
    assert (await stage.say(action, Answer.REJECT, by="rita")).state is State.REJECTED


async def test_who_issued_the_agents_key_does_not_approve_for_it(stage: Stage) -> None:
    await admitted(stage)
    await admit_person(stage.house, person="olga", roles=[Role.REVIEWER], password_hash="kept", by="owner")
    await refused(stage, await stage.proposed(tag()), NotAllowed, "olga issued the key of ada", by="olga")


async def test_a_small_team_may_say_otherwise_and_it_is_written_down(stage: Stage) -> None:
    await rule(stage, small_team=True)
    await admitted(stage)
    action = await stage.say(await stage.proposed(replace(tag(), on_behalf_of="rita")), by="rita")
    assert (action.state, stage.facts_of(Answered)[-1].as_requester) == (State.LEAVING, True)


async def test_a_name_that_is_no_login_is_refused(stage: Stage) -> None:
    with pytest.raises(InvalidInput, match="a login has"):
        await stage.proposed(replace(tag(), on_behalf_of="Rita Smith <rita@example.org>"))


# ------------------------------------------------------------------------------------------------------------------ what is said


@pytest.mark.parametrize("code", ["Anna hates it", "off-brand", "9lives", "a" * 65, "anna@example.org"])
async def test_a_reason_is_one_word_because_it_is_kept_for_ever(stage: Stage, code: str) -> None:
    await refused(stage, await stage.proposed(tag()), InvalidInput, "a reason code", said=Answer.REJECT, reason_code=code)


@pytest.mark.parametrize(("operation", "arguments", "seconds"), [("contact.tag.add", {"contact": "c0001", "tag": "vip"}, 8)])
async def test_a_charter_that_says_nothing_leaves_time_by_reversibility(
    stage: Stage, operation: str, arguments: dict[str, Any], seconds: int
) -> None:
    await rule(stage, take_back_seconds=None)
    action = await stage.say(await stage.proposed(ask(operation, **arguments)))
    assert action.due_at is not None
    assert (action.due_at - stage.clock.now()).total_seconds() == seconds


# -------------------------------------------------------------------------------------------------------------- many at once


def given(action: Action, said: Answer = Answer.APPROVE) -> Given:
    """Answer an action as it was shown."""
    return Given(proposal=action.proposal, answer=said, by="dana", seen=action.seen)


async def test_answers_given_together_are_single_answers_under_one_batch(stage: Stage) -> None:
    held = [await stage.proposed(tag(person(number))) for number in range(3)]
    batch, outcomes = await answer_together(stage.house, [given(one) for one in held])
    assert [found.state for found in outcomes if isinstance(found, Action)] == [State.LEAVING] * 3
    assert {fact.batch for fact in stage.facts_of(Answered)} == {batch}


async def test_one_that_is_refused_costs_the_others_nothing(stage: Stage) -> None:
    first, second = [await stage.proposed(tag(person(number))) for number in range(2)]
    await stage.say(first, Answer.REJECT)
    _, outcomes = await answer_together(stage.house, [given(first), given(second)])
    assert [type(found) for found in outcomes] == [AlreadyAnswered, Action]


async def test_what_is_grave_is_never_approved_together_with_others(stage: Stage) -> None:
    grave = await stage.proposed(ask("coupon.create", **COUPON))
    _, (outcome,) = await answer_together(stage.house, [given(grave)])
    assert isinstance(outcome, NotAllowed)
    assert (stage.state(grave), stage.facts_of(Answered)) == (State.HELD, [])
    _, (rejected,) = await answer_together(stage.house, [given(grave, Answer.REJECT)])
    assert isinstance(rejected, Action)


@pytest.mark.parametrize("count", [0, MOST + 1])
async def test_neither_none_nor_too_many_are_answered_together(stage: Stage, count: int) -> None:
    some = [Given(proposal=ProposalId(f"p{at}"), answer=Answer.REJECT, by="dana", seen="") for at in range(count)]
    with pytest.raises(InvalidInput, match="1 to 50"):
        await answer_together(stage.house, some)


async def test_a_proposal_named_twice_is_refused_with_nothing_written(stage: Stage) -> None:
    action = await stage.proposed(tag())
    with pytest.raises(InvalidInput, match="twice"):
        await answer_together(stage.house, [given(action), given(action, Answer.REJECT)])
    assert stage.facts_of(Answered) == []


async def test_what_is_alike_is_found_outliers_first(stage: Stage) -> None:
    held = [await stage.proposed(tag(person(number))) for number in range(8)]
    odd = await stage.proposed(tag(person(9), "gold"))
    await stage.proposed(ask("lead.score.update", contact="c0001", score=5))
    found = similar(stage.house, held[0].proposal)
    assert {action.proposal for action, _ in found.found} == {one.proposal for one in [*held, odd]}
    assert (found.found[0][0].proposal, found.found[0][1].by, found.left_out) == (odd.proposal, ("tag",), 0)


async def test_at_most_fifty_are_shown_with_the_one_that_was_named_among_them(stage: Stage) -> None:
    held = [await stage.proposed(tag(person(1), f"t{number:02}")) for number in range(MOST + 3)]
    found = similar(stage.house, held[-1].proposal)
    assert (len(found.found), found.left_out) == (MOST, 3)
    assert held[-1].proposal in {action.proposal for action, _ in found.found}


async def test_what_is_grave_is_named_apart(stage: Stage) -> None:
    grave = await stage.proposed(ask("coupon.create", **COUPON))
    found = similar(stage.house, grave.proposal)
    assert (found.found, found.one_by_one) == ((), (grave.proposal,))


async def test_only_what_is_held_has_its_like(stage: Stage) -> None:
    action = await stage.approved(tag())
    with pytest.raises(AlreadyAnswered):
        similar(stage.house, action.proposal)


async def test_many_are_taken_back_each_by_itself(stage: Stage) -> None:
    first, second = [await stage.approved(tag(person(number))) for number in range(2)]
    await take_back(stage.house, first.proposal, "dana")
    outcomes = await take_back_each(stage.house, [first.proposal, second.proposal], "dana")
    assert [type(found) for found in outcomes] == [Conflict, Action]
    assert stage.state(second) is State.HELD
