"""Values as the sandbox keeps and compares them: by one canonical text each. It knows no table and no operation.

Comparing texts instead of Python values keeps apart what Python calls equal (1, 1.0 and true) and what people mix up
(absent, null and '').
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TypeGuard, cast

import orjson

from remit.core.types import ABSENT, Image, Value

LARGEST_WHOLE = 2**53
"""From here on, systems that count in doubles would change the number."""

LONGEST_NAME = 200


def encode(value: Value) -> str:
    """Return the canonical text of one value."""
    return orjson.dumps(value).decode()


def encode_fields(fields: Mapping[str, Value]) -> str:
    """Return the canonical text of a record's fields; equal fields give equal bytes."""
    return orjson.dumps(dict(fields), option=orjson.OPT_SORT_KEYS).decode()


def decode_fields(text: str) -> dict[str, Value]:
    """Return the fields that `encode_fields` wrote."""
    return cast("dict[str, Value]", orjson.loads(text))


def encode_image(image: Image | None) -> str | None:
    """Return the text of an image for the record of effects."""
    if image is None:
        return None
    return orjson.dumps({"exists": image.exists, "fields": dict(image.fields)}, option=orjson.OPT_SORT_KEYS).decode()


def decode_image(text: str | None) -> Image | None:
    """Return the image that `encode_image` wrote."""
    return None if text is None else Image(**orjson.loads(text))


def sound(name: object) -> TypeGuard[str]:
    """Whether a text can name something: not empty, not endless, no invisible or broken characters."""
    return isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and name.isprintable() and name.strip() == name


def fault(value: object) -> str | None:
    """Say why no field can hold this, or None where one can."""
    match value:
        case None | bool():
            return None
        case str():
            return None if _writable(value) else "a text with broken characters"
        case int():
            return None if -LARGEST_WHOLE < value < LARGEST_WHOLE else "a number too large to be kept exactly"
        case float():
            return None if math.isfinite(value) else "a number that is not finite"
        case list():
            return None if all(isinstance(item, str) and _writable(item) for item in value) else "a list of more than texts"
        case _:
            return f"a value of type {type(value).__name__}"


def _writable(text: str) -> bool:
    """Lone surrogates pass through Python and break every file."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def part(image: Image, names: Iterable[str]) -> Image:
    """Return the image of these fields only; what the record lacks stays lacking."""
    if not image.exists:
        return ABSENT
    return Image(exists=True, fields={name: image.fields[name] for name in names if name in image.fields})


def differences(one: Image, other: Image, names: Iterable[str]) -> list[str]:
    """Name the fields in which two images differ, sorted."""
    return sorted({name for name in names if _text(one, name) != _text(other, name)})


def _text(image: Image, name: str) -> str | None:
    """Return the canonical text; None is absent. What no record can hold gets a text that equals nothing written."""
    if not image.exists or name not in image.fields:
        return None
    value = image.fields[name]
    return fault(value) or encode(value)
