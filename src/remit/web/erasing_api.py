"""Erasing at the person's door: forgetting somebody, or hearing first what that would reach."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response

from remit.core.access import Verb
from remit.core.types import Record
from remit.flow.erase import Erasure, Wish, erase, foresee
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, TheHouse, needs

routes = APIRouter(prefix="/api/v1/desk/erasures")
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class _Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    kind: _Name
    id: _Name
    texts: Annotated[list[_Name], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)
    dry_run: bool = False


@routes.post("", dependencies=[needs(Verb.ERASE)])
async def post_erasure(request: Request, house: TheHouse, by: Person) -> Response:
    """Forget a record, or say what would be forgotten."""
    said: _Wanted = await read_body(request, _Wanted)
    wish = Wish(record=Record(kind=said.kind, id=said.id), by=by, texts=tuple(said.texts))
    found = await foresee(house, wish) if said.dry_run else await erase(house, wish)
    return answer_json(shown(found) | {"dry_run": said.dry_run})


def shown(found: Erasure) -> dict[str, Any]:
    """Show an erasure as plain values."""
    return {
        "record": str(found.record),
        "proposals": list(found.proposals),
        "contents": found.contents,
        "blocked": found.blocked,
        "systems": {
            name: {"how": told.how, "records": [str(record) for record in told.records], "do": told.do}
            for name, told in found.systems.items()
        },
        "scrubbed": found.scrubbed,
    }
