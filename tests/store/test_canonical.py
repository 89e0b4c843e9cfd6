"""Every record has one byte form, and what has several is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.ledgerproof import canonical

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
