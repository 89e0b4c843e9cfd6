"""What the sandbox itself says about a call before anything is done: the record, its values, who set them, what listens."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime

from msgspec.structs import replace

from remit.connectors.sandbox_experiments import KIND, is_live, reach_of, standing
from remit.connectors.sandbox_operations import Intent, Problem, nothing_there, plan, refuses, unfit
from remit.connectors.sandbox_records import full, last_actors
from remit.connectors.sandbox_values import part
from remit.core.types import ABSENT, Image, Record
from remit.ports import Call, Established

_LISTENERS = "SELECT what FROM listens WHERE kind = ? AND field = ?"
_PEOPLE = "person:"
_OWN_OPERATION = {"owner": "lead.owner.assign", "score": "lead.score.update", "status": "contact.lifecycle.advance"}
"""Fields that another operation is there for, so that nobody routes or scores people under the name of filling a field."""
_STAYS_A_DRAFT = {"draft": True, "suggested": True, "in_use": False, "created": False}


def establish(connection: sqlite3.Connection, call: Call, as_of: datetime) -> Established:
    """Establish one call; what is wrong with it is said before anything else is looked at."""
    intent = plan(call)
    if isinstance(intent, Problem):
        return Established(problem=str(intent), as_of=as_of)
    person = None if intent.person is None else full(connection, intent.person)
    if intent.person and person and not person.exists:
        return Established(problem=str(nothing_there(call, intent.person)), as_of=as_of)
    if intent.record is None:
        return _established(connection, call, intent, ABSENT, person, as_of)
    current = full(connection, intent.record)
    if not current.exists:
        return Established(problem=str(nothing_there(call, intent.record)), as_of=as_of)
    if wrong := unfit(call, intent, current):
        return Established(problem=str(wrong), as_of=as_of)
    found = _established(connection, call, intent, current, person, as_of)
    return _experimental(found, intent, current) if intent.kind == KIND else found


def _experimental(found: Established, intent: Intent, held: Image) -> Established:
    """Add what is only there to say of an experiment; nobody is known in it, so nobody can have been suppressed."""
    experiment = standing(intent.put, held)
    return replace(
        found,
        experiment=experiment,
        reach=reach_of(experiment, held),
        step_ppm=None if experiment is None else experiment.step_ppm,
        published=is_live(held),
    )


def _established(
    connection: sqlite3.Connection, call: Call, intent: Intent, current: Image, person: Image | None, as_of: datetime
) -> Established:
    touched = sorted({*intent.put, *intent.drop})
    return Established(
        record=intent.record,
        person=intent.person,
        current=part(current, touched),
        reach=_reach(connection, intent, current),
        listeners=_listeners(connection, intent.kind, touched),
        suppressed=None if person is None else refuses(intent, person),
        set_by_person=_set_by_person(connection, intent.record, touched),
        as_of=as_of,
        reserved_fields=_reserved(call, intent, touched),
        published=_published(intent),
        further={"money.spend_minor": intent.spend_minor},
    )


def _reserved(call: Call, intent: Intent, touched: Collection[str]) -> tuple[str, ...]:
    """Name the fields of people that another operation is there for; drafts and campaigns have a status of their own."""
    if intent.kind != "contact":
        return ()
    return tuple(name for name in touched if _OWN_OPERATION.get(name, call.operation) != call.operation)


def _reach(connection: sqlite3.Connection, intent: Intent, current: Image) -> int | None:
    """Return how many it reaches; of a segment that is not there, or has no size, nobody knows."""
    if intent.reach_from is None:
        return intent.reach
    named = intent.segment or current.fields.get(intent.reach_from)
    size = full(connection, Record(kind="segment", id=str(named))).fields.get("size")
    return size if isinstance(size, int) and not isinstance(size, bool) else None


def _published(intent: Intent) -> bool | None:
    """Whether a draft or a suggestion leaves the draft area; None where the operation writes neither."""
    stays = _STAYS_A_DRAFT.get(str(intent.put.get("status")))
    return None if stays is None or intent.record is not None else not stays


def _listeners(connection: sqlite3.Connection, kind: str, touched: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted({what for name in touched for (what,) in connection.execute(_LISTENERS, (kind, name))}))


def _set_by_person(connection: sqlite3.Connection, record: Record | None, touched: Collection[str]) -> bool:
    """Whether a person set any touched field last. Emptying a field is setting it: somebody meant it to be empty."""
    if record is None:
        return False
    return any(actor.startswith(_PEOPLE) for actor in last_actors(connection, record, touched))
