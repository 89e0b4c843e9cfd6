"""When a drill was passed and when it is due again: a path that nobody walks is not known to lead anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

QUARTER = timedelta(days=92)
"""How long a drill holds."""

MOST_SECONDS = 1.0
"""How soon a stop has to be seen."""


class DrillKind(StrEnum):
    """What is tried out."""

    ESCALATION = "escalation"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """One step of a path as the drill found it: who was asked, who was reached, and what went wrong where nobody was."""

    step: str
    people: tuple[str, ...]
    reached: tuple[str, ...]
    fault: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        ends = self.fault or f"reached {', '.join(self.reached)}"
        return f"{self.step}: {', '.join(self.people) or 'nobody'} asked; {ends}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDrill:
    """The newest drill of a kind about a use case; it is due again after a quarter, or at once where it failed."""

    what: DrillKind
    use_case: str
    at: datetime
    passed: bool
    told: bool = False

    @property
    def due_at(self) -> datetime:
        """Return when it is due again."""
        return self.at + QUARTER if self.passed else self.at


def passed(steps: Sequence[Walked]) -> bool:
    """Whether every step reached somebody; a path without a step leads nowhere."""
    return bool(steps) and all(step.reached for step in steps)
