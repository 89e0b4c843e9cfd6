"""Automations of the sandbox that react to a change: each leaves a mark on the record, in a change of its own."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from remit.connectors.sandbox_quirks import Quirks
from remit.connectors.sandbox_records import Stamp, full, write
from remit.connectors.sandbox_values import differences, part
from remit.core.types import Image
from remit.ports import Effect, Performed

_LISTENERS = "SELECT what FROM listens WHERE kind = ? AND field = ?"


def react(connection: sqlite3.Connection, quirks: Quirks, end: Performed, stamp: Stamp) -> Performed:
    """Let what listens to the changed fields react. What it wrote is part of the effect, so that an undo takes it back too."""
    if not quirks.listeners or end.effect is not Effect.DONE or end.record is None or end.before is None or end.after is None:
        return end
    touched = {*end.before.fields, *end.after.fields}
    changed = sorted(differences(end.before, end.after, touched))
    marks = {f"reacted:{what}" for name in changed for (what,) in connection.execute(_LISTENERS, (end.record.kind, name))}
    before = full(connection, end.record)
    if not marks or not before.exists:
        return end
    after = Image(exists=True, fields={**before.fields, **dict.fromkeys(marks, True)})
    write(connection, end.record, before, after, replace(stamp, by="automation", key=None))
    fields = {**end.before.fields, **part(before, marks).fields}
    return replace(end, before=replace(end.before, fields=fields), after=part(after, touched | marks))
