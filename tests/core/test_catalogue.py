"""How a catalogue document is read, and what in it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from remit.core.catalogue import CatalogueEntry, Condition, Mode, Override, PersonalData, Reach, ReachUnit, Stage, Undo, base_of
from remit.core.catalogue_reading import read_catalogue
from remit.core.types import Kind, Operation
from remit.errors import RuleError
from tests.core.small_policy import CLASSES
from tests.core.small_policy import ENTRY_DOCUMENT as PLAIN

NARROW: dict[str, Any] = {"narrow": "low, easy", "narrow_when": ["one_record", "no_listeners"]}
OVERRIDE: dict[str, Any] = {"at_least": "high, irreversible", "why": "it deletes."}


def one(body: object) -> CatalogueEntry:
    """Read a catalogue of one operation and one guardrail."""
    document = {"guardrails": {"link_check": "Links work."}, "actions": {"contact.tag.add": body}}
    return read_catalogue(document)[Operation("contact.tag.add")]


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in PLAIN.items() if key != name}


def test_an_entry_is_read_as_it_is_written() -> None:
    written = {
        "stage": "human_only",
        "contacts_person": True,
        "guardrails": ["link_check"],
        "overrides": {"vendor": OVERRIDE},
        "reach": {"unit": "recipients", "narrow_up_to": 7},
        "narrow_when": ["within_reach", "no_listeners"],
    }
    read = one(PLAIN | NARROW | written)
    assert read == CatalogueEntry(
        operation=Operation("contact.tag.add"),
        name="Add a tag",
        kind=Kind.ACT,
        stage=Stage.HUMAN_ONLY,
        mode=Mode.EXECUTE,
        wide=CLASSES["medium, partial"],
        narrow=CLASSES["low, easy"],
        narrow_when=(Condition.WITHIN_REACH, Condition.NO_LISTENERS),
        why="It may start an automation.",
        undo=Undo(how="Remove it.", capture=("tags_before",), residue="What was started."),
        reach=Reach(unit=ReachUnit.RECIPIENTS, narrow_up_to=7),
        personal_data=PersonalData.INDIRECT,
        contacts_person=True,
        guardrails={"link_check": "Links work."},
        overrides={"vendor": Override(at_least=CLASSES["high, irreversible"], why="it deletes.")},
    )
    assert read.human_only


def test_what_is_not_written_is_off() -> None:
    read = one(PLAIN)
    assert (read.narrow, read.narrow_when, read.overrides, read.guardrails, read.human_only) == (None, (), {}, {}, False)


@pytest.mark.parametrize(("text", "wanted"), CLASSES.items(), ids=CLASSES)
def test_every_class_has_its_words(text: str, wanted: object) -> None:
    assert one(PLAIN | {"wide": text}).wide == one(PLAIN | {"wide": text.replace(", ", ",")}).wide == wanted


REFUSED: dict[str, object] = {
    **{f"no {name}": without(name) for name in PLAIN},
    "no such kind": PLAIN | {"kind": "dance"},
    "no such stage": PLAIN | {"stage": "later"},
    "no such mode": PLAIN | {"mode": "always"},
    "no such risk": PLAIN | {"wide": "tiny, easy"},
    "no such reversibility": PLAIN | {"wide": "low, simple"},
    "half a class": PLAIN | {"wide": "low"},
    "a class too many": PLAIN | {"wide": "low, easy, easy"},
    "no such condition": PLAIN | NARROW | {"narrow_when": ["full_moon"]},
    "conditions that are no list": PLAIN | NARROW | {"narrow_when": "one_record"},
    "a misspelt key": PLAIN | {"narow": "low, easy"},
    "a misspelt key further in": PLAIN | {"undo": PLAIN["undo"] | {"residu": "x"}},
    "an empty reason": PLAIN | {"why": ""},
    "a yes that is no truth": PLAIN | {"contacts_person": "yes"},
    "a guardrail nobody described": PLAIN | {"guardrails": ["good_luck"]},
    "no such unit": PLAIN | {"reach": {"unit": "miles"}},
    "a limit below nothing": PLAIN | NARROW | {"narrow_when": ["within_reach"], "reach": {"unit": "records", "narrow_up_to": -1}},
    "a limit that is no condition": PLAIN | {"reach": {"unit": "records", "narrow_up_to": 5}},
    "a condition without its limit": PLAIN | NARROW | {"narrow_when": ["within_reach"]},
    "no residue of what is not easy to undo": PLAIN | {"undo": {"how": "Remove it.", "capture": []}},
    "a narrow form under no condition": PLAIN | {"narrow": "low, easy"},
    "conditions for no narrow form": PLAIN | {"narrow_when": ["one_record"]},
    "a narrow form with more risk": PLAIN | NARROW | {"narrow": "high, easy"},
    "a narrow form that is harder to undo": PLAIN | NARROW | {"narrow": "low, irreversible"},
    "a narrow form that is the wide one": PLAIN | NARROW | {"narrow": "medium, partial"},
    "an override that worsens nothing": PLAIN | NARROW | {"overrides": {"vendor": OVERRIDE | {"at_least": "low, easy"}}},
    "an envelope that nobody looked into and that is not the worst": PLAIN | NARROW | {"narrow_when": ["inner_known"]},
    "an override of what stays inside": PLAIN | NARROW | {"kind": "draft", "overrides": {"vendor": OVERRIDE}},
    "an override without a reason": PLAIN | {"overrides": {"vendor": {"at_least": "high, easy"}}},
    "no description": None,
    "a list": ["act"],
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_entry_that_cannot_be_read_is_refused_by_name(name: str) -> None:
    with pytest.raises(RuleError) as refused:
        one(REFUSED[name])
    assert "contact.tag.add" in str(refused.value)


def test_what_is_easy_to_undo_leaves_nothing() -> None:
    assert not one(PLAIN | {"wide": "low, easy", "undo": {"how": "Remove it.", "capture": []}}).undo.residue


@pytest.mark.parametrize(
    "document",
    [None, {}, {"actions": None}, {"actions": []}, {"actions": {}, "rules": {}}, {"actions": {"Not A Name": PLAIN}}],
    ids=["none", "empty", "nothing", "a list", "a key nobody knows", "an odd name"],
)
def test_a_document_without_proper_actions_is_refused(document: object) -> None:
    with pytest.raises(RuleError, match="the catalogue"):
        read_catalogue(document)


@pytest.mark.parametrize(
    ("operation", "wanted"),
    [
        pytest.param("contact.enrich", "contact.enrich", id="plain"),
        pytest.param("contact.enrich:education", "contact.enrich", id="variant"),
        pytest.param("contact.enrich:a:b", "contact.enrich", id="two colons"),
    ],
)
def test_a_variant_is_an_operation_of_its_base(operation: str, wanted: str) -> None:
    assert base_of(Operation(operation)) == wanted
