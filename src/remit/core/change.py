"""One difference between two policies as a value: where, what it was, what it is, and whether that is tighter or looser.

It knows no charter and no catalogue; `core/policy_change.py` and the files beside it say which difference is which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Any

import msgspec

from remit.core.risk_statement import class_name
from remit.core.types import ActionClass, Level, UseCaseId


class Direction(StrEnum):
    """What a change does to how much is allowed. `BOTH`: nobody can say that it only tightens or only loosens."""

    NEITHER = "neither"
    TIGHTER = "tighter"
    LOOSER = "looser"
    BOTH = "both"

    @property
    def loosens(self) -> bool:
        """Whether something may be allowed that was not allowed before."""
        return self in {Direction.LOOSER, Direction.BOTH}

    @property
    def opposite(self) -> Direction:
        """Return the direction of the way back."""
        turned = {Direction.TIGHTER: Direction.LOOSER, Direction.LOOSER: Direction.TIGHTER}
        return turned.get(self, self)


def union(directions: Iterable[Direction]) -> Direction:
    """Return what several changes come to together."""
    found = set(directions) - {Direction.NEITHER}
    if not found:
        return Direction.NEITHER
    return found.pop() if len(found) == 1 else Direction.BOTH


Scale = Callable[[Any, Any], Direction]
"""Says of a value before and a value after, which differ, which way that is."""

Fields = Mapping[str, tuple[str, Scale] | tuple[str, Scale, str]]
"""By a field's name: what people call it, its scale, and what an empty list there means where that is not "nothing".

A field that is not listed counts as `BOTH`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. `before` is None for what is new, `after` for what is gone; `use_case` is None where it concerns all."""

    path: str
    before: str | None
    after: str | None
    direction: Direction
    sentence: str
    use_case: UseCaseId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The place that is being compared: its path, and what people call it."""

    path: str
    words: str
    use_case: UseCaseId | None = None

    def part(self, name: str, words: str) -> Where:
        """Return a place inside this one."""
        return Where(path=f"{self.path}/{name}", words=f"{self.words}, {words}", use_case=self.use_case)


def moved(where: Where, name: str, words: str, before: Any, after: Any, direction: Direction, empty: str = "nothing") -> Change:
    """Write down one difference. Of a list what came and what went is named; `empty` is what an empty one means."""
    was, now = (empty if value == () else shown(value) for value in (before, after))
    if before and after and isinstance(before, tuple) and isinstance(after, tuple):
        told = f"{words}: {_came_and_went(before, after)}"
    elif was is None:
        told = f"{words} is set to {now}; it was not set before"
    elif now is None:
        told = f"{words} is not set any more; it was {was}"
    else:
        told = f"{words} goes from {was} to {now}"
    return _change(where, name, was, now, direction, f"{where.words}: {told}.")


def said_of(where: Where, name: str, said: str, before: Any, after: Any, direction: Direction) -> Change:
    """Write down one difference in words of its own."""
    return _change(where, name, shown(before), shown(after), direction, f"{where.words}: {said}.")


def _came_and_went(before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    came = ", ".join(_inside(one) for one in after if one not in before)
    went = ", ".join(_inside(one) for one in before if one not in after)
    told = [f"{names} {verb}" for names, verb in ((came, "comes in"), (went, "goes out")) if names]
    return " and ".join(told) or "the same, in another order"


def appeared(where: Where, name: str, words: str, value: Any, direction: Direction, *, tells: str = "") -> Change:
    """Write down something that was not there before; `tells` are sentences about what it says."""
    told = f"{where.words}: {words} is new. {tells}".rstrip()
    return _change(where, name, None, shown(value), direction, told)


def vanished(where: Where, name: str, words: str, value: Any, direction: Direction) -> Change:
    """Write down something that is gone."""
    return _change(where, name, shown(value), None, direction, f"{where.words}: {words} is gone.")


def _change(where: Where, name: str, was: str | None, now: str | None, direction: Direction, sentence: str) -> Change:
    path = f"{where.path}/{name}" if name else where.path
    told = sentence[:1].upper() + sentence[1:]
    return Change(path=path, before=was, after=now, direction=direction, sentence=told, use_case=where.use_case)


def between(where: Where, before: Any, after: Any, known: Fields, *, apart: Iterable[str] = ()) -> Iterator[Change]:
    """Compare two records field by field; those named in `apart` are compared by somebody else."""
    for name in (one.name for one in fields(after)):
        was, now = getattr(before, name), getattr(after, name)
        if name in apart or was == now:
            continue
        words, scale, *empty = known.get(name, (f"the {name.replace('_', ' ')}", _unknown))
        yield moved(where, name, words, was, now, scale(was, now), *empty)


def _unknown(_before: object, _after: object) -> Direction:
    return Direction.BOTH


def each(
    where: Where,
    words: str,
    before: Mapping[Any, Any],
    after: Mapping[Any, Any],
    *,
    new: Callable[[Any], Direction],
    inside: Callable[[Where, Any, Any], Iterable[Change]],
) -> Iterator[Change]:
    """Compare what stands under names: `new` says which way an added one is; a removed one is the other way."""
    for name in dict.fromkeys((*before, *after)):
        called = f"{words} {name}"
        if name not in before:
            yield appeared(where, name, called, after[name], new(after[name]))
        elif name not in after:
            yield vanished(where, name, called, before[name], new(before[name]).opposite)
        elif before[name] != after[name]:
            yield from inside(where.part(name, called), before[name], after[name])


def shown(value: Any) -> str | None:
    """Write a value for people; None stands for what is not set."""
    if value is None or value == "":
        return None
    if isinstance(value, Level):
        return f"{int(value)} ({value.name.lower()})"
    if isinstance(value, ActionClass):
        return class_name(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (Enum, date, str, int)):
        return str(value)
    if isinstance(value, (tuple, list, frozenset)):
        return ", ".join(_inside(one) for one in value) or "nothing"
    return msgspec.json.encode(value).decode()


def _inside(value: Any) -> str:
    return msgspec.json.encode(value).decode() if is_dataclass(value) else shown(value) or "nothing"
