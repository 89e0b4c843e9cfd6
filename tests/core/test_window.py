"""A look through a window: what may be asked for, that a filter never widens, what is stale, and what a digest tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.charter import WindowSpec
from remit.core.types import Value
from remit.core.window import as_field_names, changed_since, digest_of_window, is_stale, narrowed, outside
from tests.changed import replace
from tests.core.small_policy import NOON

PEOPLE = WindowSpec(kind="contact", fields=("job", "region", "email"), redact={"email": "domain"}, where={"region": "north"})

ASKED: dict[str, tuple[tuple[str, ...], dict[str, Value], tuple[str, ...]]] = {
    "all": ((), {}, ()),
    "some fields": (("job", "email"), {}, ()),
    "a filter on what is shown": ((), {"job": "clerk"}, ()),
    "a hidden field": (("job", "age"), {}, ("age",)),
    "a filter on a hidden field": ((), {"duration": 3}, ("duration",)),
    "a filter on a redacted field": ((), {"email": "example.com"}, ("email",)),
    "all of it": (("age", "marital"), {"email": "x", "age": 3}, ("age", "email", "marital")),
}


@pytest.mark.parametrize(("wanted", "where", "beyond"), ASKED.values(), ids=ASKED)
def test_what_a_window_does_not_show_whole_cannot_be_asked_for(
    wanted: tuple[str, ...], where: dict[str, Value], beyond: tuple[str, ...]
) -> None:
    assert outside(PEOPLE, wanted, where) == beyond


NARROWED: dict[str, tuple[dict[str, Value], dict[str, Value], dict[str, Value]]] = {
    "neither filters": ({}, {}, {}),
    "the charter filters": ({"region": "north"}, {}, {"region": "north"}),
    "the agent filters": ({}, {"job": ["a", "b"]}, {"job": ["a", "b"]}),
    "each filters a field": ({"region": "north"}, {"job": "a"}, {"region": "north", "job": "a"}),
    "both ask for the same": ({"region": "north"}, {"region": "north"}, {"region": "north"}),
    "the agent asks for other rows": ({"region": "north"}, {"region": "south"}, {"region": []}),
    "the agent asks for some of several": ({"region": ["n", "s", "w"]}, {"region": ["s", "w", "e"]}, {"region": ["s", "w"]}),
    "the agent asks for one of several": ({"region": ["n", "s"]}, {"region": "s"}, {"region": "s"}),
    "the agent asks for the absent": ({"region": ["n", "s"]}, {"region": None}, {"region": []}),
    "both ask for the absent": ({"region": None}, {"region": None}, {"region": None}),
    "one is not true": ({"score": 1}, {"score": True}, {"score": []}),
    "one is not 1.0": ({"score": 1}, {"score": 1.0}, {"score": []}),
    "nothing is nothing": ({"region": []}, {"region": "north"}, {"region": []}),
}


@pytest.mark.parametrize(("own", "where", "both"), NARROWED.values(), ids=NARROWED)
def test_the_filter_of_an_agent_narrows_the_charters_own(
    own: dict[str, Value], where: dict[str, Value], both: dict[str, Value]
) -> None:
    assert narrowed(replace(PEOPLE, where=own), where) == both


CELLS: list[Value] = [None, "", "north", "south", "west", 0, 1, True, False, 1.0]
filters = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.sampled_from(CELLS) | st.lists(st.sampled_from(["north", "south", "west"]))
)


def passes(row: dict[str, Value], where: dict[str, Value]) -> bool:
    """Say as the port does whether a row passes a filter."""
    return all(
        any(repr(row.get(name)) == repr(one) for one in (value if isinstance(value, list) else [value]))
        for name, value in where.items()
    )


@given(filters, filters, st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(CELLS)))
def test_a_row_passes_the_merged_filter_when_it_passes_both_and_only_then(
    own: dict[str, Value], where: dict[str, Value], row: dict[str, Value]
) -> None:
    merged = narrowed(replace(PEOPLE, where=own), where)
    assert passes(row, merged) == (passes(row, own) and passes(row, where))


AGES: dict[str, tuple[int | None, timedelta | None, bool]] = {
    "nothing is promised": (None, timedelta(days=9000), False),
    "nothing is promised of what nobody knows": (None, None, False),
    "fresh": (24, timedelta(hours=24), False),
    "a moment too old": (24, timedelta(hours=24, microseconds=1), True),
    "nobody knows how old": (24, None, True),
}


@pytest.mark.parametrize(("hours", "age", "stale"), AGES.values(), ids=AGES)
def test_a_row_older_than_promised_is_stale(hours: int | None, age: timedelta | None, stale: bool) -> None:
    changed_at = None if age is None else NOON - age
    assert is_stale(replace(PEOPLE, fresh_hours=hours), changed_at, NOON) is stale


CHANGES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "nothing": ({}, ()),
    "the same fields in another order": ({"fields": ("email", "region", "job")}, ()),
    "a field": ({"fields": ("job", "region", "email", "age")}, ("its fields",)),
    "the kind": ({"kind": "company"}, ("its records",)),
    "the source": ({"source": "the CRM"}, ("its records",)),
    "the version": ({"version": 2}, ("its version",)),
    "the row filter": ({"where": {"region": "south"}}, ("its row filter",)),
    "the redaction": ({"redact": {}}, ("its redaction",)),
    "the delay": ({"delay_hours": 24}, ("its delay",)),
    "the freshness": ({"fresh_hours": 24}, ("its freshness",)),
    "several": ({"version": 2, "fields": ("job",), "redact": {}}, ("its version", "its fields", "its redaction")),
}


@pytest.mark.parametrize(("changed", "told"), CHANGES.values(), ids=CHANGES)
def test_an_old_digest_tells_what_changed_since(changed: dict[str, Any], told: tuple[str, ...]) -> None:
    assert changed_since("people", replace(PEOPLE, **changed), digest_of_window("people", PEOPLE)) == told


@pytest.mark.parametrize("digest", ["", "x", "0" * 16, "." * 45, digest_of_window("people", PEOPLE)[:-1]])
def test_a_digest_that_never_was_is_told_from_an_old_one(digest: str) -> None:
    assert changed_since("people", PEOPLE, digest)


def test_a_digest_with_the_parts_of_one_window_and_the_whole_of_another_is_refused() -> None:
    digest = digest_of_window("people", PEOPLE)
    assert changed_since("people", PEOPLE, "0" * 16 + digest[16:]) == ("no digest that this window ever had",)


def test_what_is_kept_of_a_refused_look_can_only_be_the_name_of_a_field() -> None:
    asked = ("age", "tag:vip", "Anna Miller", "anna@example.com", "x" * 41, "")
    assert as_field_names(asked) == ("age", "something that is no field's name", "tag:vip")
