"""The gate: one pure function that says how much of an action an agent may do alone, and why.

It starts from one table (level in force x class) and then only tightens: the verdict is the maximum of all floors, so the
order of the checks cannot matter and a further one can never loosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from remit.core.catalogue import Condition, Mode
from remit.core.class_reasons import small
from remit.core.classify import ActionFacts, Classified
from remit.core.place import Place
from remit.core.policy import CompiledPolicy
from remit.core.rulebook import OperationRules
from remit.core.types import ActionClass, Level, Operation, Reversibility, Risk, UseCaseId, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """A limit on the level that evidence cannot lift, with the reason it is there."""

    level: Level
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What the agent says of its own proposal. It may tighten, never relax."""

    confidence_ppm: int | None = None
    grounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateInput:
    """Everything the gate may know. Stored with the decision, so that deciding again is calling `decide` again."""

    use_case: UseCaseId
    operation: Operation
    granted: Level
    argument_names: tuple[str, ...] = ()
    odd_arguments: tuple[str, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    facts: ActionFacts = ActionFacts()
    claimed: Claimed = Claimed()
    certificate: bool = False
    drawn: bool = False
    draw_rate_ppm: int = 0
    stops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a verdict is at least `floor`: a documented code and the values its sentence needs."""

    code: str
    floor: Verdict
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict, its reasons (the deciding one first), and what it was decided from."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    classified: Classified
    in_force: Level


_LOW_EASY = ActionClass(risk=Risk.LOW, reversibility=Reversibility.EASY)
_CERTIFIABLE = (
    ActionClass(risk=Risk.LOW, reversibility=Reversibility.PARTIAL),
    ActionClass(risk=Risk.MEDIUM, reversibility=Reversibility.EASY),
)


def base_verdict(level: Level, action_class: ActionClass, *, certificate: bool) -> Verdict:
    """Read the table of level in force x class."""
    if level <= Level.RECOMMEND:
        return (Verdict.BLOCK, Verdict.DRAFT, Verdict.HOLD)[level]
    if action_class == _LOW_EASY:
        return Verdict.ALLOW
    certified = level == Level.OPTIMISE and certificate and action_class in _CERTIFIABLE
    return Verdict.ALLOW if certified else Verdict.HOLD


def in_force(given: GateInput) -> Level:
    """Return the minimum of the grant and every ceiling."""
    return min((given.granted, *(ceiling.level for ceiling in given.ceilings)))


def decide(given: GateInput, policy: CompiledPolicy) -> Decision:
    """Decide one action. Pure: equal input and policy give an equal decision, for ever."""
    place = policy.place(given.use_case, given.operation)
    classified = place.classify(given.facts)
    seen = _Seen(given, place, classified, in_force(given))
    reasons = [reason for check in CHECKS if (reason := check(seen)) is not None]
    if place.rules is not None:
        reasons += [_fired(place.rules, number, error) for number, error in place.rules.fired(given)]
    if len(reasons) > 1:
        reasons.sort(key=lambda reason: -reason.floor)  # stable: among equals the table's reason stays first
    return _decision(seen, reasons)


class _Seen(NamedTuple):
    """What every check looks at. A plain tuple: it is made for every decision, and lives no longer than that."""

    given: GateInput
    place: Place
    classified: Classified
    level: Level


def _decision(seen: _Seen, reasons: list[Reason]) -> Decision:
    """Return the decision; the one without anything to add is the same every time, so it is kept with its place."""
    place, level = seen.place, seen.level
    plain = len(reasons) == 1 and _ordinary(seen)
    if plain and level in place.clean:
        return place.clean[level]
    decision = Decision(verdict=reasons[0].floor, reasons=tuple(reasons), classified=seen.classified, in_force=level)
    if plain:
        place.clean[level] = decision
    return decision


def _ordinary(seen: _Seen) -> bool:
    """Whether place and level alone settle the table: the narrow form, nothing capped, no certificate."""
    return seen.classified is seen.place.narrow and not seen.given.ceilings and not seen.given.certificate


def _table(seen: _Seen) -> Reason:
    """Read the table; where the place keeps the decision for this level, its reason is the one."""
    kept = seen.place.clean.get(seen.level)
    if kept is not None and _ordinary(seen):
        return kept.reasons[0]
    values = _class_words(seen)
    if seen.place.stays_a_draft(seen.classified, seen.given.facts) and seen.level >= Level.ASSIST:
        return Reason(code="draft_area", floor=Verdict.ALLOW, values=values)
    floor = base_verdict(seen.level, seen.classified.action_class, certificate=seen.given.certificate)
    lowest = min(seen.given.ceilings, key=lambda ceiling: ceiling.level, default=None)
    if lowest is not None and lowest.level < seen.given.granted:
        values |= {"ceiling": lowest.code, "detail": lowest.detail, "granted": str(int(seen.given.granted))}
        return Reason(code=f"ceiling_{lowest.code}", floor=floor, values=values)
    return Reason(code="level_table", floor=floor, values=values)


def _class_words(seen: _Seen) -> dict[str, str]:
    action_class = seen.classified.action_class
    return {
        "level": str(int(seen.level)),
        "risk": action_class.risk.name.lower(),
        "reversibility": action_class.reversibility.name.lower(),
        "form": seen.classified.form,
        "because": ", ".join(seen.classified.failed),
    } | {name: words for name, words in _found(seen).items() if words}


def _found(seen: _Seen) -> dict[str, str]:
    """Return what was found to make the class worse; what nobody could tell is in `because` alone."""
    classified, entry = seen.classified, seen.place.entry
    contradicted = [name for name in classified.failed if name not in classified.unknown]
    return {
        "contradicted": ", ".join(contradicted),
        "small": small(entry) if entry is not None and Condition.WITHIN_REACH in contradicted else "",
        "worse_on": classified.worse_on,
        "carries": classified.riskiest or "",
    }


def _unknown_use_case(seen: _Seen) -> Reason | None:
    return Reason(code="unknown_use_case", floor=Verdict.BLOCK) if seen.place.charter is None else None


def _outside_charter(seen: _Seen) -> Reason | None:
    if seen.place.charter is None or seen.given.operation in seen.place.charter.operations:
        return None
    return Reason(code="operation_not_in_charter", floor=Verdict.BLOCK, values={"operation": seen.given.operation})


def _odd_arguments(seen: _Seen) -> Reason | None:
    if not seen.given.odd_arguments:
        return None
    return Reason(code="argument_not_in_charter", floor=Verdict.BLOCK, values={"found": ", ".join(seen.given.odd_arguments)})


def _outside_window(seen: _Seen) -> Reason | None:
    grounds = seen.given.claimed.grounds
    if seen.place.charter is None or seen.place.visible.issuperset(grounds):
        return None
    outside = ", ".join(sorted(set(grounds) - seen.place.visible))
    return Reason(code="outside_window", floor=Verdict.BLOCK, values={"found": outside})


def _reach(seen: _Seen) -> Reason | None:
    if seen.place.charter is None:
        return None
    limit, reach = seen.place.charter.highest_reach, seen.given.facts.reach
    if reach is None:
        return Reason(code="reach_unknown", floor=Verdict.HOLD, values={"limit": str(limit)})
    if reach > limit:
        return Reason(code="reach_over_limit", floor=Verdict.HOLD, values={"found": str(reach), "limit": str(limit)})
    return None


def _suppression(seen: _Seen) -> Reason | None:
    entry = seen.place.entry
    if entry is None or not entry.contacts_person:
        return None
    if seen.given.facts.suppressed is None:
        return Reason(code="suppression_unknown", floor=Verdict.BLOCK)
    return Reason(code="suppressed", floor=Verdict.BLOCK) if seen.given.facts.suppressed else None


def _catalogue_floor(seen: _Seen) -> Reason | None:
    entry = seen.place.entry
    if entry is None:
        return Reason(code="unknown_operation", floor=Verdict.HOLD, values={"operation": seen.given.operation})
    if seen.place.stays_a_draft(seen.classified, seen.given.facts):
        return None
    if entry.mode is Mode.DRAFT_ONLY:
        return Reason(code="catalogue_draft_only", floor=Verdict.DRAFT)
    wide = seen.classified.form == "wide"
    if entry.human_only or (entry.mode is Mode.APPROVE and wide):
        return Reason(code="catalogue_approve", floor=Verdict.HOLD)
    return None


def _stop(seen: _Seen) -> Reason | None:
    if not seen.given.stops:
        return None
    return Reason(code="stopped", floor=Verdict.HOLD, values={"scope": ", ".join(seen.given.stops)})


def _draw(seen: _Seen) -> Reason | None:
    return Reason(code="drawn_for_review", floor=Verdict.HOLD) if seen.given.drawn else None


def _fired(rules: OperationRules, number: int, error: str | None) -> Reason:
    name, spec = rules.ids[number], rules.specs[number]
    floor = Verdict[spec.verdict.upper()]
    if error is not None:
        return Reason(code="rule_not_evaluated", floor=floor, values={"rule": name, "found": error})
    return Reason(code="rule", floor=floor, values={"rule": name, "says": spec.because})


CHECKS: tuple[Callable[[_Seen], Reason | None], ...] = (
    _table,
    _unknown_use_case,
    _outside_charter,
    _odd_arguments,
    _outside_window,
    _reach,
    _suppression,
    _catalogue_floor,
    _stop,
    _draw,
)
"""Every check contributes at most one floor. A new check can only tighten."""
