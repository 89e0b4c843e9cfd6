"""The one table of the gate, level in force x class, and the ceilings that say which level that is."""

from __future__ import annotations

from remit.core.catalogue import CatalogueEntry, Condition
from remit.core.class_reasons import small
from remit.core.classify import Classified
from remit.core.decision import Reason
from remit.core.place import Place
from remit.core.question import Ceiling, GateInput
from remit.core.types import ActionClass, Level, Reversibility, Risk, Verdict

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


def in_force(granted: Level, ceilings: tuple[Ceiling, ...]) -> Level:
    """Return the minimum of the grant and every ceiling."""
    return min((granted, *(ceiling.level for ceiling in ceilings)))


def ceilings_on(given: GateInput, place: Place, classified: Classified) -> tuple[Ceiling, ...]:
    """Return every ceiling: those that were established, and the one that the risk statement sets for the class."""
    highest = place.highest(classified)
    stated = (Ceiling(level=highest, code="risk_statement"),) if highest < given.granted else ()
    return (*given.ceilings, *stated)


def table(given: GateInput, place: Place, classified: Classified) -> Reason:
    """Read the table for one action and say what was read."""
    ceilings = ceilings_on(given, place, classified)
    level = in_force(given.granted, ceilings)
    values = _class_words(level, place.entry, classified)
    if classified.stays_draft and level >= Level.ASSIST:
        return Reason(code="draft_area", floor=Verdict.ALLOW, values=values)
    floor = base_verdict(level, classified.action_class, certificate=given.certificate)
    lowest = min(ceilings, key=lambda ceiling: ceiling.level, default=None)
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
