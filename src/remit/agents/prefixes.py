"""From a telephone prefix to a region and its time zone: a table, nothing learned."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

STALE_SHARE = 0.30
"""The share of prefixes that a stale table gives to another region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a prefix belongs."""

    region: str
    time_zone: str


@cache
def prefix_table() -> Mapping[str, Place]:
    """Read the table that ships with the agent."""
    told = yaml.safe_load((resources.files("remit") / "data" / "phone_prefixes.yaml").read_text(encoding="utf-8"))
    return {
        prefix: Place(region=one["region"], time_zone=one["time_zone"]) for one in told["regions"] for prefix in one["prefixes"]
    }


@cache
def stale_prefix_table() -> Mapping[str, Place]:
    """Return the table as a stale copy would have it: 30 % of the prefixes stand with another region. For staged drift alone."""
    table = prefix_table()
    places = sorted(set(table.values()), key=lambda place: place.region)
    moved = sorted(table, key=_shuffled)[: round(len(table) * STALE_SHARE)]
    return {**table, **{prefix: places[(places.index(table[prefix]) + 1) % len(places)] for prefix in moved}}


def _shuffled(prefix: str) -> bytes:
    return hashlib.sha256(f"stale {prefix}".encode()).digest()
