"""Which held proposals are alike enough to be looked at together, and which of them stand out.

Alike means: one use case, one operation, one agent version, the same reasons for waiting, the same arguments given. Whether any
of them may be approved together is not for this file: each is judged by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from remit.core.types import Operation, UseCaseId, Value

MOST = 50
"""How many are answered together at most: more than that nobody looks at."""

_UNUSUAL_SHARE, _FAR = 0.2, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What similar proposals have in common."""

    use_case: UseCaseId
    operation: Operation
    agent: str
    version: str
    reasons: tuple[str, ...]
    arguments: tuple[str, ...]

    def in_words(self) -> str:
        """Say what they have in common."""
        given = " and ".join(self.arguments) or "nothing"
        whose = f"{self.operation} of {self.use_case} by {self.agent} version {self.version}"
        return f"{whose}, held for the same reasons, with {given}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of them, as far as it is compared. `reach` and `confidence_ppm` are None where they are not known."""

    name: str
    arguments: Mapping[str, Value]
    reach: int | None = None
    confidence_ppm: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A member with how far it stands out (0: not at all), and by what."""

    name: str
    unusual: float
    by: tuple[str, ...]


def outliers_first(members: Sequence[Member]) -> list[Placed]:
    """Order members by how far they stand out, the farthest first; among equals in the order given."""
    figures = {name: _distances(values) for name, values in _figures(members).items()}
    words = {name: Counter(values) for name, values in _words(members).items()}
    found = [_placed(at, member, figures, words, len(members)) for at, member in enumerate(members)]
    return sorted(found, key=lambda one: -one.unusual)


def _placed(at: int, member: Member, figures: Mapping[str, list[float]], words: Mapping[str, Counter[str]], many: int) -> Placed:
    far = {name: distances[at] for name, distances in figures.items() if distances[at] >= _FAR}
    rare = {name: 1 - counted[_word(member, name)] / many for name, counted in words.items() if _is_rare(counted, member, name)}
    unusual = sum(min(distance, 100.0) for distance in far.values()) + sum(rare.values())
    return Placed(name=member.name, unusual=unusual, by=tuple(sorted({*far, *rare})))


def _figures(members: Sequence[Member]) -> dict[str, list[float | None]]:
    """Return everything that can be measured, member by member: reach, confidence, numbers, lengths of texts."""
    names = sorted({name for member in members for name in member.arguments})
    found: dict[str, list[float | None]] = {name: [_figure(member.arguments.get(name)) for member in members] for name in names}
    found["reach"] = [None if member.reach is None else float(member.reach) for member in members]
    found["confidence"] = [None if member.confidence_ppm is None else float(member.confidence_ppm) for member in members]
    return found


def _figure(value: Value) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    return float(value) if isinstance(value, int | float) else float(len(value))


def _distances(values: Sequence[float | None]) -> list[float]:
    """Return how far each lies from the middle, in median absolute deviations (Iglewicz and Hoaglin 1993); unknown is far."""
    known = [value for value in values if value is not None]
    if not known:
        return [0.0] * len(values)
    middle = median(known)
    spread = median(abs(value - middle) for value in known) or max(1.0, abs(middle) / 10)
    return [_FAR if value is None else abs(value - middle) / spread for value in values]


def _words(members: Sequence[Member]) -> dict[str, list[str]]:
    """Return the arguments that mostly say the same, for those are where a rare value means something."""
    names = sorted({name for member in members for name in member.arguments})
    said = {name: [_word(member, name) for member in members] for name in names}
    return {name: values for name, values in said.items() if len(set(values)) <= max(1, len(values) // 2)}


def _word(member: Member, name: str) -> str:
    return repr(member.arguments.get(name))


def _is_rare(counted: Counter[str], member: Member, name: str) -> bool:
    return counted[_word(member, name)] <= _UNUSUAL_SHARE * counted.total()
