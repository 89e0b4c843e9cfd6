"""What changes between two policies, in words, and whether that is tighter, looser, both or neither.

Where it says "tighter", no question gets a milder verdict; where it says "neither", none gets another one. What it does not know
counts as both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from remit.core.catalogue_change import catalogues_between
from remit.core.change import Change, Direction, union
from remit.core.charter_change import charters_between
from remit.core.map_change import maps_between
from remit.core.pack_change import brands_between, packs_between
from remit.core.policy import CompiledPolicy
from remit.core.statement_change import orderly, statements_between

NOTHING_YET = CompiledPolicy(number=0, digest="", charters={}, catalogue={})
"""The policy before the first: it knows no use case, so it blocks everything."""


def compare(before: CompiledPolicy, after: CompiledPolicy) -> tuple[Change, ...]:
    """Return every difference between two policies."""
    return tuple(_changes(before, after))


def _changes(before: CompiledPolicy, after: CompiledPolicy) -> Iterator[Change]:
    yield from charters_between(before.charters, after.charters)
    yield from statements_between(before.risk_statement, after.risk_statement)
    yield from packs_between(before.packs, after.packs)
    yield from brands_between(before.brands, after.brands)
    yield from maps_between(before.maps, after.maps)
    either = orderly(before.risk_statement) or orderly(after.risk_statement)  # one can go by way of the orderly one
    yield from catalogues_between(before.catalogue, after.catalogue, orderly=either)


def direction_of(changes: Iterable[Change]) -> Direction:
    """Return which way all changes go together."""
    return union(change.direction for change in changes)
