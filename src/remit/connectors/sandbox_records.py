"""Records as they are and how they came to be so. Every write goes through `write`, so no change is ever missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from remit.connectors.sandbox_values import LARGEST_WHOLE, decode_fields, differences, encode, encode_fields, part, sound
from remit.core.types import ABSENT, Image, Record, Value
from remit.errors import InvalidInput

EXISTENCE: Final = ""
"""The name under which the history says that a record came (`true`) and went. No field can have it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_FULL = "SELECT fields FROM records WHERE kind = ? AND id = ? AND NOT removed"
_PUT_RECORD = """
    INSERT INTO records (kind, id, removed, fields) VALUES (?, ?, ?, ?)
    ON CONFLICT (kind, id) DO UPDATE SET removed = excluded.removed, fields = excluded.fields"""
# One line per change, with the fields that differ before and after: an import of 20,000 contacts is 20,000 lines, not 540,000.
# `old` is NULL where the record was not there before, `new` where it is not there after; a field in neither did not change.
_ADD_CHANGE = "INSERT INTO changes (kind, id, number, old, new, actor, at_us, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_NEXT_NUMBER = "UPDATE counter SET last = last + 1"
_LAST_NUMBER = "SELECT last FROM counter"
_LATEST = "SELECT max(at_us) FROM changes WHERE kind = ? AND id = ? AND at_us <= ?"
_BACKWARDS = "SELECT old, new, actor FROM changes WHERE kind = ? AND id = ? ORDER BY number DESC"
_FORWARDS = "SELECT number, old, new, actor, at_us, key FROM changes WHERE kind = ? AND id = ? ORDER BY number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Who writes, when, and under which key where it has one."""

    by: str
    at: datetime
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of field history: a field (or, as '', the record itself) changed. Values as canonical text; None is absent."""

    field: str
    number: int
    old: str | None
    new: str | None
    by: str
    at: datetime
    key: str | None


def microseconds(at: datetime) -> int:
    """Return a moment as the file keeps it: exact, and ordered as moments are."""
    if at.tzinfo is None:
        raise InvalidInput("A moment needs a zone.", asked="a moment of the sandbox CRM", found="none", do="Give it in UTC.")
    return (at - _EPOCH) // timedelta(microseconds=1)


def full(connection: sqlite3.Connection, record: Record) -> Image:
    """Read a record with all its fields; a removed one is not there."""
    if not (sound(record.kind) and sound(record.id)):
        return ABSENT
    row = connection.execute(_FULL, (record.kind, record.id)).fetchone()
    return ABSENT if row is None else Image(exists=True, fields=decode_fields(row[0]))


def write(connection: sqlite3.Connection, record: Record, before: Image, after: Image, stamp: Stamp) -> None:
    """Turn a record from one image into another. What stays as it is gets no history, so its last author stays its author."""
    names = differences(before, after, {*before.fields, *after.fields})
    if not names and before.exists == after.exists:
        return
    connection.execute(_NEXT_NUMBER)
    number = connection.execute(_LAST_NUMBER).fetchone()[0]
    old, new = (encode_fields(part(image, names).fields) if image.exists else None for image in (before, after))
    connection.execute(_ADD_CHANGE, (record.kind, record.id, number, old, new, stamp.by, microseconds(stamp.at), stamp.key))
    connection.execute(_PUT_RECORD, (record.kind, record.id, not after.exists, encode_fields(after.fields)))


def last_actors(connection: sqlite3.Connection, record: Record, names: Collection[str]) -> set[str]:
    """Say who set (or cleared) each of these fields last; a field nobody ever touched adds nobody."""
    looking, actors = set(names), set[str]()
    for old, new, actor in connection.execute(_BACKWARDS, (record.kind, record.id)):
        if touched := looking & (_fields(old).keys() | _fields(new).keys()):
            actors.add(actor)
            looking -= touched
        if not looking:
            break
    return actors


def last_change(connection: sqlite3.Connection, kind: str, record_id: str, as_of: datetime | None) -> datetime | None:
    """Say when a record last changed, of all that had happened by a moment."""
    latest = LARGEST_WHOLE if as_of is None else microseconds(as_of)
    (at_us,) = connection.execute(_LATEST, (kind, record_id, latest)).fetchone()
    return None if at_us is None else _EPOCH + timedelta(microseconds=at_us)


def history(connection: sqlite3.Connection, record: Record) -> list[Entry]:
    """Read everything that ever happened to a record, field by field, in the order it was written."""
    return [
        Entry(field=name, number=number, old=was, new=is_now, by=by, at=_EPOCH + timedelta(microseconds=at_us), key=key)
        for number, old, new, by, at_us, key in connection.execute(_FORWARDS, (record.kind, record.id))
        for name, was, is_now in _lines(old, new)
    ]


def _lines(old: str | None, new: str | None) -> Iterator[tuple[str, str | None, str | None]]:
    if (old is None) != (new is None):
        yield EXISTENCE, None if old is None else "true", None if new is None else "true"
    was, is_now = _fields(old), _fields(new)
    for name in sorted(was.keys() | is_now.keys()):
        yield name, encode(was[name]) if name in was else None, encode(is_now[name]) if name in is_now else None


def _fields(text: str | None) -> dict[str, Value]:
    return {} if text is None else decode_fields(text)
