"""What class an action has: the narrow form only where every condition is established."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remit.core.catalogue import Condition
from remit.core.classify import ActionFacts, classify
from remit.core.types import WORST, Reversibility, Risk
from tests.core.small_policy import CLASSES, ESTABLISHED, entry

WIDE, NARROW = CLASSES["medium, partial"], CLASSES["low, easy"]
NOTHING = ActionFacts()
HOLDS: dict[Condition, dict[str, tuple[ActionFacts, bool]]] = {
    Condition.NO_LISTENERS: {
        "nobody listens": (ActionFacts(listeners=()), True),
        "somebody listens": (ActionFacts(listeners=("newsletter",)), False),
        "not known": (NOTHING, False),
    },
    Condition.FIELD_EMPTY: {
        "empty": (ActionFacts(field_empty=True), True),
        "filled": (ActionFacts(field_empty=False), False),
        "not known": (NOTHING, False),
    },
    Condition.NOT_SET_BY_PERSON: {
        "set by nobody": (ActionFacts(set_by_person=False), True),
        "set by a person": (ActionFacts(set_by_person=True), False),
        "not known": (NOTHING, False),
    },
    Condition.ONE_RECORD: {
        "none": (ActionFacts(reach=0), True),
        "one": (ActionFacts(reach=1), True),
        "two": (ActionFacts(reach=2), False),
        "not known": (NOTHING, False),
    },
}
CASES = [
    pytest.param(condition, facts, holds, id=f"{condition}: {name}")
    for condition, cases in HOLDS.items()
    for name, (facts, holds) in cases.items()
]


@pytest.mark.parametrize(("condition", "facts", "holds"), CASES)
def test_a_condition_holds_only_when_it_is_established(condition: Condition, facts: ActionFacts, holds: bool) -> None:
    found = classify(entry(wide=WIDE, narrow=NARROW, narrow_when=(condition,)), facts)
    assert found.action_class == (NARROW if holds else WIDE)
    assert found.form == ("narrow" if holds else "wide")
    assert found.failed == (() if holds else (condition,))


def test_every_condition_is_in_the_table() -> None:
    assert set(HOLDS) == set(Condition)


@pytest.mark.parametrize("missing", ["listeners", "field_empty", "set_by_person", "reach"])
def test_one_missing_fact_is_enough_for_the_wide_form(missing: str) -> None:
    all_of_them = entry(wide=WIDE, narrow=NARROW, narrow_when=tuple(Condition))
    assert classify(all_of_them, ESTABLISHED).form == "narrow"
    found = classify(all_of_them, replace(ESTABLISHED, **{missing: None}))
    assert (found.form, found.action_class, len(found.failed)) == ("wide", WIDE, 1)


def test_what_failed_is_named_in_the_order_of_the_catalogue() -> None:
    order = (Condition.ONE_RECORD, Condition.FIELD_EMPTY, Condition.NO_LISTENERS)
    found = classify(entry(wide=WIDE, narrow=NARROW, narrow_when=order), replace(ESTABLISHED, field_empty=None, reach=None))
    assert found.failed == (Condition.ONE_RECORD, Condition.FIELD_EMPTY)


def test_an_operation_without_a_narrow_form_is_wide_whatever_is_known() -> None:
    found = classify(entry(wide=WIDE), ESTABLISHED)
    assert (found.action_class, found.form, found.failed) == (WIDE, "wide", ())


def test_an_unknown_operation_has_the_worst_class() -> None:
    found = classify(None, ESTABLISHED)
    assert found.action_class == WORST
    assert (WORST.risk, WORST.reversibility) == (Risk.HIGH, Reversibility.IRREVERSIBLE)
    assert found.form == "unknown"
