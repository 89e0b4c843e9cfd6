"""What verbs and drivers tell of their work while it happens, and what a door shows of it. None of it may carry content.

Names, kinds, verdicts, counts and durations only: MUST NOT hold arguments, claims, notes, keys or anything a person wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from remit.core.lifecycle import State
from remit.core.types import Verdict

Attributes = Mapping[str, str | int]
_NONE: Attributes = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How an installation stands at one moment: what waits in which state, since when, and how much is not sealed."""

    waiting: Mapping[State, int] = field(default_factory=dict)
    oldest_held: datetime | None = None
    oldest_due: datetime | None = None
    unsealed: int = 0
    oldest_unsealed: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Signs:
    """Signs of life that the runner leaves: when it last went round, and what keeps it, or the sealing, from working."""

    beat_at: datetime | None = None
    trouble: str = ""
    sealing: str = ""


class Span(Protocol):
    """A stretch of work that is being traced."""

    def set(self, name: str, value: str | int) -> None:
        """Say something more of it."""


class Telemetry(Protocol):
    """Hears of work. It MUST NOT raise, wait, or slow the work down by more than a few microseconds."""

    def span(self, name: str, attributes: Attributes = _NONE, *, parent: str | None = None) -> AbstractContextManager[Span]:
        """Trace a stretch of work. `parent` is a W3C `traceparent` that came from outside."""

    def decided(self, verdict: Verdict) -> None:
        """Hear that the gate answered a proposal."""

    def committed(self, works: int, seconds: float) -> None:
        """Hear that a group of works is on disk, so many seconds after the oldest of them was asked for."""

    def troubled(self) -> None:
        """Hear that the runner could not go on."""

    def exposition(self, pulse: Pulse, now: datetime) -> tuple[str, bytes] | None:
        """Return a content type and everything measured, in a form that a monitor reads; None where nothing is measured."""


class _Untraced:
    """A span that nobody looks at."""

    def set(self, name: str, value: str | int) -> None:
        """Say it to nobody."""


_UNTRACED = _Untraced()


class Silent:
    """Hears everything and keeps nothing."""

    @contextmanager
    def span(self, name: str, attributes: Attributes = _NONE, *, parent: str | None = None) -> Iterator[Span]:  # noqa: ARG002
        """Trace nothing."""
        yield _UNTRACED

    def decided(self, verdict: Verdict) -> None:
        """Keep nothing."""

    def committed(self, works: int, seconds: float) -> None:
        """Keep nothing."""

    def troubled(self) -> None:
        """Keep nothing."""

    def exposition(self, pulse: Pulse, now: datetime) -> tuple[str, bytes] | None:  # noqa: ARG002  # the port's
        """Have nothing to show."""
        return None


SILENT = Silent()
