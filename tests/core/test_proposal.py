"""What an agent may ask for at all, before anybody looks at its merit."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from remit.core.proposal import LARGEST_BYTES, Ask, check
from remit.core.types import Operation, UseCaseId
from remit.errors import InvalidInput, TooLarge
from tests.core.small_policy import NOON


def ask(**changes: Any) -> Ask:
    """Return the smallest ask."""
    plain: dict[str, Any] = {
        "use_case": UseCaseId("enrich"),
        "operation": Operation("contact.enrich"),
        "arguments": {},
        "call_id": "c1",
    }
    return Ask(**{**plain, **changes})


def passes(one: Ask) -> bool:
    """Say whether an ask is small enough."""
    try:
        check(one, NOON)
    except TooLarge:
        return False
    return True


FINE: dict[str, Ask] = {
    "the smallest": ask(),
    "sure": ask(confidence=1.0),
    "not sure at all": ask(confidence=0.0),
    "a long call id": ask(call_id="c" * 200),
    "every kind of value": ask(arguments={"a": "x", "b": 1, "c": 1.5, "d": True, "e": ["x"], "f": None}),
    "the largest number": ask(arguments={"a": 2**53 - 1, "b": -(2**53) + 1}),
    "any mapping": ask(arguments=MappingProxyType({"a": "x"}), usage=MappingProxyType({"model": "m"})),
}
REFUSED: dict[str, tuple[Ask, str]] = {
    "more than sure": (ask(confidence=1.0000001), "confidence"),
    "less than nothing": (ask(confidence=-0.1), "confidence"),
    "not a number": (ask(confidence=math.nan), "confidence"),
    "infinitely sure": (ask(confidence=math.inf), "confidence"),
    "no call id": (ask(call_id=""), "call id"),
    "a call id too long": (ask(call_id="c" * 201), "call id"),
    "an argument that is no number": (ask(arguments={"score": math.nan}), "argument score"),
    "an infinite argument": (ask(arguments={"score": -math.inf}), "argument score"),
    "a number too large": (ask(arguments={"score": 2**53}), "argument score"),
    "a number too small": (ask(arguments={"score": -(2**53)}), "argument score"),
    "half a letter": (ask(reason="\ud800"), "text"),
    "half a letter in a list": (ask(arguments={"tags": ["\udfff"]}), "text"),
}


@pytest.mark.parametrize("name", FINE)
def test_what_is_well_formed_passes(name: str) -> None:
    check(FINE[name], NOON)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_malformed_is_refused_with_what_was_asked_and_what_to_do(name: str) -> None:
    refused, named = REFUSED[name]
    with pytest.raises(InvalidInput) as error:
        check(refused, NOON)
    assert named in error.value.asked
    assert error.value.found
    assert error.value.do.startswith("Give")


FREE: dict[str, Callable[[str], Ask]] = {
    "arguments": lambda text: ask(arguments={"note": text}),
    "reason": lambda text: ask(reason=text),
    "grounds": lambda text: ask(grounds=(text,)),
    "window": lambda text: ask(window=text),
    "window digest": lambda text: ask(window_digest=text),
    "usage": lambda text: ask(usage={"model": text}),
}


@pytest.mark.parametrize("part", FREE)
def test_everything_an_agent_may_write_counts_to_the_byte(part: str) -> None:
    fits, too_long = 0, LARGEST_BYTES
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        fits, too_long = (middle, too_long) if passes(FREE[part]("x" * middle)) else (fits, middle)
    assert LARGEST_BYTES - 100 < fits < LARGEST_BYTES
    with pytest.raises(TooLarge, match=str(LARGEST_BYTES + 1)):
        check(FREE[part]("x" * too_long), NOON)


def test_a_letter_outside_ascii_takes_its_whole_room() -> None:
    assert not passes(ask(reason="ü" * (LARGEST_BYTES // 2)))
    assert passes(ask(reason="ü" * (LARGEST_BYTES // 2 - 100)))
