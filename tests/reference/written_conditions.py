"""Conditions of rules, each with its meaning written beside it by hand. None is a condition that cannot be evaluated.

It shares nothing with the rules room: the text is for the one side, the meaning for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

BROKEN = object()
"""A value that is there and is not of its type, such as a number beyond 64 bits."""

Known = Mapping[str, Any]
Meaning = Callable[[Known], bool | None]


def _of(names: str, says: Callable[..., bool]) -> Meaning:
    """Return what a condition says of some values; it cannot say anything where one is missing or broken."""

    def meaning(known: Known) -> bool | None:
        values = [known.get(name, BROKEN) for name in names.split()]
        return None if BROKEN in values else says(*values)

    return meaning


def _has(name: str) -> Meaning:
    return lambda known: None if known.get(name) is BROKEN else name in known


_LEAVES: dict[str, Meaning] = {
    "reach > 1": _of("reach", lambda reach: reach > 1),
    "reach <= 2": _of("reach", lambda reach: reach < 3),
    "reach in [0, 3]": _of("reach", lambda reach: reach in {0, 3}),
    "reach == starts_in_minutes": _of("reach starts_in_minutes", lambda one, other: one == other),
    "step_ppm > band_ppm": _of("step_ppm band_ppm", lambda step, band: step > band),
    "step_ppm != 10": _of("step_ppm", lambda step: step != 10),
    "starts_in_minutes < 1440": _of("starts_in_minutes", lambda minutes: minutes <= 1439),
    "size(listeners) > 0": _of("listeners", bool),
    '"newsletter" in listeners': _of("listeners", lambda names: any(name == "newsletter" for name in names)),
    "size(notifies) >= 1": _of("notifies", lambda names: names != ()),
    "size(feeds) != 1": _of("feeds", lambda names: len(names) != 1),
    '"owner" in reserved_fields': _of("reserved_fields", lambda names: "owner" in set(names)),
    "record in feeds": _of("record feeds", lambda record, names: record in set(names)),
    "field_empty": _of("field_empty", lambda value: value),
    "!set_by_person": _of("set_by_person", lambda value: not value),
    "suppressed == owned": _of("suppressed owned", lambda one, other: not one ^ other),
    "suppressed != true": _of("suppressed", lambda value: not value),
    "owned": _of("owned", lambda value: value),
    "inside_territory": _of("inside_territory", lambda value: value),
    "seeds_only": _of("seeds_only", lambda value: value),
    "!internal_only": _of("internal_only", lambda value: not value),
    "published": _of("published", lambda value: value),
    "matches_existing": _of("matches_existing", lambda value: value),
    'record == "contact/1"': _of("record", lambda record: record == "contact/1"),
    'record.startsWith("contact/")': _of("record", lambda record: record[:8] == "contact/"),
    'record.endsWith("/2")': _of("record", lambda record: record[-2:] == "/2"),
    'record.contains("list")': _of("record", lambda record: record.find("list") >= 0),
    "size(record) > 9": _of("record", lambda record: len(record) >= 10),
    "claimed.confidence_ppm < 500000": _of("claimed.confidence_ppm", lambda ppm: ppm <= 499_999),
    "has(claimed.confidence_ppm)": _has("claimed.confidence_ppm"),
    '"job" in claimed.grounds': _of("claimed.grounds", lambda names: "job" in set(names)),
    "size(claimed.grounds) == 0": _of("claimed.grounds", lambda names: not names),
    "has(claimed.grounds)": _has("claimed.grounds"),
    "person.opted_out": _of("person.opted_out", lambda value: value),
    "message.open_tracking": _of("message.open_tracking", lambda value: value),
    'person.region == "DE"': _of("person.region", lambda region: region == "DE"),
    "has(person.region)": _has("person.region"),
    "money.spend_minor > 2": _of("money.spend_minor", lambda minor: minor >= 3),
}


def _and(one: Meaning, other: Meaning) -> Meaning:
    def meaning(known: Known) -> bool | None:
        found = [one(known), other(known)]
        return False if False in found else None if None in found else True

    return meaning


def _not(one: Meaning) -> Meaning:
    def meaning(known: Known) -> bool | None:
        found = one(known)
        return None if found is None else not found

    return meaning


def _or(one: Meaning, other: Meaning) -> Meaning:
    return _not(_and(_not(one), _not(other)))


def _same(one: Meaning, other: Meaning) -> Meaning:
    def meaning(known: Known) -> bool | None:
        found = [one(known), other(known)]
        return None if None in found else found[0] is found[1]

    return meaning


def _put_together(random: Random, depth: int) -> tuple[str, Meaning]:
    if not depth or random.random() < 0.2:
        return random.choice(list(_LEAVES.items()))
    (left, one), (right, other) = _put_together(random, depth - 1), _put_together(random, depth - 1)
    return random.choice(
        [
            (f"({left} && {right})", _and(one, other)),
            (f"({left} || {right})", _or(one, other)),
            (f"(({left}) == ({right}))", _same(one, other)),
            (f"!({left})", _not(one)),
        ]
    )


_UNSURE = {
    "has(claimed.confidence_ppm) && claimed.confidence_ppm < 500000": _and(
        _LEAVES["has(claimed.confidence_ppm)"], _LEAVES["claimed.confidence_ppm < 500000"]
    )
}


def _many() -> dict[str, Meaning]:
    random = Random(2026)
    return _LEAVES | _UNSURE | dict(_put_together(random, 3) for _ in range(120))


WRITTEN: Mapping[str, Meaning] = _many()
"""Every condition by its text: the plain ones, and many put together from them."""
