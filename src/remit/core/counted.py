"""What rules and limits add to a decision: there are as many of them as people wrote, and each has its own floor."""

from __future__ import annotations

from collections.abc import Iterable

from remit.core.decision import Reason
from remit.core.limits import Limit, adds, over
from remit.core.place import Place
from remit.core.question import GateInput
from remit.core.rulebook import Applied, OperationRules
from remit.core.types import Verdict


def fired_rules(given: GateInput, rules: OperationRules) -> list[Reason]:
    """Return a reason for every rule that fires and is there for whom the action is about."""
    fired = rules.fired(given)
    if not fired:
        return []
    region = given.facts.region
    found = [(rules.applied[number], error) for number, error in fired]
    return [_fired(given, applied, error) for applied, error in found if applied.concerns(region)]


def passed_limits(given: GateInput, place: Place) -> list[Reason]:
    """Return a reason for every limit that this action would pass, or of which nobody knows."""
    found = [(limit, given.used.get(limit.name), adds(limit, place.entry, given.facts)) for limit in place.limits]
    return [_limited(limit, used, more) for limit, used, more in found if more != 0 and over(limit, used, more)]


def _limited(limit: Limit, used: int | None, more: int | None) -> Reason:
    spec, floor = limit.spec, Verdict[limit.spec.verdict.upper()]
    values = {"limit": limit.name, "at_most": str(spec.at_most), "window": spec.window, "each": spec.each, "counts": spec.counts}
    if used is None or more is None:
        return Reason(code="limit_unknown", floor=floor, values=values)
    return Reason(code="limit_reached", floor=floor, values=values | {"found": str(used + more), "says": spec.because})


def latest_wait(reasons: Iterable[Reason]) -> int:
    """Return for how many minutes it must not leave: the longest of all waits. What is not known is blocked instead."""
    return max((int(reason.values["wait"]) for reason in reasons if "wait" in reason.values), default=0)


def _fired(given: GateInput, applied: Applied, error: str | None) -> Reason:
    cited = {"pack": applied.pack, "cites": applied.cites} if applied.pack else {}
    if error is not None:
        return Reason(code="rule_not_evaluated", floor=applied.unknown, values={"rule": applied.id, "found": error} | cited)
    told = {"suggest": applied.suggest, "shown": _shown(given, applied.shows)}
    minutes = applied.waits(given.facts.local_minute)
    values = {"rule": applied.id, "says": applied.because} | cited | {name: text for name, text in told.items() if text}
    return Reason(code="rule", floor=applied.floor, values=values | ({"wait": str(minutes)} if minutes else {}))


def _shown(given: GateInput, attribute: str) -> str:
    """Say what was found under an attribute; a list in its order."""
    found = given.facts.further.get(attribute, "") if attribute else ""
    return ", ".join(found) if isinstance(found, (tuple, list)) else str(found)
