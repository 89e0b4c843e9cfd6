"""Incidents and drills at the person's door, and violations that people find later."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from remit.core.access import Verb
from remit.core.incident import Incident, markdown
from remit.core.types import ProposalId, UseCaseId
from remit.core.violation import Severity
from remit.flow.flag import report_violation
from remit.flow.investigate import Opening, note, open_incident, report
from remit.flow.overdue import calendar_of
from remit.flow.try_out import drill_escalation, drill_stop
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, TheHouse, needs
from remit.web.violations_api import shown

routes = APIRouter(prefix="/api/v1/desk")


class _Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    use_case: str
    title: str
    severity: Severity = Severity.MEDIUM
    proposals: list[str] = []
    violations: list[str] = []


class _Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    note: str


class _Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    proposal: str
    rule: str
    note: str
    severity: Severity = Severity.MEDIUM


@routes.get("/incidents", dependencies=[needs(Verb.LOOK)])
async def get_incidents(
    house: TheHouse,
    only_open: Annotated[bool, Query(alias="open")] = False,  # noqa: FBT002  # a query parameter has no other form
) -> Response:
    """List incidents, newest first."""
    with house.store.read() as reading:
        return answer_json([_shown(one) for one in reading.incidents(only_open=only_open)])


@routes.post("/incidents", dependencies=[needs(Verb.REPORT)])
async def post_incident(request: Request, house: TheHouse, by: Person) -> Response:
    """Open an incident over actions and violations."""
    said: _Opening = await read_body(request, _Opening)
    opening = Opening(
        use_case=UseCaseId(said.use_case),
        title=said.title,
        severity=said.severity,
        by=by,
        proposals=tuple(ProposalId(one) for one in said.proposals),
        violations=tuple(said.violations),
    )
    return answer_json(_shown(await open_incident(house, opening)))


@routes.get("/incidents/{incident}", dependencies=[needs(Verb.LOOK)])
async def get_incident(incident: str, house: TheHouse) -> Response:
    """Show all that is known of an incident: actions, undo, violations, timeline; also as a text to file."""
    found = report(house, incident)
    told: dict[str, Any] = {
        **_shown(found.incident),
        "title": found.title,
        "notes": list(found.notes),
        "actions": [{"proposal": one.proposal, "operation": one.operation, "state": str(one.state)} for one in found.actions],
        "counts": dict(found.counts),
        "still_there": list(found.still_there),
        "timeline": [msgspec.to_builtins(one) for one in found.timeline],
        "markdown": markdown(found),
    }
    return answer_json(told)


@routes.post("/incidents/{incident}/notes", dependencies=[needs(Verb.REPORT)])
async def post_note(request: Request, incident: str, house: TheHouse, by: Person) -> Response:
    """Write something about an incident."""
    said: _Note = await read_body(request, _Note)
    return answer_json(_shown(await note(house, incident, by=by, text=said.note)))


@routes.post("/incidents/{incident}/close", dependencies=[needs(Verb.SETTLE_VIOLATION)])
async def post_close(request: Request, incident: str, house: TheHouse, by: Person) -> Response:
    """Close an incident with what came of it."""
    said: _Note = await read_body(request, _Note)
    return answer_json(_shown(await note(house, incident, by=by, text=said.note, close=True)))


def _shown(one: Incident) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(one)
    return found


@routes.post("/violations", dependencies=[needs(Verb.REPORT)])
async def post_violation(request: Request, house: TheHouse, by: Person) -> Response:
    """Write down that something that was done is found to have broken a rule."""
    said: _Report = await read_body(request, _Report)
    found = await report_violation(
        house, ProposalId(said.proposal), rule=said.rule, severity=said.severity, by=by, note=said.note
    )
    with house.store.read() as reading:
        return answer_json(shown(found, calendar_of(reading), house.clock.now()))


@routes.get("/drills", dependencies=[needs(Verb.LOOK)])
async def get_drills(house: TheHouse) -> Response:
    """List the newest drill of each kind about each use case, and when it is due again."""
    now = house.clock.now()
    with house.store.read() as reading:
        found = reading.drills()
    return answer_json(
        [
            {
                "what": str(one.what),
                "use_case": one.use_case,
                "at": one.at.isoformat(),
                "passed": one.passed,
                "due_at": one.due_at.isoformat(),
                "due": one.due_at <= now,
            }
            for one in found
        ]
    )


@routes.post("/drills/escalation/{use_case}", dependencies=[needs(Verb.DRILL)])
async def post_drill_escalation(request: Request, use_case: str, house: TheHouse, by: Person) -> Response:
    """Walk an escalation path: everybody on it is told that it is a drill."""
    link = str(request.app.state.link)
    return answer_json(msgspec.to_builtins(await drill_escalation(house, UseCaseId(use_case), by=by, link=link)))


@routes.post("/drills/stop/{use_case}", dependencies=[needs(Verb.DRILL)])
async def post_drill_stop(use_case: str, house: TheHouse, by: Person) -> Response:
    """Stop a use case in earnest and see that it holds; lifting takes the people it always takes."""
    return answer_json(msgspec.to_builtins(await drill_stop(house, UseCaseId(use_case), by=by)))
