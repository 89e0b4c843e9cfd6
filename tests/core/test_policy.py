"""What the gate decides by: documents compiled together, known by a digest."""

from __future__ import annotations

import json

import pytest

from remit.core.policy import CATALOGUE, compile_documents, digest_of, document_name
from remit.core.types import Operation
from remit.errors import RuleError
from tests.core.small_policy import CHARTER_DOCUMENT as CHARTER
from tests.core.small_policy import ENTRY_DOCUMENT as ENTRY

DOCUMENTS = {
    CATALOGUE: json.dumps({"actions": {"contact.enrich": ENTRY}}),
    "charter:enrich": json.dumps(CHARTER),
    "charter:score": json.dumps(CHARTER | {"use_case": "score"}),
}


def test_charters_and_catalogue_are_compiled_together() -> None:
    policy = compile_documents(7, "abc", DOCUMENTS)
    assert (policy.number, policy.digest) == (7, "abc")
    assert set(policy.charters) == {"enrich", "score"}
    assert set(policy.catalogue) == {"contact.enrich"}


def test_a_variant_has_the_entry_of_its_base() -> None:
    policy = compile_documents(1, "abc", DOCUMENTS)
    known = policy.entry(Operation("contact.enrich:region"))
    assert known is not None
    assert known is policy.entry(Operation("contact.enrich"))
    assert policy.entry(Operation("email.send")) is None


BROKEN: dict[str, dict[str, str]] = {
    "no catalogue": {name: text for name, text in DOCUMENTS.items() if name != CATALOGUE},
    "a catalogue that is no JSON": DOCUMENTS | {CATALOGUE: "{"},
    "a catalogue that is a list": DOCUMENTS | {CATALOGUE: "[]"},
    "a charter that is no JSON": DOCUMENTS | {"charter:enrich": "use_case: enrich"},
    "a charter that is incomplete": DOCUMENTS | {"charter:enrich": "{}"},
    "a charter under another's name": DOCUMENTS | {"charter:enrich": json.dumps(CHARTER | {"use_case": "score"})},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_document_that_cannot_be_read_is_refused(name: str) -> None:
    with pytest.raises(RuleError):
        compile_documents(1, "abc", BROKEN[name])


def test_equal_documents_have_equal_digests_in_any_order() -> None:
    assert digest_of(DOCUMENTS) == digest_of(dict(reversed(DOCUMENTS.items())))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(DOCUMENTS | {"charter:enrich": DOCUMENTS["charter:enrich"] + " "}, id="one byte more"),
        pytest.param({**DOCUMENTS, "charter:third": "{}"}, id="one document more"),
        pytest.param({CATALOGUE: DOCUMENTS[CATALOGUE]}, id="documents missing"),
        pytest.param({**DOCUMENTS, "charter:enrich": DOCUMENTS["charter:score"]}, id="a document under another name"),
    ],
)
def test_other_documents_have_another_digest(other: dict[str, str]) -> None:
    assert digest_of(other) != digest_of(DOCUMENTS)


NAMED: dict[str, tuple[object, str]] = {
    "a catalogue": ({"actions": {}}, "catalogue"),
    "a risk statement": ({"organisation": "Tests"}, "risk_statement"),
    "a charter, which names its brand and packs too": ({"use_case": "score", "brand": "ours", "packs": {}}, "charter:score"),
    "a pack": ({"pack": "mail-law"}, "pack:mail-law"),
    "a brand": ({"brand": "ours"}, "brand:ours"),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_document_is_known_by_its_content(name: str) -> None:
    document, wanted = NAMED[name]
    assert document_name(document, source="a.yaml") == wanted


@pytest.mark.parametrize("document", [None, [], "text", {}, {"use_case": 7}, {"title": "x"}])
def test_a_document_that_is_none_of_them_is_refused(document: object) -> None:
    with pytest.raises(RuleError, match=r"a\.yaml"):
        document_name(document, source="a.yaml")
