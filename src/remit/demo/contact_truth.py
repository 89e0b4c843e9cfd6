"""What a reviewer knows of one contact and an agent cannot: the result, the masked education, the home, the day's calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from remit.core.types import Value
from remit.demo.contact import Contact, fields_on
from remit.demo.finding import RIGHT, Finding, cannot_know, wrong
from remit.demo.working_days import working_days_between
from remit.demo.world import World

CONTACT_CAP = 6
"""The bank's cap on calls to one person, as the simulated call centre keeps it."""
CALL_DISTANCE = 3
"""Working days the call centre leaves between two calls of its own to one person."""

NO_SUCH_CONTACT = wrong("no_such_contact", "There is no such contact in the CRM.")


def contact_in(world: World, arguments: Mapping[str, Value], day: date) -> Contact | None:
    """Find the contact an action is about, if the CRM knows it by then."""
    contact = world.by_id.get(str(arguments.get("contact")))
    return None if contact is None or contact.entered_on > day else contact


def check_tag(contact: Contact, arguments: Mapping[str, Value], day: date) -> Finding:
    """Judge "not worth a call now" by the result the file recorded for the call that was made all the same."""
    if arguments.get("tag") != "not-now":
        return wrong("unknown_tag", "Only one tag is graded.")
    if day < contact.due_on:
        return cannot_know("The last call is not made yet.")
    return wrong("said_yes", "The customer was called and said yes.") if contact.row.said_yes else RIGHT


def check_education(contact: Contact, arguments: Mapping[str, Value], _: date) -> Finding:
    """Judge an education by the masked value."""
    truth = contact.row.education
    if truth is None:
        return cannot_know("The bank never knew this customer's education.")
    return RIGHT if arguments.get("education") == truth else wrong("wrong_education", f"The file says {truth}.")


def check_region(contact: Contact, arguments: Mapping[str, Value], _: date) -> Finding:
    """Judge region and time zone by where the person was generated to live."""
    home = contact.details
    if (arguments.get("region"), arguments.get("time_zone")) == (home.region, home.time_zone):
        return RIGHT
    return wrong("wrong_region", f"The customer lives in {home.region}.")


def check_task(contact: Contact, arguments: Mapping[str, Value], day: date) -> Finding:
    """Judge a call task by the CRM as it stands in the morning of the day: what is called that day is what the task is for."""
    now = fields_on(contact, day) or {}
    calls, last = now.get("calls_made"), now.get("last_call_on")
    if now.get("status") in {"won", "closed"}:
        return wrong("already_closed", f"The customer had the last call on {last}.")
    if isinstance(calls, int) and calls >= CONTACT_CAP:
        return wrong("at_cap", f"Called {calls} times already.")
    if isinstance(last, str) and working_days_between(date.fromisoformat(last), _due(arguments, day)) < CALL_DISTANCE:
        return wrong("called_since", f"Called again on {last}.")
    return RIGHT


def _due(arguments: Mapping[str, Value], day: date) -> date:
    try:
        return date.fromisoformat(str(arguments.get("due")))
    except ValueError:
        return day
