"""What corrections ask of a prompt: those with one reason are one group, with what people took out and put in most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from remit.core.types import Value

_EXAMPLES, _SWAPS = 3, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person made of what an agent asked for, and why; `final` is None where nothing was used."""

    proposal: str
    use_case: str
    operation: str
    reason: str
    draft: Mapping[str, Value]
    final: Mapping[str, Value] | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A line that people took out, and what they put in its place: nothing, where `new` is empty."""

    argument: str
    gone: str
    new: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptChange:
    """One group: how many corrections, how many of them used nothing, the swaps seen most often, and a change to try.

    `suggestion` is a text for whoever writes the prompt; nobody applies it by itself. `examples` are proposals.
    """

    use_case: str
    operation: str
    reason: str
    corrections: int
    refused: int
    swaps: tuple[Swap, ...]
    suggestion: str
    examples: tuple[str, ...] = field(default_factory=tuple)


def prompt_changes(corrections: Iterable[Correction]) -> list[PromptChange]:
    """Group corrections by use case, operation and reason, the largest group first."""
    groups: dict[tuple[str, str, str], list[Correction]] = {}
    for one in corrections:
        groups.setdefault((one.use_case, one.operation, one.reason), []).append(one)
    found = [_change(*key, group) for key, group in groups.items()]
    return sorted(found, key=lambda one: (-one.corrections, one.use_case, one.operation, one.reason))


def _change(use_case: str, operation: str, reason: str, group: Sequence[Correction]) -> PromptChange:
    counted = Counter(swap for one in group for swap in swaps(one))
    swapped = tuple(Swap(argument=a, gone=g, new=n, times=times) for (a, g, n), times in counted.most_common(_SWAPS) if times > 1)
    refused = sum(one.final is None for one in group)
    return PromptChange(
        use_case=use_case,
        operation=operation,
        reason=reason,
        corrections=len(group),
        refused=refused,
        swaps=swapped,
        suggestion=_suggestion(operation, reason, swapped, len(group), refused),
        examples=tuple(one.proposal for one in group[-_EXAMPLES:]),
    )


def swaps(one: Correction) -> Iterator[tuple[str, str, str]]:
    """Walk what a person took out line by line, each with what she put in its place; a whole argument where it is one line."""
    for name in sorted(one.draft.keys() & (one.final or {}).keys()):
        was, now = str(one.draft[name]).splitlines(), str((one.final or {})[name]).splitlines()
        for step, was_from, was_to, now_from, now_to in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
            if step not in {"replace", "delete"}:
                continue
            new = [*now[now_from:now_to], *[""] * (was_to - was_from)]
            yield from ((name, gone, new[place]) for place, gone in enumerate(was[was_from:was_to]))


def _suggestion(operation: str, reason: str, swapped: Sequence[Swap], many: int, refused: int) -> str:
    why = f" ({reason.replace('_', ' ')})" if reason else ""
    lines = [f"People corrected {many} of your {operation}{why}; {refused} of them they did not use at all."]
    lines += [f"In `{one.argument}`, do not write: {one.gone} {_instead(one)}" for one in swapped]
    if not swapped:
        lines.append("No line was changed more than once: look at the examples, and say in the prompt what they have in common.")
    return "\n".join(lines)


def _instead(one: Swap) -> str:
    return f"Write instead: {one.new}" if one.new else "Leave it out."
