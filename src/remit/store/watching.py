"""What is asked to keep watch: stops, violations, and how often something was moved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from remit.core.action import Action
from remit.core.lifecycle import CARRIED_OUT, ENDED, ON_ITS_WAY, PLANTED, State
from remit.core.stops import LiftWish
from remit.core.types import Level, Operation, OwnerRole, ProposalId, UseCaseId
from remit.core.undo_choice import Choice
from remit.core.violation import Severity, Violation
from remit.errors import NotFound
from remit.ports.telemetry_port import Pulse
from remit.store import tables as t
from remit.store.action_rows import to_action
from remit.store.queries import Queries


class Watcher(Queries):
    """Answers what keeps watch. It never writes."""

    def pulse(self) -> Pulse:
        """Return how the installation stands."""
        waiting = {State(row["state"]): row["many"] for row in self._all(_WAITING)}
        held, due = (self._all(query)[0]["at"] for query in (_OLDEST_HELD, _OLDEST_DUE))
        tail = self._all(_TAIL)[0]
        return Pulse(
            waiting=waiting,
            oldest_held=held,
            oldest_due=due,
            unsealed=(tail["last"] or 0) - (tail["sealed"] or 0),
            oldest_unsealed=tail["oldest"],
        )

    def done(self, choice: Choice, *, limit: int = 1000) -> list[Action]:
        """Return what was carried out and is there still, as chosen, the latest first."""
        actions = t.actions.c
        query = sa.select(t.actions).where(actions.use_case == choice.use_case, actions.state == str(State.DONE))
        if choice.version is not None:
            query = query.where(actions.version == choice.version)
        if choice.operation is not None:
            query = query.where(actions.operation == choice.operation)
        if choice.since is not None:
            query = query.where(actions.ended_at >= choice.since)
        if choice.until is not None:
            query = query.where(actions.ended_at <= choice.until)
        ordered = query.order_by(actions.ended_at.desc(), actions.proposal.desc()).limit(limit)
        return [to_action(row) for row in self._all(ordered)]

    def corrected(self, use_case: UseCaseId | None, operation: Operation | None, *, limit: int) -> list[Action]:
        """Return what people answered and found not right as it was, newest first; of one use case or operation, or of all."""
        actions = t.actions.c
        query = sa.select(t.actions).where(
            actions.answered_by.is_not(None),
            actions.state.in_(_CORRECTED) | (actions.revision > 0),
            actions.state.not_in(sorted(PLANTED)),  # nobody learns from what was made to be wrong
        )
        if use_case is not None:
            query = query.where(actions.use_case == use_case)
        if operation is not None:
            query = query.where(actions.operation == operation)
        ordered = query.order_by(actions.proposed_at.desc(), actions.proposal.desc()).limit(limit)
        return [to_action(row) for row in self._all(ordered)]

    def stops(self) -> tuple[str, ...]:
        """Return the scopes that are stopped."""
        return tuple(row["scope"] for row in self._all(_STOPS))

    def lift_wishes(self) -> dict[str, LiftWish]:
        """Return who wants which stop lifted, by scope."""
        rows = [row for row in self._all(_STOPS) if row["lift_by"] is not None]
        return {row["scope"]: LiftWish(by=row["lift_by"], level=Level(row["lift_level"]), at=row["lift_at"]) for row in rows}

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


_CORRECTED = [str(state) for state in (State.REJECTED, State.RETURNED, State.USED_EDITED, State.DISCARDED)]
_OVER = ENDED | {State.DONE, State.UNDONE, State.UNDONE_WITH_RESIDUE, State.UNDO_FAILED}
_OPEN = [str(state) for state in State if state not in _OVER]
_WAITING = (
    sa.select(t.actions.c.state, sa.func.count().label("many")).where(t.actions.c.state.in_(_OPEN)).group_by(t.actions.c.state)
)
_OLDEST_HELD = sa.select(sa.func.min(t.actions.c.proposed_at, type_=t.Moment).label("at")).where(
    t.actions.c.state == str(State.HELD)
)
_OLDEST_DUE = sa.select(sa.func.min(t.actions.c.due_at, type_=t.Moment).label("at")).where(
    t.actions.c.state.in_([str(State.LEAVING), str(State.RELEASED)])
)
_SEALED = sa.select(sa.func.max(t.checkpoints.c.size)).scalar_subquery()
_TAIL = sa.select(
    sa.select(sa.func.max(t.facts.c.seq)).scalar_subquery().label("last"),
    _SEALED.label("sealed"),
    sa.select(t.facts.c.at).where(t.facts.c.seq == sa.func.coalesce(_SEALED, 0) + 1).scalar_subquery().label("oldest"),
)
_STOPS = sa.select(t.stops).order_by(t.stops.c.scope)
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
