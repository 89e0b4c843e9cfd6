"""One change on one record, carried out once: compare with what was expected, write, read back. It judges no operation."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from remit.connectors.sandbox_records import Stamp, full, write
from remit.connectors.sandbox_values import differences, part
from remit.core.types import ABSENT, Image, Record, Value
from remit.ports import Effect, Performed


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Fields to put, fields to make absent, or the record to create or remove as a whole."""

    record: Record
    put: Mapping[str, Value] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    creates: bool = False
    remove: bool = False

    def touches(self, *images: Image) -> set[str]:
        """Name the fields that are compared. Who removes a record touches all of it, also what was added meanwhile."""
        named = {*self.put, *self.drop}
        return named.union(*(image.fields for image in images)) if self.remove or self.creates else named

    def applied(self, before: Image) -> Image:
        """Return the record as it will be."""
        if self.remove:
            return ABSENT
        kept = {name: value for name, value in before.fields.items() if name not in self.drop}
        return Image(exists=True, fields={**kept, **self.put})


def carry_out(connection: sqlite3.Connection, change: Change, expected: Image, stamp: Stamp) -> Performed:
    """Change the record if it still is what was expected, and say what it was before and is now."""
    before = full(connection, change.record)
    names = change.touches(before, expected)
    if moved := _moved(expected, before, names):
        seen = part(before, names)
        return Performed(effect=Effect.CHANGED, record=change.record, before=seen, detail=f"changed since it was seen: {moved}")
    if not (before.exists or change.creates or change.remove):
        return Performed(effect=Effect.FAILED, record=change.record, detail="there is no such record, so nothing was written")
    write(connection, change.record, before, change.applied(before), stamp)
    after = full(connection, change.record)
    return Performed(effect=Effect.DONE, record=change.record, before=part(before, names), after=part(after, names))


def _moved(expected: Image, before: Image, names: set[str]) -> str:
    """Name what differs from what was expected; empty where nothing does."""
    if expected.exists != before.exists:
        return "the record itself"
    return ", ".join(map(ascii, differences(expected, before, names)))
