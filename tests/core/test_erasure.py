"""What content is about a record: it is named, alone or among others, however deep; and nothing is found by chance."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.erasure import ENDED_BY_IT, KEPT, SORTS, UNDER_WAY, is_about
from remit.core.lifecycle import State
from remit.core.types import Record

ANNA, SHORT = Record(kind="contact", id="c0001"), Record(kind="contact", id="7")

ABOUT: dict[str, tuple[Any, Record]] = {
    "an argument": ({"contact": "c0001", "tag": "vip"}, ANNA),
    "one of several": ({"contacts": ["c0007", "c0001"]}, ANNA),
    "inside an envelope": ({"calls": [{"operation": "x", "arguments": {"contact": "c0001"}}]}, ANNA),
    "its full name": ({"of": "contact/c0001"}, ANNA),
    "a word of a text": ("call c0001 back", ANNA),
    "a name of a field": ({"c0001": 1}, ANNA),
    "a short id under its kind": ({"contact": "7"}, SHORT),
    "a number under its kind": ({"contact_id": 7}, SHORT),
    "a short id inside its kind": ({"contacts": [{"id": "7"}]}, SHORT),
}
NOT_ABOUT: dict[str, tuple[Any, Record]] = {
    "another": ({"contact": "c0002"}, ANNA),
    "a longer id": ({"contact": "c00011"}, ANNA),
    "a part of a word": ("xc0001 and c0001x", ANNA),
    "a short id that stands anywhere": ({"score": 7, "text": "7 days"}, SHORT),
    "nothing": ({}, ANNA),
    "null": (None, ANNA),
}


@pytest.mark.parametrize("name", ABOUT)
def test_content_that_names_a_record_is_about_it(name: str) -> None:
    assert is_about(*ABOUT[name])


@pytest.mark.parametrize("name", NOT_ABOUT)
def test_content_is_not_about_a_record_by_chance(name: str) -> None:
    assert not is_about(*NOT_ABOUT[name])


def test_a_text_is_found_in_whatever_case_and_place() -> None:
    assert is_about({"note": ["She is ANNA@Example.com"]}, ANNA, ["anna@example.com"])
    assert is_about({"Anna Berg": 1}, ANNA, ["anna berg"])
    assert not is_about({"note": "somebody"}, ANNA, ["anna@example.com"])


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("abc ", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(PLAIN, st.lists(st.sampled_from(["list", "dict"]), max_size=6))
def test_however_deep_it_stands_it_is_found(beside: Any, way: list[str]) -> None:
    content: Any = {"contact": "c0001"}
    for step in way:
        content = [beside, content] if step == "list" else {"a": beside, "b": content}
    assert is_about(content, ANNA)
    assert not is_about(beside, ANNA)


def test_what_waits_and_what_is_under_way_are_apart_and_keep_their_content() -> None:
    assert not ENDED_BY_IT & UNDER_WAY
    assert State.DONE not in KEPT
    assert ENDED_BY_IT | UNDER_WAY < KEPT


def test_content_has_one_sort() -> None:
    names = [name for sort in SORTS.values() for name in sort]
    assert len(names) == len(set(names))
