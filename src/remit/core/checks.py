"""The checks of the gate, each with at most one floor to add: what place and class alone say, and what each action says anew."""

from __future__ import annotations

from collections.abc import Callable

from remit.core.catalogue import Mode
from remit.core.classify import Classified
from remit.core.decision import Reason
from remit.core.mandate import told
from remit.core.place import Place
from remit.core.question import GateInput
from remit.core.types import Verdict

PPM = 1_000_000

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
    if place.charter is None:
        return None
    window = given.claimed.window
    visible = place.visible if window is None else place.shown_by(window)
    if visible is None:
        return Reason(code="outside_window", floor=Verdict.BLOCK, values={"found": "a window that the charter does not have"})
    if visible.issuperset(given.claimed.grounds):
        return None
    outside = ", ".join(sorted(set(given.claimed.grounds) - visible))
    return Reason(code="outside_window", floor=Verdict.BLOCK, values={"found": outside})


def _window_changed(given: GateInput, _: Place) -> Reason | None:
    if not given.window_changed:
        return None
    return Reason(code="window_changed", floor=Verdict.BLOCK, values={"found": ", ".join(given.window_changed)})


def _reach(given: GateInput, place: Place) -> Reason | None:
    if place.charter is None:
        return None
    limit, reach = place.charter.highest_reach, given.facts.reach
    if reach is None:
        return Reason(code="reach_unknown", floor=Verdict.HOLD, values={"limit": str(limit)})
    if reach > limit:
        return Reason(code="reach_over_limit", floor=Verdict.HOLD, values={"found": str(reach), "limit": str(limit)})
    return None


def _share(given: GateInput, place: Place) -> Reason | None:
    if place.charter is None or place.charter.highest_share is None:
        return None
    limit, reach = f"{place.charter.highest_share:.0%}", given.facts.reach
    reachable = given.facts.further.get("audience.reachable")
    if reach is None or type(reachable) is not int or reachable <= 0:
        return Reason(code="share_unknown", floor=Verdict.HOLD, values={"limit": limit})
    if reach > place.charter.highest_share * reachable:
        return Reason(code="share_over_limit", floor=Verdict.HOLD, values={"found": f"{reach / reachable:.0%}", "limit": limit})
    return None


def _confidence(given: GateInput, place: Place) -> Reason | None:
    spec, claimed = place.spec, given.claimed.confidence_ppm
    if spec is None or spec.lowest_confidence is None:
        return None
    limit = f"{spec.lowest_confidence:.0%}"
    if claimed is None:
        return Reason(code="confidence_unknown", floor=Verdict.HOLD, values={"limit": limit})
    if claimed < spec.lowest_confidence * PPM:
        return Reason(code="confidence_below", floor=Verdict.HOLD, values={"found": f"{claimed / PPM:.0%}", "limit": limit})
    return None


def _contact_hours(given: GateInput, place: Place) -> Reason | None:
    hours, minute = place.contact_hours, given.facts.local_minute
    if hours is None:
        return None
    values = {"earliest": hours.earliest, "latest": hours.latest}
    if minute is None:
        return Reason(code="contact_hours_unknown", floor=Verdict.BLOCK, values=values)
    wait = hours.wait_minutes(minute)
    if not wait:
        return None
    clock = f"{minute // 60:02}:{minute % 60:02}"
    return Reason(code="outside_contact_hours", floor=Verdict.ALLOW, values=values | {"found": clock, "wait": str(wait)})


def _suppression(given: GateInput, place: Place) -> Reason | None:
    if place.entry is None or not place.entry.contacts_person or given.facts.suppressed is False:
        return None
    if given.facts.suppressed is None:
        return Reason(code="suppression_unknown", floor=Verdict.BLOCK)
    return Reason(code="suppressed", floor=Verdict.BLOCK)


def _mandate(given: GateInput, _: Place) -> Reason | None:
    if not given.mandate_breaches:
        return None
    found = "; ".join(told(breach) for breach in given.mandate_breaches)
    return Reason(code="outside_mandate", floor=Verdict.HOLD, values={"found": found})


def _stop(given: GateInput, _: Place) -> Reason | None:
    return Reason(code="stopped", floor=Verdict.HOLD, values={"scope": ", ".join(given.stops)}) if given.stops else None


def _draw(given: GateInput, _: Place) -> Reason | None:
    return Reason(code="drawn_for_review", floor=Verdict.HOLD) if given.drawn else None


CHECKS: tuple[Callable[[GateInput, Place], Reason | None], ...] = (
    _odd_arguments,
    _outside_window,
    _window_changed,
    _reach,
    _share,
    _confidence,
    _suppression,
    _contact_hours,
    _mandate,
    _stop,
    _draw,
)
"""Every check contributes at most one floor. A new check can only tighten."""
