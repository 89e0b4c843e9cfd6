"""Reads `has(facts.x)` before the front end does, which takes a declared dotted name for the attribute even inside `has`.

Each one becomes a name of the same length, so that every place stays what it was. Strings and comments are left alone; should
this ever misjudge where one ends, the tree tells, and the condition is refused (`subset`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from remit.rules.refusal import nearest_names, refusal

_TOKEN = re.compile(
    r"""
      (?P<comment> // [^\n]* )
    | (?P<raw>     \b (?: [rR][bB]? | [bB][rR] ) (?: \"{3} .*? \"{3} | '{3} .*? '{3} | "[^"\n\r]*" | '[^'\n\r]*' ) )
    | (?P<text>    \"{3} (?: \\. | [^\\] )*? \"{3} | '{3} (?: \\. | [^\\] )*? '{3}
                   | " (?: \\. | [^"\\\n\r] )* " | ' (?: \\. | [^'\\\n\r] )* ' )
    | (?P<has>     (?<! [.\w] ) has (?P<before> \s* \( \s* ) (?P<name> [A-Za-z_]\w* (?: \.\w+ )* ) (?P<after> \s* \) ) )
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """A source in which no `has` is left: as long as it was, with the attribute each stand-in asks about."""

    source: str
    asked: dict[str, str] = field(default_factory=dict)
    places: frozenset[int] = frozenset()


def stand_in(name: str) -> str:
    """Return the name that asks whether an attribute is there."""
    return f"has_{name}"


def swap_has(source: str, known: Iterable[str]) -> Swapped:
    """Replace every `has`. Raises `RuleError` for an attribute that is not declared, or has no dot to ask about."""
    names = frozenset(known)
    asked: dict[str, str] = {}
    places: set[int] = set()

    def swap(match: re.Match[str]) -> str:
        if match["has"] is None:
            return match[0]
        name = match["name"]
        _judge(source, match.start("name"), name, names)
        asked[stand_in(name)] = name
        places.add(match.start())
        return stand_in(name).ljust(len(match[0]))

    return Swapped(source=_TOKEN.sub(swap, source), asked=asked, places=frozenset(places))


def _judge(source: str, at: int, name: str, names: frozenset[str]) -> None:
    if name not in names:
        raise refusal(source, at, f"there is no attribute {name}", nearest_names(name, names))
    if "." not in name:
        raise refusal(source, at, f"has asks about a dotted name, and {name} has no dot", "Ask about one such as facts.reach")
