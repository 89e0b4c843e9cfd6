"""What people are told outside the screens: when, in which words, and never so that one could answer from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from remit.core.types import UseCaseId
from remit.core.working_time import WEEKDAYS, CalendarSpec, ClockTime, minutes_of


class NoticeKind(StrEnum):
    """Why somebody is told."""

    NEW = "new"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    DIGEST = "digest"
    VIOLATION_OVERDUE = "violation_overdue"
    DRILL_DUE = "drill_due"
    CARE = "care"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What there is to tell: so many things, of one use case or of all, `soon` of them within a day, the first at `due_at`.

    `mine` are violations that are the reader's to settle.
    """

    kind: NoticeKind
    use_case: UseCaseId | None = None
    count: int = 0
    soon: int = 0
    mine: int = 0
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How somebody wants to be told: on which channel, where, and when not.

    Between `quiet_from` and `quiet_until`, by the clock of `zone`, she is left alone. At `digest_at` she gets the digest of the
    day, if anything waits; with `live` also a notice of what is new.
    """

    channel: str
    address: str = ""
    zone: str = "UTC"
    quiet_from: ClockTime | None = None
    quiet_until: ClockTime | None = None
    digest_at: ClockTime | None = "08:30"
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to be told, or that was. `person` is empty where a channel is told and nobody in particular.

    `count` things are told of, `soon` of them end within a day, `due_at` is when the first of them does. `next_at` is when it is
    tried (again), None once it is over: sent at `ended_at`, or dropped because of `dropped`.
    """

    notice: str
    kind: NoticeKind
    person: str
    channel: str
    use_case: UseCaseId | None
    count: int
    soon: int
    mine: int
    due_at: datetime | None
    written_at: datetime
    next_at: datetime | None
    tries: int = 0
    ended_at: datetime | None = None
    dropped: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sent."""

    subject: str
    body: str


_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)


def next_try(tries: int, now: datetime) -> datetime:
    """Return when a notice that failed so often is tried again: after 1, 2, 4 ... minutes, at most an hour."""
    return now + min(_FIRST_WAIT * int(2 ** min(max(tries - 1, 0), 10)), _LONGEST_WAIT)


def not_before(wishes: Wishes, now: datetime) -> datetime:
    """Return when somebody may be told: now, or when her quiet hours are over."""
    if wishes.quiet_from is None or wishes.quiet_until is None:
        return now
    zone = ZoneInfo(wishes.zone)
    local = now.astimezone(zone)
    minute, begins, ends = local.hour * 60 + local.minute, minutes_of(wishes.quiet_from), minutes_of(wishes.quiet_until)
    quiet = begins <= minute < ends if begins <= ends else minute >= begins or minute < ends
    if not quiet:
        return now
    over = local.replace(hour=ends // 60, minute=ends % 60, second=0, microsecond=0)
    over = over if over > local else (over.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
    return over.astimezone(now.tzinfo)


def digest_day(wishes: Wishes, calendar: CalendarSpec, now: datetime) -> str | None:
    """Return the day (ISO) whose digest is due by now, None before its hour, on a day off, or where she wants none."""
    if wishes.digest_at is None:
        return None
    local = now.astimezone(ZoneInfo(wishes.zone))
    day = local.date()
    works = WEEKDAYS[day.weekday()] in calendar.days and day not in calendar.closed
    due = local.hour * 60 + local.minute >= minutes_of(wishes.digest_at)
    return day.isoformat() if works and due else None


def letter(notice: Notice, *, title: str, link: str, zone: str) -> Letter:
    """Write a notice as people read it. `title` is what the use case is called; `link` leads to the screen where one answers."""
    until = "" if notice.due_at is None else f", the first of them until {_local(notice.due_at, zone)}"
    where = f" of {title}" if title else ""
    subject, told = _words(notice, where, until)
    return Letter(subject=f"Remit: {subject}", body=f"{told}\n\n{_LOOK}\n\n{link}")


def drill_letter(title: str, link: str) -> Letter:
    """Write what is sent in a drill: it asks nothing of anybody."""
    told = f"This is a drill for {title}: nothing waits. It shows that you would be reached."
    return Letter(subject=f"Remit: a drill for {title}", body=f"{told}\n\n{link}")


_LOOK = "Nothing can be answered from here: sign in and look. What nobody answers lapses; nothing is approved by time."


def _words(notice: Notice, where: str, until: str) -> tuple[str, str]:
    many = _many(notice.count, "proposal")
    match notice.kind:
        case NoticeKind.NEW:
            return f"{many} new{where}", f"{many} came in{where}{until}."
        case NoticeKind.REMINDER:
            return f"{many}{where} still wait{_s(notice.count)}", f"Nobody has answered {many}{where} yet{until}."
        case NoticeKind.ESCALATION:
            told = f"Nobody has answered {many}{where}{until}. You are asked to see that somebody does."
            return f"nobody answers {many}{where}", told
        case NoticeKind.DIGEST:
            return _digest(notice)
        case NoticeKind.VIOLATION_OVERDUE:
            told = f"{_many(notice.count, 'violation')}{where} nobody settled in time."
            return f"overdue: {_many(notice.count, 'violation')}{where}", told
        case NoticeKind.DRILL_DUE:
            return f"a drill{where} is due", f"A drill{where} is a quarter old, and due again: remit drill list."
        case NoticeKind.CARE:
            return "about your own answers", "There is something about your own answers that only you see first: remit me care."


def _digest(notice: Notice) -> tuple[str, str]:
    soon = f", {notice.soon} of them until tomorrow" if notice.soon else ""
    lines = [f"{_many(notice.count, 'proposal')} wait{_s(notice.count)} for you{soon}."] if notice.count else []
    lines += [f"{_many(notice.mine, 'violation')} {'is' if notice.mine == 1 else 'are'} yours to settle."] if notice.mine else []
    subject = f"{_many(notice.count, 'proposal')}{soon}" if notice.count else _many(notice.mine, "violation")
    return subject, "\n".join(lines)


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _s(count: int) -> str:
    return "s" if count == 1 else ""


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"
