"""Takes markup apart: text, tags, attributes, in one pass however broken it is. It judges nothing and carries nothing out."""

from __future__ import annotations

import html
import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_SPACE = re.compile(r"[\s/]*")
_NAME = re.compile(r"[^\s=>/][^\s=>/]*")
_EQUALS = re.compile(r"\s*=\s*")
_UNQUOTED = re.compile(r"[^\s>]*")
_RAW: Final = frozenset(("script", "style"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """An opening or closing tag; an attribute that is written twice counts as it was first."""

    name: str
    closes: bool
    attributes: Mapping[str, str]


def pieces(text: str) -> Iterator[str | Tag]:
    """Yield text and tags in order. Comments are left out, and so is what follows a tag or comment that never ends."""
    at: int | None = 0
    while at is not None:
        start = text.find("<", at)
        yield html.unescape(text[at:] if start < 0 else text[at:start])
        if start < 0:
            return
        at = yield from _markup(text, start)


def _markup(text: str, start: int) -> Generator[str | Tag, None, int | None]:
    """Take what begins with a bracket; return where it ended, None where it never ends."""
    if text.startswith("<!--", start):
        return _after(text, "-->", start + 4)
    if text.startswith(("<!", "<?"), start):
        return _after(text, ">", start)
    opened = _TAG.match(text, start)
    if opened is None:
        yield "<"
        return start + 1
    attributes, end = _attributes(text, opened.end())
    if end is None:
        return None
    name, closes = opened[2].lower(), bool(opened[1])
    yield Tag(name=name, closes=closes, attributes=attributes)
    return _raw_end(text, name, end) if name in _RAW and not closes else end


def _after(text: str, sign: str, at: int) -> int | None:
    found = text.find(sign, at)
    return None if found < 0 else found + len(sign)


def _raw_end(text: str, name: str, at: int) -> int | None:
    """Return where the closing tag of a script or style begins: nothing inside is markup."""
    found = re.compile(rf"</{name}", re.IGNORECASE).search(text, at)
    return None if found is None else found.start()


def _attributes(text: str, at: int) -> tuple[dict[str, str], int | None]:
    """Read attributes up to the end of their tag; a bracket inside quotes does not end it."""
    found: dict[str, str] = {}
    while True:
        at = _end(_SPACE, text, at)
        if at >= len(text):
            return found, None
        if text[at] == ">":
            return found, at + 1
        after = max(_end(_NAME, text, at), at + 1)
        name, equals = text[at:after].lower(), _EQUALS.match(text, after)
        value, end = ("", after) if equals is None else _value(text, equals.end())
        found.setdefault(name, html.unescape(value))
        if end is None:
            return found, None
        at = end


def _value(text: str, at: int) -> tuple[str, int | None]:
    quote = text[at : at + 1]
    if quote in {'"', "'"}:
        end = text.find(quote, at + 1)
        return text[at + 1 : end], None if end < 0 else end + 1
    end = _end(_UNQUOTED, text, at)
    return text[at:end], end


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()
