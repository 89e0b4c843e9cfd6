"""Refuses a condition: with its line and column, a picture of the place, what was found and what to write instead."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from remit.errors import RuleError
from remit.rules.tree import MAX_SOURCE

_SHOWN = 60
"""How much of a long line is shown on either side of the place."""

_REORDERING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def refusal(source: str, at: int, found: str, do: str) -> RuleError:
    """Build the error for a place in the source, counted in characters from 0."""
    line, column = place_of(source, at)
    text = f"Line {line}, column {column}: {found}.\n{_picture(source.split(chr(10))[line - 1].rstrip(chr(13)), column)}\n"
    return RuleError(text, do=f"{do}.", line=line, column=column)


def place_of(source: str, at: int) -> tuple[int, int]:
    """Return line and column of a place, both counted from 1."""
    before = source[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def offset_of(source: str, line: int, column: int) -> int:
    """Return the place of a line and a column; the end of the source where there is no such place."""
    lines = source.split("\n")
    return min(sum(len(text) + 1 for text in lines[: line - 1]) + column - 1, len(source))


def start_of_name(source: str, at: int) -> int:
    """Return where the name begins whose dot or opening bracket stands at a place; any other place is its own beginning."""
    if source[at : at + 1] not in {".", "("}:
        return at
    dotted = source[at] == "."
    begin = at
    while begin and source[begin - 1].isspace():
        begin -= 1
    while begin and (source[begin - 1].isalnum() or source[begin - 1] == "_" or (dotted and source[begin - 1] == ".")):
        begin -= 1
    return begin


def judge_text(source: str) -> None:
    """Refuse a source too long to read, and characters that an eye and a machine read differently. Raises `RuleError`."""
    if not isinstance(source, str):
        raise RuleError(f"A condition is text, and this is {type(source).__name__}.", do="Write it as text.", line=1, column=1)
    if len(source) > MAX_SOURCE:
        found = f"The condition has {len(source):,} characters; {MAX_SOURCE:,} are the most."
        raise RuleError(found, do="Split it into several rules.", line=1, column=1)
    for at, character in enumerate(source):
        if _is_hidden(character):
            raise refusal(source, at, f"a hidden character, U+{ord(character):04X}", _instead_of_hidden(character))


def _is_hidden(character: str) -> bool:
    return character in _REORDERING or (unicodedata.category(character) in {"Cc", "Cs"} and character not in "\t\n\r")


def _instead_of_hidden(character: str) -> str:
    is_half = unicodedata.category(character) == "Cs"
    return "Take it out: it is half a character" if is_half else f"Take it out, or write \\u{ord(character):04X} inside quotes"


def nearest_names(name: str, known: Iterable[str]) -> str:
    """Say which names might have been meant."""
    names = sorted(known)
    if not names:
        return "Declare it in the schema"
    folded = {known_name.lower(): known_name for known_name in names}
    close = get_close_matches(name.lower(), folded, n=3) or [one for one in folded if one.endswith(f".{name.lower()}")]
    if close:
        return f"Write {' or '.join(folded[one] for one in close)}"
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""  # noqa: PLR2004  # what fits on two lines
    return f"Use one of {', '.join(names[:12])}{more}"


def _picture(line: str, column: int) -> str:
    """Show the line with a caret under the place, each indented like the sentence that follows."""
    first = max(0, column - 1 - _SHOWN)
    shown = line[first : column - 1 + _SHOWN]
    return f" {shown}\n {''.join(_as_wide_as(character) for character in shown[: column - 1 - first])}^"


def _as_wide_as(character: str) -> str:
    if character == "\t" or unicodedata.combining(character):
        return character if character == "\t" else ""
    return "\u3000" if unicodedata.east_asian_width(character) in {"W", "F"} else " "
