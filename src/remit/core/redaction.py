"""What is left of a value once it is redacted: whether it is there, a first letter, a domain or a year, and never more.

A value of a kind that a way of redacting does not know shows nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal

from remit.core.types import Value

Redaction = Literal["presence", "initial", "domain", "year"]

_DOMAIN = re.compile(r"[^@\s]+@([^@\s]+)")
_YEAR = re.compile(r"(\d{4})(?:-\d{2}){0,2}(?:[T ].*)?")


def redacted(fields: Mapping[str, Value], how: Mapping[str, Redaction], shown: tuple[str, ...]) -> dict[str, Value]:
    """Return what a window shows of a record's fields. Of a field redacted to its presence it also shows that it is absent."""
    found = {name: redact(value, how[name]) if name in how else value for name, value in fields.items() if name in shown}
    return found | {name: False for name in shown if how.get(name) == "presence" and name not in found}


def redact(value: Value, how: Redaction) -> Value:
    """Return what is left of one value; None where nothing may be shown."""
    return _WAYS[how](value)


def _presence(value: Value) -> bool:
    return value not in (None, "", [])


def _initial(value: Value) -> str | None:
    text = value.strip() if isinstance(value, str) else ""
    return text[0] if text else None


def _domain(value: Value) -> str | None:
    found = _DOMAIN.fullmatch(value.strip()) if isinstance(value, str) else None
    return None if found is None else found[1].lower()


def _year(value: Value) -> str | None:
    found = _YEAR.fullmatch(value.strip()) if isinstance(value, str) else None
    return None if found is None else found[1]


_WAYS: Final[Mapping[str, Callable[[Value], Value]]] = MappingProxyType(
    {"presence": _presence, "initial": _initial, "domain": _domain, "year": _year}
)
