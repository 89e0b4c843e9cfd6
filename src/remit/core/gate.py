"""The gate: one pure function that says how much of an action an agent may do alone, and why.

It starts from one table (level in force x class) and then only tightens: the verdict is the maximum of all floors, so the
order of the checks cannot matter and a further one can never loosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from msgspec.structs import force_setattr

from remit.core.catalogue import CatalogueEntry, Condition, Mode
from remit.core.class_reasons import small
from remit.core.classify import ActionFacts, Classified
from remit.core.place import Place
from remit.core.policy import CompiledPolicy
from remit.core.rulebook import OperationRules
from remit.core.types import ActionClass, Frozen, Level, Operation, Reversibility, Risk, UseCaseId, Verdict, Whole


class Ceiling(Frozen, frozen=True, kw_only=True):
    """A limit on the level that evidence cannot lift, with the reason it is there."""

    level: Level
    code: str
    detail: str = ""


class Claimed(Frozen, frozen=True, kw_only=True):
    """What the agent says of its own proposal. It may tighten, never relax."""

    confidence_ppm: Whole | None = None
    grounds: tuple[str, ...] = ()


_NO_FACTS: Final = ActionFacts()
_NO_CLAIM: Final = Claimed()


class GateInput(Frozen, frozen=True, kw_only=True):
    """Everything the gate may know. Stored with the decision, so that deciding again is calling `decide` again."""

    use_case: UseCaseId
    operation: Operation
    granted: Level
    argument_names: tuple[str, ...] = ()
    odd_arguments: tuple[str, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    facts: ActionFacts = _NO_FACTS
    claimed: Claimed = _NO_CLAIM
    certificate: bool = False
    drawn: bool = False
    draw_rate_ppm: Whole = 0
    stops: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Put the default back where an equal one was given: only then is it left out when this is written."""
        if self.facts == _NO_FACTS:
            force_setattr(self, "facts", _NO_FACTS)
        if self.claimed == _NO_CLAIM:
            force_setattr(self, "claimed", _NO_CLAIM)


class Reason(Frozen, frozen=True, kw_only=True):
    """Why a verdict is at least `floor`: a documented code and the values its sentence needs."""

    code: str
    floor: Verdict
    values: Mapping[str, str] = msgspec.field(default_factory=dict)


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
    return min((given.granted, *(ceiling.level for ceiling in given.ceilings))) if given.ceilings else given.granted


def decide(given: GateInput, policy: CompiledPolicy) -> Decision:
    """Decide one action. Pure: equal input and policy give an equal decision, for ever."""
    place = policy.place(given.use_case, given.operation)
    standing = _standing(given, place, place.classify(given.facts))
    added: list[Reason] = []
    for check in CHECKS:
        reason = check(given, place)
        if reason is not None:
            added.append(reason)  # a comprehension is a call of its own, at every decision
    if place.rules is not None and (fired := place.rules.fired(given)):
        added += [_fired(place.rules, number, error) for number, error in fired]
    return _tightened(standing, added) if added else standing


def _tightened(standing: Decision, added: list[Reason]) -> Decision:
    """Return the decision with further reasons. The strictest leads; among equals the standing ones stay first."""
    reasons = sorted([*standing.reasons, *added], key=lambda reason: -reason.floor)
    return replace(standing, verdict=reasons[0].floor, reasons=tuple(reasons))


def _standing(given: GateInput, place: Place, classified: Classified) -> Decision:
    """Return what level, class and place alone come to. In the usual case that is the same every time, so it is kept."""
    usual = classified is place.narrow and not given.ceilings and not given.certificate
    if usual and (kept := place.kept.get(given.granted)) is not None:
        return kept
    found = [_table(given, place, classified), *(check(place, classified) for check in STANDING_CHECKS)]
    reasons = sorted((reason for reason in found if reason is not None), key=lambda reason: -reason.floor)
    decision = Decision(verdict=reasons[0].floor, reasons=tuple(reasons), classified=classified, in_force=in_force(given))
    if usual:
        place.kept[given.granted] = decision
    return decision


def _table(given: GateInput, place: Place, classified: Classified) -> Reason:
    level = in_force(given)
    values = _class_words(level, place.entry, classified)
    if classified.stays_draft and level >= Level.ASSIST:
        return Reason(code="draft_area", floor=Verdict.ALLOW, values=values)
    floor = base_verdict(level, classified.action_class, certificate=given.certificate)
    lowest = min(given.ceilings, key=lambda ceiling: ceiling.level, default=None)
    if lowest is not None and lowest.level < given.granted:
        values |= {"ceiling": lowest.code, "detail": lowest.detail, "granted": str(int(given.granted))}
        return Reason(code=f"ceiling_{lowest.code}", floor=floor, values=values)
    return Reason(code="level_table", floor=floor, values=values)


def _class_words(level: Level, entry: CatalogueEntry | None, classified: Classified) -> dict[str, str]:
    action_class = classified.action_class
    return {
        "level": str(int(level)),
        "risk": action_class.risk.name.lower(),
        "reversibility": action_class.reversibility.name.lower(),
        "form": classified.form,
        "because": ", ".join(classified.failed),
    } | {name: words for name, words in _found(entry, classified).items() if words}


def _found(entry: CatalogueEntry | None, classified: Classified) -> dict[str, str]:
    """Return what was found to make the class worse; what nobody could tell is in `because` alone."""
    contradicted = [name for name in classified.failed if name not in classified.unknown]
    return {
        "contradicted": ", ".join(contradicted),
        "small": small(entry) if entry is not None and Condition.WITHIN_REACH in contradicted else "",
        "worse_on": classified.worse_on,
        "carries": classified.riskiest or "",
    }


# ------------------------------------------------------------------------------------- what place and class alone have to say


def _unknown_use_case(place: Place, _: Classified) -> Reason | None:
    return Reason(code="unknown_use_case", floor=Verdict.BLOCK) if place.charter is None else None


def _outside_charter(place: Place, _: Classified) -> Reason | None:
    if place.charter is None or place.operation in place.charter.operations:
        return None
    return Reason(code="operation_not_in_charter", floor=Verdict.BLOCK, values={"operation": place.operation})


def _catalogue_floor(place: Place, classified: Classified) -> Reason | None:
    entry = place.entry
    if entry is None:
        return Reason(code="unknown_operation", floor=Verdict.HOLD, values={"operation": place.operation})
    if classified.stays_draft:
        return None
    if entry.mode is Mode.DRAFT_ONLY:
        return Reason(code="catalogue_draft_only", floor=Verdict.DRAFT)
    if entry.human_only or (entry.mode is Mode.APPROVE and classified.form == "wide"):
        return Reason(code="catalogue_approve", floor=Verdict.HOLD)
    return None


STANDING_CHECKS: tuple[Callable[[Place, Classified], Reason | None], ...] = (
    _unknown_use_case,
    _outside_charter,
    _catalogue_floor,
)
"""What stands whatever the action: these checks cannot see it, so what they say may be kept."""


# ------------------------------------------------------------------------------------------- what has to be asked every time


def _odd_arguments(given: GateInput, _: Place) -> Reason | None:
    if not given.odd_arguments:
        return None
    return Reason(code="argument_not_in_charter", floor=Verdict.BLOCK, values={"found": ", ".join(given.odd_arguments)})


def _outside_window(given: GateInput, place: Place) -> Reason | None:
    if place.charter is None or place.visible.issuperset(given.claimed.grounds):
        return None
    outside = ", ".join(sorted(set(given.claimed.grounds) - place.visible))
    return Reason(code="outside_window", floor=Verdict.BLOCK, values={"found": outside})


def _reach(given: GateInput, place: Place) -> Reason | None:
    if place.charter is None:
        return None
    limit, reach = place.charter.highest_reach, given.facts.reach
    if reach is None:
        return Reason(code="reach_unknown", floor=Verdict.HOLD, values={"limit": str(limit)})
    if reach > limit:
        return Reason(code="reach_over_limit", floor=Verdict.HOLD, values={"found": str(reach), "limit": str(limit)})
    return None


def _suppression(given: GateInput, place: Place) -> Reason | None:
    if place.entry is None or not place.entry.contacts_person or given.facts.suppressed is False:
        return None
    if given.facts.suppressed is None:
        return Reason(code="suppression_unknown", floor=Verdict.BLOCK)
    return Reason(code="suppressed", floor=Verdict.BLOCK)


def _stop(given: GateInput, _: Place) -> Reason | None:
    return Reason(code="stopped", floor=Verdict.HOLD, values={"scope": ", ".join(given.stops)}) if given.stops else None


def _draw(given: GateInput, _: Place) -> Reason | None:
    return Reason(code="drawn_for_review", floor=Verdict.HOLD) if given.drawn else None


CHECKS: tuple[Callable[[GateInput, Place], Reason | None], ...] = (
    _odd_arguments,
    _outside_window,
    _reach,
    _suppression,
    _stop,
    _draw,
)
"""Every check contributes at most one floor. A new check can only tighten."""


def _fired(rules: OperationRules, number: int, error: str | None) -> Reason:
    name, spec = rules.ids[number], rules.specs[number]
    floor = Verdict[spec.verdict.upper()]
    if error is not None:
        return Reason(code="rule_not_evaluated", floor=floor, values={"rule": name, "found": error})
    return Reason(code="rule", floor=floor, values={"rule": name, "says": spec.because})
