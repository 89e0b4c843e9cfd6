"""What a person does to take effects back: one, a selection, or all of a use case, a version or a time span, foreseen first."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response

from remit.core.access import Verb
from remit.core.types import Operation, ProposalId, UseCaseId
from remit.core.undo_choice import Choice
from remit.errors import InvalidInput
from remit.flow.undo import choose, foresee, undo, undo_each
from remit.ports import House
from remit.web import showing, showing_undo
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, TheHouse, needs

routes = APIRouter(prefix="/api/v1/desk")
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    reason: str = ""


class _Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Either proposals by name, or what was done for a use case, narrowed as far as wanted."""

    proposals: list[str] = []
    use_case: str | None = None
    version: str | None = None
    operation: str | None = None
    since: _Moment | None = None
    until: _Moment | None = None
    reason: str = ""


@routes.post("/proposals/{proposal}/undo", dependencies=[needs(Verb.UNDO)])
async def post_undo(request: Request, proposal: str, house: TheHouse, by: Person) -> Response:
    """Ask for the undo of a done action; the runner carries it out."""
    wish: _Wish = await read_body(request, _Wish)
    await undo(house, [ProposalId(proposal)], by, wish.reason)
    return answer_json({"proposal": proposal, "state": "undoing"})


@routes.post("/undos/preview", dependencies=[needs(Verb.UNDO)])
async def post_preview(request: Request, house: TheHouse) -> Response:
    """Say what undoing would do now, one by one, in the order in which they would go back. It writes nothing."""
    said: _Chosen = await read_body(request, _Chosen)
    found = await foresee(house, _proposals(house, said), request.app.state.keep_days.get("images"))
    return answer_json(showing_undo.foreseen(found))


@routes.post("/undos", dependencies=[needs(Verb.UNDO)])
async def post_undos(request: Request, house: TheHouse, by: Person) -> Response:
    """Ask for many undos under one batch, each by itself; what cannot be undone says what can be done instead."""
    said: _Chosen = await read_body(request, _Chosen)
    proposals = _proposals(house, said)
    batch, outcomes = await undo_each(house, proposals, by, said.reason)
    return answer_json({"batch": batch} | showing.outcomes(proposals, outcomes))


def _proposals(house: House, said: _Chosen) -> list[ProposalId]:
    narrowed = any(one is not None for one in (said.version, said.operation, said.since, said.until))
    if bool(said.proposals) == (said.use_case is not None) or (said.proposals and narrowed):
        do = "Name proposals, or a use case with what narrows it"
        found = "proposals together with a choice" if said.proposals else "neither proposals nor a use case"
        raise InvalidInput(asked="what to undo", found=found, do=do)
    if said.use_case is None:
        return [ProposalId(one) for one in dict.fromkeys(said.proposals)]
    operation = None if said.operation is None else Operation(said.operation)
    choice = Choice(
        use_case=UseCaseId(said.use_case), version=said.version, operation=operation, since=said.since, until=said.until
    )
    return [action.proposal for action in choose(house, choice)]
