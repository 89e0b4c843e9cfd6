"""The door of a rule: what comes in is a sound value of the declared type, missing, or broken. Nothing is coerced."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NoReturn

from remit.rules.tree import Kind, Literal

Sound = Literal | tuple[str, ...] | tuple[int, ...]


class Unknown(Exception):  # noqa: N818  # a signal inside this room, never seen outside it
    """A condition met a value that is missing or broken."""


class Broken(Enum):
    """The two cells that hold no value. Any use of one raises, so that no operator can quietly make something of it."""

    MISSING = "is missing"
    ERROR = "is not what it was declared to be"

    def _refuse(self, *_: object) -> NoReturn:
        raise Unknown(self.value)

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = __contains__ = __iter__ = _refuse  # type: ignore[assignment]  # noqa: PLW3201
    startswith = endswith = _refuse
    __hash__ = object.__hash__


Cell = Sound | Broken

_LIMIT = 2**63


def cell(kind: Kind, mapping: Mapping[str, Any], name: str) -> Cell:
    """Return what a mapping holds under a name, as a cell of the declared kind."""
    if name not in mapping:
        return Broken.MISSING
    value = mapping[name]
    return _TESTS[kind](value)


def _bool(value: object) -> Cell:
    return value if type(value) is bool else Broken.ERROR


def _int(value: object) -> Cell:
    return value if type(value) is int and -_LIMIT <= value < _LIMIT else Broken.ERROR


def _double(value: object) -> Cell:
    return value if type(value) is float and math.isfinite(value) else Broken.ERROR


def _string(value: object) -> Cell:
    return value if type(value) is str and _is_text(value) else Broken.ERROR


def _is_text(value: str) -> bool:
    """A lone surrogate is no text: it has no UTF-8 form, which is what the other engines compare."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _timestamp(value: object) -> Cell:
    return value if isinstance(value, datetime) and value.tzinfo is not None else Broken.ERROR


def _strings(value: object) -> Cell:
    sound = isinstance(value, list | tuple) and all(_string(item) is item for item in value)
    return tuple(value) if sound else Broken.ERROR  # type: ignore[arg-type]  # checked the line above


def _ints(value: object) -> Cell:
    sound = isinstance(value, list | tuple) and all(_int(item) is item for item in value)
    return tuple(value) if sound else Broken.ERROR  # type: ignore[arg-type]  # checked the line above


_TESTS = {
    Kind.BOOL: _bool,
    Kind.INT: _int,
    Kind.DOUBLE: _double,
    Kind.STRING: _string,
    Kind.TIMESTAMP: _timestamp,
    Kind.STRINGS: _strings,
    Kind.INTS: _ints,
}
