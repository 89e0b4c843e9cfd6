"""Somebody is away for a while, and somebody else is asked in her place. It moves questions, never rights."""

from __future__ import annotations

from datetime import datetime

from remit.core import facts as f
from remit.core.access import one_of
from remit.core.asking import Absence, can_stand_in
from remit.errors import InvalidInput, NotAllowed, NotFound
from remit.flow.people import existing
from remit.ports import House, Writing


async def set_absence(house: House, absence: Absence, *, by: str) -> None:
    """Write down that somebody is away. Raises `InvalidInput` for dates that do not fit, `NotAllowed` for a wrong delegate."""
    now = house.clock.now()
    if absence.until <= max(absence.since, now):
        found = f"from {absence.since:%Y-%m-%d %H:%M} until {absence.until:%Y-%m-%d %H:%M}"
        raise InvalidInput(asked="an absence", found=found, do="Give an end that lies after its beginning and after now")
    await house.store.write(lambda tx: _set(tx, absence, by))


def _set(tx: Writing, absence: Absence, by: str) -> None:
    person = existing(tx, absence.person)
    if absence.delegate is not None:
        _check(tx, absence, absence.delegate)
    fact = f.AbsenceSet(person=person.name, since=absence.since, until=absence.until, delegate=absence.delegate)
    tx.record(fact, actor=f"person:{by}")


def _check(tx: Writing, absence: Absence, delegate: str) -> None:
    asked = f"{delegate} in the place of {absence.person}"
    if delegate == absence.person:
        raise InvalidInput(asked=asked, found="the same person", do="Name somebody else, or nobody")
    lacking = can_stand_in(existing(tx, absence.person), existing(tx, delegate))
    if lacking:
        do = "Name somebody who holds the same roles, or let an admin give them with `remit role give`"
        raise NotAllowed(asked=asked, found=f"{delegate} is not {one_of(lacking)}", do=do)


async def end_absence(house: House, person: str, *, by: str) -> int:
    """End every absence of a person that is not over. Returns how many there were. Raises `NotFound` for none."""
    return await house.store.write(lambda tx: _end(tx, person, house.clock.now(), by))


def _end(tx: Writing, person: str, now: datetime, by: str) -> int:
    found = [one for one in tx.absences() if one.person == person and one.until > now]
    if not found:
        raise NotFound(asked=f"an absence of {person}", found="none that is not over", do="See `remit away list`")
    for one in found:
        tx.record(f.AbsenceEnded(person=person, since=one.since), actor=f"person:{by}")
    return len(found)
