"""The slower way to bytes by itself: every record has one byte form, and what has several is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.gate import GateInput
from remit.core.types import Answer, Level, Operation, UseCaseId, Verdict
from tests.reference.slow_bytes import canonical, to_plain


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param("a", "a", id="text"),
        pytest.param(True, True, id="yes"),
        pytest.param(0, 0, id="zero"),
        pytest.param(Level.EXECUTE, 3, id="level"),
        pytest.param(Answer.LATER, "later", id="answer"),
        pytest.param(("a", ("b",)), ["a", ["b"]], id="tuples"),
        pytest.param({"n": Verdict.BLOCK}, {"n": 3}, id="mapping"),
        pytest.param({7: 1}, {"7": 1}, id="whole numbers as keys"),
        pytest.param(datetime(2026, 3, 4, 12, 0, 0, 5, tzinfo=UTC), "2026-03-04T12:00:00.000005Z", id="moment"),
        pytest.param(datetime(2026, 3, 4, 12, tzinfo=timezone(timedelta(hours=2))), "2026-03-04T10:00:00Z", id="other zone"),
        pytest.param(
            GateInput(use_case=UseCaseId("enrich"), operation=Operation("contact.enrich"), granted=Level.EXECUTE),
            {"use_case": "enrich", "operation": "contact.enrich", "granted": 3},
            id="a record without its defaults",
        ),
    ],
)
def test_a_value_has_one_plain_form(value: object, wanted: object) -> None:
    plain = to_plain(value)
    assert plain == wanted
    assert type(plain) is type(wanted)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(0.5, id="float"),
        pytest.param([0.5], id="float in a list"),
        pytest.param({"rate": float("nan")}, id="not a number"),
        pytest.param(b"x", id="bytes"),
        pytest.param({"a"}, id="set"),
        pytest.param(object(), id="anything else"),
        pytest.param(datetime(2026, 3, 4, 12), id="a moment without zone"),  # noqa: DTZ001  # refused is what it should be
    ],
)
def test_what_has_no_plain_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot hold"):
        to_plain(value)


whole = st.integers(-(2**53) + 1, 2**53 - 1)
names = st.text(st.characters(codec="ascii"), max_size=5)
records = st.recursive(
    st.none() | st.booleans() | whole | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(names, inside, max_size=3),
    max_leaves=10,
)


@given(records)
def test_a_record_is_json_with_sorted_keys_and_no_spaces(record: Any) -> None:
    written = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(record) == written.encode()


@given(records)
def test_reading_and_writing_again_gives_the_same_bytes(record: Any) -> None:
    assert canonical(json.loads(canonical(record))) == canonical(record)


@given(st.dictionaries(names, whole, max_size=5), st.randoms())
def test_the_order_of_keys_leaves_no_trace(record: dict[str, int], random: Any) -> None:
    shuffled = list(record.items())
    random.shuffle(shuffled)
    assert canonical(dict(shuffled)) == canonical(record)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(0.5, id="float"),
        pytest.param(1.0, id="whole float"),
        pytest.param(float("nan"), id="not a number"),
        pytest.param(2**53, id="too large"),
        pytest.param(-(2**53), id="too small"),
        pytest.param({"ü": 1}, id="key outside ascii"),
        pytest.param({1: 1}, id="key that is no text"),
        pytest.param(("a",), id="tuple"),
        pytest.param(b"a", id="bytes"),
        pytest.param({"deep": [{"down": 0.5}]}, id="deep down"),
        pytest.param("\ud800", id="half a letter"),
    ],
)
def test_what_has_no_agreed_byte_form_is_refused(record: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        canonical(record)


@pytest.mark.parametrize("record", [2**53 - 1, -(2**53) + 1, "ü", "", None, True, [], {}])
def test_what_everybody_agrees_on_is_written(record: object) -> None:
    assert json.loads(canonical(record)) == record
