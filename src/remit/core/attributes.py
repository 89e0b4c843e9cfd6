"""What may be known of an action before it is decided: every fact with its type, where it comes from, and how old it may be.

A fact that cannot be had is None, and one that is too old becomes None. No fact is ever taken from the agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from remit.core.attribute import DAY, HOUR, NOW, Attribute, Source, claimed, computed, looked_up
from remit.core.further_attributes import FURTHER
from remit.core.types import Frozen, Operation, Whole

_MINUTES_OF_A_DAY = 24 * 60

Told = str | Whole | bool | tuple[str, ...]
"""What a further fact may hold. No floats: a share is written in millionths."""


class Circumstances(Frozen, frozen=True):
    """What a connected system states about a call in the gate's own words. None means: it cannot tell.

    `further` holds what only rules look at, by the whole name of the attribute; what is not in it could not be had. The fields of
    this alone may be given by place, so that they are handed on in one go (`circumstances_in`).
    """

    reach: Whole | None = None
    listeners: tuple[str, ...] | None = None
    set_by_person: bool | None = None
    suppressed: bool | None = None
    reserved_fields: tuple[str, ...] | None = None
    owned: bool | None = None
    inside_territory: bool | None = None
    notifies: tuple[str, ...] | None = None
    seeds_only: bool | None = None
    internal_only: bool | None = None
    feeds: tuple[str, ...] | None = None
    published: bool | None = None
    matches_existing: bool | None = None
    step_ppm: Whole | None = None
    band_ppm: Whole | None = None
    starts_in_minutes: Whole | None = None
    further: Mapping[str, Told] = msgspec.field(default_factory=dict)


circumstances_in: Final = attrgetter(*Circumstances.__struct_fields__)
"""Takes every circumstance out of what holds them, in their order."""


class ActionFacts(Circumstances, frozen=True, kw_only=True):
    """What server and connector established about an action. None means: could not be had, or is too old.

    `inner` holds the calls an envelope (batch, import, composite) carries, each with facts of its own.
    """

    record: str | None = None
    field_empty: bool | None = None
    inner: tuple[InnerCall, ...] | None = None

    @property
    def region(self) -> str | None:
        """Where the person lives whom the action is about, as a code of a country or state; None where nobody knows."""
        found = self.further.get("person.region")
        return found if isinstance(found, str) and found else None

    @property
    def local_minute(self) -> int | None:
        """What the clock says where that person lives, in minutes since midnight; None where nobody knows."""
        found = self.further.get("person.local_minute")
        return found if type(found) is int and 0 <= found < _MINUTES_OF_A_DAY else None


class InnerCall(Frozen, frozen=True, kw_only=True):
    """One call inside an envelope, with what was established about it."""

    operation: Operation
    facts: ActionFacts


def _by_name(attributes: Iterable[Attribute]) -> Mapping[str, Attribute]:
    return MappingProxyType({attribute.name: attribute for attribute in attributes})


ATTRIBUTES: Final[Mapping[str, Attribute]] = _by_name(
    (
        computed("record", "string", "The record it touches; missing where it creates one."),
        looked_up("reach", "int", NOW, "How many it touches, in the unit of the operation."),
        looked_up("listeners", "list(string)", HOUR, "The automations that react to what it changes."),
        looked_up("field_empty", "bool", NOW, "Whether every field it writes is empty now."),
        looked_up("set_by_person", "bool", NOW, "Whether a person set one of these fields last."),
        looked_up("suppressed", "bool", NOW, "Whether the person asked not to be contacted."),
        looked_up(
            "reserved_fields", "list(string)", DAY, "Fields it writes that belong to another operation, such as the owner."
        ),
        looked_up("owned", "bool", NOW, "Whether the record has an owner now."),
        looked_up("inside_territory", "bool", DAY, "Whether the new owner is responsible for the record's territory."),
        looked_up("notifies", "list(string)", HOUR, "Who gets a message because of it."),
        looked_up("seeds_only", "bool", NOW, "Whether every recipient is a colleague or on the seed list."),
        looked_up("internal_only", "bool", NOW, "Whether only members of the organisation can read it."),
        looked_up("feeds", "list(string)", HOUR, "The campaigns and flows that draw from the list or audience."),
        looked_up("published", "bool", NOW, "Whether what it writes is live, or goes live with it."),
        looked_up("matches_existing", "bool", NOW, "Whether what it creates is there already."),
        looked_up("step_ppm", "int", NOW, "How far it moves a setting from its present value, in millionths of that value."),
        computed("band_ppm", "int", "The largest step that people approved, in millionths."),
        looked_up("starts_in_minutes", "int", NOW, "How long until the effect begins by itself."),
        claimed("claimed.confidence_ppm", "int", "How sure the agent says it is, in millionths."),
        claimed("claimed.grounds", "list(string)", "The fields the agent says it relied on."),
        *FURTHER,
    )
)
"""Every attribute by name. A fact carries its plain name; what the agent says of itself begins with `claimed.`."""


def without_stale(facts: ActionFacts, ages: Mapping[str, timedelta], otherwise: timedelta | None) -> ActionFacts:
    """Return the facts with every stale one missing. `ages` names those with an age of their own."""
    if not ages and otherwise is not None and abs(otherwise) <= _NEVER_STALE:
        return facts
    stale = {name for name, attribute in _FACTS.items() if attribute.stale(ages.get(name, otherwise))}
    if not stale:
        return facts
    missing: dict[str, Any] = {name: None for name in stale if "." not in name}
    return replace(facts, **missing, further={name: told for name, told in facts.further.items() if name not in stale})


_FACTS = {name: attribute for name, attribute in ATTRIBUTES.items() if attribute.source is not Source.CLAIMED}
_NEVER_STALE = min(attribute.oldest for attribute in _FACTS.values() if attribute.oldest is not None)
"""The age at which nothing is stale yet, whatever it is."""
