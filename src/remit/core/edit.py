"""What a person changed in a proposal before she approved or used it: argument by argument, and how much of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from remit.core.types import Value

PPM = 1_000_000
_MOST_WORDS = 2000
"""Above this texts are compared line by line: the comparison takes the square of what it compares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text that stayed, went, or came."""

    kind: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedArgument:
    """One argument before and after; None where it was not given. `pieces` in reading order."""

    name: str
    before: str | None
    after: str | None
    pieces: tuple[Piece, ...]


def changed(before: Mapping[str, Value], after: Mapping[str, Value]) -> tuple[ChangedArgument, ...]:
    """Return every argument that differs, by name."""
    names = sorted({*before, *after})
    pairs = ((name, _text(before, name), _text(after, name)) for name in names)
    return tuple(
        ChangedArgument(name=name, before=was, after=now, pieces=_pieces(was or "", now or ""))
        for name, was, now in pairs
        if was != now
    )


def size_ppm(before: Mapping[str, Value], after: Mapping[str, Value]) -> int:
    """Say how much was changed, in millionths of all the text: 0 for nothing, 1,000,000 where not a word stayed.

    It is 1 minus Ratcliff and Obershelp's similarity of the words, each weighed by its letters.
    """
    texts = [(_text(before, name) or "", _text(after, name) or "") for name in {*before, *after}]
    whole = sum(len(was) + len(now) for was, now in texts)
    kept = sum(len(piece.text) for was, now in texts for piece in _pieces(was, now) if piece.kind == "same")
    return PPM - 2 * kept * PPM // whole if whole else 0


def _text(arguments: Mapping[str, Value], name: str) -> str | None:
    if name not in arguments:
        return None
    value = arguments[name]
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _pieces(before: str, after: str) -> tuple[Piece, ...]:
    if before == after:
        return (Piece(kind="same", text=before),) if before else ()
    was, now = _parts(before, after)
    found: list[Piece] = []
    for step, was_from, was_to, now_from, now_to in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        gone, new = "".join(was[was_from:was_to]), "".join(now[now_from:now_to])
        if step == "equal":
            found.append(Piece(kind="same", text=gone))
        else:
            found += [Piece(kind="gone", text=gone)] if gone else []
            found += [Piece(kind="new", text=new)] if new else []
    return tuple(found)


def _parts(before: str, after: str) -> tuple[Sequence[str], Sequence[str]]:
    """Cut both texts into words with what is between them, or into lines where there are too many."""
    was, now = (re.findall(r"\s+|\S+", text) for text in (before, after))
    if max(len(was), len(now)) <= _MOST_WORDS:
        return was, now
    return before.splitlines(keepends=True), after.splitlines(keepends=True)
