"""One look through a context window: what may be asked for, which rows that leaves, how old they are, and its digest.

The charter's row filter is merged with the agent's own and never widened by it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from remit.core.charter import WindowSpec
from remit.core.types import Value

_WHOLE, _PART = 16, 4
_FIELD_NAME: Final = re.compile(r"[a-z][a-z0-9_.:]{0,39}")
_STRANGE: Final = "no digest that this window ever had"


def outside(spec: WindowSpec, wanted: Collection[str], where: Mapping[str, Value]) -> tuple[str, ...]:
    """Name what was asked for and may not be had, sorted: fields that are not shown, filters on what is hidden or redacted.

    A filter on a redacted field would tell, by what it finds, what the redaction hides.
    """
    hidden = {*wanted, *where} - set(spec.fields)
    return tuple(sorted(hidden | (set(where) & set(spec.redact))))


def as_field_names(asked: Collection[str]) -> tuple[str, ...]:
    """Return what was asked for as a fact may hold it: names that a field may have, and that something else was asked for."""
    found = {name if _FIELD_NAME.fullmatch(name) else "something that is no field's name" for name in asked}
    return tuple(sorted(found))


def narrowed(spec: WindowSpec, where: Mapping[str, Value]) -> dict[str, Value]:
    """Merge the charter's row filter with the agent's own: a row has to pass both."""
    both = {name: _both(spec.where[name], where[name]) for name in spec.where if name in where}
    return {**where, **spec.where, **both}


def _both(one: Value, other: Value) -> Value:
    """Return what two filters on one field both accept; an empty list accepts nothing."""
    left, right = (_options(value) for value in (one, other))
    common = [value for key, value in left.items() if key in right]
    return common[0] if len(common) == 1 else [str(value) for value in common]  # only lists have several, and they hold texts


def _options(value: Value) -> dict[str, Value]:
    """Return what a filter accepts, by a text that keeps 1, 1.0 and true apart."""
    return {json.dumps(option): option for option in (value if isinstance(value, list) else [value])}


def is_stale(spec: WindowSpec, changed_at: datetime | None, now: datetime) -> bool:
    """Whether a row is older than the window promises. One of which nobody knows how old it is counts as stale."""
    if spec.fresh_hours is None:
        return False
    return changed_at is None or now - changed_at > timedelta(hours=spec.fresh_hours)


def digest_of_window(name: str, spec: WindowSpec) -> str:
    """Return a digest of everything the window shows: one of the whole, then a short one for each part of it.

    The short ones let a later difference be named without keeping every window there ever was.
    """
    parts = _parts(name, spec)
    return f"{_hashed(parts, _WHOLE)}.{''.join(_hashed(part, _PART) for part in parts.values())}"


def changed_since(name: str, spec: WindowSpec, digest: str) -> tuple[str, ...]:
    """Name what of a window differs from the one a digest was given for; empty where nothing does."""
    now = digest_of_window(name, spec)
    if digest == now:
        return ()
    if len(digest) != len(now) or digest[_WHOLE] != ".":
        return (_STRANGE,)
    old, new = digest[_WHOLE + 1 :], now[_WHOLE + 1 :]
    places = [slice(start, start + _PART) for start in range(0, len(new), _PART)]
    found = tuple(part for part, place in zip(_parts(name, spec), places, strict=True) if old[place] != new[place])
    return found or (_STRANGE,)


def _parts(name: str, spec: WindowSpec) -> dict[str, object]:
    """Return everything a window shows, by what people call it."""
    return {
        "its version": spec.version,
        "its records": [name, spec.kind, spec.source],
        "its fields": sorted(spec.fields),
        "its row filter": dict(spec.where),
        "its redaction": dict(spec.redact),
        "its delay": spec.delay_hours,
        "its freshness": spec.fresh_hours,
    }


def _hashed(content: object, length: int) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:length]
