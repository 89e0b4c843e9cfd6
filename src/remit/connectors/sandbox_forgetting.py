"""How the sandbox loses a person: the record, what is only about it, their history, and what keys remember of their values."""

from __future__ import annotations

import sqlite3
from typing import Final

from remit.connectors.sandbox_values import sound
from remit.core.types import Record

_ABOUT = """
    SELECT DISTINCT kind, id FROM changes
    WHERE (kind = ?1 AND id = ?2) OR json_extract(new, '$."' || ?1 || '"') = ?2 OR json_extract(old, '$."' || ?1 || '"') = ?2
    ORDER BY kind, id"""
_LOSE: Final = ("DELETE FROM records WHERE kind = ? AND id = ?", "DELETE FROM changes WHERE kind = ? AND id = ?")
# The key stays, so that nothing that is asked again under it has a second effect; the values are gone.
_BLANK = "UPDATE effects SET before = NULL, after = NULL, detail = '' WHERE kind = ? AND id = ?"


def about(connection: sqlite3.Connection, record: Record) -> tuple[Record, ...]:
    """Return a record and every other that ever belonged to it, such as a contact's tasks; nothing where there never was one."""
    if not (sound(record.kind) and sound(record.id)) or '"' in record.kind:
        return ()
    return tuple(Record(kind=kind, id=found) for kind, found in connection.execute(_ABOUT, (record.kind, record.id)))


def lose(connection: sqlite3.Connection, records: tuple[Record, ...]) -> None:
    """Lose records, their history and the values of their effects."""
    rows = [(record.kind, record.id) for record in records]
    for statement in (*_LOSE, _BLANK):
        connection.executemany(statement, rows)
