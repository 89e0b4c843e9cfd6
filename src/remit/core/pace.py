"""How much a connected system is sent: no faster than it takes, and nothing while it needs rest. Values in, values out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_FIRST_REST, _LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
TROUBLE = 5
"""So many calls without an answer in a row, and the system is given rest (a circuit breaker, Nygard 2007)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a system takes: at most so many calls at once, and so many a second (None: as many as come)."""

    at_once: int = 200
    per_second: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Where the line to a system stands. `sent` calls count against the second that began at `since`.

    `trouble` counts calls in a row that were not answered, `rests` how often it was given rest in a row, `until` when that ends.
    """

    since: datetime
    sent: float = 0.0
    trouble: int = 0
    rests: int = 0
    until: datetime | None = None

    def resting(self, now: datetime) -> bool:
        """Whether nothing is sent now."""
        return self.until is not None and now < self.until


def room(pace: Pace, line: Line, now: datetime) -> int:
    """Return how many calls may go out now: one to try it after a rest, else what the pace leaves."""
    if line.resting(now):
        return 0
    if line.trouble >= TROUBLE:
        return 1
    return pace.at_once if pace.per_second is None else max(0, min(pace.at_once, int(_left(pace.per_second, line, now))))


def _left(per_second: float, line: Line, now: datetime) -> float:
    """Return what is left in a bucket that holds a second's worth (at least one call) and fills steadily."""
    return max(per_second, 1.0) - _level(per_second, line, now)


def _level(per_second: float, line: Line, now: datetime) -> float:
    return max(0.0, line.sent - per_second * max((now - line.since).total_seconds(), 0.0))


def sent(pace: Pace, line: Line, calls: int, now: datetime) -> Line:
    """Return the line after calls went out."""
    level = 0.0 if pace.per_second is None else _level(pace.per_second, line, now)
    return replace(line, since=now, sent=level + calls)


def answered(line: Line) -> Line:
    """Return the line after the system answered: whatever trouble there was is over."""
    return replace(line, trouble=0, rests=0, until=None)


def troubled(line: Line, now: datetime, *, calls: int = 1, rest_seconds: int | None = None) -> Line:
    """Return the line after calls that got no answer; after five in a row, or where the system asks for it, it rests.

    Twice as long each time, from 5 seconds to 5 minutes, and at least as long as it asks for.
    """
    trouble = line.trouble + calls
    if trouble < TROUBLE and rest_seconds is None:
        return replace(line, trouble=trouble)
    asked = timedelta(seconds=min(max(rest_seconds or 0, 0), 3600))
    own = min(_FIRST_REST * 2 ** min(line.rests, 10), _LONGEST_REST) if trouble >= TROUBLE else timedelta()
    return replace(line, trouble=trouble, rests=line.rests + (trouble >= TROUBLE), until=now + max(asked, own))
