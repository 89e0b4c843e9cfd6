"""Who is asked for an answer: whoever may give it, but not for her own wish, not twice, and not while she is away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from remit.core.access import TABLE, Verb
from remit.core.action import Action
from remit.core.charter import Charter
from remit.core.person import Person
from remit.core.quorum import Place, may_speak, places
from remit.core.types import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody is away from `since` until `until`; `delegate` is asked in her place, nobody where there is none."""

    person: str
    since: datetime
    until: datetime
    delegate: str | None = None


def works_on(action: Action, at: datetime) -> str | None:
    """Return who works on something at a moment: whoever claimed it, until her claim ends; None where nobody does."""
    return action.claimed_by if action.claimed_until is not None and action.claimed_until > at else None


def may_answer_for(charter: Charter) -> Place:
    """Return the roles that may answer what waits under a charter."""
    return may_speak(places(charter.approval, two_people=False))


def stand_in(name: str, absences: Iterable[Absence], at: datetime) -> str | None:
    """Return who is asked in somebody's place at a moment: herself, while she is there; None where a chain leads to nobody."""
    away = {one.person: one.delegate for one in absences if one.since <= at < one.until}
    seen: set[str] = set()
    found: str | None = name
    while found is not None and found in away:
        if found in seen:
            return None  # they stand in for each other, and all of them are away
        seen.add(found)
        found = away[found]
    return found


def askable(
    people: Sequence[Person], roles: Collection[Role], absences: Sequence[Absence], at: datetime, *, without: Collection[str] = ()
) -> tuple[str, ...]:
    """Return who is asked in these roles, by login, each once. A stand-in is asked only in a role that she holds herself."""
    holds = {one.name for one in people if set(one.roles) & set(roles)}
    there = {stand_in(name, absences, at) for name in holds}
    return tuple(sorted(name for name in there if name is not None and name in holds and name not in without))


def can_stand_in(person: Person, delegate: Person) -> tuple[Role, ...]:
    """Return the roles somebody is asked in and her delegate does not hold; none where the delegate can take her place."""
    asked = [role for role in person.roles if role in TABLE[Verb.ANSWER]]
    return tuple(role for role in asked if role not in delegate.roles)
