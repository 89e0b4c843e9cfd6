"""Every entry of every document has its sentence, and every pattern its words."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

from msgspec import inspect

from remit.core.document_kinds import KINDS
from remit.core.field_words import FIELD_WORDS
from remit.core.wanted_words import wanted


def _types(kind: Any, found: set[Any]) -> set[Any]:
    if dataclasses.is_dataclass(kind) and kind not in found:
        found.add(kind)
        for hint in typing.get_type_hints(kind, include_extras=True).values():
            _types(hint, found)
    for part in typing.get_args(kind):
        _types(part, found)
    return found


TYPES = {one for kind in KINDS.values() for one in _types(kind.type, set())}


def test_every_entry_has_its_sentence_and_no_sentence_is_left_over() -> None:
    there = {f"{kind.__name__}.{field.name}" for kind in TYPES for field in dataclasses.fields(kind)}
    assert there == set(FIELD_WORDS)


def test_a_sentence_is_one() -> None:
    assert not [words for words in FIELD_WORDS.values() if not words.endswith(".") or "\n" in words or not words[0].isupper()]


def test_every_pattern_has_its_words() -> None:
    hints = [hint for kind in TYPES for hint in typing.get_type_hints(kind, include_extras=True).values()]
    assert not [hint for hint in hints if "a text of another form" in wanted(hint)]


def test_every_kind_of_entry_can_be_told() -> None:
    told = {wanted(hint) for kind in TYPES for hint in typing.get_type_hints(kind, include_extras=True).values()}
    assert {"true or false", "a text", "a number above 0", "a date such as 2026-11-30"} <= told
    assert wanted(inspect.Type) == "a text"
