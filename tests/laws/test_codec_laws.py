"""What the byte form of facts promises, for every kind of fact and any values."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.core.codec import fact_from_plain, to_plain
from remit.core.facts import KINDS
from remit.ledgerproof import canonical
from tests.laws.random_values import any_of, any_record

any_fact = st.sampled_from(sorted(KINDS)).flatmap(lambda name: any_record(KINDS[name]))


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=settings().max_examples // 2)
@given(data=st.data())
def test_every_fact_comes_back_from_its_bytes(name: str, data: st.DataObject) -> None:
    fact = data.draw(any_record(KINDS[name]))
    read = fact_from_plain(name, orjson.loads(canonical(to_plain(fact))))
    assert read == fact
    assert type(read) is type(fact)
    assert canonical(to_plain(read)) == canonical(to_plain(fact))


def numbers_in(plain: Any) -> list[Any]:
    """Return every number of a plain value."""
    if isinstance(plain, dict):
        return [number for value in plain.values() for number in numbers_in(value)]
    if isinstance(plain, list):
        return [number for value in plain for number in numbers_in(value)]
    return [plain] if isinstance(plain, int | float) else []


@given(any_fact)
def test_no_fact_holds_a_float(fact: Any) -> None:
    assert not [number for number in numbers_in(to_plain(fact)) if isinstance(number, float)]


def test_a_type_that_could_hold_a_float_would_be_noticed() -> None:
    for hint in (float, int | float, tuple[float, ...], dict[str, float]):
        with pytest.raises(TypeError, match="no fact may hold"):
            any_of(hint)


@given(any_fact, any_fact)
def test_different_facts_have_different_bytes(one: Any, other: Any) -> None:
    written = [canonical({"kind": type(fact).__name__, "fact": to_plain(fact)}) for fact in (one, other)]
    assert (written[0] == written[1]) == (one == other)
