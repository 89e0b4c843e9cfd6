"""What a person may do about policies: weigh a change, replay it, adopt or offer it, sign it; and record what was measured."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response

from remit.core.access import Verb
from remit.core.readiness import PPM
from remit.core.types import UseCaseId
from remit.flow.measure import measure
from remit.flow.offer_policy import REPLAYED, offer, replay_page, sign, weigh
from remit.web import showing_change, showing_policy
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, TheHouse, needs

routes = APIRouter(prefix="/api/v1/desk")
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class _Documents(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    documents: dict[str, str]


class _Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    documents: dict[str, str]
    after: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] = 0


class _Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    offer: str


class _Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    use_case: str
    what: str
    value: Share
    until: date
    note: str = ""


@routes.post("/policy/weigh", dependencies=[needs(Verb.LOOK)])
async def post_weigh(request: Request, house: TheHouse) -> Response:
    """Say what documents would change, and write nothing."""
    said: _Documents = await read_body(request, _Documents)
    with house.store.read() as reading:
        shown = showing_policy.weighed(weigh(reading, said.documents), house.connectors)
        return answer_json(shown | {"recorded": reading.count_recorded(house.clock.now() - REPLAYED)})


@routes.post("/policy/replay", dependencies=[needs(Verb.LOOK)])
async def post_replay(request: Request, house: TheHouse) -> Response:
    """Decide the next page of recorded decisions again; `next` says where to go on, 0 that none are left."""
    said: _Page = await read_body(request, _Page)
    with house.store.read() as reading:
        found, follows = replay_page(reading, said.documents, house.clock.now(), after=said.after)
    return answer_json(showing_policy.replayed(found) | {"next": follows})


@routes.post("/policy", dependencies=[needs(Verb.ADOPT_POLICY)])
async def post_policy(request: Request, house: TheHouse, by: Person) -> Response:
    """Change the policy: at once where that is allowed, else as an offer that waits for a second person."""
    said: _Documents = await read_body(request, _Documents)
    outcome = await offer(house, said.documents, by)
    with house.store.read() as reading:
        offered = None if outcome.offer is None else showing_policy.offered(reading, outcome.offer)
    return answer_json(showing_policy.weighed(outcome.weighed, house.connectors) | {"adopted": outcome.adopted, "offer": offered})


@routes.get("/policy", dependencies=[needs(Verb.LOOK)])
async def get_policies(house: TheHouse) -> Response:
    """List every policy that was ever in force: number, digest, when, who signed it, and what it changed."""
    with house.store.read() as reading:
        return answer_json(showing_change.policies(reading))


@routes.get("/policy/offers", dependencies=[needs(Verb.LOOK)])
async def get_offers(house: TheHouse) -> Response:
    """List the changes that wait for signatures."""
    with house.store.read() as reading:
        return answer_json([showing_policy.offered(reading, one) for one in reading.policy_offers()])


@routes.get("/policy/{name}", dependencies=[needs(Verb.LOOK)])
async def get_policy(name: str, house: TheHouse) -> Response:
    """Show one policy, offered or adopted, by its number or the beginning of its digest: what it changes, and every text."""
    with house.store.read() as reading:
        found = showing_change.policy(reading, name, house.connectors)
        return answer_json(found | {"recorded": reading.count_recorded(house.clock.now() - REPLAYED)})


@routes.post("/policy/signatures", dependencies=[needs(Verb.SIGN_POLICY)])
async def post_sign(request: Request, house: TheHouse, by: Person) -> Response:
    """Sign an offered change."""
    said: _Sign = await read_body(request, _Sign)
    found = await sign(house, said.offer, by)
    return answer_json({"digest": found.digest, "signed_by": list(found.signed_by), "adopted": found.adopted})


@routes.get("/measures", dependencies=[needs(Verb.LOOK)])
async def get_measures(house: TheHouse) -> Response:
    """List the newest measures of every use case."""
    now = house.clock.now()
    with house.store.read() as reading:
        found = {name: reading.measures(name) for name in sorted(reading.policy().charters)}
    return answer_json([showing_policy.measured(name, one, now) for name, measures in found.items() for one in measures.values()])


@routes.post("/measures", dependencies=[needs(Verb.RECORD_MEASURE)])
async def post_measure(request: Request, house: TheHouse, by: Person) -> Response:
    """Record what was measured."""
    said: _Measure = await read_body(request, _Measure)
    use_case = UseCaseId(said.use_case)
    until = datetime.combine(said.until, time.min, UTC)
    await measure(house, use_case, said.what, value_ppm=round(said.value * PPM), until=until, by=by, note=said.note)
    with house.store.read() as reading:
        return answer_json(showing_policy.measured(use_case, reading.measures(use_case)[said.what], house.clock.now()))
