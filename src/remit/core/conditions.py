"""The conditions of narrow forms: one pure function each. True: established. False: established that not. None: not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from remit.core.attributes import ActionFacts
from remit.core.catalogue import CatalogueEntry, Condition

FAR_OFF_MINUTES: Final = 24 * 60
"""A start further away than this leaves a working day to call it off."""

Judgement = Callable[[ActionFacts, CatalogueEntry], bool | None]


def holds(condition: Condition, facts: ActionFacts, entry: CatalogueEntry) -> bool | None:
    """Say whether a condition is established, established not to be so, or not known. Only True opens a narrow form."""
    return _JUDGED[condition](facts, entry)


def judgement_of(condition: Condition) -> Judgement:
    """Return the function that judges a condition, for whoever asks it often."""
    return _JUDGED[condition]


def _none_of(names: tuple[str, ...] | None) -> bool | None:
    return None if names is None else not names


def _not(value: bool | None) -> bool | None:  # noqa: FBT001  # the one argument of a negation
    return None if value is None else not value


def _at_most(value: int | None, limit: int | None) -> bool | None:
    return None if value is None or limit is None else value <= limit


def _step_within_band(facts: ActionFacts, _: CatalogueEntry) -> bool | None:
    # a step down can do as much harm as one up
    return None if facts.step_ppm is None else _at_most(abs(facts.step_ppm), facts.band_ppm)


def _start_far_off(facts: ActionFacts, _: CatalogueEntry) -> bool | None:
    return None if facts.starts_in_minutes is None else facts.starts_in_minutes >= FAR_OFF_MINUTES


_JUDGED: Final[Mapping[Condition, Judgement]] = MappingProxyType(
    {
        Condition.NO_LISTENERS: lambda facts, _: _none_of(facts.listeners),
        Condition.FIELD_EMPTY: lambda facts, _: facts.field_empty,
        Condition.NOT_SET_BY_PERSON: lambda facts, _: _not(facts.set_by_person),
        Condition.ONE_RECORD: lambda facts, _: _at_most(facts.reach, 1),
        Condition.WITHIN_REACH: lambda facts, entry: _at_most(facts.reach, entry.reach.narrow_up_to),
        Condition.ORDINARY_FIELDS: lambda facts, _: _none_of(facts.reserved_fields),
        Condition.UNOWNED: lambda facts, _: _not(facts.owned),
        Condition.INSIDE_TERRITORY: lambda facts, _: facts.inside_territory,
        Condition.NO_MESSAGE: lambda facts, _: _none_of(facts.notifies),
        Condition.SEEDS_ONLY: lambda facts, _: facts.seeds_only,
        Condition.INTERNAL_ONLY: lambda facts, _: facts.internal_only,
        Condition.LIST_FEEDS_NOTHING: lambda facts, _: _none_of(facts.feeds),
        Condition.DRAFT_UNPUBLISHED: lambda facts, _: _not(facts.published),
        Condition.RECORD_NEW: lambda facts, _: _not(facts.matches_existing),
        Condition.STEP_WITHIN_BAND: _step_within_band,
        Condition.START_FAR_OFF: _start_far_off,
        Condition.INNER_KNOWN: lambda facts, _: bool(facts.inner) or None,
    }
)
