"""What people are told: when, how often, and in words that say what to do and carry nothing to answer with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.notice import Notice, NoticeKind, Wishes, digest_day, letter, next_try, not_before
from remit.core.types import UseCaseId
from remit.core.working_time import OFFICE
from tests.changed import replace

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CALM = Wishes(channel="mail", zone="Europe/Berlin", quiet_from="18:00", quiet_until="08:00")
QUIET = {
    "in the day": ("2026-03-02 09:00", "2026-03-02 09:00"),
    "in the evening": ("2026-03-02 19:30", "2026-03-03 07:00"),
    "at night": ("2026-03-03 03:00", "2026-03-03 07:00"),
    "when they end": ("2026-03-03 07:00", "2026-03-03 07:00"),
    "when they begin": ("2026-03-02 17:00", "2026-03-03 07:00"),
    "over the night the clocks change": ("2026-03-28 20:00", "2026-03-29 06:00"),
}


def at(text: str) -> datetime:
    """Read a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("now", "told"), QUIET.values(), ids=QUIET)
def test_nobody_is_told_in_her_quiet_hours(now: str, told: str) -> None:
    assert not_before(CALM, at(now)) == at(told)


def test_quiet_hours_may_lie_inside_a_day() -> None:
    siesta = replace(CALM, quiet_from="13:00", quiet_until="15:00")
    assert not_before(siesta, at("2026-03-02 12:30")) == at("2026-03-02 14:00")
    assert not_before(siesta, at("2026-03-02 20:30")) == at("2026-03-02 20:30")
    assert not_before(replace(CALM, quiet_from=None, quiet_until=None), NOW) == NOW


@given(st.integers(0, 60 * 24 * 400), st.integers(0, 23), st.integers(0, 23))
def test_quiet_hours_end_within_a_day_and_outside_themselves(minute: int, begins: int, ends: int) -> None:
    calm = replace(CALM, quiet_from=f"{begins:02}:00", quiet_until=f"{ends:02}:00")
    now = NOW + timedelta(minutes=minute)
    told = not_before(calm, now)
    assert now <= told <= now + timedelta(hours=25)
    assert not_before(calm, told) == told


DAYS = {
    "before its hour": ("2026-03-02 07:29", None),
    "at its hour": ("2026-03-02 07:30", "2026-03-02"),
    "late in the day": ("2026-03-02 22:59", "2026-03-02"),
    "on a Sunday": ("2026-03-01 12:00", None),
    "on a holiday": ("2026-03-03 12:00", None),
}


@pytest.mark.parametrize(("now", "day"), DAYS.values(), ids=DAYS)
def test_the_digest_comes_at_its_hour_on_a_working_day(now: str, day: str | None) -> None:
    assert digest_day(CALM, replace(OFFICE, closed=(date(2026, 3, 3),)), at(now)) == day
    assert digest_day(replace(CALM, digest_at=None), OFFICE, at(now)) is None


def test_what_failed_is_tried_ever_later_and_never_later_than_an_hour() -> None:
    waits = [(next_try(tries, NOW) - NOW) // timedelta(minutes=1) for tries in range(1, 12)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert next_try(10**6, NOW) == NOW + timedelta(hours=1)


def notice(kind: NoticeKind, **more: object) -> Notice:
    """Write a notice about two things of one use case."""
    plain = Notice(
        notice="n1",
        kind=kind,
        person="rosa",
        channel="mail",
        use_case=UseCaseId("crm"),
        count=2,
        soon=1,
        mine=0,
        due_at=NOW,
        written_at=NOW,
        next_at=NOW,
    )
    return replace(plain, **more)


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_says_what_and_leads_to_the_screens(kind: NoticeKind) -> None:
    found = letter(notice(kind), title="Enrich contacts", link="http://localhost:8321", zone="Europe/Berlin")
    assert found.subject.startswith("Remit: ")
    assert found.body.endswith("http://localhost:8321")
    assert "token" not in found.body
    assert "Nothing can be answered from here" in found.body


SAID = {
    "a reminder": (
        NoticeKind.REMINDER,
        {},
        "Nobody has answered 2 proposals of Enrich yet, the first of them until 2026-03-02 10:00",
    ),
    "an escalation": (NoticeKind.ESCALATION, {"count": 1}, "Nobody has answered 1 proposal of Enrich, the first"),
    "a digest": (NoticeKind.DIGEST, {"due_at": None}, "2 proposals wait for you, 1 of them until tomorrow."),
    "a digest of one": (NoticeKind.DIGEST, {"count": 1, "soon": 0, "mine": 1}, "1 proposal waits for you.\n1 violation is yours"),
    "a digest of violations": (NoticeKind.DIGEST, {"count": 0, "mine": 3}, "3 violations are yours to settle."),
    "news": (NoticeKind.NEW, {"use_case": None, "due_at": None}, "2 proposals came in"),
    "an overdue violation": (NoticeKind.VIOLATION_OVERDUE, {"count": 1}, "1 violation of Enrich nobody settled in time."),
}


@pytest.mark.parametrize(("kind", "more", "said"), SAID.values(), ids=SAID)
def test_a_notice_counts_what_it_tells_of(kind: NoticeKind, more: dict[str, object], said: str) -> None:
    assert said in letter(notice(kind, **more), title="Enrich", link="x", zone="Europe/Berlin").body
