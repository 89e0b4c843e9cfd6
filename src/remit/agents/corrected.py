"""What an agent makes of corrections: it does not write again what people took out, and writes what they put in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from remit.sdk.messages import Correction, Scalar


def corrected(draft: dict[str, Scalar], examples: Sequence[Correction]) -> dict[str, Scalar]:
    """Return a draft in which every line that people took out of the examples is what they made of it; the most alike counts."""
    swaps: dict[tuple[str, str], str | None] = {}
    for example in examples:
        for argument, gone, new in _swaps(example):
            swaps.setdefault((argument, gone), new)
    return {name: _mended(name, value, swaps) if isinstance(value, str) else value for name, value in draft.items()}


def _mended(name: str, text: str, swaps: dict[tuple[str, str], str | None]) -> str:
    lines: list[str] = []
    for line in text.split("\n"):
        new: str | None = line
        seen = {line}
        while new is not None and (name, new) in swaps:
            new = swaps[name, new]
            if new in seen:
                break  # people went back and forth: the last word is as good as another
            seen.add(new or "")
        if new is not None and (new == line or new not in lines):
            lines.append(new)
    return "\n".join(lines)


def _swaps(example: Correction) -> Iterator[tuple[str, str, str | None]]:
    """Walk the lines that went, each with what came in its place; None where nothing did."""
    for name, value in (example.final or {}).items():
        was, now = str(example.draft.get(name, "")).split("\n"), str(value).split("\n")
        for step, was_from, was_to, now_from, now_to in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
            if step in {"replace", "delete"}:
                new: list[str | None] = [*now[now_from:now_to], *[None] * (was_to - was_from)]
                yield from ((name, gone, new[place]) for place, gone in enumerate(was[was_from:was_to]))
