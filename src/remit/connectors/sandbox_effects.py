"""How each idempotency key ended. A key is answered once and for ever; nothing here is updated or deleted."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from remit.connectors.sandbox_records import microseconds
from remit.connectors.sandbox_values import decode_image, encode_image, sound
from remit.core.types import Record
from remit.ports import Effect, Performed

_FIND = "SELECT effect, kind, id, before, after, detail FROM effects WHERE key = ?"
_ALL = "SELECT key, effect, kind, id, before, after, detail FROM effects ORDER BY number"
_KEEP = """
    INSERT INTO effects (key, effect, kind, id, before, after, detail, operation, at_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def find(connection: sqlite3.Connection, key: str) -> Performed | None:
    """Return the first answer to a key, or None where it was never seen."""
    row = connection.execute(_FIND, (key,)).fetchone() if sound(key) else None
    return None if row is None else _performed(*row)


def keep(connection: sqlite3.Connection, key: str, operation: str, answer: Performed, at: datetime) -> None:
    """Keep the answer to a key, in the transaction of its effect."""
    record = (None, None) if answer.record is None else (answer.record.kind, answer.record.id)
    images = (encode_image(answer.before), encode_image(answer.after))
    connection.execute(_KEEP, (key, answer.effect, *record, *images, answer.detail, operation, microseconds(at)))


def every(connection: sqlite3.Connection) -> dict[str, Performed]:
    """Return all keys with their answers, in the order they were given."""
    return {row[0]: _performed(*row[1:]) for row in connection.execute(_ALL)}


def _performed(*columns: Any) -> Performed:
    effect, kind, record_id, before, after, detail = columns
    return Performed(
        effect=Effect(effect),
        record=None if kind is None else Record(kind=kind, id=record_id),
        before=decode_image(before),
        after=decode_image(after),
        detail=detail,
    )
