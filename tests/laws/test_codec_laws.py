"""What the byte form of facts promises, for every kind of fact and any values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.core.codec import fact_in, from_bytes, to_bytes
from remit.core.facts import KINDS, Entry
from tests.laws.random_values import any_of, any_record
from tests.reference.slow_bytes import slow_bytes

any_kind = st.sampled_from(sorted(KINDS))
any_fact = any_kind.flatmap(lambda name: any_record(KINDS[name]))


def entries(facts: st.SearchStrategy[Any]) -> st.SearchStrategy[Entry]:
    """Draw an entry with one of these facts."""
    texts, moments = any_of(str), any_of(datetime)
    return st.builds(Entry, seq=st.integers(1, 9), id=texts, at=moments, actor=texts, fact=facts)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=settings().max_examples // 2)
@given(data=st.data())
def test_every_fact_comes_back_from_its_bytes(name: str, data: st.DataObject) -> None:
    entry = data.draw(entries(any_record(KINDS[name])))
    read = from_bytes(entry.seq, to_bytes(entry))
    assert read == entry
    assert type(read.fact) is type(entry.fact)
    assert fact_in(to_bytes(entry), KINDS[name]) == entry.fact
    assert to_bytes(read) == to_bytes(entry)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=settings().max_examples // 2)
@given(data=st.data())
def test_a_second_slower_way_comes_to_the_same_bytes(name: str, data: st.DataObject) -> None:
    entry = data.draw(entries(any_record(KINDS[name])))
    assert to_bytes(entry) == slow_bytes(entry)


def numbers_in(plain: Any) -> list[Any]:
    """Return every number of a plain value."""
    if isinstance(plain, dict):
        return [number for value in plain.values() for number in numbers_in(value)]
    if isinstance(plain, list):
        return [number for value in plain for number in numbers_in(value)]
    return [plain] if isinstance(plain, int | float) else []


@given(entries(any_fact))
def test_no_fact_holds_a_float(entry: Entry) -> None:
    assert not [number for number in numbers_in(orjson.loads(to_bytes(entry))) if isinstance(number, float)]


def test_a_type_that_could_hold_a_float_would_be_noticed() -> None:
    for hint in (float, int | float, tuple[float, ...], dict[str, float]):
        with pytest.raises(TypeError, match="no fact may hold"):
            any_of(hint)


@given(entries(any_fact), any_fact)
def test_different_facts_have_different_bytes(entry: Entry, other: Any) -> None:
    written = [to_bytes(entry), to_bytes(msgspec.structs.replace(entry, fact=other))]
    assert (written[0] == written[1]) == (entry.fact == other)


def built_anew(value: Any) -> Any:
    """Return an equal value that shares no part with the one given: other objects, another order of keys, another zone."""
    if isinstance(value, msgspec.Struct):
        return type(value)(**{name: built_anew(getattr(value, name)) for name in value.__struct_fields__})
    if isinstance(value, Mapping):
        return OrderedDict((key, built_anew(value[key])) for key in reversed(list(value)))
    if isinstance(value, tuple):
        return tuple([built_anew(one) for one in value])
    return value.astimezone(timezone(timedelta(hours=-3))) if isinstance(value, datetime) else value


@given(entries(any_fact))
def test_equal_facts_have_equal_bytes(entry: Entry) -> None:
    again = built_anew(entry)
    assert again == entry
    assert to_bytes(again) == to_bytes(entry)


NUMBERS = [0.5, 1.0, float("nan"), 2**53, -(2**53), 2**70]
NOT_TO_BE_HELD = [*NUMBERS, b"x", {"x"}, {"ü": "x"}, object(), "\ud800", datetime(1970, 1, 1)]  # noqa: DTZ001


@st.composite
def spoilt(draw: st.DrawFn, value: Any) -> Any:
    """Return the value with one place in it taken by what no fact may hold."""
    if isinstance(value, msgspec.Struct):
        name = draw(st.sampled_from(value.__struct_fields__))
        return msgspec.structs.replace(value, **{name: draw(spoilt(getattr(value, name)))})
    if isinstance(value, tuple) and value:
        return (*value[1:], draw(spoilt(value[0])))
    if isinstance(value, Mapping) and value:
        return {**value, next(iter(value)): draw(st.sampled_from(NOT_TO_BE_HELD))}
    return draw(st.sampled_from(NOT_TO_BE_HELD))


@given(entries(any_fact), st.data())
def test_what_no_fact_may_hold_is_refused_wherever_it_stands(entry: Entry, data: st.DataObject) -> None:
    fact = data.draw(spoilt(entry.fact))
    for way in (to_bytes, slow_bytes):
        with pytest.raises((ValueError, TypeError)):
            way(msgspec.structs.replace(entry, fact=fact))
