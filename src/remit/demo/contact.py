"""One contact: what is true of it, and what the CRM holds of it on a given day. What is not known yet is absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from remit.core.types import Value
from remit.demo.bank_file import MONTHS, FileRow
from remit.demo.details import Details, details
from remit.demo.draws import draw
from remit.demo.unfold import call_days

MASKED = 0.20
"""The share of contacts with known education whose education is kept out of the CRM."""

CRM_FIELDS = (
    "name", "phone", "phone_prefix", "email", "company", "job", "education", "region", "time_zone", "default", "balance",
    "housing", "loan", "contact_channel", "calls_made", "days_since_previous", "previous_calls", "previous_result",
    "entered_on", "due_on", "last_call_on", "status", "result", "owner", "do_not_contact", "month",
)  # fmt: skip
"""Every field the CRM may hold of a contact. The file's age, marital status and length of call are not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One person with all that is true of them, also what no agent sees. `call_days` are the unfolded calls in order."""

    id: str
    row: FileRow
    details: Details
    education_masked: bool
    call_days: tuple[date, ...]

    @property
    def entered_on(self) -> date:
        """Return the day of the first unfolded call: before it the CRM has never heard of this contact."""
        return self.call_days[0]

    @property
    def due_on(self) -> date:
        """Return the day of the last call, the only one whose result the file tells."""
        return self.call_days[-1]

    def calls_made(self, unfolded: int) -> int:
        """Return how many calls the CRM counts once so many of the unfolded ones are made."""
        return self.row.calls - len(self.call_days) + unfolded


def contact_of(seed: int, row: FileRow) -> Contact:
    """Make the contact of one row; it hangs on the seed and on that row alone."""
    return Contact(
        id=f"c{row.number:05}",
        row=row,
        details=details(seed, row.number, row.job),
        education_masked=row.education is not None and draw(seed, "mask", row.number) < MASKED,
        call_days=call_days(seed, row),
    )


def entry_fields(contact: Contact) -> dict[str, Value]:
    """Return what the CRM holds when the contact enters, in the morning of its first unfolded call."""
    calls_made = contact.calls_made(0)
    held: dict[str, Value | None] = {
        **_person(contact),
        **_bank(contact.row),
        "education": None if contact.education_masked else contact.row.education,
        "calls_made": calls_made,
        "entered_on": contact.entered_on.isoformat(),
        "status": "called" if calls_made else "open",
        "do_not_contact": False,
        "month": _month(contact.entered_on),
    }
    return {name: value for name, value in held.items() if value is not None}


def listing_fields(contact: Contact) -> dict[str, Value]:
    """Return what changes in the morning of the last call, when the contact is put on the call list."""
    return {"due_on": contact.due_on.isoformat(), "month": _month(contact.due_on)}


def call_fields(contact: Contact, unfolded: int) -> dict[str, Value]:
    """Return what changes after the n-th unfolded call. The last one brings the result."""
    day = contact.call_days[unfolded - 1]
    changed: dict[str, Value] = {
        "calls_made": contact.calls_made(unfolded),
        "last_call_on": day.isoformat(),
        "month": _month(day),
        "status": "called",
    }
    return changed if unfolded < len(contact.call_days) else {**changed, **_result(contact)}


def fields_on(contact: Contact, day: date, *, evening: bool = False) -> Mapping[str, Value] | None:
    """Return what the CRM holds on a day: in the morning before the calls, or in the evening after them. None: not entered yet.

    Nothing an agent or a reviewer wrote is in it; region and time zone, which only they write, are absent.
    """
    if day < contact.entered_on:
        return None
    made = sum(called < day or (evening and called == day) for called in contact.call_days)
    held = entry_fields(contact)
    if made:
        held |= call_fields(contact, made)
    return held | listing_fields(contact) if day >= contact.due_on else held


def _person(contact: Contact) -> dict[str, Value]:
    made_up = contact.details
    return {
        "name": made_up.name,
        "phone": made_up.phone,
        "phone_prefix": made_up.phone_prefix,
        "email": made_up.email,
        "company": made_up.company,
        "owner": made_up.owner,
    }


def _bank(row: FileRow) -> dict[str, Value]:
    return {
        "job": row.job,
        "default": _yes_no(row.default),
        "balance": row.balance,
        "housing": _yes_no(row.housing),
        "loan": _yes_no(row.loan),
        "contact_channel": row.contact_channel,
        "days_since_previous": row.days_since_previous,
        "previous_calls": row.previous_calls,
        "previous_result": row.previous_result,
    }


def _result(contact: Contact) -> dict[str, Value]:
    said_yes = contact.row.said_yes
    return {"result": _yes_no(said_yes), "status": "won" if said_yes else "closed"}


def _yes_no(said: bool) -> str:  # noqa: FBT001  # a value, not a switch
    return "yes" if said else "no"


def _month(day: date) -> str:
    return MONTHS[day.month - 1]
