"""The step every verb shares that asks a connected system: what a call touches, and what is on record of the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import replace

from remit.core import field_map
from remit.core.field_map import FieldMap
from remit.core.policy import CompiledPolicy
from remit.core.types import Image, Operation, Record, UseCaseId
from remit.flow.ask import connected
from remit.ports import Call, Connector, Established, House


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One call as it will be asked about: the charter's operation, and the call the connected system knows."""

    use_case: UseCaseId
    operation: Operation
    call: Call


async def establish(house: House, policy: CompiledPolicy, name: str, wanted: Sequence[Wanted]) -> list[Established]:
    """Establish calls of one connected system, in order, and look up what the rules of their places ask of a person."""
    connector = connected(house, name)
    found = await connector.establish([one.call for one in wanted])
    mapped = policy.maps.get(name)
    if mapped is None:
        return found
    names = [field_map.wanted(mapped, policy.place(one.use_case, one.operation).looks_at) for one in wanted]
    as_of = house.clock.now()  # taken first: what was read looks older than it is, never younger
    images = await _images(connector, mapped, names, found)
    return [_with(mapped, asked, one, images, as_of) for asked, one in zip(names, found, strict=True)]


async def _images(
    connector: Connector, mapped: FieldMap, names: Sequence[frozenset[str]], found: Sequence[Established]
) -> dict[Record, Image]:
    """Read every record once, all of them in one request; nothing is asked where no rule looks at anything."""
    fields: dict[Record, tuple[str, ...]] = {}
    for asked, one in zip(names, found, strict=True):
        for record, more in field_map.records(mapped, asked, one.person).items():
            fields[record] = tuple(dict.fromkeys((*fields.get(record, ()), *more)))
    if not fields:
        return {}
    return dict(zip(fields, await connector.images(list(fields.items())), strict=True))


def _with(
    mapped: FieldMap, names: frozenset[str], found: Established, images: dict[Record, Image], as_of: datetime
) -> Established:
    """Add what was looked up; what the connected system states itself stands."""
    told = field_map.told(mapped, names, found.person, images, as_of, minutes_in)
    if not told:
        return found
    read_at = {name: as_of for name in told if name not in found.further}
    return replace(found, further={**told, **found.further}, read_at={**read_at, **found.read_at})


def minutes_in(zone: str, now: datetime) -> int | None:
    """Say what the clock shows in a time zone, in minutes since midnight; None for a zone nobody knows."""
    try:
        there = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return there.hour * 60 + there.minute
