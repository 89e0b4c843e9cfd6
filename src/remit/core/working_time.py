"""When a team works, and how hours are counted in its working time. It knows only the holidays that were written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from remit.errors import RuleError

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_MOST_DAYS = 3660
"""Nobody waits ten years: a calendar that is closed for longer is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSpec:
    """When a team works: on `days` from `opens` to `closes` by the clock of `zone` (an IANA name), not on `closed`."""

    zone: str = "UTC"
    days: tuple[Weekday, ...] = WEEKDAYS[:5]
    opens: ClockTime = "09:00"
    closes: ClockTime = "17:00"
    closed: tuple[date, ...] = ()

    @property
    def day(self) -> timedelta:
        """Return how long a working day is."""
        return timedelta(minutes=minutes_of(self.closes) - minutes_of(self.opens))


OFFICE = CalendarSpec()
"""Monday to Friday, 9 to 17 UTC: what counts where nobody wrote a calendar."""


def refuse_unfit(calendar: CalendarSpec | None, *, asked: str) -> None:
    """Raise `RuleError` for a calendar in which nobody ever works, or whose zone nobody knows."""
    if calendar is None:
        return
    if not is_zone(calendar.zone):
        raise RuleError(asked=f"{asked}, calendar", found=f"zone {calendar.zone}", do="Give an IANA name such as Europe/Berlin")
    if not calendar.days or calendar.day <= timedelta(0):
        found = "no days" if not calendar.days else f"open from {calendar.opens} to {calendar.closes}"
        raise RuleError(asked=f"{asked}, calendar", found=found, do="Give days, and hours that end after they begin")


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def later_by(calendar: CalendarSpec | None, span: timedelta, *, start: datetime) -> datetime:
    """Return the moment at which so much working time has passed; by the clock, where there is no calendar.

    The result lies inside working hours, the end of a day included. Raises `RuleError` for a calendar closed for ten years.
    """
    if calendar is None:
        return start + span
    left = span
    for opens, closes in _openings(calendar, start):
        begin = max(start, opens)
        if closes - begin >= left:
            return begin + left
        left -= max(closes - begin, timedelta(0))
    raise RuleError(asked="a deadline", found="a calendar that is closed for ten years", do="Correct its closed days")


def _openings(calendar: CalendarSpec, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Walk the working days that end after a moment, each from its opening to its closing, in UTC."""
    zone, closed = ZoneInfo(calendar.zone), set(calendar.closed)
    opens, closes = time.fromisoformat(calendar.opens), time.fromisoformat(calendar.closes)
    first = start.astimezone(zone).date()
    for number in range(_MOST_DAYS):
        day = first + timedelta(days=number)
        if WEEKDAYS[day.weekday()] in calendar.days and day not in closed:
            end = datetime.combine(day, closes, zone).astimezone(UTC)
            if end > start:
                yield datetime.combine(day, opens, zone).astimezone(UTC), end


def minutes_of(clock: str) -> int:
    """Return how many minutes after midnight `HH:MM` is."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
