"""The named queries about incidents and drills. Each is a plain read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
import sqlalchemy as sa

from remit.core.drill import DrillKind, LastDrill
from remit.core.facts import Entry
from remit.core.incident import Incident
from remit.core.types import OwnerRole, ProposalId
from remit.core.violation import Severity
from remit.errors import NotFound
from remit.store import tables as t
from remit.store.newest import to_entry
from remit.store.queries import LISTED, Queries, listed


class IncidentReader(Queries):
    """Answers the port's questions about incidents and drills. It never writes."""

    def incidents(self, *, only_open: bool = False) -> list[Incident]:
        """Return incidents, newest first."""
        query = _INCIDENTS.where(t.incidents.c.closed_at.is_(None)) if only_open else _INCIDENTS
        return [_incident(row) for row in self._all(query)]

    def incident(self, incident: str) -> Incident:
        """Return one incident. Raises `NotFound` when there is none."""
        rows = self._all(_INCIDENTS.where(t.incidents.c.incident == incident))
        if not rows:
            raise NotFound(asked=f"incident {incident}", found="no such incident", do="Run `remit incident list`")
        return _incident(rows[0])

    def facts_about(self, subjects: Collection[str]) -> list[Entry]:
        """Return every fact about these subjects, in order."""
        return [to_entry(row) for row in self._all(_ABOUT, listed=listed(subjects))]

    def drills(self) -> list[LastDrill]:
        """Return the newest drill of each kind about each use case."""
        return [LastDrill(**dict(row) | {"what": DrillKind(row["what"])}) for row in self._all(_DRILLS)]


_INCIDENTS = sa.select(t.incidents).order_by(t.incidents.c.opened_at.desc(), t.incidents.c.incident.desc())
_ABOUT = sa.select(t.facts).where(t.facts.c.subject.in_(LISTED)).order_by(t.facts.c.seq)
_DRILLS = sa.select(t.drills).order_by(t.drills.c.use_case, t.drills.c.what)


def _incident(row: Any) -> Incident:
    values = dict(row)
    values["severity"], values["owner"] = Severity(values["severity"]), OwnerRole(values["owner"])
    values["proposals"] = tuple(ProposalId(name) for name in orjson.loads(values["proposals"]))
    values["violations"] = tuple(orjson.loads(values["violations"]))
    return Incident(**values)
