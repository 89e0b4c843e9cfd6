"""Personalisation in a text: which placeholders have a value for every recipient or a fallback, and which do not."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

_PLACEHOLDER = re.compile(
    r"\{\{\{?(?P<curly>[^{}]*)\}\}\}?|\*\|(?P<star>[^|*]*(?:\|(?!\*)[^|*]*)?)\|\*|%%(?P<percent>[^%]*)%%|\[\[(?P<square>[^\[\]]*)\]\]"
    r"|\$\{(?P<dollar>[^{}]*)\}|\{%(?P<code>[^%]*)%\}|<%(?P<angle>[^%]*)%>"
)
_UNCLOSED = re.compile(r"\{\{|\}\}|\*\||\|\*|%%|\[\[|\]\]|\{%|%\}")
_SPLIT = re.compile(r"\|\|?|\?\?|:")
_DEFAULT = re.compile(r"^\s*default(?:_if_none)?\s*[:=(]\s*(.*?)\)?\s*$", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r"^[\w.@ -]{1,40}$")
_FALLS_BACK: Final = ("star", "percent", "square")
"""Where what follows the separator is the fallback itself; elsewhere it may be a filter such as `upcase`."""


def unresolved(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Name every placeholder without a value for everybody. What cannot be read as a name is described, not quoted."""
    names = {name.casefold() for name in known}
    found = [_unresolved(match, names) for match in _PLACEHOLDER.finditer(text)]
    if _UNCLOSED.search(without_placeholders(text)):
        found.append("a placeholder that is not closed")
    return tuple(dict.fromkeys(one for one in found if one))


def without_placeholders(text: str) -> str:
    """Return the text with every placeholder taken out."""
    return _PLACEHOLDER.sub(" ", text)


def _unresolved(match: re.Match[str], names: set[str]) -> str:
    kind, inside = next((kind, text) for kind, text in match.groupdict().items() if text is not None)
    if kind in {"code", "angle"}:
        return "a piece of template code"
    name, *rest = _SPLIT.split(inside, maxsplit=1)
    name = name.strip()
    if name.casefold() in names or (rest and name and _fallback(kind, match[0], rest[0])):
        return ""
    if not name:
        return "an empty placeholder"
    return name if _NAME.match(name) else "a placeholder that cannot be read"


def _fallback(kind: str, whole: str, rest: str) -> bool:
    """Whether there is a fallback, and it is not empty."""
    default = _DEFAULT.match(rest)
    if default is not None:
        return bool(default[1].strip().strip("\"'").strip())
    given = kind in _FALLS_BACK or "||" in whole or "??" in whole
    return given and bool(rest.strip().strip("\"'").strip())
