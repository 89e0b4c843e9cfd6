"""How a catalogue document is read, and what in it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from remit.core.catalogue import CatalogueEntry, Condition, Mode, base_of, read_catalogue
from remit.core.types import Kind, Operation
from remit.errors import RuleError
from tests.core.small_policy import CLASSES
from tests.core.small_policy import ENTRY_DOCUMENT as PLAIN

NARROW: dict[str, Any] = {"narrow": "low, easy", "narrow_when": ["one_record", "no_listeners"]}


def one(body: object) -> CatalogueEntry:
    """Read a catalogue of one operation."""
    return read_catalogue({"actions": {"contact.tag.add": body}})[Operation("contact.tag.add")]


def test_an_entry_is_read_as_it_is_written() -> None:
    assert one(PLAIN | NARROW | {"contacts_person": True, "human_only": True}) == CatalogueEntry(
        operation=Operation("contact.tag.add"),
        name="Add a tag",
        kind=Kind.ACT,
        mode=Mode.EXECUTE,
        wide=CLASSES["medium, partial"],
        narrow=CLASSES["low, easy"],
        narrow_when=(Condition.ONE_RECORD, Condition.NO_LISTENERS),
        contacts_person=True,
        human_only=True,
    )


def test_what_is_not_written_is_off() -> None:
    read = one(PLAIN)
    assert (read.narrow, read.narrow_when, read.contacts_person, read.human_only) == (None, (), False, False)


@pytest.mark.parametrize(("text", "wanted"), CLASSES.items(), ids=CLASSES)
def test_every_class_has_its_words(text: str, wanted: object) -> None:
    assert one(PLAIN | {"wide": text}).wide == one(PLAIN | {"wide": text.replace(", ", ",")}).wide == wanted


REFUSED: dict[str, object] = {
    "no name": {key: value for key, value in PLAIN.items() if key != "name"},
    "no class": {key: value for key, value in PLAIN.items() if key != "wide"},
    "no such kind": PLAIN | {"kind": "dance"},
    "no such mode": PLAIN | {"mode": "always"},
    "no such risk": PLAIN | {"wide": "tiny, easy"},
    "half a class": PLAIN | {"wide": "low"},
    "no such condition": PLAIN | NARROW | {"narrow_when": ["full_moon"]},
    "conditions that are no list": PLAIN | NARROW | {"narrow_when": "one_record"},
    "a misspelt key": PLAIN | {"human_onyl": True},
    "a narrow form under no condition": PLAIN | {"narrow": "low, easy"},
    "conditions for no narrow form": PLAIN | {"narrow_when": ["one_record"]},
    "a narrow form with more risk": PLAIN | NARROW | {"narrow": "high, easy"},
    "a narrow form that is harder to undo": PLAIN | NARROW | {"narrow": "low, irreversible"},
    "no description": None,
    "a list": ["act"],
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_entry_that_cannot_be_read_is_refused_by_name(name: str) -> None:
    with pytest.raises(RuleError) as refused:
        one(REFUSED[name])
    assert "contact.tag.add" in str(refused.value)


@pytest.mark.parametrize("document", [{}, {"actions": None}, {"actions": []}], ids=["empty", "nothing", "a list"])
def test_a_document_without_actions_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(RuleError, match="actions"):
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
