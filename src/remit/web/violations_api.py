"""Violations at the person's door: which there are, and settling one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from remit.core.access import Verb
from remit.core.violation import Violation
from remit.core.working_time import CalendarSpec
from remit.flow.overdue import calendar_of
from remit.flow.settle import settle
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Signed, TheHouse, needs
from remit.web.naming import use_case_in

routes = APIRouter(prefix="/api/v1/desk/violations")
_MOST = 1000


class _Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    note: str


@routes.get("", dependencies=[needs(Verb.LOOK)])
async def get_violations(
    house: TheHouse,
    use_case: str | None = None,
    only_open: Annotated[bool, Query(alias="open")] = False,  # noqa: FBT002  # a query parameter has no other form
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
) -> Response:
    """List violations, newest first."""
    with house.store.read() as reading:
        wanted = use_case_in(reading, use_case, "violations")
        calendar, now = calendar_of(reading), house.clock.now()
        found = reading.violations(use_case=wanted, only_open=only_open, limit=limit)
        return answer_json([shown(one, calendar, now) for one in found])


@routes.post("/{violation}/settle", dependencies=[needs(Verb.SETTLE_VIOLATION)])
async def post_settle(request: Request, violation: str, house: TheHouse, by: Signed) -> Response:
    """Settle a violation with a note: whoever it belongs to, or who may settle all."""
    said: _Note = await read_body(request, _Note)
    settled = await settle(house, violation, by=by.person, roles=by.roles, note=said.note)
    with house.store.read() as reading:
        return answer_json(shown(settled, calendar_of(reading), house.clock.now()))


def shown(one: Violation, calendar: CalendarSpec, now: datetime) -> dict[str, Any]:
    """Show a violation as plain values; `overdue` where it is open and its due date has passed."""
    due_at = one.due_at(calendar)
    return {
        "violation": one.id,
        "use_case": one.use_case,
        "operation": one.operation,
        "proposal": one.proposal,
        "agent": one.agent,
        "rule": one.rule,
        "severity": str(one.severity),
        "owner": str(one.owner),
        "found_at": one.found_at.isoformat(),
        "due_at": due_at.isoformat(),
        "overdue": one.settled_at is None and due_at <= now,
        "escalated_at": one.escalated_at.isoformat() if one.escalated_at else None,
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
        "settled_by": one.settled_by,
    }
