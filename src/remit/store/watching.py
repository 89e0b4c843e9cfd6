"""How a connection is asked, and what is asked to keep watch: violations, and how often something was moved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from remit.core.lifecycle import CARRIED_OUT, ON_ITS_WAY
from remit.core.types import Operation, OwnerRole, ProposalId, UseCaseId
from remit.core.violation import Severity, Violation
from remit.errors import NotFound
from remit.store import tables as t


class Watcher:
    """Answers plain reads on one connection. It never writes."""

    def __init__(self, connection: sa.Connection) -> None:
        """Read through this connection, inside whatever transaction it is in."""
        self._connection = connection

    def _flush(self) -> None:
        """Bring what is still in memory to the database; a plain reader has nothing."""

    def _all(self, query: sa.Executable, **values: Any) -> list[Any]:
        """Answer a query that has to see everything written so far."""
        self._flush()
        return list(self._connection.execute(query, values).mappings())

    def _one(self, query: sa.Executable, **values: Any) -> Any | None:
        """Answer a look-up by key; a transaction keeps what it wrote under that key at hand itself."""
        return self._connection.execute(query, values).mappings().first()

    def violations(self, *, use_case: UseCaseId | None = None, only_open: bool = False, limit: int = 1000) -> list[Violation]:
        """Return violations, newest first."""
        query = sa.select(t.violations).order_by(t.violations.c.found_at.desc(), t.violations.c.id.desc()).limit(limit)
        if use_case is not None:
            query = query.where(t.violations.c.use_case == use_case)
        if only_open:
            query = query.where(t.violations.c.settled_at.is_(None))
        return [_violation(row) for row in self._all(query)]

    def violation(self, violation: str) -> Violation:
        """Return one violation. Raises `NotFound` when there is none."""
        rows = self._all(_VIOLATION, id=violation)
        if not rows:
            raise NotFound(asked=f"violation {violation}", found="no such violation", do="Run `remit violations`")
        return _violation(rows[0])

    def moves_since(self, use_case: UseCaseId, operation: Operation, record: str, since: datetime) -> list[ProposalId]:
        """Return what was carried out on a record since a moment, with all that is on its way out."""
        rows = self._all(_MOVES_SINCE, use_case=use_case, operation=operation, record=record, since=since)
        return [row["proposal"] for row in rows]


_VIOLATION = sa.select(t.violations).where(t.violations.c.id == sa.bindparam("id"))
_MOVES_SINCE = sa.select(t.actions.c.proposal).where(
    t.actions.c.use_case == sa.bindparam("use_case"),
    t.actions.c.operation == sa.bindparam("operation"),
    t.actions.c.record == sa.bindparam("record"),
    sa.or_(
        t.actions.c.state.in_([str(state) for state in ON_ITS_WAY]),
        sa.and_(
            t.actions.c.state.in_([str(state) for state in CARRIED_OUT]),
            t.actions.c.ended_at >= sa.bindparam("since", type_=t.Moment),
        ),
    ),
)


def _violation(row: Any) -> Violation:
    return Violation(**dict(row) | {"severity": Severity(row["severity"]), "owner": OwnerRole(row["owner"])})
