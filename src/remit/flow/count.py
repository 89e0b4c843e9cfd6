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


def counted(
    reading: Reading, place: Place, agent: str, established: Established, now: datetime, own: tuple[Reserved, ...]
) -> Counted:
    """Count for one action. `own` is what it has taken itself: that is left out, so that asking twice counts once."""
    if not _limits(place):
        return NOTHING
    whose, at = _whose(place, agent, established), int(now.timestamp())
    spans = [(limit, span_of(limit, whose, at)) for limit in _limits(place)]
    found = [count(limit, span, reading.taken(span), own) for limit, span in spans if span is not None]
    touches = [one.used for one in found if one.limit is place.touches]
    counts = tuple(one for one in found if one.limit is not place.touches)
    return Counted(counts=counts, touches=touches[0] if touches else None)


def fetch_counts(tx: Writing, group: Iterable[tuple[Place, str, Established]], now: datetime) -> None:
    """Read at once what a group of actions is about to be judged by: place, agent, and what was established of each."""
    spans = {span for place, agent, found in group if _limits(place) for span in _spans(place, agent, found, now)}
    if spans:
        tx.fetch_taken(spans)


def _spans(place: Place, agent: str, established: Established, now: datetime) -> Iterable[Span]:
    whose, at = _whose(place, agent, established), int(now.timestamp())
    return [span for limit in _limits(place) if (span := span_of(limit, whose, at)) is not None]


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
