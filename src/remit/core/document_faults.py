"""Finds everything in a document that cannot be read, each with the way to it, what stands there and what to write instead.

`core/documents.py` reads and refuses at the first fault; this tells a person all of them at once. It looks at shape alone.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

import msgspec

from remit.core.wanted_words import wanted

Way = tuple[str | int, ...]
"""The way to an entry: keys of mappings, and numbers in lists from 0 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One entry that cannot be read: the way to it, what stands there, and what to write instead."""

    way: Way
    found: str
    do: str


def faults(document: object, kind: Any, way: Way = ()) -> Iterator[Fault]:
    """Yield every fault of a parsed document against the type it should have."""
    if _has_entries(kind):
        yield from _record(document, kind, way)
        return
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {Mapping, dict}:
        yield from _mapping(document, arguments, way)
    elif origin is tuple:
        yield from _list(document, arguments[0], way)
    elif origin in {typing.Union, types.UnionType} and (inner := _optional(arguments)) is not None:
        yield from () if document is None else faults(document, inner, way)
    elif origin is typing.Annotated and typing.get_origin(arguments[0]) in {tuple, Mapping}:
        yield from _sized(document, kind, arguments[0], way)
    else:
        yield from _leaf(document, kind, way)


def _record(document: object, kind: Any, way: Way) -> Iterator[Fault]:
    if not isinstance(document, dict):
        names = ", ".join(list(_hints(kind))[:3])
        yield Fault(way=way, found=said(document), do=f"Write entries below it, such as {names}")
        return
    hints = _hints(kind)
    free, misspelt = set(hints) - set(document), set[str]()
    for name, value in document.items():
        if name in hints:
            yield from faults(value, hints[name], (*way, name))
        else:
            misspelt |= {*get_close_matches(str(name), free, n=1)}
            yield Fault(way=(*way, name), found=f"no entry is called {name}", do=meant(str(name), free))
    for name in _required(kind):
        if name not in document and name not in misspelt:
            yield Fault(way=(*way, name), found="it is missing", do=f"Add `{name}:` with {wanted(hints[name])}")


def _mapping(document: object, kinds: tuple[Any, ...], way: Way) -> Iterator[Fault]:
    if not isinstance(document, dict):
        yield Fault(way=way, found=said(document), do="Write names below it, each with a colon and what belongs to it")
        return
    key, value = kinds
    for name, found in document.items():
        yield from _leaf(name, key, (*way, name))
        yield from faults(found, value, (*way, name))


def _list(document: object, item: Any, way: Way) -> Iterator[Fault]:
    if not isinstance(document, list):
        yield Fault(way=way, found=said(document), do="Write a list: [one, another], or one line each that begins with a dash")
        return
    for number, found in enumerate(document):
        yield from faults(found, item, (*way, number))


def _sized(document: object, whole: Any, plain: Any, way: Way) -> Iterator[Fault]:
    inside = list(faults(document, plain, way))
    yield from inside
    if not inside:
        yield from _leaf(document, whole, way)


def _leaf(document: object, kind: Any, way: Way) -> Iterator[Fault]:
    if not _can_be_read(document, kind):
        yield Fault(way=way, found=said(document), do=_instead(document, kind))


def _instead(document: object, kind: Any) -> str:
    told = f"Write {wanted(kind)}"
    if document is None:
        return f"{told}; what begins with # is a comment, unless it stands in quotes"
    if isinstance(document, str) and (close := get_close_matches(document, _choices(kind), n=1)):
        return f"{told}. Did you mean {close[0]}?"
    if share := _as_a_share(document, kind):
        return f"{told}; {share}"
    if isinstance(document, str) and _can_be_read(name := re.sub(r"[^a-z0-9_.:-]+", "-", document.lower()).strip("-"), kind):
        return f"{told}. Did you mean {name}?"
    return told


def _as_a_share(document: object, kind: Any) -> str:
    """Say a percentage as the share it is, where a share is asked for."""
    percent = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?(?= ?%)|[2-9]|[1-9][0-9]+)(?: ?%)?", str(document))
    if percent is None or not _can_be_read(share := float(percent[1]) / 100, kind):
        return ""
    return f"{percent[1]} % is {share:g}"


def _can_be_read(value: object, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError:
        return False
    return True


def _choices(kind: Any) -> list[str]:
    told = msgspec.inspect.type_info(kind)
    if isinstance(told, msgspec.inspect.LiteralType):
        return [str(one) for one in told.values]
    return [str(one.value) for one in told.cls] if isinstance(told, msgspec.inspect.EnumType) else []


def said(document: object) -> str:
    """Say what stands there, in a few words."""
    match document:
        case None:
            return "nothing stands there"
        case bool():
            return str(document).lower()
        case dict():
            return f"entries below it ({', '.join(map(str, list(document)[:3]))})" if document else "an empty mapping"
        case list():
            return f"a list of {len(document)}" if document else "an empty list"
        case "":
            return "an empty text"
        case str() if len(document) > _SHOWN:
            return f'the text "{document[:_SHOWN]}..."'
        case str():
            return f'the text "{document}"'
        case _:
            return f"the number {document}"


_SHOWN = 40


def meant(name: str, known: set[str]) -> str:
    """Say which of the known names was probably meant."""
    if close := get_close_matches(name, sorted(known), n=1):
        return f"Did you mean {close[0]}?"
    return f"Leave it out, or use one of: {', '.join(sorted(known))}" if known else "Leave it out"


def _has_entries(kind: Any) -> bool:
    return dataclasses.is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, msgspec.Struct))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)


@cache
def _required(kind: Any) -> tuple[str, ...]:
    if not dataclasses.is_dataclass(kind):
        return tuple(one.name for one in msgspec.structs.fields(kind) if one.required)
    missing = dataclasses.MISSING
    return tuple(one.name for one in dataclasses.fields(kind) if one.default is missing and one.default_factory is missing)


def _optional(arguments: tuple[Any, ...]) -> Any:
    """Return what an optional entry holds when it is there, where that is looked into; None for plain values."""
    inner = [one for one in arguments if one is not type(None)]
    whole = len(inner) == 1 and len(arguments) > 1
    return inner[0] if whole else None
