"""What a person may ask of the ledger through the command: its facts, its proof, a checkpoint, another key."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from remit.core.access import Verb
from remit.flow.rotate import rotate
from remit.ports.ledger_port import LedgerDesk
from remit.web import showing
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, TheHouse, needs

routes = APIRouter(prefix="/api/v1/desk/ledger")
_MOST = 1000


def ledger_of(request: Request) -> LedgerDesk:
    """Return the ledger this application was built for."""
    found: LedgerDesk = request.app.state.ledger
    return found


TheLedger = Annotated[LedgerDesk, Depends(ledger_of)]


class _NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    replaces: str


@routes.get("", dependencies=[needs(Verb.LOOK)])
async def get_ledger(
    house: TheHouse,
    after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
) -> Response:
    """List facts in order."""
    with house.store.read() as reading:
        return answer_json([showing.entry(found) for found in reading.facts(after=after, limit=limit)])


@routes.post("/verify", dependencies=[needs(Verb.VERIFY_LEDGER)])
def post_verify(ledger: TheLedger) -> Response:
    """Verify the whole ledger."""
    report = ledger.verify()
    return answer_json({**report.outcome.plain(), "path": str(report.path)})


@routes.post("/checkpoint", dependencies=[needs(Verb.VERIFY_LEDGER)])
def post_checkpoint(ledger: TheLedger) -> Response:
    """Seal everything so far and hand the newest checkpoint out."""
    return answer_json(asdict(ledger.checkpoint()))


@routes.post("/exports", dependencies=[needs(Verb.EXPORT)])
def post_export(ledger: TheLedger) -> Response:
    """Seal everything so far, for somebody who may take the ledger out."""
    return answer_json(asdict(ledger.checkpoint()))


@routes.get("/key", dependencies=[needs(Verb.LOOK)])
async def get_key(ledger: TheLedger) -> Response:
    """Name the ledger and the public half of the key in force."""
    return answer_json({"origin": ledger.origin, "public_key": ledger.public})


@routes.post("/key", dependencies=[needs(Verb.ROTATE_LEDGER_KEY)])
async def post_key(request: Request, ledger: TheLedger, house: TheHouse, by: Person) -> Response:
    """Let another key sign from now on."""
    said: _NewKey = await read_body(request, _NewKey)
    following = await rotate(house, ledger, replaces=said.replaces, by=by)
    return answer_json({"origin": ledger.origin, "public_key": following, "replaces": said.replaces})
