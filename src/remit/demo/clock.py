"""The story's clock: it shows what the story set it to, and never goes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

LISBON = ZoneInfo("Europe/Lisbon")
"""Where the bank of the story works."""


class StoryClock:
    """A clock somebody else moves."""

    def __init__(self, start: datetime) -> None:
        """Begin at a moment with a zone."""
        self._now = start

    def now(self) -> datetime:
        """Return the story's moment."""
        return self._now

    def move_to(self, day: date, at: time) -> None:
        """Move forward to a time of day in Lisbon; a moment that has passed already changes nothing."""
        self._now = max(self._now, datetime.combine(day, at, LISBON))

    def pass_by(self, span: timedelta) -> None:
        """Let a while pass."""
        self._now += span


class RunningClock:
    """Goes on from a moment of the story at the pace of real time, for whoever looks at a finished story."""

    def __init__(self, start: datetime, elapsed: Callable[[], float] = monotonic) -> None:
        """Begin at a moment with a zone; `elapsed` counts seconds."""
        self._start, self._elapsed, self._zero = start, elapsed, elapsed()

    def now(self) -> datetime:
        """Return the story's moment."""
        return self._start + timedelta(seconds=self._elapsed() - self._zero)
