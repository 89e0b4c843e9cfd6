"""What a map leaves unknown, counted over people, and what was overlooked."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from remit.core.field_map import read_field_map
from remit.core.map_gaps import count, fields_of, look_alikes, not_mapped, strictest, together
from remit.core.types import Value
from remit.wire import packaged_documents
from tests.core.pack_questions import everything

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MAP = read_field_map(
    {
        "map": "crm",
        "title": "CRM",
        "attributes": {
            "person.region": {"field": "land", "state": "bundesstaat", "reads": "region"},
            "person.consent": {"field": "ok", "reads": "yes_no"},
            "message.one_click": {"of": "sender/main", "field": "one_click", "reads": "yes_no"},
        },
    },
    source="map:crm",
)
PEOPLE: list[dict[str, Value]] = [
    {"land": "DE", "ok": "ja", "country": "DE", "newsletter": True},
    {"land": "?", "ok": "", "country": ""},
    {"ok": False, "newsletter": None},
]


def nowhere(_: str, __: datetime) -> int | None:
    """Know no time zone."""
    return None


def test_what_is_not_known_is_counted_over_all_people() -> None:
    counted = count(MAP, PEOPLE, NOW, nowhere)
    assert (counted.records, counted.unknown) == (3, {"person.region": 2, "person.consent": 1})
    both = together([counted, counted])
    assert (both.records, both.unknown, both.filled["country"]) == (6, {"person.region": 4, "person.consent": 2}, 2)
    assert count(MAP, [], NOW, nowhere).unknown == {"person.region": 0, "person.consent": 0}


def test_a_field_that_looks_like_an_attribute_and_tells_none_is_named() -> None:
    found = look_alikes(MAP, count(MAP, PEOPLE, NOW, nowhere).filled)
    assert found == {"country": "person.region", "newsletter": "person.consent"}
    assert {"land", "bundesstaat", "ok", "country", "newsletter"} <= set(fields_of(MAP))
    assert "one_click" not in fields_of(MAP), "that one stands in a record of its own"


def test_the_rules_that_take_the_strictest_way_are_counted() -> None:
    packs = everything().packs.values()
    assert (strictest(packs, "person.consent").rules, strictest(packs, "person.consent").packs) == (3, 2)
    regions = strictest(packs, "person.region")
    assert (regions.rules, regions.packs) == (32, 8)
    assert strictest(packs, "person.shoe_size").rules == 0


def test_what_rules_ask_for_and_no_field_tells_is_named() -> None:
    packs = everything().packs.values()
    assert {"person.objected", "data.from_person"} <= set(not_mapped(MAP, packs))
    shipped = read_field_map(json.loads(packaged_documents()["map:sandbox"]), source="map:sandbox")
    assert not [name for name in not_mapped(shipped, packs) if name.startswith(("person.", "sender."))]
