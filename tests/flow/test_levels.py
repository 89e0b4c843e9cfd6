"""Levels as they are granted for a time, certified, sampled more while answers warn, and lost at once."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from remit.core import facts as f
from remit.core.action import Action
from remit.core.lifecycle import State
from remit.core.proposal import Ask
from remit.core.types import Answer, Level, Operation, UseCaseId
from remit.errors import CallIdReused, Conflict, InvalidInput, NotAllowed, NotFound
from remit.flow.adopt import admit, adopt
from remit.flow.candidate import begin_trial
from remit.flow.explain_level import explain
from remit.flow.grant import ROLES, sign
from remit.flow.judge import judge
from remit.flow.observe import Outcome, observe
from remit.flow.propose import propose
from remit.flow.replay_evidence import replay_evidence
from remit.flow.review import withdraw
from remit.flow.run_suite import Reply, run_suite
from remit.flow.undo import undo
from remit.ports import AgentKey, Writing
from remit.runner.local import drain
from remit.store.projecting import project
from remit.store.rebuild import differences, rebuilt
from remit.store.transaction import _row
from tests.changed import replace
from tests.flow.stage import ADA, CRM, TAGGING, Stage, ask, charter, every_operation, person, tag
from tests.store.small_house import in_file

ENRICH = Operation("contact.enrich")
NEWER = replace(ADA, version="v2")
FULL = 1_000_000
SUITE = {
    "job-is-a-job": {
        "operation": "contact.enrich",
        "because": "It wrote a town once.",
        "given": {"contact": "c0001"},
        "verdict": "allow",
        "one_of": {"job": ["clerk", "painter"]},
    },
    "nothing-to-add": {"operation": "contact.enrich", "because": "It guessed.", "proposes": False},
}

STATEMENT: dict[str, Any] = {
    "organisation": "Tests",
    "signed_by": "Ines",
    "signed_on": "2026-03-01",
    "highest_level": {"low, easy": 4},
    "otherwise": 4,
    "tolerance": 0.3,
    "tolerance_in_words": "at most 3 in 10 wrong",
}


async def adopt_crm(stage: Stage, **changed: Any) -> None:
    """Adopt the charter of the CRM with other entries; those of `evidence` are put beside the others."""
    document = charter(CRM, every_operation())
    document["evidence"] |= changed.pop("evidence", {})
    await adopt(stage.house, {"charter:crm": json.dumps(document | changed)}, "olga")


def level(stage: Stage, operation: Operation = TAGGING) -> Level:
    """Return the level that was granted."""
    with stage.house.store.read() as reading:
        return reading.grant(CRM, operation).level


async def granted(stage: Stage, operation: Operation = TAGGING) -> None:
    """Judge, and sign what is offered."""
    await judge(stage.house)
    for who, role in zip(("ines", "ravi"), ROLES, strict=True):
        await sign(stage.house, CRM, operation, by=who, role=role)


def sampled(actions: list[Action]) -> list[Action]:
    """Return those that were drawn for a person."""
    return [action for action in actions if action.state is State.HELD]


# ----------------------------------------------------------------------------------------------------------- what answers cost


@pytest.mark.parametrize(
    ("reason", "edited", "loss"),
    [
        pytest.param("wrong_fact", "A quite different text altogether, about nothing that was there", 500_000, id="heavy"),
        pytest.param("", "We miss you at the bank, dear friend of ours, and hope to see you soon!", 100_000, id="light"),
        pytest.param("tone", "A quite different text altogether, about nothing that was there", 0, id="a matter of taste"),
    ],
)
async def test_an_edit_costs_by_how_much_it_changed_and_why(stage: Stage, reason: str, edited: str, loss: int) -> None:
    text = "We miss you at the bank, dear friend of ours, and hope to see you soon."
    action = await stage.proposed(ask("note.create", contact="c0001", text=text))
    arguments = {"contact": "c0001", "text": edited}
    after = await stage.say(action, Answer.APPROVE_EDITED, edited=arguments, reason_code=reason)
    assert after.loss_ppm == loss


async def test_a_fast_rejection_counts_and_a_fast_approval_does_not(stage: Stage) -> None:
    first, second = await stage.proposed(tag("c0001")), await stage.proposed(tag("c0002"))
    assert (await stage.say(first, Answer.REJECT, seconds_seen=0)).counts is True
    assert (await stage.say(second, Answer.APPROVE, seconds_seen=0)).counts is False


# -------------------------------------------------------------------------------------------------- outcomes, and losing at once


async def alone(stage: Stage, count: int) -> list[Action]:
    """Let actions run alone, and return those that did."""
    found = [await stage.proposed(tag(person(number))) for number in range(count)]
    await drain(stage.house)
    return [after for action in found if (after := stage.action(action.proposal)).state is State.DONE]


async def test_complaints_end_a_level_at_once_though_every_answer_was_clean(earned: Stage) -> None:
    for action in await alone(earned, 40):
        if level(earned) is Level.RECOMMEND:
            break
        await observe(earned.house, [Outcome(proposal=action.proposal, kind="complaint")], "person:dana")
    (lost,) = earned.facts_of(f.LevelLost)
    assert (lost.cause, level(earned)) == ("outcomes", Level.RECOMMEND)
    assert lost.evidence["outcomes_at_level"] > 1
    assert replay_evidence(earned.house, CRM).differences == ()


async def test_what_people_take_back_counts_as_reverted(earned: Stage) -> None:
    done = await alone(earned, 40)
    for action in done:
        if level(earned) is Level.EXECUTE:
            await undo(earned.house, [action.proposal], "dana", "wrong person")
    (lost,) = earned.facts_of(f.LevelLost)
    assert lost.cause == "outcomes"
    assert {(fact.kind, fact.loss_ppm) for fact in earned.facts_of(f.Observed)} == {("reverted", FULL)}
    before = len(earned.facts_of(f.Observed))
    await undo(earned.house, [done[-1].proposal], "dana", "nobody trusts it any more")
    assert len(earned.facts_of(f.Observed)) == before, "that says nothing about this one"


async def test_what_costs_nothing_ends_nothing(earned: Stage) -> None:
    for action in await alone(earned, 40):
        await observe(earned.house, [Outcome(proposal=action.proposal, kind="reply")], "person:dana")
    assert level(earned) is Level.EXECUTE


async def test_withdrawing_what_was_drawn_ends_the_level_at_once(earned: Stage) -> None:
    for action in sampled([await earned.proposed(tag(person(number))) for number in range(60)]):
        if level(earned) is Level.EXECUTE:
            await withdraw(earned.house, action.proposal, "ada")
    assert [fact.cause for fact in earned.facts_of(f.LevelLost)] == ["drift"]


async def test_more_is_drawn_while_answers_warn(stage: Stage) -> None:
    await adopt_crm(stage, evidence={"run_length": 2000, "tolerance": 0.2, "qa_rate": 0.1, "qa_rate_highest": 0.8})
    await stage.grant_by_hand(CRM, TAGGING, Level.EXECUTE)
    actions = [await stage.proposed(tag(person(number))) for number in range(60)]
    drawn = sampled(actions)
    assert {action.draw_rate_ppm for action in actions} == {100_000}
    await stage.say(drawn[0], Answer.REJECT)
    assert (await stage.proposed(tag(person(100)))).draw_rate_ppm == 800_000
    for action in drawn[1:]:
        await stage.say(stage.action(action.proposal))
    for number in range(101, 140):
        action = await stage.proposed(tag(person(number)))
        if action.state is State.HELD:
            await stage.say(action)
    assert (await stage.proposed(tag(person(300)))).draw_rate_ppm == 100_000, "clean answers quieten it"


# ----------------------------------------------------------------------------------------------------------- a time, and renewal


async def test_a_level_ends_on_its_day_and_is_offered_again_before(earned: Stage) -> None:
    for action in sampled([await earned.proposed(tag(person(number))) for number in range(20)]):
        await earned.say(action)
    await earned.leave()
    await judge(earned.house)
    with earned.house.store.read() as reading:
        until = reading.grant(CRM, TAGGING).until
        assert until is not None
        assert not reading.grant(CRM, TAGGING).offered
    earned.clock.moment = until - timedelta(days=5)
    await earned.proposed(tag(person(30)))
    await judge(earned.house)
    offer = earned.facts_of(f.GrantOffered)[-1]
    assert (offer.level, offer.evidence["reviewed_at_level"] > 0) == (Level.EXECUTE, True)
    earned.clock.moment = until
    assert (await earned.proposed(tag(person(31)))).state is State.HELD, "it ended, though it is offered"
    for who, role in zip(("ines", "ravi"), ROLES, strict=True):
        await sign(earned.house, CRM, TAGGING, by=who, role=role)
    with earned.house.store.read() as reading:
        assert reading.grant(CRM, TAGGING).until == until + timedelta(days=180)
    assert replay_evidence(earned.house, CRM).differences == ()


async def test_nothing_reviewed_is_nothing_renewed(earned: Stage) -> None:
    with earned.house.store.read() as reading:
        until = reading.grant(CRM, TAGGING).until
    assert until is not None
    earned.clock.moment = until
    await judge(earned.house)
    assert len(earned.facts_of(f.GrantOffered)) == 1


# ------------------------------------------------------------------------------------------------------- no level without facts


def both(first: f.Fact, second: f.Fact, tx: Writing) -> None:
    """Record two facts, both or none."""
    for fact in (first, second):
        tx.record(fact, actor="remit")


async def test_no_level_is_granted_that_was_not_offered(stage: Stage) -> None:
    of: dict[str, Any] = {"use_case": CRM, "operation": TAGGING, "version": "v1", "evidence": {}}
    raised = f.Granted(**of, level=Level.EXECUTE, until=None, signed_by=("ines", "ravi"))
    with pytest.raises(Conflict, match="open offers: none"):
        await stage.house.store.write(lambda tx: tx.record(raised, actor="remit"))
    offer = f.GrantOffered(**of, trial=1, level=Level.EXECUTE)
    for other in (replace(raised, level=Level.OPTIMISE), replace(raised, version="v9")):
        with pytest.raises(Conflict, match=r"level 4|v9"):
            await stage.house.store.write(partial(both, offer, other))
    assert level(stage) is Level.RECOMMEND


async def test_a_grant_of_before_that_rule_is_read_as_it_stands_and_a_replay_names_it(stage: Stage) -> None:
    """An earlier program let people sign an offer whose trial had ended; such a ledger opens still."""
    of: dict[str, Any] = {"use_case": CRM, "operation": TAGGING, "version": "v1", "evidence": {}}
    raised = f.Granted(**of, level=Level.EXECUTE, until=None, signed_by=("ines", "ravi"))

    def as_before(tx: Any) -> None:
        tx.record(f.QaRateSet(use_case=CRM, operation=TAGGING, rate_ppm=1, why="x"), actor="remit")
        entry = f.Entry(seq=0, id="before", at=stage.clock.now(), actor="remit", fact=raised)
        project(tx, entry)
        tx.unsaved.facts.append(_row(entry))

    await stage.house.store.write(as_before)
    assert level(stage) is Level.EXECUTE
    assert differences(stage.opened.store.engine, rebuilt(stage.opened.store.engine, stage.clock, stage.ids)) == []
    assert [one.what for one in replay_evidence(stage.house, CRM).differences] == ["an open offer"]


async def test_losing_a_level_never_raises_one(stage: Stage) -> None:
    lost = f.LevelLost(use_case=CRM, operation=TAGGING, version="v1", level=Level.EXECUTE, cause="odd", evidence={})
    await stage.house.store.write(lambda tx: tx.record(lost, actor="remit"))
    assert level(stage) is Level.RECOMMEND


async def test_a_charter_that_starts_high_begins_at_level_2(stage: Stage) -> None:
    new = charter("new", {TAGGING: every_operation()[TAGGING]}, starts_at=3)
    await adopt(stage.house, {"charter:new": json.dumps(new)}, "olga")
    with stage.house.store.read() as reading:
        assert reading.grant(UseCaseId("new"), TAGGING).level is Level.RECOMMEND


async def test_a_tighter_tolerance_ends_the_level_and_the_trial(earned: Stage) -> None:
    await adopt_crm(earned, evidence={"tolerance": 0.1})
    assert [fact.cause for fact in earned.facts_of(f.LevelLost)] == ["tolerance"]
    with earned.house.store.read() as reading:
        evidence = reading.evidence(CRM, TAGGING, "v1")
    assert (level(earned), evidence.trial, evidence.observations) == (Level.RECOMMEND, 2, 0)


async def test_a_looser_tolerance_keeps_the_level_and_ends_the_trial(earned: Stage) -> None:
    await adopt_crm(earned, evidence={"tolerance": 0.4})
    with earned.house.store.read() as reading:
        assert (level(earned), reading.evidence(CRM, TAGGING, "v1").trial) == (Level.EXECUTE, 2)


async def test_an_offer_ends_with_the_trial_it_was_earned_in(stage: Stage) -> None:
    for number in range(12):
        await stage.approved(tag(person(number)))
    await stage.leave()
    await judge(stage.house)
    await sign(stage.house, CRM, TAGGING, by="ines", role="line_of_business")
    await adopt_crm(stage, evidence={"tolerance": 0.1})
    with pytest.raises(NotFound, match="open offer"):
        await sign(stage.house, CRM, TAGGING, by="ravi", role="risk")
    await judge(stage.house)
    assert level(stage) is Level.RECOMMEND


# --------------------------------------------------------------------------------------------------------- outside the sandbox


async def outside(stage: Stage, **statement: Any) -> Stage:
    """Put the charter on a connected system that is not the sandbox."""
    real = charter(CRM, every_operation(), connector="crm")
    await adopt(stage.house, {"charter:crm": json.dumps(real), "risk_statement": json.dumps(STATEMENT | statement)}, "olga")
    stage.house = replace(stage.house, connectors={"crm": stage.opened.sandbox, "sandbox": stage.opened.sandbox})
    for number in range(12):
        await stage.approved(tag(person(number)))
    await stage.leave()
    await judge(stage.house)
    return stage


async def test_outside_the_sandbox_one_hand_gives_no_level(stage: Stage) -> None:
    await outside(stage)
    assert await sign(stage.house, CRM, TAGGING, by="ines", role="line_of_business") is False
    with pytest.raises(NotAllowed, match="nobody has an account"):
        await sign(stage.house, CRM, TAGGING, by="ravi", role="risk")
    stage.clock.move(days=30)
    await drain(stage.house)
    assert level(stage) is Level.RECOMMEND


async def test_outside_the_sandbox_a_small_team_waits_as_its_statement_says(stage: Stage) -> None:
    await outside(stage, small_team={"wait_hours": 24, "why": "One of us."})
    await sign(stage.house, CRM, TAGGING, by="ines", role="line_of_business")
    stage.clock.move(hours=23.9)
    await drain(stage.house)
    assert level(stage) is Level.RECOMMEND
    stage.clock.move(hours=0.2)
    await drain(stage.house)
    assert level(stage) is Level.EXECUTE
    assert stage.facts_of(f.Granted)[-1].waited_hours == 24


# --------------------------------------------------------------------------------------------------------------- candidates


async def test_work_on_prompts_costs_no_trial(stage: Stage) -> None:
    await admit(stage.house, agent="ada", version="v2", use_cases=[CRM], key="the second", by="olga", candidate=False)
    for number in range(12):
        action = stage.action((await propose(stage.house, NEWER, [tag(person(number))]))[0].proposal)
        await stage.say(action, Answer.REJECT)
    await judge(stage.house)
    with stage.house.store.read() as reading:
        assert (reading.evidence(CRM, TAGGING, "v2").trial, reading.latest_trial(CRM, TAGGING)) == (0, 1)
    await begin_trial(stage.house, CRM, "v2", by="olga")
    with stage.house.store.read() as reading:
        found = reading.evidence(CRM, TAGGING, "v2")
    assert (found.trial, found.answered, found.observations) == (2, 0, 0)


async def test_a_candidate_is_declared_once_and_has_a_key(stage: Stage) -> None:
    with pytest.raises(Conflict, match="candidate already"):
        await begin_trial(stage.house, CRM, "v1", by="olga")
    with pytest.raises(NotFound, match="v1"):
        await begin_trial(stage.house, CRM, "v7", by="olga")


# ------------------------------------------------------------------------------------------------------------------- shadows


async def second(stage: Stage) -> AgentKey:
    """Admit a version that is being tried."""
    await admit(stage.house, agent="ada", version="v2", use_cases=[CRM], key="the second", by="olga", candidate=False)
    return NEWER


def beside(wanted: Ask, **more: Any) -> Ask:
    """Ask for the same as a shadow."""
    return replace(wanted, call_id=f"shadow {wanted.call_id}", **({"shadow": True} | more))


async def test_a_shadow_never_leaves_and_is_looked_at_only_where_it_differs(stage: Stage) -> None:
    tried = await second(stage)
    old = await stage.proposed(tag("c0001"))
    same, other = await propose(stage.house, tried, [beside(tag("c0001")), beside(tag("c0001", "gold"))])
    assert (same.state, other.state) == (State.MATCHED, State.SHADOWED)
    shadow = stage.action(other.proposal)
    assert (shadow.pair, shadow.counts) == (old.proposal, False)
    assert (await stage.say(shadow)).state is State.SHADOW_RIGHT
    await stage.say(old, Answer.REJECT)
    await stage.leave()
    assert not stage.has_tag("c0001", "gold")
    with stage.house.store.read() as reading:
        pairs = reading.shadow_pairs(CRM, TAGGING, "v2")
        assert [(one.state, two.proposal) for one, two in pairs] == [
            (State.MATCHED, old.proposal),
            (State.SHADOW_RIGHT, old.proposal),
        ]
        assert reading.evidence(CRM, TAGGING, "v2").answered == 0


async def test_a_shadow_may_stand_beside_what_was_answered_long_ago(stage: Stage) -> None:
    old = await stage.done(tag("c0001"))
    tried = await second(stage)
    [reply] = await propose(stage.house, tried, [beside(tag("c0001", "gold"), pair=old.proposal, shadow=False)])
    assert reply.state is State.SHADOWED


async def test_a_shadow_at_level_3_does_not_leave_either(earned: Stage) -> None:
    tried = await second(earned)
    await earned.proposed(tag("c0001"))
    [reply] = await propose(earned.house, tried, [beside(tag("c0001", "gold"))])
    earned.clock.move(days=1)
    await drain(earned.house)
    assert earned.action(reply.proposal).state in {State.SHADOWED, State.LAPSED}
    assert not earned.has_tag("c0001", "gold")


async def test_shadows_are_no_further_work(stage: Stage) -> None:
    """Else they would lower the share that is drawn of the work itself."""
    await stage.proposed(tag("c0001"))
    await propose(stage.house, await second(stage), [beside(tag("c0001", "gold"))])
    with stage.house.store.read() as reading:
        assert reading.proposed_since(CRM, TAGGING, stage.clock.now() - timedelta(days=1)) == 1


async def test_there_is_no_level_to_earn_for_writing_drafts(stage: Stage) -> None:
    (found,) = explain(stage.house, CRM, Operation("email.draft.create"))
    assert found.prospects == ()


async def test_a_shadow_needs_something_to_stand_beside(stage: Stage) -> None:
    tried = await second(stage)
    with pytest.raises(Conflict, match="no proposal of another version"):
        await propose(stage.house, tried, [beside(tag("c0001"))])
    own = stage.action((await propose(stage.house, tried, [tag("c0002")]))[0].proposal)
    with pytest.raises(InvalidInput, match="same version"):
        await propose(stage.house, tried, [beside(tag("c0002"), pair=own.proposal)])
    other = await stage.proposed(ask("note.create", contact="c0002", text="hello"))
    with pytest.raises(InvalidInput, match=r"note\.create"):
        await propose(stage.house, tried, [beside(tag("c0002"), pair=other.proposal)])


# ------------------------------------------------------------------------------------------------------ suites and certificates


async def passed(stage: Stage, job: str = "clerk") -> None:
    """Run the suite with a good agent, or with one that writes something else."""
    replies = {
        "job-is-a-job": Reply(arguments={"contact": "c0001", "job": job}, confidence=0.9),
        "nothing-to-add": Reply(arguments=None),
    }
    await run_suite(stage.house, CRM, "v1", replies, by="olga")


async def reviewed(stage: Stage, first: int, count: int) -> None:
    """Have enrichments reviewed: those the agent is sure of are right, the others wrong."""
    for number in range(first, first + count):
        sure = number % 2 == 0
        wanted = ask(ENRICH, CRM, f"enrich {number}", contact=person(number), job="painter")
        action = await stage.proposed(replace(wanted, confidence=0.95 if sure else 0.6))
        assert action.state is State.HELD
        await stage.say(action, Answer.APPROVE if sure else Answer.REJECT)
    await stage.leave()


async def earn_level_3(stage: Stage) -> None:
    """Have empty fields filled without fault, the last contacts first, and sign the level."""
    if json.loads(stage_charter(stage)).get("suite"):
        await passed(stage)
    for number in range(470, 490):
        await stage.approved(ask(ENRICH, CRM, f"empty {number}", contact=person(number), region="north"))
    await stage.leave()
    await granted(stage, ENRICH)


def stage_charter(stage: Stage) -> str:
    """Return the charter of the CRM as it is in force."""
    with stage.house.store.read() as reading:
        return reading.policy_documents()[1]["charter:crm"]


async def certified(stage: Stage) -> None:
    """Bring overwriting enrichments to level 4."""
    await adopt_crm(stage, highest_level=4, suite=SUITE, evidence={"certificate": {"delta": 0.2}})
    await earn_level_3(stage)
    await reviewed(stage, 0, 100)
    await judge(stage.house)
    assert stage.facts_of(f.Certified) == [], "thresholds were not fixed yet"
    fewer = {name: case for name, case in SUITE.items() if name == "nothing-to-add"}
    await adopt_crm(stage, highest_level=4, suite=fewer, evidence={"certificate": {"delta": 0.2}})
    await reviewed(stage, 100, 40)
    await judge(stage.house)
    assert stage.facts_of(f.Certified) == [], "the suite was changed since it was passed"
    await adopt_crm(stage, highest_level=4, suite=SUITE, evidence={"certificate": {"delta": 0.2}})
    await granted(stage, ENRICH)


async def test_a_certificate_lets_an_agent_skip_approvals_where_it_is_sure(stage: Stage) -> None:
    await certified(stage)
    (fact,) = stage.facts_of(f.Certified)
    assert (fact.threshold_ppm, level(stage, ENRICH)) == (950_000, Level.OPTIMISE)
    sure = ask(ENRICH, CRM, "sure", contact=person(300), job="painter")
    draws = [replace(sure, call_id=f"{n}", arguments={"contact": person(n), "job": "painter"}) for n in range(300, 340)]
    states = [(await stage.proposed(replace(one, confidence=0.95))).state for one in draws]
    assert {*states} == {State.LEAVING, State.HELD}, "what skips review is still drawn"
    less = [replace(one, call_id=f"less {one.call_id}", confidence=0.94) for one in draws]
    assert {(await stage.proposed(one)).state for one in less} == {State.HELD}
    assert replay_evidence(stage.house, CRM).differences == ()


async def test_a_certificate_ends_with_its_suite_and_comes_back_with_a_newer_one(stage: Stage) -> None:
    await certified(stage)
    stage.clock.move(days=90)
    sure = replace(ask(ENRICH, CRM, "late", contact=person(300), job="painter"), confidence=0.95)
    assert (await stage.proposed(sure)).state is State.HELD
    await passed(stage)
    await judge(stage.house)
    assert len(stage.facts_of(f.Certified)) == 2
    states = set()
    for number in range(301, 330):
        one = replace(ask(ENRICH, CRM, f"n{number}", contact=person(number), job="painter"), confidence=0.95)
        states.add((await stage.proposed(one)).state)
    assert State.LEAVING in states


async def test_bad_reviews_end_level_4_and_its_certificate_with_it(stage: Stage) -> None:
    await certified(stage)
    number = 300
    while level(stage, ENRICH) is Level.OPTIMISE and number < 420:
        one = replace(ask(ENRICH, CRM, f"n{number}", contact=person(number), job="painter"), confidence=0.95)
        action = await stage.proposed(one)
        if action.state is State.HELD:
            await stage.say(action, Answer.REJECT)
        number += 1
    with stage.house.store.read() as reading:
        evidence = reading.evidence(CRM, ENRICH, "v1")
    assert (level(stage, ENRICH), evidence.certificate, evidence.trial) == (Level.RECOMMEND, None, 3)
    assert replay_evidence(stage.house, CRM).differences == ()


async def test_easy_items_buy_no_hard_ones(stage: Stage) -> None:
    """Filling an empty field is low risk, overwriting one is not: answers to the first say nothing about the second."""
    await earn_level_3(stage)
    empty = await stage.proposed(ask(ENRICH, CRM, "one", contact=person(100), region="north"))
    full = await stage.proposed(ask(ENRICH, CRM, "two", contact=person(101), job="painter"))
    assert (level(stage, ENRICH), full.state) == (Level.EXECUTE, State.HELD)
    assert (full.counts, full.certifies, empty.certifies) == (False, True, False)


async def test_a_suite_is_graded_case_by_case(stage: Stage) -> None:
    await adopt_crm(stage, suite=SUITE)
    bad = {
        "job-is-a-job": Reply(arguments={"contact": "c0001", "job": "Vienna"}),
        "nothing-to-add": Reply(arguments={"contact": "c0002", "job": "clerk"}),
    }
    report = await run_suite(stage.house, CRM, "v1", bad, by="olga")
    assert report.found == {
        "job-is-a-job": ("job is 'Vienna'; one of 'clerk', 'painter' was expected",),
        "nothing-to-add": ("it asked for contact.enrich; nothing was expected",),
    }
    none = await run_suite(stage.house, CRM, "v1", {}, by="olga")
    assert none.failed == ("job-is-a-job", "nothing-to-add")
    assert [fact.passed for fact in stage.facts_of(f.SuiteRun)] == [0, 0]
    assert {fact.by for fact in stage.facts_of(f.SuiteRun)} == {"olga"}


@pytest.mark.parametrize(
    ("suite", "version", "replies", "error"),
    [
        pytest.param({}, "v1", {}, NotFound, id="no cases"),
        pytest.param(SUITE, "v7", {}, NotFound, id="no such version"),
        pytest.param(SUITE, "v1", {"what": Reply(arguments=None)}, InvalidInput, id="no such case"),
        pytest.param(
            SUITE,
            "v1",
            {"nothing-to-add": Reply(arguments={"contact": "c1"}, confidence=7)},
            InvalidInput,
            id="a confidence of 7",
        ),
    ],
)
async def test_a_suite_that_cannot_be_run_writes_nothing(
    stage: Stage, suite: Any, version: str, replies: Any, error: type[Exception]
) -> None:
    await adopt_crm(stage, suite=suite)
    before = stage.written()
    with pytest.raises(error):
        await run_suite(stage.house, CRM, version, replies, by="olga")
    assert stage.written() == before


async def test_a_level_waits_for_the_suite_of_its_charter(stage: Stage) -> None:
    await adopt_crm(stage, suite=SUITE)
    for number in range(12):
        await stage.approved(tag(person(number)))
    await stage.leave()
    assert await judge(stage.house) == []
    (found,) = explain(stage.house, CRM, TAGGING)
    assert "suite of 2 cases was not run" in found.prospects[0].sentence
    await passed(stage, job="Vienna")
    assert await judge(stage.house) == []
    (found,) = explain(stage.house, CRM, TAGGING)
    assert "fails on job-is-a-job" in found.prospects[0].sentence
    await passed(stage)
    assert len(await judge(stage.house)) == 1


async def test_a_confidence_is_worth_what_reviewers_found_and_withheld_where_they_found_little(stage: Stage) -> None:
    await adopt_crm(stage, highest_level=4, suite=SUITE)
    await reviewed(stage, 0, 30)
    await judge(stage.house)
    (found,) = explain(stage.house, CRM, ENRICH)
    assert [(one.percent, one.items, one.right) for one in found.worth["v1"]] == [(60, 15, None), (95, 15, None)]
    await reviewed(stage, 30, 20)
    await judge(stage.house)
    (found,) = explain(stage.house, CRM, ENRICH)
    assert [(one.percent, one.items, one.right) for one in found.worth["v1"]] == [(60, 25, 0.0), (95, 25, 1.0)]


# --------------------------------------------------------------------------------------------------------- too few, too many


async def test_too_few_to_supervise_is_no_level(stage: Stage) -> None:
    await adopt_crm(stage, evidence={"detect_days": 1, "run_length": 2000})
    for number in range(20):
        await stage.approved(tag(person(number)))
    await stage.leave()
    assert await judge(stage.house) == []
    (found,) = explain(stage.house, CRM, TAGGING)
    assert "Too few actions to supervise" in found.prospects[0].sentence


async def test_a_portfolio_asks_for_more_evidence(stage: Stage) -> None:
    await adopt(stage.house, {"risk_statement": json.dumps(STATEMENT | {"portfolio": {"size": 200, "alpha": 0.2}})}, "olga")
    offered = []
    for number in range(45):
        await stage.approved(tag(person(number)))
        await stage.leave()
        offered.append(bool(await judge(stage.house)))
    alone_at = 11
    assert offered.index(True) > alone_at
    assert replay_evidence(stage.house, CRM).differences == ()


# --------------------------------------------------------------------------------------------------------------------- replay


async def test_a_replay_comes_to_what_was_decided(earned: Stage) -> None:
    actions = [await earned.proposed(tag(person(number))) for number in range(60)]
    for number, action in enumerate(sampled(actions)):
        after = earned.action(action.proposal)
        if after.state is State.HELD:
            await earned.say(after, Answer.REJECT if number % 2 else Answer.APPROVE)
    await earned.leave()
    earned.clock.move(days=1)
    await judge(earned.house)
    assert earned.facts_of(f.LevelLost)
    found = replay_evidence(earned.house, CRM)
    assert (found.differences, found.judgements > 60) == ((), True)


async def test_a_replay_names_what_was_tampered_with(earned: Stage) -> None:
    row = earned.facts_of(f.GrantOffered)[0]
    body = json.dumps(row.evidence["observations"])
    change = "UPDATE facts SET body = replace(CAST(body AS TEXT), ?, ?) WHERE kind = 'GrantOffered'"
    in_file(earned.folder / "remit.db", (change, (f'"observations":{body}', '"observations":9')))
    (found,) = replay_evidence(earned.house, CRM).differences
    assert (found.what, "'observations': 9" in found.recorded, "'observations': 12" in found.reckoned) == ("offer", True, True)


async def test_only_what_is_there_is_explained(stage: Stage) -> None:
    for use_case, operation in (("nothing", None), (CRM, Operation("nothing.at.all"))):
        with pytest.raises(NotFound, match=r"crm|contact"):
            explain(stage.house, UseCaseId(use_case), operation)
    with pytest.raises(NotFound):
        replay_evidence(stage.house, UseCaseId("nothing"))


async def test_what_is_stored_is_the_same_wherever_the_clock_stands(stage: Stage) -> None:
    """A clock with summer time writes what the facts fold to again."""
    stage.clock.moment = stage.clock.moment.replace(month=7).astimezone(ZoneInfo("Europe/London"))
    await adopt_crm(stage, evidence={"tolerance": 0.31})
    await stage.earn(14)
    again = rebuilt(stage.opened.store.engine, stage.clock, stage.ids)
    assert differences(stage.opened.store.engine, again) == []


# ------------------------------------------------------------------------------------------------- what an attacker would try


async def test_a_shadow_does_not_tell_what_is_drawn(earned: Stage) -> None:
    tried = await second(earned)
    await earned.proposed(tag("c0001"))
    await propose(earned.house, tried, [tag(person(number)) for number in range(100, 130)])
    pairs = [beside(tag(person(number), "gold")) for number in range(100, 130)]
    answers = await propose(earned.house, ADA, pairs)
    assert {(reply.verdict.name, reply.state) for reply in answers} == {("ALLOW", State.SHADOWED)}
    with pytest.raises(CallIdReused):
        await propose(earned.house, ADA, [replace(pairs[0], shadow=False)])


async def test_a_suite_that_fails_ends_the_skipping_of_reviews(stage: Stage) -> None:
    await certified(stage)
    await passed(stage, job="Vienna")
    for number in range(300, 320):
        one = replace(ask(ENRICH, CRM, f"n{number}", contact=person(number), job="painter"), confidence=0.95)
        assert (await stage.proposed(one)).state is State.HELD


async def test_a_stricter_test_of_any_kind_ends_the_level(earned: Stage) -> None:
    await adopt_crm(earned, evidence={"losses": {"edited": 0.9}})
    assert level(earned) is Level.RECOMMEND


async def test_a_version_tried_later_is_declared_for_what_was_added_too(stage: Stage) -> None:
    await second(stage)
    fewer = {name: spec for name, spec in every_operation().items() if name != "note.create"}
    await adopt_crm(stage, operations=fewer)
    await adopt_crm(stage)
    with stage.house.store.read() as reading:
        assert reading.evidence(CRM, Operation("note.create"), "v2").trial == 0
    assert len(await begin_trial(stage.house, CRM, "v2", by="olga")) == len(every_operation())
