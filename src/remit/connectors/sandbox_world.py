"""How the world outside Remit changes the sandbox CRM: imports, colleagues, automations. Remit itself never goes this way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from remit.connectors.sandbox_changes import Change
from remit.connectors.sandbox_effects import every
from remit.connectors.sandbox_experiments import visited
from remit.connectors.sandbox_file import SandboxFile
from remit.connectors.sandbox_records import Entry, Stamp, full, history, write
from remit.connectors.sandbox_values import fault, sound
from remit.core.types import Image, Record, Value
from remit.errors import InvalidInput, NotFound
from remit.ports import Clock, Performed


class SandboxWorld:
    """The other side of the sandbox; it shares the file with the connector."""

    def __init__(self, file: SandboxFile, clock: Clock) -> None:
        """Act on an open file."""
        self._file, self._clock = file, clock

    def put(self, records: Iterable[tuple[Record, Mapping[str, Value]]], *, by: str, at: datetime) -> int:
        """Create or update many records, all or none, as an import does. Fields that are not named stay. Return how many."""
        stamp, count = _stamp(by, at), 0
        with self._file.writing() as connection:
            for count, (record, fields) in enumerate(records, start=1):  # noqa: B007  # the last count is the answer
                _refuse_unsound(record, fields)
                _change(connection, Change(record=record, put=fields), full(connection, record), stamp)
        return count

    def edit(self, record: Record, fields: Mapping[str, Value], *, by: str = "person:dana", drop: tuple[str, ...] = ()) -> None:
        """Change fields of one record by hand, now; `drop` makes fields absent."""
        _refuse_unsound(record, fields)
        self._change_existing(Change(record=record, put=fields, drop=drop), by)

    def remove(self, record: Record, *, by: str = "person:dana") -> None:
        """Remove a record by hand, now; its history stays."""
        self._change_existing(Change(record=record, remove=True), by)

    def visit(self, experiment: Record, came: Mapping[str, tuple[int, int]], *, by: str = "platform") -> None:
        """Let visitors come to an experiment: for each arm how many, and how many of them succeeded."""
        with self._file.writing() as connection:
            before = full(connection, experiment)
            change = Change(record=experiment, put=visited(before, came))
            _change(connection, change, before, _stamp(by, self._clock.now()))

    def listen(self, kind: str, field: str, what: str) -> None:
        """Let an automation listen to a field of a kind of records (a tag is `tag:NAME`)."""
        if not all(map(sound, (kind, field, what))):
            raise InvalidInput("A listener needs a kind of records, a field and a name.", asked=ascii((kind, field, what)))
        with self._file.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO listens (kind, field, what) VALUES (?, ?, ?)", (kind, field, what))

    def unlisten(self, kind: str, field: str, what: str) -> None:
        """Switch an automation off."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM listens WHERE kind = ? AND field = ? AND what = ?", (kind, field, what))

    def record(self, record: Record) -> Image:
        """Show a record with all its fields."""
        with self._file.reading() as connection:
            return full(connection, record)

    def effects(self) -> dict[str, Performed]:
        """Show every key with how it ended, in order: what a checker compares with what Remit believes."""
        with self._file.reading() as connection:
            return every(connection)

    def history(self, record: Record) -> list[Entry]:
        """Show everything that ever happened to a record, in the order it was written."""
        with self._file.reading() as connection:
            return history(connection, record)

    def _change_existing(self, change: Change, by: str) -> None:
        with self._file.writing() as connection:
            before = full(connection, change.record)
            if not before.exists:
                raise NotFound(asked=f"{change.record} in the sandbox CRM", found="no such record", do="Put it there first.")
            _change(connection, change, before, _stamp(by, self._clock.now()))


def _change(connection: sqlite3.Connection, change: Change, before: Image, stamp: Stamp) -> None:
    write(connection, change.record, before, change.applied(before), stamp)


def _stamp(by: str, at: datetime) -> Stamp:
    if not sound(by):
        raise InvalidInput("Whoever changes the sandbox CRM needs a name.", found=ascii(by), do="Give one like `person:dana`.")
    return Stamp(by=by, at=at)


def _refuse_unsound(record: Record, fields: Mapping[str, Value]) -> None:
    """Refuse what could not be read back: only names are quoted, values may be personal."""
    if not (sound(record.kind) and sound(record.id)):
        raise InvalidInput("A record of the sandbox CRM needs a kind and an id.", found=ascii(str(record)))
    for name, value in fields.items():
        if found := fault(value) if sound(name) else "a name that is empty or not printable":
            raise InvalidInput("The sandbox CRM cannot keep this field.", asked=f"{record}, field {name!a}", found=found)
