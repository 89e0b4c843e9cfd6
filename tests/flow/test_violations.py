"""A rule that is broken is blocked, recorded as a violation in the same transaction, and stays open until a person settles it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remit.core.facts import Blocked, ViolationFound
from remit.core.lifecycle import State
from remit.core.proposal import Ask
from remit.core.types import Record, Role
from remit.core.violation import Severity, Violation
from remit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from remit.flow.adopt import adopt
from remit.flow.see import Look, see
from remit.flow.settle import settle
from tests.changed import replace
from tests.flow.stage import ADA, CRM, DESK, OTTO, Stage, ask, charter, every_operation, tag


def violations(stage: Stage, **wanted: Any) -> list[Violation]:
    """Return what the table of violations holds."""
    with stage.house.store.read() as reading:
        return reading.violations(**wanted)


async def digest(stage: Stage, window: str = "now") -> str:
    """Return the digest of a window as an agent is shown it."""
    return (await see(stage.house, ADA, CRM, Look(window=window, where={}, limit=1))).digest


async def windows(stage: Stage, **changed: Any) -> None:
    """Change a window of the charter."""
    now = {"kind": "contact", "fields": ["job", "region", "score"]} | changed
    late = {"kind": "contact", "fields": ["job", "status"], "delay_hours": 24}
    document = charter(CRM, every_operation(), windows={"now": now, "late": late})
    await adopt(stage.house, {"charter:crm": json.dumps(document)}, "olga")


# ------------------------------------------------------------------------------------------------------- the window it names

GROUNDED: dict[str, tuple[str | None, tuple[str, ...], list[str]]] = {
    "inside the window it names": ("late", ("status",), []),
    "inside another window": ("now", ("status",), ["outside_window"]),
    "inside some window, none named": (None, ("status", "score"), []),
    "outside every window": (None, ("age",), ["outside_window"]),
    "from a window that is not there": ("everything", (), ["outside_window"]),
}


@pytest.mark.parametrize(("window", "grounds", "found"), GROUNDED.values(), ids=GROUNDED)
async def test_only_the_window_that_a_proposal_names_counts(
    stage: Stage, window: str | None, grounds: tuple[str, ...], found: list[str]
) -> None:
    reply = await stage.reply(replace(tag(), window=window, grounds=grounds))
    assert reply.state is (State.BLOCKED if found else State.HELD)
    assert [one.rule for one in violations(stage)] == found


async def test_a_proposal_from_the_window_as_it_was_shown_is_judged_like_any_other(stage: Stage) -> None:
    shown = await digest(stage)
    assert (await stage.reply(replace(tag(), window="now", window_digest=shown))).state is State.HELD


async def test_a_proposal_from_a_window_that_changed_is_refused_with_what_changed_and_breaks_no_rule(stage: Stage) -> None:
    shown = await digest(stage)
    await windows(stage, fields=["job", "region"], version=2)
    reply = await stage.reply(replace(tag(), window="now", window_digest=shown))
    assert (reply.state, reply.reasons[0].code) == (State.BLOCKED, "window_changed")
    assert reply.reasons[0].values == {"found": "its version, its fields"}
    assert violations(stage) == []


async def test_a_wrong_digest_is_refused(stage: Stage) -> None:
    reply = await stage.reply(replace(tag(), window="now", window_digest="made up"))
    assert (reply.state, reply.reasons[0].code) == (State.BLOCKED, "window_changed")


async def test_a_window_that_changes_later_does_not_undo_what_people_approved(stage: Stage) -> None:
    action = await stage.approved(replace(tag(), window="now", window_digest=await digest(stage), grounds=("job",)))
    await windows(stage, version=2)
    await stage.leave()
    assert stage.state(action) is State.DONE


# -------------------------------------------------------------------------------------------------------- what is a violation

BROKEN: dict[str, tuple[Ask, list[tuple[str, Severity]]]] = {
    "grounds outside the window": (replace(tag(), grounds=("job", "age")), [("outside_window", Severity.HIGH)]),
    "an argument outside the charter": (tag("c0001", "silver", use_case=DESK), [("argument_not_in_charter", Severity.LOW)]),
    "an operation outside the charter": (
        ask("lead.score.update", DESK, contact="c0001", score=7),
        [("operation_not_in_charter", Severity.MEDIUM)],
    ),
    "two at once": (
        replace(tag("c0001", "silver", use_case=DESK), grounds=("age",)),
        [("argument_not_in_charter", Severity.LOW), ("outside_window", Severity.HIGH)],
    ),
    "nothing": (tag(), []),
}


@pytest.mark.parametrize(("wanted", "found"), BROKEN.values(), ids=BROKEN)
async def test_what_the_gate_blocks_because_a_rule_was_broken_is_a_violation(
    stage: Stage, wanted: Ask, found: list[tuple[str, Severity]]
) -> None:
    key = OTTO if wanted.use_case == DESK else ADA
    reply = await stage.reply(wanted, key)
    facts = stage.facts_of(ViolationFound)
    assert sorted((fact.rule, fact.severity) for fact in facts) == found
    assert {(fact.proposal, fact.agent, fact.operation) for fact in facts} <= {(reply.proposal, key.agent, wanted.operation)}


async def test_a_question_that_writes_nothing_is_no_violation(stage: Stage) -> None:
    await stage.reply(replace(tag(), grounds=("age",), dry_run=True))
    assert violations(stage) == []


async def test_a_repeated_proposal_is_one_violation(stage: Stage) -> None:
    for _ in range(2):
        await stage.reply(replace(tag(), grounds=("age",)))
    assert len(violations(stage)) == 1


async def test_what_a_rule_blocks_on_its_way_out_is_a_violation_too(stage: Stage) -> None:
    theirs = {"theirs": {"when": "set_by_person", "verdict": "block", "because": "A person wrote it."}}
    document = charter(CRM, every_operation(), rules=theirs, owner_role="risk")
    await adopt(stage.house, {"charter:crm": json.dumps(document)}, "olga")
    action = await stage.approved(tag())
    stage.world.edit(Record(kind="contact", id="c0001"), {"tag:vip": True})
    await stage.leave()
    (blocked,), (found,) = stage.facts_of(Blocked), stage.facts_of(ViolationFound)
    assert (blocked.proposal, found.proposal, found.rule) == (action.proposal, action.proposal, "rule: theirs")
    assert found.owner == "risk"


async def test_what_a_later_policy_blocks_broke_no_rule_when_it_was_asked(stage: Stage) -> None:
    action = await stage.approved(tag())
    never = {"never": {"when": "reach == 1", "verdict": "block", "because": "Never."}}
    await adopt(stage.house, {"charter:crm": json.dumps(charter(CRM, every_operation(), rules=never))}, "olga")
    await stage.leave()
    assert [fact.proposal for fact in stage.facts_of(Blocked)] == [action.proposal]
    assert not stage.facts_of(ViolationFound)


async def test_a_violation_holds_nothing_that_the_agent_wrote(stage: Stage) -> None:
    await stage.reply(replace(tag("c0001", "Annabel", use_case=DESK), reason="Annabel said so"), OTTO)
    assert "Annabel" not in repr(stage.facts_of(ViolationFound))


# ------------------------------------------------------------------------------------------------------------------- settling


async def test_a_person_settles_a_violation_once(stage: Stage) -> None:
    await stage.reply(replace(tag(), grounds=("age",)))
    (found,) = violations(stage, only_open=True)
    settled = await settle(stage.house, found.id, by="ravi", roles=[Role.RISK], note="The prompt asked for it; it is gone.")
    assert (settled.settled_by, settled.settled_at) == ("ravi", stage.clock.now())
    assert violations(stage, only_open=True) == []
    assert violations(stage) == [settled]
    with pytest.raises(Conflict, match="settled by ravi"):
        await settle(stage.house, found.id, by="ines", roles=[Role.RISK], note="Again.")


async def test_only_whom_a_violation_belongs_to_settles_it_or_who_may_settle_all(stage: Stage) -> None:
    await stage.reply(replace(tag(), grounds=("age",)))
    (found,) = violations(stage)
    assert found.owner == Role.MARKETING_OPS.value
    with pytest.raises(NotAllowed) as refused:
        await settle(stage.house, found.id, by="dora", roles=[Role.DATA], note="Looked at it.")
    assert refused.value.found == "dora is data"
    assert refused.value.do.startswith("Only marketing_ops, line_of_business or risk may settle a violation of marketing_ops.")
    assert (await settle(stage.house, found.id, by="mia", roles=[Role.MARKETING_OPS], note="Looked at it.")).settled_by == "mia"


async def test_settling_needs_a_violation_and_a_note(stage: Stage) -> None:
    with pytest.raises(NotFound, match="nothing"):
        await settle(stage.house, "nothing", by="ravi", roles=[Role.RISK], note="x")
    await stage.reply(replace(tag(), grounds=("age",)))
    with pytest.raises(InvalidInput, match="note"):
        await settle(stage.house, violations(stage)[0].id, by="ravi", roles=[Role.RISK], note=" ")


async def test_violations_are_listed_by_use_case_newest_first(stage: Stage) -> None:
    await stage.reply(replace(tag(), grounds=("age",)))
    stage.clock.move(minutes=1)
    await stage.reply(tag("c0001", "silver", use_case=DESK), OTTO)
    assert [one.use_case for one in violations(stage)] == [DESK, CRM]
    assert [one.rule for one in violations(stage, use_case=CRM)] == ["outside_window"]
    assert [one.use_case for one in violations(stage, limit=1)] == [DESK]
