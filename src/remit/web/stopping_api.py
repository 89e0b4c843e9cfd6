"""What a person does when something is wrong: stop, agree to go on, call an action off, say what became of an unclear one."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response

from remit.core.access import Verb
from remit.core.stops import Resumes
from remit.core.types import Level, ProposalId
from remit.flow.cancel import cancel
from remit.flow.stop import Lifted, lift, order
from remit.flow.verdict import UNCLEAR, settle_unclear
from remit.web import showing
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, TheHouse, needs

routes = APIRouter(prefix="/api/v1/desk")


class _Stop(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    scope: str
    reason: str = ""


class _Lift(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    scope: str
    reason: str = ""
    level: Annotated[int, msgspec.Meta(ge=0, le=4)] = int(Level.RECOMMEND)
    break_glass: bool = False


class _Cancel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    reason_code: str = ""
    note: str = ""


class _Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    happened: bool
    note: str = ""


@routes.get("/stops", dependencies=[needs(Verb.LOOK)])
async def get_stops(house: TheHouse) -> Response:
    """List what is stopped, and who wants it lifted."""
    with house.store.read() as reading:
        wishes = reading.lift_wishes()
        return answer_json([showing.stop(scope, wishes.get(scope)) for scope in reading.stops()])


@routes.post("/stops", dependencies=[needs(Verb.STOP)])
async def post_stop(request: Request, house: TheHouse, by: Person) -> Response:
    """Stop a scope at once."""
    said: _Stop = await read_body(request, _Stop)
    return answer_json({"scope": said.scope} | await order(house, said.scope, by=by, reason=said.reason))


@routes.post("/stops/lift", dependencies=[needs(Verb.LIFT_STOP)])
async def post_lift(request: Request, house: TheHouse, by: Person) -> Response:
    """Agree to lift a stop; the second person's wish lifts it, and what it caught is held again."""
    said: _Lift = await read_body(request, _Lift)
    level = Level(said.level)
    lifted = await lift(house, said.scope, by=by, reason=said.reason, level=level, break_glass=said.break_glass)
    return answer_json({"scope": said.scope} | _told(lifted))


def _told(lifted: Lifted) -> dict[str, object]:
    outcome = lifted.outcome
    if isinstance(outcome, Resumes):
        agreed = {"level": int(outcome.level), "agreed_by": list(outcome.agreed_by), "break_glass": outcome.by_glass}
        return {"lifted": True, "held_again": lifted.held_again} | agreed
    return {"lifted": False, "held_again": 0, "until": outcome.until.isoformat() if outcome.until else None}


@routes.post("/proposals/{proposal}/cancel", dependencies=[needs(Verb.ANSWER)])
async def post_cancel(request: Request, proposal: str, house: TheHouse, by: Person) -> Response:
    """Call an action off before it starts."""
    said: _Cancel = await read_body(request, _Cancel)
    action = await cancel(house, ProposalId(proposal), by=by, reason_code=said.reason_code, note=said.note)
    return answer_json({"proposal": action.proposal, "state": str(action.state)})


@routes.get("/unclear", dependencies=[needs(Verb.LOOK)])
async def get_unclear(house: TheHouse) -> Response:
    """List what nobody knows the end of, oldest first."""
    with house.store.read() as reading:
        return answer_json([showing.held(reading, action) for action in reading.in_states(UNCLEAR)])


@routes.post("/proposals/{proposal}/verdict", dependencies=[needs(Verb.SETTLE_UNCLEAR)])
async def post_verdict(request: Request, proposal: str, house: TheHouse, by: Person) -> Response:
    """Say that an unclear effect happened, or that it did not."""
    said: _Verdict = await read_body(request, _Verdict)
    action = await settle_unclear(house, ProposalId(proposal), happened=said.happened, by=by, note=said.note)
    return answer_json({"proposal": action.proposal, "state": str(action.state)})


@routes.get("/connectors", dependencies=[needs(Verb.LOOK)])
async def get_connectors(house: TheHouse) -> Response:
    """Say how it goes with each connected system: how many calls it takes now, whether it rests, its last trouble."""
    return answer_json([showing.connector(one) for one in house.connectors.values()])
