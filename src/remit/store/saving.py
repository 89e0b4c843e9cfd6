"""What a transaction still holds in memory, and how it reaches the tables: one statement per table and group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import astuple
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert

from remit.core.action import SETTLED, Action
from remit.core.facts import Decided
from remit.core.level import Evidence, Grant
from remit.core.lifecycle import State
from remit.core.readiness import Measures
from remit.core.types import ProposalId, Verdict
from remit.errors import Conflict
from remit.store import tables as t
from remit.store.counting import Counting, save_counts


@dataclass(slots=True)
class Unsaved:
    """Rows to append, as the driver takes them, and the latest value of every projection that was touched."""

    facts: list[tuple[Any, ...]] = field(default_factory=list)
    contents: dict[tuple[str, str], tuple[bytes, bytes]] = field(default_factory=dict)
    actions: dict[ProposalId, Action] = field(default_factory=dict)
    stored_versions: dict[ProposalId, int | None] = field(default_factory=dict)
    clusters: dict[tuple[Any, ...], int] = field(default_factory=dict)
    closed: list[tuple[Any, ...]] = field(default_factory=list)
    grants: dict[tuple[str, str], Grant] = field(default_factory=dict)
    evidence: dict[tuple[str, str, str], Evidence] = field(default_factory=dict)
    calls: dict[tuple[str, str], ProposalId | None] = field(default_factory=dict)
    counting: Counting = field(default_factory=Counting)
    decisions: dict[str, Decided] = field(default_factory=dict)
    actions_read: dict[ProposalId, Action] = field(default_factory=dict)
    rates_read: dict[tuple[str, str], int | None] = field(default_factory=dict)
    measures_read: dict[str, Measures] = field(default_factory=dict)
    stops_read: tuple[str, ...] | None = None
    people_read: dict[tuple[str, ...], Any] = field(default_factory=dict)
    grants_read: dict[tuple[str, str], Grant] = field(default_factory=dict)
    evidence_read: dict[tuple[str, str, str], Evidence] = field(default_factory=dict)


_MOVING = tuple(name for name in Action.__struct_fields__ if name not in SETTLED)


def _text(statement: sa.ClauseElement) -> str:
    """Compile once what runs for every action, so that nothing but the driver stands between a row and the file."""
    return str(statement.compile(dialect=sqlite.dialect()))


_APPEND_FACT = _text(t.facts.insert())
_APPEND_CONTENT = _text(t.contents.insert())
_OPEN_CLUSTER = _text(insert(t.clusters).on_conflict_do_nothing())
_CLUSTER_KEY = ("use_case", "operation", "version", "trial", "cluster")
_CLOSE_CLUSTER = _text(
    sa.update(t.clusters).values(closed=sa.true()).where(*(t.clusters.c[name] == sa.bindparam(name) for name in _CLUSTER_KEY))
)
_OPEN_ACTION = _text(t.actions.insert())
_MOVE_ACTION = _text(
    sa.update(t.actions)
    .values({name: sa.bindparam(f"new_{name}") for name in _MOVING})
    .where(t.actions.c.proposal == sa.bindparam("proposal"), t.actions.c.row_version == sa.bindparam("before"))
)
_UPSERT_GRANT = insert(t.grants).on_conflict_do_update(
    index_elements=["use_case", "operation"], set_={"body": sa.literal_column("excluded.body")}
)
_UPSERT_EVIDENCE = insert(t.evidence).on_conflict_do_update(
    index_elements=["use_case", "operation", "version"], set_={"body": sa.literal_column("excluded.body")}
)


def save(connection: sa.Connection, unsaved: Unsaved) -> None:
    """Write and forget what is in memory. Raises `Conflict` when a row moved under us."""
    _append(connection, _APPEND_FACT, unsaved.facts)
    _append(connection, _APPEND_CONTENT, [(*key, *kept) for key, kept in unsaved.contents.items()])
    _append(connection, _OPEN_CLUSTER, [(*key, opened_at, False) for key, opened_at in unsaved.clusters.items()])
    _append(connection, _CLOSE_CLUSTER, unsaved.closed)
    unsaved.facts.clear()
    unsaved.contents.clear()
    unsaved.clusters.clear()
    unsaved.closed.clear()
    _save_actions(connection, unsaved)
    save_counts(connection, unsaved.counting)
    _save_values(connection, unsaved)


def _append(connection: sa.Connection, statement: str, rows: list[tuple[Any, ...]]) -> int:
    """Write rows, if there are any, and say how many rows of the table that was."""
    return connection.exec_driver_sql(statement, rows).rowcount if rows else 0


def _save_actions(connection: sa.Connection, unsaved: Unsaved) -> None:
    fresh, moved = [], []
    for proposal, action in unsaved.actions.items():
        row, before = _row(action), unsaved.stored_versions[proposal]
        if before is None:
            fresh.append(row)
        else:
            moved.append((*(row[place] for place in _PLACES), proposal, before))
    _append(connection, _OPEN_ACTION, fresh)
    if _append(connection, _MOVE_ACTION, moved) != len(moved):
        raise Conflict(found="an action that was written to by somebody else")
    unsaved.actions_read.update(unsaved.actions)
    unsaved.actions.clear()
    unsaved.stored_versions.clear()


def _row(action: Action) -> tuple[Any, ...]:
    """Return an action's columns as the driver takes them."""
    return tuple([form(value) if (form := _FORMS.get(type(value))) else value for value in astuple(action)])


def _save_values(connection: sa.Connection, unsaved: Unsaved) -> None:
    grants = [{"use_case": key[0], "operation": key[1], "body": _json(value)} for key, value in unsaved.grants.items()]
    evidence = [
        {"use_case": key[0], "operation": key[1], "version": key[2], "body": _json(value)}
        for key, value in unsaved.evidence.items()
    ]
    if grants:
        connection.execute(_UPSERT_GRANT, grants)
    if evidence:
        connection.execute(_UPSERT_EVIDENCE, evidence)
    unsaved.grants_read.update(unsaved.grants)
    unsaved.evidence_read.update(unsaved.evidence)
    unsaved.grants.clear()
    unsaved.evidence.clear()


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


_FORMS: dict[type, Callable[[Any], Any]] = {
    datetime: t.microseconds,
    State: str,
    Verdict: int,
    tuple: lambda found: _json(found) if found else None,
}
"""How a value of an action stands in its column, where it does not stand there as it is."""

_PLACES = tuple(Action.__struct_fields__.index(name) for name in _MOVING)
