"""What came of a story, as plain figures: from the ledger and the projections, with the world's truth beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from remit.core import level
from remit.core.action import Action
from remit.core.approval import FULL_PPM
from remit.core.charter import Charter
from remit.core.facts import Answered, Entry, Granted, LevelLost
from remit.core.kpi import Kpis, carried_out_alone, clean_streak, kpis
from remit.core.level import Evidence, Grant, Judgement
from remit.core.lifecycle import State
from remit.core.types import Answer, Kind, Operation, UseCaseId, Value
from remit.core.violation import Violation
from remit.demo.contact import fields_on
from remit.demo.truth import grade
from remit.demo.working_days import working_days_before
from remit.demo.world import STORY_STARTS, World
from remit.ports import Reading

_MOST_CALLS, _WAIT = 6, 3
_TAKEN_BACK = {State.UNDONE, State.UNDONE_WITH_RESIDUE, State.UNDO_FAILED, State.UNDO_UNCLEAR}


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFigures:
    """One operation: where it stands, what it earned, what it did, and what was true."""

    use_case: UseCaseId
    operation: Operation
    acts: bool
    charter: Charter
    grant: Grant
    evidence: Evidence
    judgement: Judgement
    kpis: Kpis
    eligible: int | None
    taken_back: int
    taken_back_whole: int
    true_wrong_alone: int
    true_wrong: int
    true_known: int
    streak_at: date | None
    wrong_after_streak: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The whole story."""

    first: date
    last: date
    timeline: Sequence[Entry]
    operations: Sequence[OperationFigures]
    refused: Sequence[tuple[Action, tuple[str, ...]]]
    violations: Sequence[Violation]
    everybody: tuple[int, int]
    tagged: tuple[int, int]
    changed: Mapping[str, tuple[int, int]]
    """By month (ISO): how many e-mail drafts were answered, and what people changed of them on average, in millionths."""


def gather(reading: Reading, world: World, *, end: date) -> Figures:
    """Read a finished story; what was proposed on its `end` or later is not part of it."""
    by_operation: dict[tuple[UseCaseId, Operation], list[tuple[Action, Mapping[str, Value]]]] = defaultdict(list)
    last = STORY_STARTS
    of_story = ((action, arguments) for action, arguments in reading.every_action() if action.proposed_at.date() < end)
    for action, arguments in of_story:
        by_operation[action.use_case, action.operation].append((action, arguments or {}))
        last = max(last, action.proposed_at.date())
    timeline = reading.facts(kinds=[Granted.__name__, LevelLost.__name__], limit=10_000)
    pairs = [(charter, operation) for charter in reading.policy().charters.values() for operation in charter.operations]
    found = [_operation(reading, world, last, charter, op, by_operation[charter.id, op]) for charter, op in pairs]
    blocked = [action for group in by_operation.values() for action, _ in group if action.state is State.BLOCKED]
    return Figures(
        first=STORY_STARTS,
        last=last,
        timeline=timeline,
        operations=found,
        refused=[
            (action, tuple(reason.code for reason in reading.decision(action).reasons if reason.floor > 0)) for action in blocked
        ],
        violations=[one for one in reversed(reading.violations(limit=10_000)) if one.found_at.date() < end],
        everybody=_everybody(world, last),
        changed=_changed(reading, [action for action, _ in by_operation[UseCaseId("nurture"), Operation("email.draft.use")]]),
        tagged=_tagged(world, by_operation[UseCaseId("score"), Operation("contact.tag.add")]),
    )


def _operation(
    reading: Reading,
    world: World,
    last: date,
    charter: Charter,
    operation: Operation,
    asked: Sequence[tuple[Action, Mapping[str, Value]]],
) -> OperationFigures:
    keys = reading.agent_keys(charter.id)
    grant, evidence = reading.grant(charter.id, operation), reading.evidence(charter.id, operation, keys[-1].version)
    wrong = {action.proposal: _wrong(world, action, arguments) for action, arguments in asked}
    answered = [action for action, _ in asked if action.loss_ppm is not None]
    streak = clean_streak(action.loss_ppm or 0 for action in answered)
    after = [wrong[action.proposal] for action in answered[streak:]] if streak else []
    entry = reading.policy().entry(operation)
    alone = [action for action, _ in asked if carried_out_alone(action)]
    return OperationFigures(
        use_case=charter.id,
        operation=operation,
        acts=entry is not None and entry.kind is Kind.ACT,
        charter=charter,
        grant=grant,
        evidence=evidence,
        judgement=level.judge(grant, evidence, charter, operation),
        kpis=kpis([action for action, _ in asked]),
        eligible=_eligible(world, operation, last),
        taken_back=sum(action.state in _TAKEN_BACK for action, _ in asked),
        taken_back_whole=sum(action.state is State.UNDONE for action, _ in asked),
        true_wrong_alone=sum(wrong[action.proposal] is True for action in alone),
        true_wrong=sum(known is True for known in wrong.values()),
        true_known=sum(known is not None for known in wrong.values()),
        streak_at=answered[streak - 1].proposed_at.date() if streak else None,
        wrong_after_streak=(sum(known is True for known in after), len(after)) if streak else None,
    )


def _wrong(world: World, action: Action, arguments: Mapping[str, Value]) -> bool | None:
    return grade(world, action.operation, arguments, (), action.proposed_at.date()).wrong


def _eligible(world: World, operation: Operation, last: date) -> int | None:
    """Count the pieces of work there were, whoever might have done them. None where nobody can say."""
    days = list(world.days(STORY_STARTS, last))
    match operation:
        case "contact.enrich:region":
            return sum(len(day.entering) for day in days)
        case "contact.enrich:education":
            return sum("education" not in (fields_on(contact, day.date) or {}) for day in days for contact in day.entering)
        case "contact.tag.add":
            return sum(len(day.call_list) for day in days)
        case "task.create":
            return _tasks(world, last)
        case _:
            return None


def _tasks(world: World, last: date) -> int:
    """Count who was to be called again, and when: three working days after a call that was not the last, under the cap."""
    calls = ((day, call) for day in world.called for call in world.day(day).calls)
    due = (working_days_before(day, -_WAIT) for day, call in calls if not call.final and call.number < _MOST_CALLS)
    return sum(STORY_STARTS <= day <= last for day in due)


def _changed(reading: Reading, drafts: Sequence[Action]) -> dict[str, tuple[int, int]]:
    """Add up by month what people changed of drafts; one that was not used at all counts whole."""
    months: dict[str, list[int]] = defaultdict(list)
    for draft in drafts:
        newest = reading.latest_answer(draft.proposal)
        if newest is not None and isinstance(newest.fact, Answered):
            whole = FULL_PPM if newest.fact.answer is Answer.DISCARDED else 0
            months[f"{draft.proposed_at:%Y-%m}"].append(newest.fact.edit_ppm or whole)
    return {month: (len(sizes), round(fmean(sizes))) for month, sizes in sorted(months.items())}


def _everybody(world: World, last: date) -> tuple[int, int]:
    """Return how many on the call lists said yes, of how many: the error of tagging everybody."""
    called = [contact for day in world.days(STORY_STARTS, last) for contact in day.call_list]
    return sum(contact.row.said_yes for contact in called), len(called)


def _tagged(world: World, asked: Sequence[tuple[Action, Mapping[str, Value]]]) -> tuple[int, int]:
    people = [world.by_id[str(arguments["contact"])] for _, arguments in asked]
    return sum(person.row.said_yes for person in people), len(people)
