"""The schemas admit what can be read and refuse what cannot, as far as a schema can tell."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from remit.core.document_kinds import KINDS, document_faults
from remit.core.document_schema import schema_of
from tests.core.test_document_faults import FAULTS, PLAIN
from tests.core.test_document_kinds import DOCUMENTS


@pytest.mark.parametrize("name", KINDS)
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(schema_of(KINDS[name]))


@pytest.mark.parametrize("name", KINDS)
def test_what_can_be_read_is_admitted(name: str) -> None:
    assert not list(Draft202012Validator(schema_of(KINDS[name])).iter_errors(DOCUMENTS[name]))


UNTOLD = {"a date that is none"}
"""A format is only a remark for a validator."""


@pytest.mark.parametrize("name", FAULTS.keys() - UNTOLD)
def test_an_editor_underlines_what_check_would_name(name: str) -> None:
    document: dict[str, Any] = PLAIN | FAULTS[name][0]
    assert list(document_faults(document, KINDS["charter"]))
    assert list(Draft202012Validator(schema_of(KINDS["charter"])).iter_errors(document))


@pytest.mark.parametrize("name", KINDS)
def test_every_entry_is_described_and_no_other_is_admitted(name: str) -> None:
    records = [part for part in schema_of(KINDS[name])["$defs"].values() if "properties" in part]
    assert records
    assert all(part["additionalProperties"] is False for part in records)
    assert all(entry["description"] for part in records for entry in part["properties"].values())


def test_choices_are_spelt_out() -> None:
    parts = schema_of(KINDS["charter"])["$defs"]
    assert parts["Level"]["enum"] == [0, 1, 2, 3, 4]
    assert parts["Level"]["description"].endswith("3 Execute, 4 Optimise.")
    assert "marketing_ops" in parts["OwnerRole"]["enum"]
    assert parts["RuleSpec"]["properties"]["verdict"]["enum"] == ["block", "draft", "hold"]
    classes = schema_of(KINDS["risk-statement"])["$defs"]["RiskStatement"]["properties"]["highest_level"]
    assert set(classes["properties"]) >= {"low, easy", "high, irreversible"}
    assert classes["additionalProperties"] is False
