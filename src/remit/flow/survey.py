"""Somebody wants to know how much a map leaves unknown: people are read page by page and counted. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from remit.core import field_map, map_gaps
from remit.core.field_map import FieldMap
from remit.core.map_gaps import Counted
from remit.core.policy import CompiledPolicy
from remit.errors import InvalidInput, NotFound
from remit.flow.look_up import minutes_in
from remit.ports import House, Query

LARGEST_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of people, counted; `after` asks for the next, None where this was the last."""

    counted: Counted
    after: str | None


def map_of(policy: CompiledPolicy, connector: str) -> FieldMap:
    """Return the map of a connected system. Raises `NotFound`."""
    if connector not in policy.maps:
        known = ", ".join(sorted(policy.maps)) or "no map at all"
        raise NotFound(asked=f"the map of {connector}", found=known, do="Name one of them, or adopt a document map:NAME")
    return policy.maps[connector]


async def survey(house: House, connector: str, *, after: str | None, limit: int) -> Page:
    """Count one page of people. Raises `NotFound`, or `InvalidInput` for a page that is none."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidInput(asked=f"{limit} records", found=f"a page holds 1 to {LARGEST_PAGE}", do="Ask page by page")
    with house.store.read() as reading:
        mapped = map_of(reading.policy(), connector)
    query = Query(kind=mapped.person, fields=map_gaps.fields_of(mapped), after=after, limit=limit)
    rows = await house.connectors[connector].read(query)
    counted = map_gaps.count(mapped, [row.fields for row in rows], house.clock.now(), minutes_in)
    return Page(counted=counted, after=rows[-1].id if len(rows) == limit else None)


async def known_of_all(house: House, connector: str) -> dict[str, bool]:
    """Say which of the attributes that stand in a fixed record are known."""
    with house.store.read() as reading:
        mapped = map_of(reading.policy(), connector)
    names = [name for name, spec in mapped.attributes.items() if spec.of]
    records = field_map.records(mapped, names, None)
    images = dict(zip(records, await house.connectors[connector].images(list(records.items())), strict=True))
    found = field_map.told(mapped, names, None, images, house.clock.now(), minutes_in)
    return {name: name in found for name in names}
