"""What a transaction still holds in memory, and how it reaches the tables: one statement per table and group."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from remit.core.action import Action
from remit.core.facts import Decided
from remit.core.level import Evidence, Grant
from remit.core.readiness import Measures
from remit.core.types import ProposalId
from remit.errors import Conflict
from remit.store import tables as t
from remit.store.counting import Counting, save_counts


@dataclass(slots=True)
class Unsaved:
    """Rows to append, and the latest value of every projection that was touched."""

    facts: list[dict[str, Any]] = field(default_factory=list)
    contents: list[dict[str, Any]] = field(default_factory=list)
    actions: dict[str, Action] = field(default_factory=dict)
    stored_versions: dict[str, int | None] = field(default_factory=dict)
    clusters: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)
    grants: dict[tuple[str, str], Grant] = field(default_factory=dict)
    evidence: dict[tuple[str, str, str], Evidence] = field(default_factory=dict)
    calls: dict[tuple[str, str], ProposalId] = field(default_factory=dict)
    counting: Counting = field(default_factory=Counting)
    decisions: dict[str, Decided] = field(default_factory=dict)
    actions_read: dict[str, Action] = field(default_factory=dict)
    rates_read: dict[tuple[str, str], int | None] = field(default_factory=dict)
    measures_read: dict[str, Measures] = field(default_factory=dict)
    stops_read: tuple[str, ...] | None = None
    grants_read: dict[tuple[str, str], Grant] = field(default_factory=dict)
    evidence_read: dict[tuple[str, str, str], Evidence] = field(default_factory=dict)


_COLUMNS = tuple(field.name for field in fields(Action))
_UPDATE_ACTION = (
    sa.update(t.actions)
    .where(t.actions.c.proposal == sa.bindparam("b_proposal"), t.actions.c.row_version == sa.bindparam("b_row_version"))
    .values({name: sa.bindparam(name) for name in _COLUMNS if name != "proposal"})
)
_UPSERT_GRANT = insert(t.grants).on_conflict_do_update(
    index_elements=["use_case", "operation"], set_={"body": sa.literal_column("excluded.body")}
)
_UPSERT_EVIDENCE = insert(t.evidence).on_conflict_do_update(
    index_elements=["use_case", "operation", "version"], set_={"body": sa.literal_column("excluded.body")}
)
_OPEN_CLUSTER = insert(t.clusters).on_conflict_do_nothing()


def save(connection: sa.Connection, unsaved: Unsaved) -> None:
    """Write and forget what is in memory. Raises `Conflict` when a row moved under us."""
    _append(connection, t.facts.insert(), unsaved.facts)
    _append(connection, t.contents.insert(), unsaved.contents)
    _append(connection, _OPEN_CLUSTER, list(unsaved.clusters.values()))
    unsaved.clusters.clear()
    _save_actions(connection, unsaved)
    save_counts(connection, unsaved.counting)
    _save_values(connection, unsaved)


def _append(connection: sa.Connection, statement: sa.Executable, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)
        rows.clear()


def _save_actions(connection: sa.Connection, unsaved: Unsaved) -> None:
    fresh, moved = [], []
    for proposal, action in unsaved.actions.items():
        row = {name: getattr(action, name) for name in _COLUMNS}
        row["reserved"] = _json(action.reserved) if action.reserved else None
        stored = unsaved.stored_versions[proposal]
        if stored is None:
            fresh.append(row)
        else:
            del row["proposal"]
            moved.append(row | {"b_proposal": proposal, "b_row_version": stored})
    if fresh:
        connection.execute(t.actions.insert(), fresh)
    unsaved.actions_read.update(unsaved.actions)
    if moved and connection.execute(_UPDATE_ACTION, moved).rowcount != len(moved):
        raise Conflict(found="an action that was written to by somebody else")
    unsaved.actions.clear()
    unsaved.stored_versions.clear()


def _save_values(connection: sa.Connection, unsaved: Unsaved) -> None:
    grants = [{"use_case": key[0], "operation": key[1], "body": _json(value)} for key, value in unsaved.grants.items()]
    _append(connection, _UPSERT_GRANT, grants)
    evidence = [
        {"use_case": key[0], "operation": key[1], "version": key[2], "body": _json(value)}
        for key, value in unsaved.evidence.items()
    ]
    _append(connection, _UPSERT_EVIDENCE, evidence)
    unsaved.grants_read.update(unsaved.grants)
    unsaved.evidence_read.update(unsaved.evidence)
    unsaved.grants.clear()
    unsaved.evidence.clear()


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)
