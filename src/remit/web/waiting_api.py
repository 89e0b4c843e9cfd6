"""While something waits, at the person's door: claims, absences, how people want to be told, and what they were told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from remit.core.access import OWN, TABLE, Verb, one_of
from remit.core.action import Action
from remit.core.asking import Absence
from remit.core.notice import Notice, Wishes
from remit.core.types import ProposalId
from remit.errors import NotAllowed
from remit.flow.claim import claim, unclaim
from remit.flow.leave import end_absence, set_absence
from remit.flow.wish import send_trial, set_wishes, withdraw_wishes
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, Signed, TheHouse, Who, needs

routes = APIRouter(prefix="/api/v1/desk")
_MOST = 1000


class _Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    take_over: bool = False


class _Absence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    until: Annotated[datetime, msgspec.Meta(tz=True)]
    since: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    delegate: str | None = None


@routes.post("/proposals/{proposal}/claim", dependencies=[needs(Verb.ANSWER)])
async def post_claim(request: Request, proposal: str, house: TheHouse, by: Person) -> Response:
    """Claim a proposal for half an hour, so that others leave it to her."""
    said: _Claim = await read_body(request, _Claim)
    return answer_json(_claimed(await claim(house, ProposalId(proposal), by, take_over=said.take_over)))


@routes.post("/proposals/{proposal}/unclaim", dependencies=[needs(Verb.ANSWER)])
async def post_unclaim(proposal: str, house: TheHouse, by: Person) -> Response:
    """Let a claimed proposal go."""
    return answer_json(_claimed(await unclaim(house, ProposalId(proposal), by)))


def _claimed(action: Action) -> dict[str, Any]:
    until = action.claimed_until
    return {"proposal": action.proposal, "claimed_by": action.claimed_by, "claimed_until": until.isoformat() if until else None}


@routes.get("/absences", dependencies=[needs(Verb.LOOK)])
async def get_absences(house: TheHouse) -> Response:
    """List who is away, now or later, and who is asked in her place."""
    now = house.clock.now()
    with house.store.read() as reading:
        return answer_json([_away(one) for one in reading.absences() if one.until > now])


@routes.put("/absences/{name}", dependencies=[needs(Verb.SET_ABSENCE)])
async def put_absence(request: Request, name: str, house: TheHouse, by: Signed) -> Response:
    """Write down that somebody is away: oneself, or as an admin anybody."""
    said: _Absence = await read_body(request, _Absence)
    _refuse_other(name, by)
    since = (said.since or house.clock.now()).astimezone(UTC)
    absence = Absence(person=name, since=since, until=said.until.astimezone(UTC), delegate=said.delegate)
    await set_absence(house, absence, by=by.person)
    return answer_json(_away(absence))


@routes.delete("/absences/{name}", dependencies=[needs(Verb.SET_ABSENCE)])
async def delete_absence(name: str, house: TheHouse, by: Signed) -> Response:
    """End every absence of somebody: oneself, or as an admin anybody."""
    _refuse_other(name, by)
    return answer_json({"ended": await end_absence(house, name, by=by.person)})


def _refuse_other(name: str, by: Who) -> None:
    """Refuse what is somebody else's, but for those who may for everybody."""
    for_all = TABLE[Verb.SET_ABSENCE] - OWN[Verb.SET_ABSENCE]
    if name != by.person and for_all.isdisjoint(by.roles):
        do = f"Say it of yourself, or ask {one_of(for_all)}"
        raise NotAllowed(asked=f"the absence of {name} as {by.person}", found="somebody else's", do=do)


def _away(one: Absence) -> dict[str, Any]:
    return {"person": one.person, "since": one.since.isoformat(), "until": one.until.isoformat(), "delegate": one.delegate}


@routes.get("/channels", dependencies=[needs(Verb.LOOK)])
async def get_channels(house: TheHouse) -> Response:
    """List the channels one can be told on."""
    found = house.notifier.channels().items()
    return answer_json([{"channel": name, "personal": personal} for name, personal in sorted(found)])


@routes.get("/wishes", dependencies=[needs(Verb.BE_TOLD)])
async def get_wishes(house: TheHouse, by: Person) -> Response:
    """Show how one wants to be told; nobody sees it of somebody else."""
    with house.store.read() as reading:
        told = reading.wishes().get(by)
    return answer_json(None if told is None else msgspec.to_builtins(told.wishes))


@routes.put("/wishes", dependencies=[needs(Verb.BE_TOLD)])
async def put_wishes(request: Request, house: TheHouse, by: Person) -> Response:
    """Say how one wants to be told."""
    said: Wishes = await read_body(request, Wishes)
    await set_wishes(house, by, said)
    return answer_json(msgspec.to_builtins(said))


@routes.delete("/wishes", dependencies=[needs(Verb.BE_TOLD)])
async def delete_wishes(house: TheHouse, by: Person) -> Response:
    """Be told nothing outside the screens any more; the address is forgotten."""
    await withdraw_wishes(house, by)
    return answer_json({"person": by, "told": False})


@routes.post("/wishes/try", dependencies=[needs(Verb.BE_TOLD)])
async def post_trial(house: TheHouse, by: Person) -> Response:
    """Send oneself a trial on one's own channel, now."""
    refused = await send_trial(house, by)
    return answer_json({"person": by, "taken": not refused, "found": refused})


@routes.get("/notices", dependencies=[needs(Verb.LOOK)])
async def get_notices(
    house: TheHouse,
    only_open: Annotated[bool, Query(alias="open")] = False,  # noqa: FBT002  # a query parameter has no other form
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
) -> Response:
    """List what people were told and are to be told, newest first; no address among it."""
    with house.store.read() as reading:
        return answer_json([_told(one) for one in reading.notices(limit=limit, only_open=only_open)])


def _told(one: Notice) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(one)
    return found
