"""A document is known by its content, and all that is wrong with one is said."""

from __future__ import annotations

from typing import Any

import pytest

from remit.core.document_kinds import KINDS, THE_CATALOGUE, document_faults, kind_of
from tests.core.small_policy import CHARTER_DOCUMENT

STATEMENT: dict[str, Any] = {
    "organisation": "o",
    "signed_by": "s",
    "signed_on": "2026-01-01",
    "highest_level": {"low, easy": 3},
    "tolerance": 0.1,
    "tolerance_in_words": "few",
}
RULE: dict[str, Any] = {
    "id": "mail.one",
    "operations": ["email.one_to_one.send"],
    "when": "suppressed",
    "verdict": "block",
    "unknown": "hold",
    "because": "b",
    "cites": "Art. 1",
}
PACK: dict[str, Any] = {"pack": "mail", "title": "t", "as_of": "2026-01-01", "version": 1, "about": "a", "rules": [RULE]}
BRAND: dict[str, Any] = {"brand": "ours", "title": "t", "claims": {"a": {"text": "x", "expires": "2027-01-01"}}}

MAP: dict[str, Any] = {
    "map": "crm",
    "title": "t",
    "attributes": {"person.region": {"field": "country", "reads": "region"}},
    "person": "contact",
}

DOCUMENTS = {"charter": CHARTER_DOCUMENT, "risk-statement": STATEMENT, "brand": BRAND, "pack": PACK, "map": MAP}


@pytest.mark.parametrize("name", KINDS)
def test_a_document_is_known_by_its_content(name: str) -> None:
    kind = kind_of(DOCUMENTS[name])
    assert kind is KINDS[name]
    assert not document_faults(DOCUMENTS[name], kind)


@pytest.mark.parametrize("name", KINDS)
def test_a_document_that_is_mostly_right_is_known_too(name: str) -> None:
    first, *rest = DOCUMENTS[name]
    document = {entry: DOCUMENTS[name][entry] for entry in rest} | {f"x{first}": DOCUMENTS[name][first]}
    assert kind_of(document) is KINDS[name]


@pytest.mark.parametrize("document", [None, [], "a", {}, {"a": 1}])
def test_what_is_no_document_is_none(document: object) -> None:
    assert kind_of(document) is None


FAULTS: dict[str, tuple[str, dict[str, Any], tuple[str | int, ...], str, str]] = {
    "a start above the highest level": (
        "charter",
        {"starts_at": 4},
        (),
        "starts_at 4 above highest_level 3",
        "Start at or below",
    ),
    "one signature without a reason": ("risk-statement", {"small_team": {}}, (), "small_team without why", "Say why"),
    "two rules of one name": ("pack", {"rules": [RULE, RULE]}, (), "two rules called mail.one", "Rename one"),
    "a region nobody knows, in a charter": (
        "charter",
        {"packs": {"regions": ["EU", "DE"]}},
        ("packs", "regions", 1),
        'no region: the text "DE"',
        "use one of: CA, EEA, EU",
    ),
    "a region nobody knows, in a rule": (
        "pack",
        {"rules": [RULE | {"regions": ["EUU"]}]},
        ("rules", 0, "regions", 0),
        'no region: the text "EUU"',
        "Did you mean EU?",
    ),
    "a condition about something nobody knows": (
        "charter",
        {"rules": {"a": {"when": "lisners == 3", "verdict": "hold", "because": "b"}}},
        ("rules", "a", "when"),
        "there is no attribute lisners (at character 1 of the condition)",
        "Write listeners",
    ),
    "a condition that is wrong further down": (
        "pack",
        {"rules": [RULE | {"when": "suppressed ||\n  reach > 'x'"}]},
        ("rules", 0, "when"),
        "(at line 2, character 9 of the condition)",
        "Give both sides one type",
    ),
    "a condition that asks has of a plain attribute": (
        "charter",
        {"rules": {"a": {"when": "has(reach)", "verdict": "hold", "because": "b"}}},
        ("rules", "a", "when"),
        "has asks about a dotted name, and reach has no dot",
        "or leave has out",
    ),
    "a rule about no operation": (
        "pack",
        {"rules": [RULE | {"operations": []}]},
        ("rules", 0, "operations"),
        "an empty list",
        "a list of at least 1, each a text",
    ),
    "a rule about what is no operation": (
        "pack",
        {"rules": [RULE | {"operations": [3]}]},
        ("rules", 0, "operations", 0),
        "the number 3",
        "Write a text",
    ),
    "an attribute of a map that nobody knows": (
        "map",
        {"attributes": {"person.regoin": {"field": "country", "reads": "region"}}},
        ("attributes", "person.regoin"),
        "no attribute that a record could tell",
        "Did you mean person.region?",
    ),
    "an attribute of a map that is read as something else": (
        "map",
        {"attributes": {"person.region": {"field": "country", "reads": "yes_no"}}},
        ("attributes", "person.region"),
        "read as yes_no, which makes no string",
        "Read it as what it is",
    ),
    "a way of reading that there is not": (
        "map",
        {"attributes": {"person.region": {"field": "country", "reads": "regoin"}}},
        ("attributes", "person.region", "reads"),
        'the text "regoin"',
        "Did you mean region?",
    ),
    "attributes that are none": ("map", {"attributes": 3}, ("attributes",), "the number 3", "Write names below it"),
    "rules that are none": ("charter", {"rules": 3}, ("rules",), "the number 3", "Write names below it"),
    "a rule that is none": ("charter", {"rules": {"a": 3}}, ("rules", "a"), "the number 3", "Write entries below it"),
    "packs that are none": ("charter", {"packs": 3}, ("packs",), "the number 3", "Write entries below it"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_is_named(name: str) -> None:
    kind, changes, way, found, do = FAULTS[name]
    [fault] = document_faults(DOCUMENTS[kind] | changes, KINDS[kind])
    assert fault.way == way
    assert found in fault.found
    assert do in fault.do


def test_the_catalogue_is_known_and_read_as_a_whole() -> None:
    kind = kind_of({"actions": {}})
    assert kind is THE_CATALOGUE
    assert (kind.name_in({"actions": {}}), kind.document("")) == ("", "catalogue")
    assert document_faults({"actions": {}}, kind) == []
    [fault] = document_faults({"actions": {"contact.tag.add": {}}}, kind)
    assert (fault.way, "name" in fault.found) == (("actions", "contact.tag.add"), True)
    [whole] = document_faults({"actions": 3}, kind)
    assert whole.way == ()


@pytest.mark.parametrize(("kind", "wanted"), [("charter", "charter:a"), ("risk-statement", "risk_statement"), ("map", "map:a")])
def test_a_document_is_called_by_its_kind_and_name(kind: str, wanted: str) -> None:
    assert KINDS[kind].document("a") == wanted


def test_one_broken_condition_does_not_hide_the_next() -> None:
    broken = {"when": "nobody", "verdict": "hold", "because": "b"}
    found = document_faults(CHARTER_DOCUMENT | {"rules": {"a": broken, "b": broken}}, KINDS["charter"])
    assert [fault.way for fault in found] == [("rules", "a", "when"), ("rules", "b", "when")]


def test_a_document_that_is_no_mapping_is_refused() -> None:
    assert document_faults(["a"], KINDS["charter"])
