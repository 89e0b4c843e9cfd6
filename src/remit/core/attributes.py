"""What may be known of an action before it is decided: every fact with its type, where it comes from, and how old it may be.

A fact that cannot be had is None, and one that is too old becomes None. No fact is ever taken from the agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from remit.core.types import Frozen, Operation, Whole


class Circumstances(Frozen, frozen=True):
    """What a connected system states about a call in the gate's own words. None means: it cannot tell.

    Its fields alone may be given by place, so that they are handed on in one go (`circumstances_in`).
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


circumstances_in: Final = attrgetter(*Circumstances.__struct_fields__)
"""Takes every circumstance out of what holds them, in their order."""


class ActionFacts(Circumstances, frozen=True, kw_only=True):
    """What server and connector established about an action. None means: could not be had, or is too old.

    `inner` holds the calls an envelope (batch, import, composite) carries, each with facts of its own.
    """

    record: str | None = None
    field_empty: bool | None = None
    inner: tuple[InnerCall, ...] | None = None


class InnerCall(Frozen, frozen=True, kw_only=True):
    """One call inside an envelope, with what was established about it."""

    operation: Operation
    facts: ActionFacts


class Source(StrEnum):
    """Where an attribute comes from. Only the agent's own statements about itself are claimed."""

    LOOKED_UP = "looked up"
    COMPUTED = "computed"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One thing the gate may know: its name and type in the rule language, its source, and how old it may be."""

    name: str
    cel: str
    source: Source
    about: str
    oldest: timedelta | None = None

    def stale(self, age: timedelta | None) -> bool:
        """Whether a value of this age counts as missing. An unknown age is too old; so is one far in the future."""
        return self.oldest is not None and (age is None or abs(age) > self.oldest)


_NOW = timedelta(minutes=10)
"""For what a colleague may change at any moment."""

_HOUR = timedelta(hours=1)
"""For what somebody has to build or rebuild before it differs."""

_DAY = timedelta(days=1)
"""For what an organisation decides, not a record."""


def _looked_up(name: str, cel: str, oldest: timedelta, about: str) -> Attribute:
    return Attribute(name=name, cel=cel, source=Source.LOOKED_UP, oldest=oldest, about=about)


def _computed(name: str, cel: str, about: str) -> Attribute:
    return Attribute(name=name, cel=cel, source=Source.COMPUTED, about=about)


def _claimed(name: str, cel: str, about: str) -> Attribute:
    return Attribute(name=name, cel=cel, source=Source.CLAIMED, about=about)


def _by_name(attributes: Iterable[Attribute]) -> Mapping[str, Attribute]:
    return MappingProxyType({attribute.name: attribute for attribute in attributes})


ATTRIBUTES: Final[Mapping[str, Attribute]] = _by_name(
    (
        _computed("record", "string", "The record it touches; missing where it creates one."),
        _looked_up("reach", "int", _NOW, "How many it touches, in the unit of the operation."),
        _looked_up("listeners", "list(string)", _HOUR, "The automations that react to what it changes."),
        _looked_up("field_empty", "bool", _NOW, "Whether every field it writes is empty now."),
        _looked_up("set_by_person", "bool", _NOW, "Whether a person set one of these fields last."),
        _looked_up("suppressed", "bool", _NOW, "Whether the person asked not to be contacted."),
        _looked_up(
            "reserved_fields", "list(string)", _DAY, "Fields it writes that belong to another operation, such as the owner."
        ),
        _looked_up("owned", "bool", _NOW, "Whether the record has an owner now."),
        _looked_up("inside_territory", "bool", _DAY, "Whether the new owner is responsible for the record's territory."),
        _looked_up("notifies", "list(string)", _HOUR, "Who gets a message because of it."),
        _looked_up("seeds_only", "bool", _NOW, "Whether every recipient is a colleague or on the seed list."),
        _looked_up("internal_only", "bool", _NOW, "Whether only members of the organisation can read it."),
        _looked_up("feeds", "list(string)", _HOUR, "The campaigns and flows that draw from the list or audience."),
        _looked_up("published", "bool", _NOW, "Whether what it writes is live, or goes live with it."),
        _looked_up("matches_existing", "bool", _NOW, "Whether what it creates is there already."),
        _looked_up("step_ppm", "int", _NOW, "How far it moves a setting from its present value, in millionths of that value."),
        _computed("band_ppm", "int", "The largest step that people approved, in millionths."),
        _looked_up("starts_in_minutes", "int", _NOW, "How long until the effect begins by itself."),
        _claimed("claimed.confidence_ppm", "int", "How sure the agent says it is, in millionths."),
        _claimed("claimed.grounds", "list(string)", "The fields the agent says it relied on."),
    )
)
"""Every attribute by name. A fact carries its plain name; what the agent says of itself begins with `claimed.`."""


def without_stale(facts: ActionFacts, ages: Mapping[str, timedelta], otherwise: timedelta | None) -> ActionFacts:
    """Return the facts with every stale one missing. `ages` names those with an age of their own."""
    if not ages and otherwise is not None and abs(otherwise) <= _NEVER_STALE:
        return facts
    stale = [name for name, attribute in _FACTS.items() if attribute.stale(ages.get(name, otherwise))]
    return replace(facts, **dict.fromkeys(stale)) if stale else facts


_FACTS = {name: attribute for name, attribute in ATTRIBUTES.items() if attribute.source is not Source.CLAIMED}
_NEVER_STALE = min(attribute.oldest for attribute in _FACTS.values() if attribute.oldest is not None)
"""The age at which nothing is stale yet, whatever it is."""
