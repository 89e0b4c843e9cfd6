"""Everything that keeps a document from being read is named at once, with what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from remit.core.charter import Charter
from remit.core.document_faults import faults, meant
from remit.core.risk_statement import RiskStatement
from tests.core.small_policy import CHARTER_DOCUMENT

PLAIN: dict[str, Any] = CHARTER_DOCUMENT


def found(changes: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str, str]]:
    return [(fault.way, fault.found, fault.do) for fault in faults(PLAIN | changes, Charter)]


def test_a_charter_that_can_be_read_has_no_faults() -> None:
    assert not found({})


FAULTS: dict[str, tuple[dict[str, Any], tuple[str | int, ...], str, str]] = {
    "a misspelt entry": ({"brnad": "x"}, ("brnad",), "no entry is called brnad", "Did you mean brand?"),
    "nothing like an entry": ({"zzz": 1}, ("zzz",), "no entry is called zzz", "Leave it out, or use one of"),
    "a number for a text": ({"goal": 3}, ("goal",), "the number 3", "Write a text"),
    "nothing for a text": ({"goal": None}, ("goal",), "nothing stands there", "Write a text; what begins with #"),
    "a name with a space": ({"use_case": "My case"}, ("use_case",), 'the text "My case"', "a name in small letters"),
    "an empty text": ({"connector": ""}, ("connector",), "an empty text", "a name"),
    "a level in words": ({"starts_at": "two"}, ("starts_at",), 'the text "two"', "2 (recommend)"),
    "a level that does not exist": ({"starts_at": 9}, ("starts_at",), "the number 9", "4 (optimise)"),
    "true for a number": ({"deadline_hours": True}, ("deadline_hours",), "true", "a whole number from 1 to 8760"),
    "a number outside a range": ({"take_back_seconds": 90}, ("take_back_seconds",), "90", "from 0 to 60"),
    "a share of five": ({"highest_share": 5}, ("highest_share",), "the number 5", "a number above 0 and up to 1"),
    "a percentage": (
        {"evidence": PLAIN["evidence"] | {"tolerance": "5 %"}},
        ("evidence", "tolerance"),
        'the text "5 %"',
        "a number above 0 and below 0.5; 5 % is 0.05",
    ),
    "a percentage as a number": (
        {"readiness": {"data_quality": 95}},
        ("readiness", "data_quality"),
        "the number 95",
        "a number from 0 to 1; 95 % is 0.95",
    ),
    "a share that is no percentage": (
        {"evidence": PLAIN["evidence"] | {"tolerance": 0.9}},
        ("evidence", "tolerance"),
        "the number 0.9",
        "a number above 0 and below 0.5",
    ),
    "a name in capitals": ({"connector": "HubSpot"}, ("connector",), 'the text "HubSpot"', "Did you mean hubspot?"),
    "a text for a truth": (
        {"readiness": {"undo_proven": "yes"}},
        ("readiness", "undo_proven"),
        'the text "yes"',
        "Write true or false",
    ),
    "a list for a mapping": ({"windows": ["a"]}, ("windows",), "a list of 1", "Write names below it"),
    "a mapping for a list": (
        {"escalation": {"after_hours": 1}},
        ("escalation",),
        "entries below it (after_hours)",
        "Write a list",
    ),
    "an empty mapping for a list": ({"assumptions": {}}, ("assumptions",), "an empty mapping", "Write a list"),
    "a text for entries": ({"evidence": "strict"}, ("evidence",), 'the text "strict"', "such as tolerance, why, cluster"),
    "an item of a list": (
        {"escalation": [{"after_hours": 1, "role": "risk"}, {"after_hours": 0, "role": "risk"}]},
        ("escalation", 1, "after_hours"),
        "the number 0",
        "a whole number from 1 on",
    ),
    "a slip in a choice": (
        {"owner_role": "marketing_op"},
        ("owner_role",),
        'the text "marketing_op"',
        "Did you mean marketing_ops?",
    ),
    "a slip in a verdict": (
        {"rules": {"a": {"when": "owned", "verdict": "blok", "because": "b"}}},
        ("rules", "a", "verdict"),
        'the text "blok"',
        "Did you mean block?",
    ),
    "a date that is none": (
        {"measure": {"metric": "m", "baseline": 1, "target": 2, "by": "soon"}},
        ("measure", "by"),
        'the text "soon"',
        "a date such as 2026-11-30",
    ),
    "a clock without its zero": (
        {"contact_hours": {"earliest": "9:00", "latest": "20:00"}},
        ("contact_hours", "earliest"),
        'the text "9:00"',
        'a time of day such as "09:00"',
    ),
    "a window of time": (
        {"limits": {"a": {"counts": "actions", "at_most": 1, "window": "daily"}}},
        ("limits", "a", "window"),
        'the text "daily"',
        'such as "1 day"',
    ),
    "a name of a rule": (
        {"rules": {"A rule": {"when": "owned", "verdict": "hold", "because": "b"}}},
        ("rules", "A rule"),
        'the text "A rule"',
        "a name in small letters",
    ),
    "a long text": ({"currency": "x" * 60}, ("currency",), f'the text "{"x" * 40}..."', "three capitals"),
    "a missing part": (
        {"evidence": {"tolerance": 0.1, "why": "w", "cluster": {"key": ["day"]}}},
        ("evidence", "cluster", "why"),
        "it is missing",
        "Add `why:` with a text",
    ),
    "a value of a record": (
        {"windows": {"a": {"kind": "contact", "fields": ["a"], "where": {"a": {"b": 1}}}}},
        ("windows", "a", "where", "a"),
        "entries below it (b)",
        "a text or a whole number",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_place_and_what_to_write(name: str) -> None:
    changes, way, what, do = FAULTS[name]
    [(place, said, instead)] = found(changes)
    assert place == way
    assert what in said
    assert do in instead


def test_all_faults_are_named_at_once() -> None:
    assert len(found({"goal": 3, "starts_at": 9, "windows": [], "deadline_hours": 0})) == 4


def test_a_misspelt_entry_is_not_called_missing_as_well() -> None:
    document = {name: value for name, value in PLAIN.items() if name != "title"} | {"titel": "x"}
    [fault] = list(faults(document, Charter))
    assert (fault.way, fault.do) == (("titel",), "Did you mean title?")


def test_what_is_missing_is_named_with_what_belongs_there() -> None:
    document = {name: value for name, value in PLAIN.items() if name not in {"operations", "starts_at", "non_negotiables"}}
    told = {fault.way[0]: fault.do for fault in faults(document, Charter)}
    assert told["operations"] == "Add `operations:` with names and what belongs to each"
    assert told["non_negotiables"] == "Add `non_negotiables:` with a list, each a text"
    assert told["starts_at"].startswith("Add `starts_at:` with a level: 0 (off)")


def test_a_class_that_does_not_exist_is_named() -> None:
    statement = {
        "organisation": "o",
        "signed_by": "s",
        "signed_on": "2026-01-01",
        "highest_level": {"low easy": 3},
        "tolerance": 0.1,
        "tolerance_in_words": "few",
    }
    [fault] = list(faults(statement, RiskStatement))
    assert fault.way == ("highest_level", "low easy")
    assert fault.do.endswith("Did you mean low, easy?")


def test_a_document_that_is_a_list_is_told_what_it_could_hold() -> None:
    [fault] = list(faults([1], Charter))
    assert fault.do == "Write entries below it, such as use_case, title, goal"


@pytest.mark.parametrize(
    ("name", "known", "do"),
    [
        ("titel", {"title", "goal"}, "Did you mean title?"),
        ("ab", {"ba", "aab"}, "Did you mean aab?"),
        ("zzz", {"title", "goal"}, "Leave it out, or use one of: goal, title"),
        ("zzz", set(), "Leave it out"),
    ],
)
def test_a_near_miss_is_suggested(name: str, known: set[str], do: str) -> None:
    assert meant(name, known) == do


@pytest.mark.parametrize("tolerance", [0.9, 1, 1.5, 0, -3])
def test_what_is_no_percentage_is_not_called_one(tolerance: float) -> None:
    [(_, _, do)] = found({"evidence": PLAIN["evidence"] | {"tolerance": tolerance}})
    assert do == "Write a number above 0 and below 0.5"
