"""The one byte form of a record: JSON with sorted keys and no spaces.

Equal to RFC 8785 for what is admitted here: ASCII keys, integers below 2^53, no floats. The rest is refused, because
implementations disagree about it.
"""

from __future__ import annotations

from typing import Any

import orjson

_LIMIT = 2**53


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
