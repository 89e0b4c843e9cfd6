"""The world of the story: who enters, who is called, and what comes of it, day by day. It knows nothing of agents or of Remit."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from remit.core.types import Value
from remit.demo.bank_file import FileRow, bank_rows
from remit.demo.contact import Contact, call_fields, contact_of
from remit.demo.working_days import is_working_day

T = TypeVar("T")

STORY_STARTS = date(2008, 8, 1)
"""Everything before is the agents' past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCall:
    """One call of one day: the how-manieth it is, whether it was the last, then its result, and what it changes in the CRM."""

    contact: Contact
    number: int
    final: bool
    result: str | None
    changes: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day in its order: contacts enter and the call list is made in the morning, the calls follow in the afternoon."""

    date: date
    entering: tuple[Contact, ...]
    call_list: tuple[Contact, ...]
    calls: tuple[MadeCall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All contacts of one seed in file order, which is the order of their last calls, and what happens on which day."""

    seed: int
    contacts: tuple[Contact, ...]
    by_id: Mapping[str, Contact]
    entering: Mapping[date, Sequence[Contact]]
    due: Mapping[date, Sequence[Contact]]
    called: Mapping[date, Sequence[tuple[Contact, int]]]

    def days(self, start: date, end: date) -> Iterator[Day]:
        """Walk from start to end: Monday to Friday, and each weekend day on which the bank called somebody."""
        for offset in range((end - start).days + 1):
            today = start + timedelta(days=offset)
            if is_working_day(today) or today in self.due:
                yield self.day(today)

    def day(self, today: date) -> Day:
        """Return what happens on one day."""
        return Day(
            date=today,
            entering=tuple(self.entering.get(today, ())),
            call_list=tuple(self.due.get(today, ())),
            calls=tuple(_made(contact, unfolded) for contact, unfolded in self.called.get(today, ())),
        )

    def entered_before(self, day: date) -> Iterator[Contact]:
        """Walk the contacts the CRM knows when the day begins, in file order."""
        return (contact for contact in self.contacts if contact.entered_on < day)

    def last_closed_before(self, day: date) -> str:
        """Return the id of the last contact whose last call lies before the day: what ids up to it hold never changes again."""
        at = bisect_left(self.contacts, day, key=_due_on)
        return self.contacts[at - 1].id if at else ""


def build_world(seed: int, rows: Sequence[FileRow] | None = None) -> World:
    """Unfold the whole file, or the rows given, under one seed."""
    contacts = tuple(contact_of(seed, row) for row in (bank_rows() if rows is None else rows))
    return World(
        seed=seed,
        contacts=contacts,
        by_id={contact.id: contact for contact in contacts},
        entering=_grouped((contact.entered_on, contact) for contact in contacts),
        due=_grouped((contact.due_on, contact) for contact in contacts),
        called=_grouped((day, (contact, at)) for contact in contacts for at, day in enumerate(contact.call_days, start=1)),
    )


def _made(contact: Contact, unfolded: int) -> MadeCall:
    changes = call_fields(contact, unfolded)
    return MadeCall(
        contact=contact,
        number=contact.calls_made(unfolded),
        final=unfolded == len(contact.call_days),
        result=str(changes["result"]) if "result" in changes else None,
        changes=changes,
    )


def _due_on(contact: Contact) -> date:
    return contact.due_on


def _grouped(pairs: Iterable[tuple[date, T]]) -> dict[date, list[T]]:
    groups: dict[date, list[T]] = defaultdict(list)
    for day, one in pairs:
        groups[day].append(one)
    return dict(groups)
