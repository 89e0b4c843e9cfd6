"""The gate: one pure function that says how much of an action an agent may do alone, and why.

It starts from one table (level in force x class) and then only tightens: the verdict is the maximum of all floors, so the
order of the checks cannot matter and a further one can never loosen.
"""

from __future__ import annotations

from dataclasses import replace

from remit.core.checks import CHECKS, STANDING_CHECKS
from remit.core.classify import Classified
from remit.core.counted import fired_rules, latest_wait, passed_limits
from remit.core.decision import Decision, Reason
from remit.core.place import Place
from remit.core.policy import CompiledPolicy
from remit.core.question import Ceiling, Claimed, GateInput
from remit.core.table import base_verdict, ceilings_on, in_force, table


def decide(given: GateInput, policy: CompiledPolicy) -> Decision:
    """Decide one action. Pure: equal input and policy give an equal decision, for ever."""
    place = policy.place(given.use_case, given.operation)
    standing = _standing(given, place, place.classify(given.facts))
    added = [reason for check in CHECKS if (reason := check(given, place)) is not None]
    if place.limits:
        added += passed_limits(given, place)
    if place.rules is not None:
        added += fired_rules(given, place.rules)
    return _tightened(standing, added) if added else standing


def _tightened(standing: Decision, added: list[Reason]) -> Decision:
    """Return the decision with further reasons. The strictest leads; among equals the standing ones stay first."""
    reasons = sorted([*standing.reasons, *added], key=lambda reason: -reason.floor)
    return replace(standing, verdict=reasons[0].floor, reasons=tuple(reasons), wait_minutes=latest_wait(added))


def _standing(given: GateInput, place: Place, classified: Classified) -> Decision:
    """Return what level, class and place alone come to. In the usual case that is the same every time, so it is kept."""
    usual = classified is place.narrow and not given.ceilings and not given.certificate
    if usual and (kept := place.kept.get(given.granted)) is not None:
        return kept
    found = [table(given, place, classified), *(check(place, classified) for check in STANDING_CHECKS)]
    reasons = sorted((reason for reason in found if reason is not None), key=lambda reason: -reason.floor)
    decision = Decision(
        verdict=reasons[0].floor,
        reasons=tuple(reasons),
        classified=classified,
        in_force=in_force(given.granted, ceilings_on(given, place, classified)),
    )
    if usual:
        place.kept[given.granted] = decision
    return decision


__all__ = ["Ceiling", "Claimed", "Decision", "GateInput", "Reason", "base_verdict", "decide", "in_force"]
