"""Working days, Monday to Friday. It knows no public holidays: the file names none, and a guess would be a hidden rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

WORKING_DAYS_A_WEEK = 5
_A_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Say whether this is a Monday to Friday."""
    return day.weekday() < WORKING_DAYS_A_WEEK


def working_days(start: date, end: date) -> Iterator[date]:
    """Walk from start to end, both included."""
    day = start
    while day <= end:
        if is_working_day(day):
            yield day
        day += _A_DAY


def working_days_before(day: date, count: int) -> date:
    """Step back by so many working days. One working day before a Saturday is the Friday."""
    return _on(_number(day) - count)


def working_days_between(earlier: date, later: date) -> int:
    """Count the working days from one to the other: 1 from a Friday to the next Monday."""
    return _number(later) - _number(earlier)


def _number(day: date) -> int:
    """Count working days since the year 1, which began on a Monday. A weekend has the number of the Monday after it."""
    weeks, weekday = divmod(day.toordinal() - 1, 7)
    return weeks * WORKING_DAYS_A_WEEK + min(weekday, WORKING_DAYS_A_WEEK)


def _on(number: int) -> date:
    weeks, weekday = divmod(number, WORKING_DAYS_A_WEEK)
    return date.fromordinal(weeks * 7 + weekday + 1)
