"""What a check of the truth finds: right, wrong, or that nobody can know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.core.types import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`wrong` is None where nobody can know. `corrected` are the arguments as a person would have them, where mending pays."""

    wrong: bool | None
    code: str
    note: str
    corrected: Mapping[str, Value] | None = None


RIGHT = Finding(wrong=False, code="", note="")


def wrong(code: str, note: str, corrected: Mapping[str, Value] | None = None) -> Finding:
    """Say what is wrong with an action."""
    return Finding(wrong=True, code=code, note=note, corrected=corrected)


def cannot_know(note: str) -> Finding:
    """Say that there is no truth to compare with."""
    return Finding(wrong=None, code="cannot_know", note=note)
