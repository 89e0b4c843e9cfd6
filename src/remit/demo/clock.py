"""The story's clock: it shows what the story set it to, and never goes back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
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
