"""What a person may ask of the policy in force: which packs there are and whom they look at, and what a map leaves unknown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from remit.core.access import Verb
from remit.core.codec import to_plain
from remit.core.field_map import FieldMap
from remit.core.map_gaps import look_alikes, not_mapped, strictest
from remit.core.pack import Pack, read_pack
from remit.core.pack_review import left_out, looked_at, pack_review
from remit.core.policy import CompiledPolicy
from remit.errors import NotFound
from remit.flow.survey import LARGEST_PAGE, known_of_all, map_of, survey
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import TheHouse, needs

routes = APIRouter(prefix="/api/v1/desk")


@routes.get("/packs", dependencies=[needs(Verb.LOOK)])
async def get_packs(house: TheHouse) -> Response:
    """List the packs in force, and which use cases each looks at."""
    with house.store.read() as reading:
        policy = reading.policy()
    return answer_json([_pack(policy, pack) for pack in policy.packs.values()])


@routes.get("/packs/{name}", dependencies=[needs(Verb.LOOK)])
async def get_pack(name: str, house: TheHouse) -> Response:
    """Show a pack with its rules."""
    with house.store.read() as reading:
        policy = reading.policy()
    if name not in policy.packs:
        raise _no_pack(name, policy.packs)
    pack = policy.packs[name]
    return answer_json(_pack(policy, pack) | {"rules": [_rule(rule) for rule in pack.rules]})


@routes.get("/packs/{name}/document", dependencies=[needs(Verb.LOOK)])
async def get_pack_document(name: str, house: TheHouse) -> Response:
    """Give the document of a pack as it was adopted, for a file."""
    with house.store.read() as reading:
        _, documents = reading.policy_documents()
    if f"pack:{name}" not in documents:
        raise _no_pack(name, [one.removeprefix("pack:") for one in documents if one.startswith("pack:")])
    return answer_json(json.loads(documents[f"pack:{name}"]))


def _no_pack(name: str, known: Iterable[str]) -> NotFound:
    return NotFound(asked=f"pack {name}", found=", ".join(sorted(known)) or "no pack at all", do="Name one of them")


@routes.post("/packs/review", dependencies=[needs(Verb.LOOK)])
async def post_review(request: Request, house: TheHouse) -> Response:
    """Say what another version of a pack would change, and for which use cases. Adopts nothing."""
    pack = read_pack(await read_body(request, Any), source="in review")
    with house.store.read() as reading:
        policy = reading.policy()
    found = pack_review(policy.packs.get(pack.pack), pack, policy.charters)
    return answer_json(asdict(found) | {"nothing": found.nothing})


@routes.get("/maps", dependencies=[needs(Verb.LOOK)])
async def get_maps(house: TheHouse) -> Response:
    """List the connected systems that have a map."""
    with house.store.read() as reading:
        policy = reading.policy()
    return answer_json(sorted(policy.maps))


@routes.get("/maps/{connector}", dependencies=[needs(Verb.LOOK)])
async def get_map(connector: str, house: TheHouse) -> Response:
    """Show which attribute comes from which field, and how many rules look at it."""
    with house.store.read() as reading:
        policy = reading.policy()
    mapped = map_of(policy, connector)
    known = await known_of_all(house, connector)
    attributes = [_attribute(policy, mapped, name, known) for name in mapped.attributes]
    told = {"connector": connector, "title": mapped.title, "person": mapped.person, "attributes": attributes}
    return answer_json(told | {"not_mapped": list(not_mapped(mapped, policy.packs.values()))})


@routes.get("/maps/{connector}/count", dependencies=[needs(Verb.LOOK)])
async def get_count(
    connector: str,
    house: TheHouse,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = LARGEST_PAGE,
) -> Response:
    """Count one page of people: which attributes are not known of how many, and which fields look like one."""
    page = await survey(house, connector, after=after, limit=limit)
    with house.store.read() as reading:
        alike = look_alikes(map_of(reading.policy(), connector), page.counted.filled)
    counted = {"records": page.counted.records, "unknown": dict(page.counted.unknown)}
    filled = {name: page.counted.filled[name] for name in alike}
    return answer_json(counted | {"look_alikes": alike, "filled": filled, "after": page.after})


def _pack(policy: CompiledPolicy, pack: Pack) -> dict[str, Any]:
    return {
        "pack": pack.pack,
        "title": pack.title,
        "as_of": pack.as_of.isoformat(),
        "version": pack.version,
        "about": pack.about,
        "rules": len(pack.rules),
        "looks_at": {name: list(operations) for name, operations in looked_at(pack, policy.charters).items()},
        "left_out": dict(left_out(pack, policy.charters)),
    }


def _rule(rule: Any) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(rule)
    return plain


def _attribute(policy: CompiledPolicy, mapped: FieldMap, name: str, known: dict[str, bool]) -> dict[str, Any]:
    spec, asked = mapped.attributes[name], strictest(policy.packs.values(), name)
    told = {"attribute": name, "of": spec.of, "field": spec.field, "state": spec.state, "reads": spec.reads}
    return told | {"known": known.get(name), "rules": asked.rules, "packs": asked.packs}
