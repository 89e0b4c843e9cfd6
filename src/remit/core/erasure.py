"""What an erasure reaches: which content is about a record, what is ended because of it, and what has to end by itself first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from remit.core.lifecycle import State
from remit.core.types import Record

ENDED_BY_IT = frozenset({State.HELD, State.SEEDED, State.DRAFTED, State.LEAVING, State.RELEASED, State.STOPPED})
"""States in which an action waits for something: it is blocked, because what it is about is gone."""

UNDER_WAY = frozenset({State.STARTED, State.UNDOING})
"""States between intent and result: what the connected system is asked for has to be known until it answered."""

KEPT = ENDED_BY_IT | UNDER_WAY | {State.PROPOSED}
"""States in which content is still needed, however old it is."""

SHORTEST_TEXT = 4
"""Shorter texts are found everywhere, so nothing is looked for by them."""

SORTS: Mapping[str, tuple[str, ...]] = {
    "arguments": ("arguments", "reason"),
    "notes": ("note",),
    "images": ("before", "after", "expected"),
}
"""What content there is, by the sort that a setting can name, with the names under which facts seal it."""


def is_about(content: object, record: Record, texts: Collection[str] = ()) -> bool:
    """Whether content names a record or holds one of these texts, also deep inside or as one of several.

    A record is named by its full name, by its id under an argument called after its kind, or by its id as a word of its own.
    """
    return _about(content, record, tuple(text.casefold() for text in texts), named=False)


def _about(content: object, record: Record, texts: tuple[str, ...], *, named: bool) -> bool:
    match content:
        case Mapping():
            return any(
                _says(str(key), record, texts) or _about(value, record, texts, named=named or str(key).startswith(record.kind))
                for key, value in content.items()
            )
        case list():
            return any(_about(value, record, texts, named=named) for value in content)
        case _:
            return (named and str(content) == record.id) or _says(str(content), record, texts)


def _says(text: str, record: Record, texts: tuple[str, ...]) -> bool:
    folded = text.casefold()
    return text == str(record) or _has_word(text, record.id) or any(one in folded for one in texts)


def _has_word(text: str, word: str) -> bool:
    return len(word) >= SHORTEST_TEXT and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
