"""What is left of a redacted value, and that nothing else of it is."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.redaction import Redaction, redact, redacted
from remit.core.types import Value

LEFT: dict[str, tuple[Redaction, Value, Value]] = {
    "a value is there": ("presence", "anna@example.com", True),
    "a nought is there": ("presence", 0, True),
    "a no is there": ("presence", False, True),
    "a null is not": ("presence", None, False),
    "an empty text is not": ("presence", "", False),
    "an empty list is not": ("presence", [], False),
    "the first letter": ("initial", "Anna Miller", "A"),
    "the first letter after space": ("initial", "  ß", "ß"),
    "no letter of nothing": ("initial", "", None),
    "no letter of a number": ("initial", 1975, None),
    "a domain": ("domain", "anna.miller@Example.COM", "example.com"),
    "no domain without an at": ("domain", "anna.miller", None),
    "no domain of two": ("domain", "a@b@c", None),
    "no domain without a name": ("domain", "@example.com", None),
    "no domain of a sentence": ("domain", "write to anna@example.com", None),
    "no domain of a list": ("domain", ["anna@example.com"], None),
    "a year": ("year", "1975-04-01", "1975"),
    "a year of a moment": ("year", "1975-04-01T10:00:00Z", "1975"),
    "a year alone": ("year", "1975", "1975"),
    "no year of a number": ("year", 1975, None),
    "no year of a telephone number": ("year", "19751234", None),
    "no year of a German date": ("year", "01.04.1975", None),
}


@pytest.mark.parametrize(("how", "value", "left"), LEFT.values(), ids=LEFT)
def test_only_so_much_is_left(how: Redaction, value: Value, left: Value) -> None:
    assert redact(value, how) == left
    assert type(redact(value, how)) is type(left)


@given(st.sampled_from(get_args(Redaction)), st.text() | st.integers() | st.floats() | st.booleans() | st.none())
def test_what_is_left_is_a_yes_or_no_or_a_part_of_it(how: Redaction, value: Value) -> None:
    left = redact(value, how)
    assert left in (None, True, False) or str(left).lower() in str(value).lower()


@given(st.text(min_size=2))
def test_two_values_that_look_alike_redacted_cannot_be_told_apart(text: str) -> None:
    assert redact(text, "initial") == redact(text + "x", "initial")
    assert redact(f"a{text}@example.com", "presence") == redact("b@example.com", "presence")


def test_a_window_shows_what_it_shows_and_says_of_a_presence_that_it_is_absent() -> None:
    fields: dict[str, Value] = {"name": "Anna", "job": "clerk", "phone": "555"}
    how: dict[str, Redaction] = {"name": "initial", "email": "presence", "phone": "presence", "born": "year"}
    found = redacted(fields, how, ("name", "job", "email", "born"))
    assert found == {"name": "A", "job": "clerk", "email": False}
