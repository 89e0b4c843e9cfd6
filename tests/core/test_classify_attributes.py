"""Facts, not claims: every attribute has a source and an age, and what is too old is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from remit.core.attribute import Source
from remit.core.attributes import ATTRIBUTES, ActionFacts, Circumstances, InnerCall, without_stale
from remit.core.catalogue import Condition
from remit.core.classify import classify
from remit.core.codec import from_plain, to_plain
from remit.core.gate import Claimed
from remit.core.types import Image, Operation, Record
from remit.flow.ask import facts_of
from remit.ports import Established
from tests.changed import replace
from tests.core.small_policy import CLASSES, ESTABLISHED, NOON, OPERATION, entry
from tests.core.test_classify import narrowing

LOOKED_UP = [one for one in ATTRIBUTES.values() if one.source is Source.LOOKED_UP]
COMPUTED = [one for one in ATTRIBUTES.values() if one.source is Source.COMPUTED]
FURTHER = {name: True for name, one in ATTRIBUTES.items() if "." in name and one.source is not Source.CLAIMED}
KNOWN = replace(ESTABLISHED, further=FURTHER, band_ppm=None)
"""All that a connected system may say: how large a step people approved is not for it to say."""

ANSWER = Established(
    record=Record(kind="contact", id="1"),
    current=Image(exists=True, fields={"region": None}),
    as_of=NOON,
    **{name: getattr(ESTABLISHED, name) for name in Circumstances.__struct_fields__} | {"further": FURTHER},
)


def without(name: str) -> ActionFacts:
    """Return what is established, but for one fact."""
    if "." in name:
        return replace(KNOWN, further={other: told for other, told in FURTHER.items() if other != name})
    missing: Any = {name: None}
    return replace(KNOWN, **missing)


def test_every_fact_is_declared_and_nothing_else() -> None:
    facts = set(ActionFacts.__struct_fields__) - {"inner", "further"}
    claims = {f"claimed.{name}" for name in Claimed.__struct_fields__}
    assert {name for name in ATTRIBUTES if "." not in name} == facts
    assert {name for name in ATTRIBUTES if name.startswith("claimed.")} == claims


def test_further_facts_have_dotted_names_of_known_groups() -> None:
    groups = {name.partition(".")[0] for name in ATTRIBUTES if "." in name}
    assert groups == {"claimed", "person", "message", "audience", "data", "sender", "money", "ai"}


def test_facts_are_never_claimed_and_claims_are_never_facts() -> None:
    for name, attribute in ATTRIBUTES.items():
        assert (attribute.source is Source.CLAIMED) is name.startswith("claimed."), name


def test_what_is_looked_up_has_an_age_and_what_is_computed_has_none() -> None:
    assert all(one.oldest for one in LOOKED_UP)
    assert not any(one.oldest for one in COMPUTED)


@pytest.mark.parametrize("attribute", LOOKED_UP, ids=lambda one: one.name)
def test_a_stale_fact_is_missing(attribute: object) -> None:
    name, oldest = attribute.name, attribute.oldest  # type: ignore[attr-defined]  # parametrised by the table above
    at_the_edge = replace(ANSWER, read_at={name: NOON - oldest})
    too_old = replace(ANSWER, read_at={name: NOON - oldest - timedelta(microseconds=1)})
    assert facts_of(at_the_edge, NOON) == KNOWN
    assert facts_of(too_old, NOON) == without(name)


@pytest.mark.parametrize("as_of", [None, NOON - timedelta(days=2), NOON + timedelta(days=2)], ids=["none", "old", "future"])
def test_what_has_no_trustworthy_moment_is_missing_altogether(as_of: object) -> None:
    found = facts_of(replace(ANSWER, as_of=as_of), NOON)
    assert all(getattr(found, one.name) is None for one in LOOKED_UP if "." not in one.name)
    assert all(getattr(found, one.name) == getattr(KNOWN, one.name) for one in COMPUTED if "." not in one.name)
    assert set(found.further) == {one.name for one in COMPUTED if "." in one.name}


def test_what_people_approved_is_never_for_a_connected_system_to_say() -> None:
    generous = replace(ANSWER, step_ppm=500_000, band_ppm=1_000_000)
    found = facts_of(replace(generous, inner=((OPERATION, generous),)), NOON)
    assert found.inner is not None
    assert (found.band_ppm, found.inner[0].facts.band_ppm) == (None, None)


def test_a_stale_fact_never_narrows() -> None:
    milder = narrowing(Condition.NO_LISTENERS)
    assert classify(milder, facts_of(ANSWER, NOON)).form == "narrow"
    assert classify(milder, facts_of(ANSWER, NOON + timedelta(hours=2))).form == "wide"


def test_calls_inside_an_envelope_age_by_themselves() -> None:
    old = replace(ANSWER, as_of=NOON - timedelta(days=2))
    found = facts_of(replace(ANSWER, inner=((OPERATION, ANSWER), (OPERATION, old))), NOON)
    assert found.inner is not None
    fresh, stale = found.inner
    assert fresh == InnerCall(operation=OPERATION, facts=KNOWN)
    assert stale.facts.listeners is None
    assert facts_of(ANSWER, NOON).inner is None


def test_a_value_that_nobody_could_read_is_not_an_empty_one() -> None:
    assert facts_of(replace(ANSWER, current=None), NOON).field_empty is None
    assert facts_of(replace(ANSWER, current=Image(exists=True, fields={"region": "north"})), NOON).field_empty is False


def test_nothing_stale_leaves_the_facts_as_they_are() -> None:
    assert without_stale(ESTABLISHED, {}, timedelta()) is ESTABLISHED
    assert without_stale(ESTABLISHED, {"reach": timedelta()}, timedelta()) is ESTABLISHED


@pytest.mark.parametrize("way", [1, -1], ids=["old", "future"])
def test_up_to_the_shortest_age_nothing_is_missing_and_then_the_shortest_alone(way: int) -> None:
    shortest = min(one.oldest for one in LOOKED_UP if one.oldest is not None)
    too_old = {one.name for one in LOOKED_UP if one.oldest == shortest}
    left: dict[str, Any] = {name: None for name in too_old if "." not in name}
    left["further"] = {name: told for name, told in FURTHER.items() if name not in too_old}
    assert facts_of(replace(ANSWER, as_of=NOON - way * shortest), NOON) == KNOWN
    just_older = replace(ANSWER, as_of=NOON - way * (shortest + timedelta(microseconds=1)))
    assert facts_of(just_older, NOON) == replace(KNOWN, **left)
    assert 0 < len(too_old) < len(LOOKED_UP)


@pytest.mark.parametrize("name", sorted({*Circumstances.__struct_fields__} - {"band_ppm"}))  # that is people's to say
def test_every_circumstance_is_handed_on_under_its_own_name(name: str) -> None:
    told: dict[str, Any] = {name: f"what is known of {name}"}
    assert facts_of(Established(as_of=NOON, **told), NOON) == ActionFacts(**told)


def test_facts_with_calls_inside_are_stored_and_read_back() -> None:
    facts = replace(ESTABLISHED, inner=(InnerCall(operation=Operation("a.b"), facts=KNOWN),))
    assert from_plain(ActionFacts, to_plain(facts)) == facts
    assert classify(entry(), facts).action_class == CLASSES["high, irreversible"]
