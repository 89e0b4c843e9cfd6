"""What a person may do through the command: look, answer, take back, undo, sign. Each route names its verb."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from remit.core.access import Verb
from remit.core.lifecycle import WAITS
from remit.core.types import Answer, Operation, ProposalId, UseCaseId
from remit.errors import NotFound
from remit.flow.answered import Given
from remit.flow.grant import sign
from remit.flow.observe import Outcome, observe
from remit.flow.review import answer, take_back
from remit.ports import House
from remit.sdk import messages
from remit.web import showing, showing_policy
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, TheHouse, needs

routes = APIRouter(prefix="/api/v1/desk")
_MOST = 1000


class _Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    answer: Answer
    seen: str
    reason_code: str = ""
    note: str = ""
    edited: dict[str, messages.Scalar] | None = None
    seconds_seen: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None = None


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    use_case: str
    operation: str
    role: str


class _Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    proposal: str
    kind: str
    loss_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None


@routes.get("/inbox", dependencies=[needs(Verb.LOOK)])
async def get_inbox(house: TheHouse, limit: Annotated[int, Query(ge=1, le=_MOST)] = 50) -> Response:
    """List what waits for a person, oldest first."""
    with house.store.read() as reading:
        items = [showing.held(reading, action) for action in reading.in_states(WAITS, limit=limit)]
    return answer_json(items)


@routes.get("/proposals/{proposal}", dependencies=[needs(Verb.LOOK)])
async def get_proposal(proposal: str, house: TheHouse) -> Response:
    """Show one proposal whole."""
    with house.store.read() as reading:
        return answer_json(showing.held(reading, reading.existing(ProposalId(proposal))))


@routes.get("/proposals/{proposal}/why", dependencies=[needs(Verb.LOOK)])
async def get_why(proposal: str, house: TheHouse) -> Response:
    """Explain the decision about one proposal."""
    with house.store.read() as reading:
        return answer_json(showing.why(reading, reading.existing(ProposalId(proposal))))


@routes.post("/proposals/{proposal}/answer", dependencies=[needs(Verb.ANSWER)])
async def post_answer(request: Request, proposal: str, house: TheHouse, by: Person) -> Response:
    """Answer a held proposal or a draft."""
    said: _Answer = await read_body(request, _Answer)
    given = Given(proposal=ProposalId(proposal), by=by, **{name: getattr(said, name) for name in said.__struct_fields__})
    action = await answer(house, given)
    with house.store.read() as reading:
        return answer_json(showing.held(reading, reading.existing(action.proposal)))


@routes.post("/proposals/{proposal}/take-back", dependencies=[needs(Verb.TAKE_BACK)])
async def post_take_back(proposal: str, house: TheHouse, by: Person) -> Response:
    """Take an approval back while its window is open."""
    action = await take_back(house, ProposalId(proposal), by)
    return answer_json({"proposal": action.proposal, "state": str(action.state)})


@routes.post("/outcomes", dependencies=[needs(Verb.RECORD_MEASURE)])
async def post_outcomes(request: Request, house: TheHouse, by: Person) -> Response:
    """Record what happened later to carried-out actions."""
    said: list[_Outcome] = await read_body(request, list[_Outcome])
    outcomes = [Outcome(proposal=ProposalId(one.proposal), kind=one.kind, loss_ppm=one.loss_ppm) for one in said]
    return answer_json({"recorded": await observe(house, outcomes, f"person:{by}")})


@routes.get("/charters", dependencies=[needs(Verb.LOOK)])
async def get_charters(house: TheHouse) -> Response:
    """List the charters in force, each whole."""
    return answer_json(list(_charters(house).values()))


@routes.get("/charters/{name}", dependencies=[needs(Verb.LOOK)])
async def get_charter(name: str, house: TheHouse) -> Response:
    """Show one charter in force."""
    found = _charters(house)
    if name not in found:
        known = ", ".join(found) or "none"
        raise NotFound(asked=f"charter {name}", found=f"these charters: {known}", do="Name one of them, or adopt a charter")
    return answer_json(found[name])


def _charters(house: House) -> dict[str, Any]:
    with house.store.read() as reading:
        _, documents = reading.policy_documents()
    named = {name.removeprefix("charter:"): text for name, text in documents.items() if name.startswith("charter:")}
    return {name: msgspec.json.decode(text) for name, text in sorted(named.items())}


@routes.get("/levels", dependencies=[needs(Verb.LOOK)])
async def get_levels(house: TheHouse, use_case: str | None = None) -> Response:
    """List every operation with its level, who signed it, where an offer of a higher one stands, and what holds it down."""
    with house.store.read() as reading:
        return answer_json(showing_policy.levels(reading, house.clock.now(), use_case))


@routes.post("/signatures", dependencies=[needs(Verb.SIGN_GRANT)])
async def post_signature(request: Request, house: TheHouse, by: Person) -> Response:
    """Sign an offered level in one role."""
    said: _Signature = await read_body(request, _Signature)
    begun = await sign(house, UseCaseId(said.use_case), Operation(said.operation), by=by, role=said.role)
    return answer_json({"begun": begun})
