"""Levels: earned from answers, signed by two people, drawn for review while they last, gone at once when evidence turns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.core.action import Action
from remit.core.facts import ClusterClosed, Decided, GrantOffered, LevelLost, QaRateSet, TrialStarted
from remit.core.level import Earned
from remit.core.lifecycle import State
from remit.core.types import Answer, Level, Record, UseCaseId
from remit.errors import Conflict, InvalidInput, NotFound
from remit.flow.adopt import admit
from remit.flow.grant import ROLES, sign
from remit.flow.judge import judge
from remit.flow.observe import Outcome, observe
from remit.flow.propose import propose
from remit.flow.review import take_back, withdraw
from remit.runner.local import drain
from tests.changed import replace
from tests.flow.stage import ADA, CRM, DESK, OTTO, START, TAGGING, Stage, ask, person, tag


def level(stage: Stage, use_case: UseCaseId = CRM) -> Level:
    """Return the level of tagging."""
    with stage.house.store.read() as reading:
        return reading.grant(use_case, TAGGING).level


async def clean(stage: Stage, count: int, first: int = 0) -> None:
    """Answer a number of tags without fault."""
    for number in range(first, first + count):
        await stage.approved(tag(person(number)))
    await stage.leave()


async def lose(stage: Stage) -> list[Action]:
    """Let reviews turn bad until the level is lost; return what is held then."""
    actions = [await stage.proposed(tag(person(number))) for number in range(40)]
    for action in [action for action in actions if action.state is State.HELD][:6]:
        await stage.say(action, Answer.REJECT)
    assert [fact.cause for fact in stage.facts_of(LevelLost)] == ["drift"], "at the answer, not at the next judging"
    assert await judge(stage.house) == []
    return [after for action in actions if (after := stage.action(action.proposal)).state is State.HELD]


# ------------------------------------------------------------------------------------------------------------------- earning


async def test_a_level_is_offered_when_the_answers_clear_the_bar_and_not_before(stage: Stage) -> None:
    offered = []
    for number in range(12):
        await clean(stage, 1, number)
        offered.append(any(isinstance(one, Earned) for one in await judge(stage.house)))
    assert offered.count(True) == 1
    assert 5 < offered.index(True) < 11
    assert level(stage) is Level.RECOMMEND
    assert stage.facts_of(GrantOffered)[0].level is Level.EXECUTE


async def test_wrong_answers_earn_nothing(stage: Stage) -> None:
    for number in range(30):
        await stage.say(await stage.proposed(tag(person(number))), Answer.REJECT if number % 2 else Answer.APPROVE)
    assert await judge(stage.house) == []
    with pytest.raises(NotFound, match="open offer"):
        await sign(stage.house, CRM, TAGGING, by="ines", role="risk")


async def test_many_answers_about_one_thing_are_one_observation(stage: Stage) -> None:
    for number in range(12):
        action = await stage.proposed(tag(call_id=f"{number}"))
        await stage.say(action)
        await stage.leave()
        stage.world.edit(Record(kind="contact", id="c0001"), {}, drop=("tag:vip",))
    await judge(stage.house)
    with stage.house.store.read() as reading:
        assert reading.evidence(CRM, TAGGING, "v1").observations == 1


async def test_judging_again_changes_nothing(stage: Stage) -> None:
    await clean(stage, 12)
    await judge(stage.house)
    before = stage.written()
    assert await judge(stage.house) == []
    assert stage.written() == before


async def test_drafts_that_were_answered_earn_level_two(stage: Stage) -> None:
    for number in range(3):
        assert await judge(stage.house) == []
        await stage.say(await stage.proposed(tag(person(number), use_case=DESK), OTTO), Answer.USED)
    assert [type(one) for one in await judge(stage.house)] == [Earned]
    for who, role in zip(("ines", "ravi"), ROLES, strict=True):
        await sign(stage.house, DESK, TAGGING, by=who, role=role)
    assert level(stage, DESK) is Level.RECOMMEND
    assert (await stage.proposed(tag(person(9), use_case=DESK), OTTO)).state is State.HELD


async def test_writing_drafts_earns_no_level(stage: Stage) -> None:
    await stage.proposed(ask("email.draft.create", segment="clerks", subject="Hello", body="We miss you"))
    await judge(stage.house)
    assert {fact.operation for fact in stage.facts_of(GrantOffered)} == set()


# -------------------------------------------------------------------------------------------------------------------- signing


async def test_two_different_people_sign_in_two_roles(stage: Stage) -> None:
    await clean(stage, 12)
    await judge(stage.house)
    assert await sign(stage.house, CRM, TAGGING, by="ines", role="line_of_business") is False
    assert level(stage) is Level.RECOMMEND
    assert await sign(stage.house, CRM, TAGGING, by="ravi", role="risk") is True
    with stage.house.store.read() as reading:
        grant = reading.grant(CRM, TAGGING)
    assert (grant.level, grant.version, (grant.until or START) - stage.clock.now()) == (Level.EXECUTE, "v1", timedelta(days=180))


@pytest.mark.parametrize(("who", "role"), [("ines", "risk"), ("ravi", "line_of_business"), ("ines", "line_of_business")])
async def test_nobody_signs_twice_and_no_role_signs_twice(stage: Stage, who: str, role: str) -> None:
    await clean(stage, 12)
    await judge(stage.house)
    await sign(stage.house, CRM, TAGGING, by="ines", role="line_of_business")
    before = stage.written()
    with pytest.raises(Conflict, match="signed already"):
        await sign(stage.house, CRM, TAGGING, by=who, role=role)
    assert stage.written() == before
    assert level(stage) is Level.RECOMMEND


async def test_nobody_signs_in_a_role_that_does_not_exist(stage: Stage) -> None:
    with pytest.raises(InvalidInput, match="king"):
        await sign(stage.house, CRM, TAGGING, by="ines", role="king")


async def test_what_was_signed_cannot_be_signed_again(earned: Stage) -> None:
    with pytest.raises(NotFound, match="open offer"):
        await sign(earned.house, CRM, TAGGING, by="olga", role="risk")


# -------------------------------------------------------------------------------------------------------------------- QA draws


async def test_about_as_many_are_drawn_for_review_as_was_said(earned: Stage) -> None:
    replies = await propose(earned.house, ADA, [tag(person(number)) for number in range(480)])
    held = sum(reply.state is State.HELD for reply in replies)
    assert abs(held / 480 - 0.25) < 4 * (0.25 * 0.75 / 480) ** 0.5


async def test_the_same_content_is_drawn_the_same_under_any_call_id(earned: Stage) -> None:
    first = [await earned.proposed(tag(person(number), call_id=f"first {number}")) for number in range(40)]
    held = [action.state is State.HELD for action in first]
    assert 0 < sum(held) < len(held)
    await withdraw(earned.house, first[held.index(True)].proposal, "ada")
    for action in (one for one in first if one.state is State.LEAVING):
        await take_back(earned.house, action.proposal, "dana")
    again = [await earned.proposed(tag(person(number), call_id=f"second {number}")) for number in range(40)]
    assert [action.draw_ppm for action in again] == [action.draw_ppm for action in first]
    assert all(now.state is State.HELD for now, before in zip(again, held, strict=True) if before), "whatever the share is now"


async def test_what_was_drawn_says_at_what_rate_and_counts(earned: Stage) -> None:
    actions = [await earned.proposed(tag(person(number))) for number in range(20)]
    assert {(action.draw_rate_ppm, action.counts) for action in actions if action.state is State.HELD} == {(250_000, True)}
    assert {(action.draw_rate_ppm, action.counts) for action in actions if action.state is State.LEAVING} == {(250_000, False)}


async def test_an_approved_draw_is_not_drawn_again_on_its_way_out(earned: Stage) -> None:
    actions = [await earned.proposed(tag(person(number))) for number in range(20)]
    sampled = [action for action in actions if action.state is State.HELD]
    for action in sampled:
        await earned.say(action)
    await earned.leave()
    assert {earned.state(action) for action in sampled} == {State.DONE}


@pytest.mark.parametrize("how", ["lapses", "is withdrawn"])
async def test_a_draw_that_nobody_answered_counts_as_a_full_loss(earned: Stage, how: str) -> None:
    actions = [await earned.proposed(tag(person(number))) for number in range(20)]
    sampled = [action for action in actions if action.state is State.HELD]
    for action in sampled:
        if how == "is withdrawn":
            await withdraw(earned.house, action.proposal, "ada")
    earned.clock.move(hours=24)
    await drain(earned.house)
    await judge(earned.house)
    assert [fact.loss_ppm for fact in earned.facts_of(ClusterClosed)[-len(sampled) :]] == [1_000_000] * len(sampled)
    assert earned.facts_of(LevelLost)


async def test_few_actions_are_all_reviewed(stage: Stage) -> None:
    await judge(stage.house)
    assert {fact.rate_ppm for fact in stage.facts_of(QaRateSet)} == {1_000_000}
    before = len(stage.facts_of(QaRateSet))
    await clean(stage, 2)
    await judge(stage.house)
    assert [(fact.operation, fact.rate_ppm) for fact in stage.facts_of(QaRateSet)[before:]] == [(TAGGING, 250_000)]


# ------------------------------------------------------------------------------------------------------------------------ losing


async def test_a_level_ends_at_once_when_reviews_turn_bad_and_what_is_in_flight_is_held(earned: Stage) -> None:
    actions = [await earned.proposed(tag(person(number))) for number in range(40)]
    flying = [action for action in actions if action.state is State.LEAVING]
    approved = await earned.say(next(action for action in actions if action.state is State.HELD))
    for action in [action for action in actions if earned.state(action) is State.HELD][:6]:
        await earned.say(action, Answer.REJECT)
    (lost,) = earned.facts_of(LevelLost)
    assert (lost.cause, lost.level, level(earned)) == ("drift", Level.RECOMMEND, Level.RECOMMEND)
    assert {earned.state(action) for action in flying} == {State.HELD}
    assert earned.reasons(flying[0]) == ["level_lost"]
    await earned.leave()
    assert {earned.state(action) for action in flying} == {State.HELD}
    assert earned.state(approved) is State.DONE, "a person stood for this one"


async def test_a_lost_level_is_earned_again_from_nothing(earned: Stage) -> None:
    await lose(earned)
    with earned.house.store.read() as reading:
        evidence = reading.evidence(CRM, TAGGING, "v1")
    assert (evidence.trial, evidence.observations, evidence.crossed, evidence.alarm) == (2, 0, False, False)
    assert earned.facts_of(TrialStarted)[-1].trial == 2
    assert await judge(earned.house) == []
    assert {reply.state for reply in await propose(earned.house, ADA, [tag(person(n)) for n in range(200, 210)])} == {State.HELD}
    await clean(earned, 30, 300)
    assert [type(one) for one in await judge(earned.house)] == [Earned]


async def test_answers_to_an_earlier_trial_count_for_nothing(earned: Stage) -> None:
    open_ones = await lose(earned)
    for action in open_ones:
        await earned.say(earned.action(action.proposal))
    with earned.house.store.read() as reading:
        assert reading.evidence(CRM, TAGGING, "v1").answered == 0


async def test_clean_reviews_keep_a_level(earned: Stage) -> None:
    for number in range(60):
        action = await earned.proposed(tag(person(number)))
        if action.state is State.HELD:
            await earned.say(action)
    await earned.leave()
    assert await judge(earned.house) == []
    assert level(earned) is Level.EXECUTE


async def test_what_one_version_lost_no_other_version_has(earned: Stage) -> None:
    await admit(earned.house, agent="ada", version="v2", use_cases=[CRM], key="the second key of ada", by="olga")
    newer = replace(ADA, version="v2")
    for number in range(40):
        action = earned.action((await propose(earned.house, newer, [tag(person(number))]))[0].proposal)
        assert action.state is State.HELD
        await earned.say(action, Answer.REJECT)
    assert await judge(earned.house) == []
    assert level(earned) is Level.EXECUTE


# --------------------------------------------------------------------------------------------------------------------- outcomes


async def test_an_outcome_is_recorded_about_what_took_effect(stage: Stage) -> None:
    action = await stage.done(tag())
    assert (
        await observe(stage.house, [Outcome(proposal=action.proposal, kind="reverted", loss_ppm=1_000_000)], "person:dana") == 1
    )
    after = stage.action(action.proposal)
    assert (after.state, after.loss_ppm) == (State.DONE, 1_000_000)


async def test_an_outcome_without_a_loss_grades_nothing(stage: Stage) -> None:
    action = await stage.done(tag())
    await observe(stage.house, [Outcome(proposal=action.proposal, kind="reply")], "person:dana")
    assert stage.action(action.proposal).loss_ppm == 0


async def test_an_outcome_of_what_never_took_effect_is_refused_with_all_that_came_with_it(stage: Stage) -> None:
    done, held = await stage.done(tag()), await stage.proposed(tag("c0002"))
    before = stage.written()
    for wrong, error in ((held.proposal, Conflict), (type(held.proposal)("nothing"), NotFound)):
        outcomes = [Outcome(proposal=done.proposal, kind="reply"), Outcome(proposal=wrong, kind="reply")]
        with pytest.raises(error):
            await observe(stage.house, outcomes, "person:dana")
    assert stage.written() == before


async def test_the_level_at_which_it_was_decided_stands_in_the_decision(earned: Stage) -> None:
    await earned.proposed(tag())
    assert earned.facts_of(Decided)[-1].given.granted is Level.EXECUTE
