"""A second, slower way from a fact to its bytes, written from the promises alone: plain values first, checked one by one.

It shares nothing with `core/codec.py` but the facts, and it knows how to refuse what that one must never write.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, cast

import msgspec
import orjson

from remit.core.facts import Entry

_LIMIT = 2**53


def slow_bytes(entry: Entry) -> bytes:
    """Return the canonical bytes of an entry."""
    named = {"id": entry.id, "at": entry.at, "actor": entry.actor, "kind": type(entry.fact).__name__, "fact": entry.fact}
    return canonical(to_plain(named))


# ------------------------------------------------------------------------------------------------------------- to plain values


def to_plain(value: Any) -> Any:
    """Turn a value of the core into dicts, lists, strings, integers and booleans, without its defaults. Refuses floats."""
    if value is None or type(value) in {str, bool, int}:
        return value
    if isinstance(value, msgspec.Struct) or dataclasses.is_dataclass(value):
        given = ((name, default, getattr(value, name)) for name, default in _defaults(cast("Hashable", type(value))))
        return {name: to_plain(got) for name, default, got in given if got != default}
    return _container_to_plain(value)


def _container_to_plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {str(key): to_plain(got) for key, got in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_plain(got) for got in value]
    msg = f"a fact cannot hold {type(value).__name__} {value!r}"
    raise TypeError(msg)


_REQUIRED = object()
"""Stands for the default of a field that has none; nothing equals it."""


_MISSING = (dataclasses.MISSING, msgspec.NODEFAULT)


@cache
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Name every field with its default."""
    fields: Any = msgspec.structs.fields(kind) if issubclass(kind, msgspec.Struct) else dataclasses.fields(kind)
    return tuple((field.name, _default(field)) for field in fields)


def _default(field: Any) -> Any:
    if not any(field.default is one for one in _MISSING):
        return field.default
    return _REQUIRED if any(field.default_factory is one for one in _MISSING) else field.default_factory()


# ------------------------------------------------------------------------------------------------------------------- to bytes


def canonical(value: Any) -> bytes:
    """Return the canonical bytes of a plain value. Raises `ValueError` for what has no agreed byte form."""
    _check(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:  # half a letter, which no UTF-8 can hold
        raise ValueError(str(error)) from error


def _check(value: Any) -> None:
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise ValueError(f"key {key!r} is not an ASCII string")
            _check(item)
    elif kind is list:
        for item in value:
            _check(item)
    elif kind is int:
        if not -_LIMIT < value < _LIMIT:
            raise ValueError(f"{value} lies outside +-2^53")
    elif value is not None and kind not in (str, bool):
        raise ValueError(f"{kind.__name__} has no canonical form here")
