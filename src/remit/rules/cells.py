"""The door of a rule: what comes in is a sound value of the declared type, missing, or broken. Nothing is coerced."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NoReturn

from remit.rules.kinds import Kind
from remit.rules.tree import Literal

Sound = Literal | tuple[str, ...] | tuple[int, ...]


class Unknown(Exception):
    """A condition met a value that is missing or broken. A signal inside this room, never seen outside it."""


class Broken(Enum):
    """The two cells that hold no value. Any use of one raises, so that no operator can quietly make something of it."""

    MISSING = "is missing"
    ERROR = "is not what it was declared to be"

    def _refuse(self, *_: object) -> NoReturn:
        raise Unknown

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __bool__ = __len__ = __contains__ = __iter__ = __getitem__ = _refuse  # noqa: PIE796  # these are methods, not members
    __hash__ = object.__hash__


Cell = Sound | Broken

_LIMIT = 2**63


Reader = Callable[[Any], Cell]
"""Turns a value into a cell of one type; None is missing. Never raises."""


def reader_of(kind: Kind) -> Reader:
    """Return how values of a type are read by whoever holds them without their names."""
    read = _READ[kind]

    def reader(value: Any) -> Cell:
        try:
            return Broken.MISSING if value is None else read(value)
        except Exception:  # noqa: BLE001  # a value that fails when it is looked at is as good as broken
            return Broken.ERROR

    return reader


def unsure(kind: Kind, name: str) -> str:
    """Print the test that sends a value to its reader; whatever passes it is sound as it is. Each is cheaper than the call."""
    return _UNSURE.get(kind, "True").format(name)


def cell(kind: Kind, mapping: Mapping[str, Any], name: str) -> Cell:
    """Return what a mapping holds under a name, as a cell of the declared type. Never raises: what cannot be read is broken.

    Floats must be finite, integers fit 64 bits, moments have a zone. Moments come back in UTC.
    """
    try:
        if name not in mapping:
            return Broken.MISSING
        return _READ[kind](mapping[name])
    except Exception:  # noqa: BLE001  # a mapping or a value that fails when it is looked at is as good as broken
        return Broken.ERROR


def _bool(value: Any) -> Cell:
    return value if type(value) is bool else Broken.ERROR


def _int(value: Any) -> Cell:
    return value if type(value) is int and -_LIMIT <= value < _LIMIT else Broken.ERROR


def _double(value: Any) -> Cell:
    return value if type(value) is float and math.isfinite(value) else Broken.ERROR


def _string(value: Any) -> Cell:
    return value if type(value) is str and _is_text(value) else Broken.ERROR


def _is_text(value: str) -> bool:
    """Tell text from what only looks so: a lone surrogate has no UTF-8 form, which is what the other engines compare."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _timestamp(value: Any) -> Cell:
    """Take a moment to UTC: Python finds moments of two zones unequal, whatever they say, where one falls in a changed hour."""
    if type(value) is not datetime or value.utcoffset() is None:
        return Broken.ERROR
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _list(read: Callable[[Any], Cell]) -> Callable[[Any], Cell]:
    def whole(value: Any) -> Cell:
        if type(value) is not list and type(value) is not tuple:
            return Broken.ERROR
        items = tuple([read(item) for item in value])
        for item in items:
            if item is Broken.ERROR:
                return Broken.ERROR
        return items  # type: ignore[return-value]  # all sound

    return whole


_READ: dict[Kind, Callable[[Any], Cell]] = {
    Kind.BOOL: _bool,
    Kind.INT: _int,
    Kind.DOUBLE: _double,
    Kind.STRING: _string,
    Kind.TIMESTAMP: _timestamp,
    Kind.STRINGS: _list(_string),
    Kind.INTS: _list(_int),
}

_UNSURE: dict[Kind, str] = {
    Kind.BOOL: "{0} is not True and {0} is not False",
    Kind.INT: f"type({{0}}) is not int or not {-_LIMIT} <= {{0}} < {_LIMIT}",
    Kind.STRING: "type({0}) is not str or not {0}.isascii()",
    Kind.STRINGS: "type({0}) is not tuple or {0}",
    Kind.INTS: "type({0}) is not tuple or {0}",
}
