"""Violations at the person's door: which there are, and settling one."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from remit.core.access import Verb
from remit.core.violation import Violation
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
        return answer_json([shown(one) for one in reading.violations(use_case=wanted, only_open=only_open, limit=limit)])


@routes.post("/{violation}/settle", dependencies=[needs(Verb.SETTLE_VIOLATION)])
async def post_settle(request: Request, violation: str, house: TheHouse, by: Signed) -> Response:
    """Settle a violation with a note: whoever it belongs to, or who may settle all."""
    said: _Note = await read_body(request, _Note)
    return answer_json(shown(await settle(house, violation, by=by.person, roles=by.roles, note=said.note)))


def shown(one: Violation) -> dict[str, Any]:
    """Show a violation as plain values."""
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
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
        "settled_by": one.settled_by,
    }
