"""What class an action has: the narrow form only where every condition is established, and nothing ever makes it milder."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.attributes import ActionFacts, InnerCall
from remit.core.catalogue import CatalogueEntry, Condition, Override, Reach, base_of
from remit.core.class_reasons import CLASS_SENTENCES, CONDITION_WORDS, joined, why_class
from remit.core.classify import Classified, classify
from remit.core.gate import decide
from remit.core.reasons import sentence
from remit.core.types import WORST, ActionClass, Operation, Reversibility, Risk
from tests.changed import replace
from tests.core.small_policy import CLASSES, ESTABLISHED, OPERATION, USE_CASE, asked, charter, entry, policy

WIDE, NARROW = CLASSES["medium, partial"], CLASSES["low, easy"]
NOTHING = ActionFacts()
CALL = InnerCall(operation=OPERATION, facts=ESTABLISHED)
HOLDS: dict[Condition, dict[str, tuple[ActionFacts, bool | None]]] = {
    Condition.NO_LISTENERS: {
        "nobody listens": (ActionFacts(listeners=()), True),
        "somebody listens": (ActionFacts(listeners=("newsletter",)), False),
    },
    Condition.FIELD_EMPTY: {
        "empty": (ActionFacts(field_empty=True), True),
        "filled": (ActionFacts(field_empty=False), False),
    },
    Condition.NOT_SET_BY_PERSON: {
        "set by nobody": (ActionFacts(set_by_person=False), True),
        "set by a person": (ActionFacts(set_by_person=True), False),
    },
    Condition.ONE_RECORD: {
        "none": (ActionFacts(reach=0), True),
        "one": (ActionFacts(reach=1), True),
        "two": (ActionFacts(reach=2), False),
    },
    Condition.WITHIN_REACH: {
        "at the limit": (ActionFacts(reach=500), True),
        "over the limit": (ActionFacts(reach=501), False),
    },
    Condition.ORDINARY_FIELDS: {
        "ordinary": (ActionFacts(reserved_fields=()), True),
        "the owner": (ActionFacts(reserved_fields=("owner",)), False),
    },
    Condition.UNOWNED: {"unowned": (ActionFacts(owned=False), True), "owned": (ActionFacts(owned=True), False)},
    Condition.INSIDE_TERRITORY: {
        "inside": (ActionFacts(inside_territory=True), True),
        "outside": (ActionFacts(inside_territory=False), False),
    },
    Condition.NO_MESSAGE: {
        "nobody hears": (ActionFacts(notifies=()), True),
        "somebody hears": (ActionFacts(notifies=("dana",)), False),
    },
    Condition.SEEDS_ONLY: {
        "seeds": (ActionFacts(seeds_only=True), True),
        "strangers": (ActionFacts(seeds_only=False), False),
    },
    Condition.INTERNAL_ONLY: {
        "internal": (ActionFacts(internal_only=True), True),
        "guests": (ActionFacts(internal_only=False), False),
    },
    Condition.LIST_FEEDS_NOTHING: {
        "a working list": (ActionFacts(feeds=()), True),
        "a feeding list": (ActionFacts(feeds=("spring",)), False),
    },
    Condition.DRAFT_UNPUBLISHED: {
        "a draft": (ActionFacts(published=False), True),
        "live": (ActionFacts(published=True), False),
    },
    Condition.RECORD_NEW: {
        "new": (ActionFacts(matches_existing=False), True),
        "a double": (ActionFacts(matches_existing=True), False),
    },
    Condition.STEP_WITHIN_BAND: {
        "at the edge": (ActionFacts(step_ppm=10, band_ppm=10), True),
        "down to the edge": (ActionFacts(step_ppm=-10, band_ppm=10), True),
        "over the edge": (ActionFacts(step_ppm=11, band_ppm=10), False),
        "under the edge": (ActionFacts(step_ppm=-11, band_ppm=10), False),
        "no band": (ActionFacts(step_ppm=0), None),
        "no step": (ActionFacts(band_ppm=10), None),
    },
    Condition.START_FAR_OFF: {
        "a day": (ActionFacts(starts_in_minutes=1440), True),
        "a minute less": (ActionFacts(starts_in_minutes=1439), False),
    },
    Condition.INNER_KNOWN: {
        "one call": (ActionFacts(inner=(CALL,)), True),
        "no call": (ActionFacts(inner=()), None),
    },
}
CASES = [
    pytest.param(condition, facts, holds, id=f"{condition}: {name}")
    for condition, cases in HOLDS.items()
    for name, (facts, holds) in {**cases, "not known": (NOTHING, None)}.items()
]
FACT_OF = {
    Condition.NO_LISTENERS: "listeners",
    Condition.FIELD_EMPTY: "field_empty",
    Condition.NOT_SET_BY_PERSON: "set_by_person",
    Condition.ONE_RECORD: "reach",
    Condition.WITHIN_REACH: "reach",
    Condition.ORDINARY_FIELDS: "reserved_fields",
    Condition.UNOWNED: "owned",
    Condition.INSIDE_TERRITORY: "inside_territory",
    Condition.NO_MESSAGE: "notifies",
    Condition.SEEDS_ONLY: "seeds_only",
    Condition.INTERNAL_ONLY: "internal_only",
    Condition.LIST_FEEDS_NOTHING: "feeds",
    Condition.DRAFT_UNPUBLISHED: "published",
    Condition.RECORD_NEW: "matches_existing",
    Condition.STEP_WITHIN_BAND: "band_ppm",
    Condition.START_FAR_OFF: "starts_in_minutes",
    Condition.INNER_KNOWN: "inner",
}


def narrowing(*conditions: Condition, **changes: object) -> CatalogueEntry:
    """Return an entry that is milder under these conditions, up to 500 records."""
    return entry(**{"wide": WIDE, "narrow": NARROW, "narrow_when": conditions, "reach": Reach(narrow_up_to=500), **changes})


@pytest.mark.parametrize(("condition", "facts", "holds"), CASES)
def test_a_condition_holds_only_when_it_is_established(condition: Condition, facts: ActionFacts, holds: bool | None) -> None:
    found = classify(narrowing(condition), facts, known={OPERATION: entry()})
    assert found.action_class == (NARROW if holds else WIDE)
    assert found.form == ("narrow" if holds else "wide")
    assert found.failed == (() if holds else (condition,))
    assert found.unknown == ((condition,) if holds is None else ())


def test_every_condition_is_in_the_tables() -> None:
    assert set(HOLDS) == set(FACT_OF) == set(CONDITION_WORDS) == set(Condition)


@pytest.mark.parametrize("condition", Condition)
def test_one_missing_fact_is_enough_for_the_wide_form(condition: Condition) -> None:
    all_of_them, known = narrowing(*Condition), {OPERATION: entry()}
    established = replace(ESTABLISHED, inner=(CALL,))
    assert classify(all_of_them, established, known=known).form == "narrow"
    without: Any = {FACT_OF[condition]: None}
    found = classify(all_of_them, replace(established, **without), known=known)
    assert (found.form, found.action_class) == ("wide", WIDE)
    assert condition in found.failed
    assert found.failed == found.unknown


def test_what_failed_is_named_in_the_order_of_the_catalogue() -> None:
    order = (Condition.ONE_RECORD, Condition.FIELD_EMPTY, Condition.NO_LISTENERS)
    found = classify(narrowing(*order), replace(ESTABLISHED, field_empty=None, reach=2))
    assert (found.failed, found.unknown) == ((Condition.ONE_RECORD, Condition.FIELD_EMPTY), (Condition.FIELD_EMPTY,))


def test_a_reach_without_a_limit_is_never_small() -> None:
    assert classify(narrowing(Condition.WITHIN_REACH, reach=Reach()), ESTABLISHED).form == "wide"


def test_an_operation_without_a_narrow_form_is_wide_whatever_is_known() -> None:
    found = classify(entry(wide=WIDE), ESTABLISHED)
    assert (found.action_class, found.form, found.failed) == (WIDE, "wide", ())


def test_an_unknown_operation_has_the_worst_class_and_needs_two_people_for_itself() -> None:
    found = classify(None, ESTABLISHED)
    assert found.action_class == WORST
    assert (WORST.risk, WORST.reversibility) == (Risk.HIGH, Reversibility.IRREVERSIBLE)
    assert (found.form, found.two_people, found.one_by_one) == ("unknown", True, True)
    assert [reason.code for reason in why_class(None, found)] == ["class_unknown", "class_two_people", "class_one_by_one"]


@pytest.mark.parametrize("name", CLASSES)
def test_two_people_and_one_by_one_follow_the_class(name: str) -> None:
    found = classify(entry(wide=CLASSES[name]), ESTABLISHED)
    assert found.two_people is (name == "high, irreversible")
    assert found.one_by_one is ("high" in name or "irreversible" in name)


def test_the_guardrail_asks_for_two_people_in_the_wide_form() -> None:
    guarded = narrowing(Condition.NO_LISTENERS, guardrails={"two_person": "Two."})
    assert classify(guarded, NOTHING).two_people
    assert not classify(guarded, ESTABLISHED).two_people


def test_what_two_people_have_to_see_is_answered_by_itself() -> None:
    guarded = narrowing(Condition.NO_LISTENERS, guardrails={"two_person": "Two."})
    assert classify(guarded, NOTHING).one_by_one
    assert not classify(guarded, ESTABLISHED).one_by_one


def test_what_is_for_people_only_is_answered_by_itself_however_mild() -> None:
    assert classify(entry(human_only=True), ESTABLISHED).one_by_one
    assert not classify(entry(), ESTABLISHED).one_by_one


def test_a_class_alone_asks_for_nobody_and_leaves_no_draft() -> None:
    found = Classified(action_class=WIDE, form="wide")
    assert (found.two_people, found.one_by_one, found.stays_draft, found.worse_on) == (False, False, False, "")


# ------------------------------------------------------------------------------------------------------------ the connector

classes = st.sampled_from(list(CLASSES.values()))
booleans, numbers = st.none() | st.booleans(), st.none() | st.integers(-1, 600)
names = st.none() | st.sampled_from([(), ("somebody",)])
facts = st.builds(
    ActionFacts,
    reach=numbers,
    listeners=names,
    field_empty=booleans,
    set_by_person=booleans,
    published=booleans,
    owned=booleans,
    feeds=names,
    step_ppm=numbers,
    band_ppm=numbers,
    starts_in_minutes=st.none() | st.integers(0, 3000),
)


@st.composite
def entries(draw: st.DrawFn, operation: str = OPERATION) -> CatalogueEntry:
    """Draw an entry as the reader would accept it: the narrow form is no worse than the wide one."""
    wide, other = draw(classes), draw(classes)
    milder = ActionClass(risk=min(wide.risk, other.risk), reversibility=min(wide.reversibility, other.reversibility))
    conditions = tuple(draw(st.sets(st.sampled_from(sorted(set(Condition) - {Condition.INNER_KNOWN})), max_size=3)))
    narrow = milder if conditions else None
    return entry(operation=Operation(operation), wide=wide, narrow=narrow, narrow_when=conditions, reach=Reach(narrow_up_to=500))


def at_least(one: ActionClass, other: ActionClass) -> bool:
    return one.risk >= other.risk and one.reversibility >= other.reversibility


@given(entries(), facts, classes)
def test_a_connector_can_only_worsen(plain: CatalogueEntry, found: ActionFacts, declared: ActionClass) -> None:
    overridden = replace(plain, overrides={"vendor": Override(at_least=declared, why="it deletes.")})
    elsewhere = classify(plain, found)
    there = classify(overridden, found, connector="vendor")
    assert at_least(there.action_class, elsewhere.action_class)
    assert at_least(there.action_class, declared)
    assert classify(overridden, found, connector="another") == classify(overridden, found) == elsewhere
    assert (there.worse_on == "vendor") is (there.action_class != elsewhere.action_class)


def test_the_connector_of_the_charter_is_the_one_that_counts() -> None:
    deletes = narrowing(Condition.NO_LISTENERS, overrides={"sandbox": Override(at_least=WORST, why="it deletes.")})
    decision = decide(asked(), policy(deletes))
    assert decision.classified.action_class == WORST
    assert "On sandbox it does more than elsewhere." in sentence(decision.reasons[0])
    elsewhere = decide(asked(), policy(deletes, charters={USE_CASE: charter(connector="other")}))
    assert elsewhere.classified.action_class == NARROW


# ------------------------------------------------------------------------------------------------------------- the envelope

ENVELOPE = narrowing(Condition.INNER_KNOWN, operation=Operation("bulk.import"), wide=WORST)


@st.composite
def envelopes(draw: st.DrawFn) -> tuple[dict[Operation, CatalogueEntry], ActionFacts]:
    """Draw a small catalogue and an envelope with calls of it, and sometimes of nobody's."""
    known = {Operation(name): draw(entries(name)) for name in ("a.b", "c.d")}
    operations = st.sampled_from([Operation(name) for name in ("a.b", "a.b:variant", "c.d", "nobody.knows")])
    calls = draw(st.lists(st.builds(InnerCall, operation=operations, facts=facts), max_size=4))
    return known, replace(draw(facts), inner=tuple(calls))


@given(envelopes())
def test_an_envelope_is_as_bad_as_the_worst_call_in_it(drawn: tuple[dict[Operation, CatalogueEntry], ActionFacts]) -> None:
    known, given_ = drawn
    found = classify(ENVELOPE, given_, known=known)
    for call in given_.inner or ():
        assert at_least(found.action_class, classify(known.get(base_of(call.operation)), call.facts, known=known).action_class)
    if not given_.inner or any(call.operation == "nobody.knows" for call in given_.inner):
        assert found.action_class == WORST


@given(envelopes(), st.booleans())
def test_one_more_call_never_makes_an_envelope_milder(
    drawn: tuple[dict[Operation, CatalogueEntry], ActionFacts], first: bool
) -> None:
    known, given_ = drawn
    calls = given_.inner or (CALL,)
    fewer = replace(given_, inner=calls[1:] if first else calls[:-1])
    if fewer.inner:
        whole, part = (classify(ENVELOPE, one, known=known) for one in (replace(given_, inner=calls), fewer))
        assert at_least(whole.action_class, part.action_class)


@pytest.mark.parametrize(("reach", "wanted"), [(1, NARROW), (501, WIDE), (None, WIDE)], ids=["small", "large", "not known"])
def test_a_call_inside_is_judged_by_all_that_the_envelope_touches(reach: int | None, wanted: ActionClass) -> None:
    known = {OPERATION: narrowing(Condition.WITHIN_REACH)}
    assert classify(ENVELOPE, ActionFacts(reach=reach, inner=(CALL,)), known=known).action_class == wanted


def test_a_call_inside_is_as_bad_as_the_connector_makes_it() -> None:
    deletes = narrowing(Condition.NO_LISTENERS, overrides={"vendor": Override(at_least=WORST, why="it deletes.")})
    carrying, known = replace(ESTABLISHED, inner=(CALL,)), {OPERATION: deletes}
    there, elsewhere = (classify(ENVELOPE, carrying, connector=name, known=known) for name in ("vendor", "another"))
    assert (there.action_class, there.riskiest) == (WORST, OPERATION)
    assert elsewhere.action_class == NARROW


def test_an_envelope_inside_an_envelope_is_opened_too() -> None:
    known = {OPERATION: entry(), ENVELOPE.operation: ENVELOPE}
    sealed = InnerCall(operation=ENVELOPE.operation, facts=ESTABLISHED)
    opened = replace(sealed, facts=replace(ESTABLISHED, inner=(CALL,)))
    assert classify(ENVELOPE, replace(ESTABLISHED, inner=(opened,)), known=known).action_class == NARROW
    assert classify(ENVELOPE, replace(ESTABLISHED, inner=(sealed,)), known=known).action_class == WORST


def test_any_operation_that_carries_calls_is_judged_by_them() -> None:
    carrying = replace(ESTABLISHED, inner=(InnerCall(operation=Operation("contact.merge"), facts=ESTABLISHED),))
    decision = decide(asked(facts=carrying), policy())
    assert (decision.classified.action_class, decision.classified.riskiest) == (WORST, "contact.merge")
    assert "It carries contact.merge, which is worse than the envelope itself." in sentence(decision.reasons[0])


def test_a_call_that_makes_nothing_worse_is_not_named() -> None:
    carried = (InnerCall(operation=Operation("contact.merge"), facts=ESTABLISHED), CALL)
    assert classify(entry(), replace(ESTABLISHED, inner=carried), known={OPERATION: entry()}).riskiest == "contact.merge"
    assert classify(entry(), replace(ESTABLISHED, inner=(CALL,)), known={OPERATION: entry()}).riskiest is None


# --------------------------------------------------------------------------------------------------------------- in words


def test_what_was_found_is_told_apart_from_what_nobody_could_tell() -> None:
    rules = policy(narrowing(Condition.WITHIN_REACH, Condition.NO_LISTENERS, Condition.FIELD_EMPTY))
    told = sentence(decide(asked(facts=ActionFacts(reach=812)), rules).reasons[0])
    wanted = "it touches more than 500 records and nobody could tell what listens to what it changes or whether a value"
    assert f"It is not the milder form, because {wanted} is already there." in told


@given(entries(), facts, st.sampled_from(["", "vendor"]))
def test_every_class_says_why_in_whole_sentences(plain: CatalogueEntry, found: ActionFacts, connector: str) -> None:
    declared = replace(plain, why="It may be wrong.", overrides={"vendor": Override(at_least=WORST, why="it deletes.")})
    reasons = why_class(declared, classify(declared, found, connector=connector))
    assert reasons[0].code in {"class_only", "class_narrow", "class_wide"}
    for reason in reasons:
        assert reason.code in CLASS_SENTENCES
        assert reason.text.endswith(".")
        assert not set("{}") & set(reason.text)


@pytest.mark.parametrize(
    ("parts", "wanted"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")], ids=["one", "two", "three"]
)
def test_parts_are_joined_as_people_do(parts: list[str], wanted: str) -> None:
    assert joined(parts) == wanted
