"""How fields of a CRM are read: as the map says, and never more than what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.countries import region_code
from remit.core.field_map import FieldMap, FieldSpec, read_field_map, records, told, value_of, wanted
from remit.core.types import ABSENT, Image, Record, Value
from remit.errors import RuleError

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
ANNA, SENDER = Record(kind="contact", id="anna"), Record(kind="sender", id="main")
DOCUMENT: dict[str, Any] = {
    "map": "sandbox",
    "title": "A map for tests",
    "attributes": {
        "person.region": {"field": "country", "state": "state", "reads": "region"},
        "person.consent": {"field": "consent", "reads": "yes_no"},
        "message.from_domain": {"of": "sender/main", "field": "address", "reads": "domain"},
        "message.opt_out_days": {"of": "sender/main", "field": "days", "reads": "whole"},
    },
}


def noon(zone: str, _: datetime) -> int | None:
    """Know one zone alone."""
    return 720 if zone == "Here" else None


def small() -> FieldMap:
    """Return a map of four attributes."""
    return read_field_map(DOCUMENT, source="map:sandbox")


@pytest.mark.parametrize(
    ("reads", "value", "found"),
    [
        pytest.param("as_is", "consent", "consent", id="a text"),
        pytest.param("as_is", "", None, id="an empty text"),
        pytest.param("as_is", None, None, id="nothing"),
        pytest.param("as_is", True, True, id="a truth"),
        pytest.param("as_is", 1.5, None, id="a fraction"),
        pytest.param("yes_no", True, True, id="true"),
        pytest.param("yes_no", " JA ", True, id="yes in German"),
        pytest.param("yes_no", 0, False, id="zero"),
        pytest.param("yes_no", "Nein", False, id="no in German"),
        pytest.param("yes_no", "maybe", None, id="neither"),
        pytest.param("yes_no", "", None, id="empty"),
        pytest.param("whole", 30, 30, id="a number"),
        pytest.param("whole", "-30", -30, id="a number as text"),
        pytest.param("whole", "thirty", None, id="a word"),
        pytest.param("whole", True, None, id="a truth is no number"),
        pytest.param("local_minute", "Here", 720, id="a zone"),
        pytest.param("local_minute", "There", None, id="a zone nobody knows"),
        pytest.param("local_minute", 5, None, id="no zone"),
        pytest.param("days_since", "2026-11-20", 5, id="a day"),
        pytest.param("days_since", "2026-11-20T08:00:00Z", 5, id="a moment"),
        pytest.param("days_since", "2026-11-30", -5, id="a day to come"),
        pytest.param("days_since", "soon", None, id="no day"),
        pytest.param("days_since", 5, None, id="a number is no day"),
        pytest.param("days_left", "2026-12-05", 10, id="days left"),
        pytest.param("days_left", None, None, id="no end"),
        pytest.param("domain", "Bank <a@Bank.example>", "bank.example", id="a mail address"),
        pytest.param("domain", "nobody", None, id="no address"),
        pytest.param("domain", 5, None, id="a number is no address"),
        pytest.param("region", "Deutschland", "DE", id="a country"),
        pytest.param("region", 5, None, id="a number is no country"),
    ],
)
def test_a_value_is_read_as_the_map_says_or_not_at_all(reads: Any, value: Value, found: object) -> None:
    assert value_of(FieldSpec(field="x", reads=reads), {"x": value}, NOW, noon) == found
    assert value_of(FieldSpec(field="x", reads=reads), {}, NOW, noon) is None


def test_what_an_empty_field_means_is_said_by_the_map() -> None:
    spec = FieldSpec(field="x", reads="yes_no", empty=False)
    read = [value_of(spec, fields, NOW, noon) for fields in ({}, {"x": ""}, {"x": None}, {"x": "yes"}, {"x": "?"})]
    assert read == [False, False, False, True, None]


@pytest.mark.parametrize(
    ("country", "state", "code"),
    [
        pytest.param("DE", "", "DE", id="a code"),
        pytest.param(" germany ", "", "DE", id="a name"),
        pytest.param("\u00d6sterreich", "", "AT", id="a name with an accent"),
        pytest.param("UK", "", "GB", id="what is no code but is used like one"),
        pytest.param("EL", "", "GR", id="what the union writes"),
        pytest.param("USA", "California", "US-CA", id="a state"),
        pytest.param("United States", "ca", "US-CA", id="a state by its code"),
        pytest.param("US-CA", "", "US-CA", id="both in one"),
        pytest.param("US", "Bavaria", "US", id="a state nobody knows"),
        pytest.param("Canada", "CA", "CA", id="a state of another country"),
        pytest.param("DE", "California", "DE", id="and of a third"),
        pytest.param("Atlantis", "", None, id="no country"),
        pytest.param("US-ZZ", "", None, id="no state"),
        pytest.param("", "California", None, id="a state alone"),
    ],
)
def test_where_somebody_lives_is_a_code_or_not_known(country: str, state: str, code: str | None) -> None:
    assert region_code(country, state) == code


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_region_is_never_made_up(country: str, state: str) -> None:
    code = region_code(country, state)
    assert code is None or (len(code) == 2 and code.isupper()) or code.startswith("US-")


def test_only_what_rules_look_at_is_looked_up() -> None:
    assert wanted(small(), {"person.consent", "person.objected", "reach"}) == {"person.consent"}
    assert wanted(small(), {"message.hidden_sender"}) == {"message.from_domain"}
    assert wanted(small(), set()) == set()


def test_every_record_is_asked_once_for_all_its_fields() -> None:
    names = {"person.region", "person.consent", "message.from_domain", "message.opt_out_days"}
    assert records(small(), names, ANNA) == {ANNA: ("consent", "country", "state"), SENDER: ("address", "days")}
    assert records(small(), names, None) == {SENDER: ("address", "days")}
    assert records(small(), {"person.consent"}, Record(kind="company", id="acme")) == {}


@pytest.mark.parametrize(
    ("images", "found"),
    [
        pytest.param({ANNA: Image(exists=True, fields={"consent": "yes"})}, {"person.consent": True}, id="there"),
        pytest.param({ANNA: Image(exists=True, fields={})}, {}, id="an empty field"),
        pytest.param({ANNA: ABSENT}, {}, id="no such person"),
        pytest.param({}, {}, id="not read"),
    ],
)
def test_what_is_not_on_record_is_left_out(images: Mapping[Record, Image], found: dict[str, Any]) -> None:
    assert told(small(), {"person.consent", "message.from_domain"}, ANNA, images, NOW, noon) == found


@pytest.mark.parametrize(
    ("name", "spec", "found"),
    [
        pytest.param("person.shoe_size", {"field": "x", "reads": "whole"}, "no attribute that a record could tell", id="unknown"),
        pytest.param("reach", {"field": "x", "reads": "whole"}, "no attribute that a record could tell", id="the gate's own"),
        pytest.param("claimed.grounds", {"field": "x", "reads": "as_is"}, "no attribute that a record could tell", id="a claim"),
        pytest.param("message.opt_out", {"field": "x", "reads": "yes_no"}, "works out from the text", id="worked out"),
        pytest.param("person.consent", {"field": "x", "reads": "whole"}, "makes no bool", id="another type"),
        pytest.param("person.region", {"field": "x", "reads": "yes_no"}, "makes no string", id="another type of text"),
        pytest.param("person.consent", {"field": "x", "reads": "guess"}, "Invalid enum value 'guess'", id="no way to read"),
        pytest.param("message.one_click", {"field": "x", "reads": "yes_no", "of": "main"}, "no KIND/ID", id="no record"),
        pytest.param("person.consent", {"feild": "x", "reads": "yes_no"}, "missing required field `field`", id="misspelt"),
    ],
)
def test_a_map_that_cannot_hold_is_refused(name: str, spec: dict[str, str], found: str) -> None:
    with pytest.raises(RuleError, match=found):
        read_field_map({**DOCUMENT, "attributes": {name: spec}}, source="map:sandbox")
