"""Working time: hours count while the team works, by its own clock, and nothing else does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.working_time import OFFICE, CalendarSpec, is_zone, later_by, minutes_of, refuse_unfit
from remit.errors import RuleError
from tests.changed import replace

BERLIN = CalendarSpec(zone="Europe/Berlin", closed=(date(2026, 12, 25),))
HOUR = timedelta(hours=1)
SPANS = {
    "inside a day": (OFFICE, "2026-03-02 09:00", 3, "2026-03-02 12:00"),
    "to the very end of a day": (OFFICE, "2026-03-02 09:00", 8, "2026-03-02 17:00"),
    "over a night": (OFFICE, "2026-03-02 15:00", 8, "2026-03-03 15:00"),
    "over a weekend": (OFFICE, "2026-03-06 16:00", 4, "2026-03-09 12:00"),
    "from a Saturday": (OFFICE, "2026-03-07 11:00", 8, "2026-03-09 17:00"),
    "from before the day begins": (OFFICE, "2026-03-02 03:00", 1, "2026-03-02 10:00"),
    "from after it ended": (OFFICE, "2026-03-02 20:00", 1, "2026-03-03 10:00"),
    "by another clock": (BERLIN, "2026-03-02 15:30", 1, "2026-03-03 08:30"),
    "over a holiday and a weekend": (BERLIN, "2026-12-24 15:00", 2, "2026-12-28 09:00"),
    "over the night the clocks change": (BERLIN, "2026-03-27 15:00", 2, "2026-03-30 08:00"),
    "by the clock, without a calendar": (None, "2026-03-07 11:00", 8, "2026-03-07 19:00"),
    "in half hours": (replace(OFFICE, opens="09:30", closes="17:15"), "2026-03-02 17:00", 1, "2026-03-03 10:15"),
    "no time at all, when a day ends": (OFFICE, "2026-03-02 17:00", 0, "2026-03-03 09:00"),
    "no time at all, at night": (OFFICE, "2026-03-02 20:00", 0, "2026-03-03 09:00"),
}


def at(text: str) -> datetime:
    """Read a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("calendar", "start", "hours", "end"), SPANS.values(), ids=SPANS)
def test_hours_are_counted_in_working_time(calendar: CalendarSpec | None, start: str, hours: int, end: str) -> None:
    assert later_by(calendar, hours * HOUR, start=at(start)) == at(end)


def minute_by_minute(calendar: CalendarSpec, span: timedelta, start: datetime) -> datetime:
    """Count working minutes one by one: the second, slow opinion."""
    left, moment = span // timedelta(minutes=1), start
    while left:
        left -= _works(calendar, moment)
        moment += timedelta(minutes=1)
    return moment


def _works(calendar: CalendarSpec, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(calendar.zone))
    minute = local.hour * 60 + local.minute
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[local.weekday()]
    return (
        day in calendar.days
        and local.date() not in calendar.closed
        and minutes_of(calendar.opens) <= minute < minutes_of(calendar.closes)
    )


@given(
    st.integers(0, 10 * 24 * 60),
    st.integers(1, 30 * 60),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
    st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1),
)
def test_it_agrees_with_counting_minute_by_minute(start: int, minutes: int, zone: str, days: set[str]) -> None:
    calendar = replace(OFFICE, zone=zone, days=tuple(sorted(days)), closed=(date(2026, 3, 27),))
    begin, span = at("2026-03-23 00:00") + timedelta(minutes=start), timedelta(minutes=minutes)
    assert later_by(calendar, span, start=begin) == minute_by_minute(calendar, span, begin)


ZONE, HOURS = "Give an IANA name such as Europe/Berlin", "Give days, and hours that end after they begin"
UNFIT = {
    "no such zone": (CalendarSpec(zone="Mars/Olympus"), "zone Mars/Olympus", ZONE),
    "no days": (CalendarSpec(days=()), "no days", HOURS),
    "ends before it begins": (CalendarSpec(opens="17:00", closes="09:00"), "open from 17:00 to 09:00", HOURS),
    "ends as it begins": (CalendarSpec(opens="09:00", closes="09:00"), "open from 09:00 to 09:00", HOURS),
}


@pytest.mark.parametrize(("calendar", "found", "do"), UNFIT.values(), ids=UNFIT)
def test_a_calendar_in_which_nobody_works_is_refused(calendar: CalendarSpec, found: str, do: str) -> None:
    with pytest.raises(RuleError) as raised:
        refuse_unfit(calendar, asked="here")
    assert (raised.value.asked, raised.value.found, raised.value.do) == ("here, calendar", found, do)


@pytest.mark.parametrize("calendar", [OFFICE, BERLIN, CalendarSpec(days=("sun",), opens="00:00", closes="00:01")])
def test_a_calendar_in_which_somebody_works_is_taken(calendar: CalendarSpec) -> None:
    refuse_unfit(calendar, asked="here")
    assert calendar.day > timedelta(0)


def test_a_calendar_closed_for_ten_years_ends_in_an_error() -> None:
    closed = tuple(date(2026, 1, 1) + timedelta(days=number) for number in range(4000))
    with pytest.raises(RuleError) as raised:
        later_by(replace(OFFICE, closed=closed), HOUR, start=at("2026-03-02 09:00"))
    told = (raised.value.asked, raised.value.found, raised.value.do)
    assert told == ("a deadline", "a calendar that is closed for ten years", "Correct its closed days")


def test_a_zone_is_one_that_is_known() -> None:
    assert is_zone("Europe/Lisbon")
    assert is_zone("../etc/passwd") is is_zone("Mars") is False
    assert OFFICE.days == ("mon", "tue", "wed", "thu", "fri")
    refuse_unfit(None, asked="here")
