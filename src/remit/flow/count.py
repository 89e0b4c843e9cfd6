"""The step every verb shares that needs counts: read what others have taken from limits, one query for a whole group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from remit.core.limits import Limit, Span, Whose, span_of
from remit.core.place import Place
from remit.core.reservation import Count, Reserved, count
from remit.ports import Established, Reading, Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What others have taken from the limits that count an action, and how often anybody touched the person in seven days.

    A limit is left out where nobody knows whose count it is; `touches` is None where no limit counts them.
    """

    counts: tuple[Count, ...] = ()
    touches: int | None = None


NOTHING = Counted()


Spans = tuple[Span | None, ...]
"""The window of each limit of a place, in order; None where nobody knows whose count it is."""


def fetch_counts(tx: Writing, group: Iterable[tuple[Place, str, Established]], now: datetime) -> None:
    """Read at once what a group of actions is about to be judged by: place, agent, and what was established of each."""
    found = (spans_of(place, agent, established, now) for place, agent, established in group)
    wanted = {span for spans in found for span in spans if span is not None}
    if wanted:
        tx.fetch_taken(wanted)


def spans_of(place: Place, agent: str, established: Established, now: datetime) -> Spans:
    """Return whose counts an action belongs to, limit by limit, in the windows that end now."""
    limits = _limits(place)
    if not limits:
        return ()
    whose, at = _whose(place, agent, established), int(now.timestamp())
    return tuple(span_of(limit, whose, at) for limit in limits)


def counted(reading: Reading, place: Place, spans: Spans, own: tuple[Reserved, ...]) -> Counted:
    """Count for one action. `own` is what it has taken itself: that is left out, so that asking twice counts once."""
    if not spans:
        return NOTHING
    pairs = zip(_limits(place), spans, strict=True)
    found = [count(limit, span, reading.taken(span), own) for limit, span in pairs if span is not None]
    if place.touches is None:
        return Counted(counts=tuple(found))
    touches = [one.used for one in found if one.limit is place.touches]
    return Counted(counts=tuple(one for one in found if one.limit is not place.touches), touches=touches[0] if touches else None)


def _limits(place: Place) -> tuple[Limit, ...]:
    return place.limits if place.touches is None else (*place.limits, place.touches)


def _whose(place: Place, agent: str, established: Established) -> Whose:
    """Say whom an action is counted for. Whom it is about is what the connected system says, never the agent."""
    charter, person = place.charter, established.person
    return Whose(
        connector="" if charter is None else charter.connector,
        use_case="" if charter is None else charter.use_case,
        operation=place.operation,
        agent=agent,
        contact=None if person is None else person.id,
    )
