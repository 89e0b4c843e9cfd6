"""Changing the policy by the rules: what loosens needs two people, what tightens is in force at once and hits what waits."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from remit.core.change import Direction
from remit.core.facts import Blocked, ClusterClosed, PolicyAdopted, PolicyOffered, PolicySigned, Reconsidered, TrialStarted
from remit.core.lifecycle import State
from remit.core.policy import with_checked_rules
from remit.core.policy_change import NOTHING_YET
from remit.core.policy_offer import PolicyOffer, needs_two
from remit.core.types import Answer, Level, UseCaseId, Verdict
from remit.errors import Conflict, InvalidInput, NotFound, RuleError
from remit.flow import offer_policy, reconsider
from remit.flow.adopt import adopt, put_in_force
from remit.flow.judge import judge
from remit.flow.measure import measure
from remit.flow.offer_policy import PAGE, offer, replay_page, ripen, sign, weigh
from remit.flow.stop import order
from remit.ports import House
from remit.runner.local import drain
from remit.store.rebuild import differences, rebuilt
from tests.flow.stage import CRM, DESK, OTTO, TAGGING, Stage, charter, documents, every_operation, person, tag

STATEMENT: dict[str, Any] = {
    "organisation": "Tests",
    "signed_by": "Ines",
    "signed_on": "2026-03-01",
    "highest_level": {"low, easy": 4},
    "otherwise": 4,
    "tolerance": 0.02,
    "tolerance_in_words": "at most 1 in 50 wrong",
}
SMALL = STATEMENT | {"small_team": {"wait_hours": 24, "why": "There are two of us."}}


def crm(**entries: Any) -> dict[str, str]:
    """Write the charter of the CRM with other entries."""
    return {"charter:crm": json.dumps(charter(CRM, every_operation(), **entries))}


def without_tagging() -> dict[str, str]:
    """Write the charter of the CRM without tags."""
    kept = {name: spec for name, spec in every_operation().items() if name != TAGGING}
    return {"charter:crm": json.dumps(charter(CRM, kept))}


def blocking() -> dict[str, str]:
    """Write the charter of the CRM with a rule that blocks whoever is tagged."""
    rule = {"when": "reach >= 1", "verdict": "block", "because": "Nobody is touched today."}
    return crm(rules={"calm": rule})


@pytest.fixture
async def real(stage: Stage) -> Stage:
    """Return a stage on which the desk works on a system that is no sandbox."""
    desk = json.loads(documents()["charter:desk"]) | {"connector": "hubspot"}
    await adopt(stage.house, {"charter:desk": json.dumps(desk), "risk_statement": json.dumps(STATEMENT)}, "olga")
    return stage


def desk(stage: Stage, **entries: Any) -> dict[str, str]:
    """Write the charter of the desk, as it is in force, with other entries."""
    with stage.house.store.read() as reading:
        return {"charter:desk": json.dumps(json.loads(reading.policy_documents()[1]["charter:desk"]) | entries)}


def number(stage: Stage) -> int:
    """Return the number of the policy in force."""
    with stage.house.store.read() as reading:
        return reading.policy_documents()[0]


def offers(stage: Stage) -> list[PolicyOffer]:
    """Return what is offered."""
    with stage.house.store.read() as reading:
        return reading.policy_offers()


# ------------------------------------------------------------------------------------------------------------------ who signs


async def test_what_only_tightens_is_in_force_at_once(real: Stage) -> None:
    before = number(real)
    outcome = await offer(real.house, desk(real, highest_reach=0), "olga")
    assert (outcome.adopted, outcome.offer, outcome.weighed.direction) == (before + 1, None, Direction.TIGHTER)
    assert real.facts_of(PolicyAdopted)[-1].signed_by == ("olga",)


async def test_what_nothing_sees_is_in_force_at_once(real: Stage) -> None:
    outcome = await offer(real.house, desk(real, title="Another"), "olga")
    assert (outcome.adopted, outcome.weighed.direction) == (number(real), Direction.NEITHER)


async def test_equal_documents_write_nothing_however_they_are_written(real: Stage) -> None:
    before = real.written()
    for wanted in (desk(real), {name: json.dumps(json.loads(text), sort_keys=True) for name, text in desk(real).items()}):
        outcome = await offer(real.house, wanted, "olga")
        assert (outcome.adopted, outcome.weighed.documents) == (number(real), {})
    assert real.written() == before


async def test_what_loosens_waits_for_a_second_person(real: Stage) -> None:
    before = number(real)
    outcome = await offer(real.house, desk(real, highest_reach=9), "olga")
    assert outcome.adopted is None
    assert outcome.offer
    assert (number(real), outcome.offer.signed_by) == (before, ("olga",))
    with pytest.raises(Conflict, match="olga"):
        await sign(real.house, str(before + 1), "olga")
    assert number(real) == before
    signed = await sign(real.house, outcome.offer.digest[:12], "rita")
    assert (signed.adopted, signed.signed_by) == (before + 1, ("olga", "rita"))
    assert (number(real), offers(real)) == (before + 1, [])
    assert real.facts_of(PolicyAdopted)[-1].digest == outcome.offer.digest
    assert real.facts_of(PolicyAdopted)[-1].signed_by == ("olga", "rita")
    assert [fact.by for fact in real.facts_of(PolicySigned)] == ["olga", "rita"]
    assert [(fact.by, fact.direction) for fact in real.facts_of(PolicyOffered)] == [("olga", Direction.LOOSER)]


async def test_the_same_change_is_offered_once(real: Stage) -> None:
    await offer(real.house, desk(real, highest_reach=9), "olga")
    with pytest.raises(Conflict, match="remit policy sign"):
        await offer(real.house, desk(real, highest_reach=9), "rita")


async def test_in_the_sandbox_one_person_is_enough(stage: Stage) -> None:
    outcome = await offer(stage.house, crm(highest_reach=9), "olga")
    assert (outcome.adopted, outcome.weighed.direction) == (2, Direction.LOOSER)


async def test_a_charter_in_the_sandbox_beside_a_real_one_needs_one_person(real: Stage) -> None:
    assert (await offer(real.house, crm(highest_reach=9), "olga")).adopted == number(real)


@pytest.mark.parametrize("moved", [{"connector": "hubspot"}, {"connector": "sandbox"}], ids=["into the real", "out of it"])
async def test_a_change_of_the_connected_system_needs_two(real: Stage, moved: dict[str, str]) -> None:
    wanted = crm(**moved) if moved["connector"] == "hubspot" else desk(real, **moved)
    assert (await offer(real.house, wanted, "olga")).adopted is None


async def test_a_looser_risk_statement_needs_two_where_anything_is_real(real: Stage) -> None:
    assert (await offer(real.house, {"risk_statement": json.dumps(SMALL)}, "olga")).adopted is None


async def test_the_first_policy_needs_nobody_else(stage: Stage) -> None:
    with stage.house.store.read() as reading:
        policy = reading.policy()
    weighed = weighed_of(stage, crm(connector="hubspot"))
    assert weighed.needs_two
    assert not needs_two(weighed.changes, weighed.direction, NOTHING_YET, policy)


def weighed_of(stage: Stage, wanted: dict[str, str]) -> offer_policy.Weighed:
    """Weigh documents against what is in force."""
    with stage.house.store.read() as reading:
        return weigh(reading, wanted)


@pytest.mark.parametrize("text", ["{}", "{", "[]"])
async def test_a_document_that_cannot_be_read_is_neither_offered_nor_weighed(real: Stage, text: str) -> None:
    before = real.written()
    with pytest.raises(RuleError):
        await offer(real.house, {"charter:crm": text}, "olga")
    assert real.written() == before


# -------------------------------------------------------------------------------------------------------------------- stale ones


async def test_an_offer_that_another_policy_overtook_is_refused_with_what_changed(real: Stage) -> None:
    outcome = await offer(real.house, desk(real, highest_reach=9), "olga")
    assert outcome.offer
    await offer(real.house, crm(highest_reach=0), "olga")
    with pytest.raises(Conflict) as refused:
        await sign(real.house, outcome.offer.digest, "rita")
    assert "the most records one action may touch goes from 1 to 0" in refused.value.found
    assert "offer the change again" in refused.value.do.lower()
    again = await offer(real.house, desk(real, highest_reach=9), "olga")
    assert again.offer
    assert (await sign(real.house, str(again.offer.number), "rita")).adopted == number(real)


async def test_an_overtaken_offer_says_so_also_where_nothing_that_decides_changed(real: Stage) -> None:
    outcome = await offer(real.house, desk(real, highest_reach=9), "olga")
    await adopt(real.house, {"charter:crm": json.dumps({**charter(CRM, every_operation()), "take_back_seconds": 8})}, "olga")
    await adopt(real.house, crm(title="Another"), "olga")
    await adopt(real.house, crm(), "olga")
    assert outcome.offer
    with pytest.raises(Conflict, match="Nothing that decides changed"):
        await sign(real.house, outcome.offer.digest, "rita")


async def test_an_offer_that_does_not_exist_is_named(real: Stage) -> None:
    for wanted in ("99", "abcdefgh", ""):
        with pytest.raises(NotFound):
            await sign(real.house, wanted, "rita")


async def test_a_slip_of_the_hand_signs_nothing(real: Stage) -> None:
    outcome = await offer(real.house, desk(real, highest_reach=9), "olga")
    assert outcome.offer
    before = real.written()
    for wanted in ("f", outcome.offer.digest[:7]):
        with pytest.raises((InvalidInput, NotFound)):
            await sign(real.house, wanted, "rita")
    assert real.written() == before
    assert (await sign(real.house, outcome.offer.digest[:8], "rita")).adopted == number(real)


async def test_who_offered_it_already_is_told_whom_it_waits_for(real: Stage) -> None:
    await offer(real.house, desk(real, highest_reach=9), "olga")
    with pytest.raises(Conflict, match="It waits for line_of_business or risk"):
        await offer(real.house, desk(real, highest_reach=9), "olga")


async def test_two_offers_of_one_number_are_told_apart_by_digest(real: Stage) -> None:
    one = (await offer(real.house, desk(real, highest_reach=8), "olga")).offer
    await offer(real.house, desk(real, highest_reach=9), "olga")
    assert one
    with pytest.raises(Conflict, match="several"):
        await sign(real.house, str(one.number), "rita")
    assert (await sign(real.house, one.digest, "rita")).adopted == number(real)


# ------------------------------------------------------------------------------------------------------------------- small teams


async def test_where_the_risk_statement_says_so_a_wait_stands_for_the_second_signature(real: Stage) -> None:
    await adopt(real.house, {"risk_statement": json.dumps(SMALL)}, "olga")
    before = number(real)
    assert (await offer(real.house, desk(real, highest_reach=9), "olga")).adopted is None
    real.clock.move(hours=23, minutes=59)
    assert (await ripen(real.house), number(real)) == (0, before)
    real.clock.move(minutes=1)
    assert await drain(real.house) >= 1
    assert number(real) == before + 1
    assert real.facts_of(PolicyAdopted)[-1].signed_by == ("olga",)
    assert await ripen(real.house) == 0


async def test_without_such_a_statement_no_wait_is_long_enough(real: Stage) -> None:
    await offer(real.house, desk(real, highest_reach=9), "olga")
    real.clock.move(days=400)
    assert await ripen(real.house) == 0


async def test_a_stale_offer_never_ripens_and_of_two_only_one_does(real: Stage) -> None:
    await adopt(real.house, {"risk_statement": json.dumps(SMALL)}, "olga")
    await offer(real.house, desk(real, highest_reach=7), "olga")
    await adopt(real.house, crm(title="Another"), "olga")
    await offer(real.house, desk(real, highest_reach=8), "olga")
    await offer(real.house, desk(real, highest_reach=9), "olga")
    real.clock.move(hours=24)
    before = number(real)
    assert await ripen(real.house) == 1
    assert await ripen(real.house) == 0
    assert number(real) == before + 1
    with real.house.store.read() as reading:
        assert reading.policy().charters[DESK].highest_reach == 8


# --------------------------------------------------------------------------------------------------------- what it does to trials


async def test_a_change_of_the_test_says_what_evidence_it_costs(stage: Stage) -> None:
    for count in range(3):
        await stage.approved(tag(person(count)))
    await stage.leave()
    changed = charter(CRM, every_operation())
    changed["evidence"]["tolerance"] = 0.2
    found = weighed_of(stage, {"charter:crm": json.dumps(changed)})
    (ended,) = found.trials
    assert (ended.use_case, ended.operation, ended.version, ended.answered) == (CRM, TAGGING, "v1", 3)
    assert ended.answers_needed
    assert weighed_of(stage, crm(title="Another")).trials == ()
    (gone,) = weighed_of(stage, without_tagging()).trials
    assert gone.answers_needed is None
    await offer(stage.house, {"charter:crm": json.dumps(changed)}, "olga")
    assert stage.facts_of(TrialStarted)[-1].trial == 2


# ------------------------------------------------------------------------------------------------------------- what it hits


async def test_a_thousand_that_wait_meet_a_new_policy(stage: Stage) -> None:
    for one in range(1000):
        await stage.proposed(tag(person(one % 500), "vip", call_id=f"call {one}"))
    await offer(stage.house, blocking(), "olga")
    with stage.house.store.read() as reading:
        assert reading.in_states([State.HELD], limit=2000) == []
        assert len(reading.in_states([State.BLOCKED], limit=2000)) == 1000
        assert reading.reconsidering() is None
    batches = stage.facts_of(Reconsidered)
    assert [fact.looked_at for fact in batches] == [200] * 5 + [0]
    assert sum(fact.blocked for fact in batches) == len(stage.facts_of(Blocked)) == 1000
    assert [fact.finished for fact in batches] == [False] * 5 + [True]
    assert stage.world.effects() == {}


async def test_what_a_stop_caught_is_hit_and_what_others_do_is_not(stage: Stage) -> None:
    elsewhere = await stage.proposed(tag(person(1), use_case=DESK), OTTO)
    caught = await stage.approved(tag(person(2)))
    await order(stage.house, "use_case:crm", by="olga", reason="a look")
    await stage.leave()
    assert stage.state(caught) is State.STOPPED
    await adopt(stage.house, blocking(), "olga")
    assert (stage.state(caught), stage.state(elsewhere)) == (State.BLOCKED, State.DRAFTED)
    assert stage.reasons(caught)[0] == "rule"


async def test_drafts_and_what_is_leaving_are_hit_too(stage: Stage) -> None:
    draft = await stage.proposed(tag(person(1), use_case=DESK), OTTO)
    leaving = await stage.approved(tag(person(2)))
    assert (draft.state, stage.state(leaving)) == (State.DRAFTED, State.LEAVING)
    rule = {"calm": {"when": "reach >= 1", "verdict": "block", "because": "Nobody is touched today."}}
    await adopt(stage.house, blocking() | desk(stage, rules=rule), "olga")
    assert {stage.state(draft), stage.state(leaving)} == {State.BLOCKED}


async def test_an_argument_that_is_listed_no_more_blocks_what_waits(stage: Stage) -> None:
    vip = await stage.proposed(tag(person(1), "vip"))
    gold = await stage.proposed(tag(person(2), "gold"))
    operations = every_operation()
    operations[TAGGING] = {**operations[TAGGING], "values": {"tag": ["gold"]}}  # type: ignore[dict-item]
    await adopt(stage.house, {"charter:crm": json.dumps(charter(CRM, operations))}, "olga")
    assert (stage.state(vip), stage.state(gold)) == (State.BLOCKED, State.HELD)
    assert stage.reasons(vip)[0] == "argument_not_in_charter"


async def test_a_limit_blocks_nothing_before_it_is_counted(stage: Stage) -> None:
    waiting = await stage.proposed(tag())
    limit = {"counts": "actions", "at_most": 0, "window": "1 day", "verdict": "block"}
    await adopt(stage.house, crm(limits={"none": limit}), "olga")
    assert stage.state(waiting) is State.HELD


async def test_what_a_policy_blocked_is_no_fault_of_its_agent(stage: Stage) -> None:
    blocked, answered = await stage.proposed(tag(person(1))), await stage.proposed(tag(person(2)))
    await stage.say(answered, Answer.REJECT)
    await adopt(stage.house, blocking(), "olga")
    assert stage.state(blocked) is State.BLOCKED
    stage.clock.move(days=30)
    await judge(stage.house)
    assert [fact.items for fact in stage.facts_of(ClusterClosed)] == [(answered.proposal,)]


async def test_a_policy_that_was_cut_off_goes_on_where_it_was(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconsider, "BATCH", 2)
    waiting = [await stage.proposed(tag(person(one))) for one in range(5)]
    await stage.house.store.write(partial(_cut_off, stage.house))
    assert [stage.state(one) for one in waiting] == [State.BLOCKED] * 2 + [State.HELD] * 3
    await drain(stage.house)
    assert {stage.state(one) for one in waiting} == {State.BLOCKED}


def _cut_off(house: House, tx: Any) -> int:
    """Adopt, and die before the batches that follow."""
    return put_in_force(house, tx, with_checked_rules({**tx.policy_documents()[1], **blocking()}), actor="person:olga")


async def test_offers_measures_and_what_is_left_to_meet_a_policy_are_had_again_from_the_facts(
    real: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconsider, "BATCH", 2)
    for one in range(3):
        await real.proposed(tag(person(one)))
    await offer(real.house, desk(real, highest_reach=9), "olga")
    await measure(real.house, CRM, "undo_proven", value_ppm=1, until=real.clock.now() + timedelta(days=1), by="dora")
    await real.house.store.write(partial(_cut_off, real.house))
    with real.house.store.read() as reading:
        assert reading.reconsidering() is not None
        assert reading.policy_offers()
        assert reading.measures(CRM)
    engine = real.opened.store.engine
    assert differences(engine, rebuilt(engine, real.clock, real.ids)) == []


# -------------------------------------------------------------------------------------------------------------------- the replay


async def test_a_replay_decides_what_was_recorded_again(earned: Stage) -> None:
    for one in range(4):
        await earned.proposed(tag(person(one)))
    with earned.house.store.read() as reading:
        now = earned.clock.now()
        found, follows = replay_page(reading, crm(starts_at=0, highest_level=0), now)
        assert found.decided == reading.count_recorded(now - timedelta(days=90)) == 16
        assert reading.count_recorded(now + timedelta(days=1)) == 0
    assert follows == 0
    assert found.direction is Direction.TIGHTER
    assert {then for _, then in found.pairs} == {Verdict.BLOCK}
    assert len(found.examples) == 5


async def test_a_replay_goes_page_by_page(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in range(7):
        await stage.proposed(tag(person(one)))
    monkeypatch.setattr(offer_policy, "PAGE", 3)
    counts, follows = [], 0
    with stage.house.store.read() as reading:
        for _ in range(3):
            found, follows = replay_page(reading, crm(title="Another"), stage.clock.now(), after=follows)
            counts.append(found.decided)
    assert (counts, follows) == ([3, 3, 1], 0)
    assert PAGE > 100
    assert (await offer(stage.house, crm(title="Another"), "olga")).adopted == 2
    monkeypatch.setattr(offer_policy, "_MOST_PAGES", 1)
    assert (await offer(stage.house, crm(title="One more"), "olga")).adopted == 3


async def test_a_level_that_was_granted_survives_what_says_nothing_of_it(earned: Stage) -> None:
    await offer(earned.house, crm(title="Another"), "olga")
    with earned.house.store.read() as reading:
        assert reading.grant(UseCaseId("crm"), TAGGING).level is Level.EXECUTE
