"""Facts to plain values and back. Defaults are left out, so that a fact stays small and old facts read with new fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from remit.core.facts import KINDS, Fact

_MISSING: Any = dataclasses.MISSING
T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Turn a value of the core into dicts, lists, strings, integers and booleans. Refuses floats."""
    kind = type(value)
    if value is None or kind in (str, bool, int):
        return value
    if dataclasses.is_dataclass(value):
        return {
            name: to_plain(got) for name, default in _plan(cast("Hashable", kind)) if (got := getattr(value, name)) != default
        }
    return _container_to_plain(value)


def _container_to_plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Mapping):
        return {str(key): to_plain(got) for key, got in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_plain(got) for got in value]
    msg = f"a fact cannot hold {type(value).__name__} {value!r}"
    raise TypeError(msg)


@cache
def _plan(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Name and default of each field; a field without default gets a value that equals nothing."""
    return tuple((field.name, _default(field)) for field in dataclasses.fields(kind))


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default is not _MISSING:
        return field.default
    factory: Any = field.default_factory
    return _MISSING if factory is _MISSING else factory()


def from_plain(kind: type[T], plain: object) -> T:
    """Build a value of the core from what `to_plain` made of it."""
    return msgspec.convert(plain, kind)


def fact_from_plain(kind: str, plain: object) -> Fact:
    """Build a fact from its name and plain value."""
    return from_plain(KINDS[kind], plain)
