"""Tells people once a day what waits for them, and who wants that, what is new. It is silent where nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.core import facts as f
from remit.core.asking import askable, may_answer_for
from remit.core.notice import NoticeKind, Occasion, digest_day
from remit.core.types import Role
from remit.flow.notify import announce
from remit.flow.overdue import calendar_of
from remit.ports import House, Reading, Writing
from remit.ports.notice_port import Told, WaitingGroup

_SOON = timedelta(days=1)
_LIVE_EVERY = timedelta(minutes=15)
_MOST = 10_000


async def digest(house: House) -> int:
    """Write the digests and news that are due. Returns how many notices were written."""
    now = house.clock.now()
    with house.store.read() as reading:
        if not _due(reading, now):
            return 0
    return await house.store.write(lambda tx: _digest(house, tx, now))


def _due(reading: Reading, now: datetime) -> list[tuple[str, str | None]]:
    """Return whose hour it is, each with the day of her digest, None for whom only news are due."""
    calendar, wishes = calendar_of(reading), reading.wishes()
    found: list[tuple[str, str | None]] = []
    for person, told in wishes.items():
        day = digest_day(told.wishes, calendar, now)
        if day and day > told.digested:
            found.append((person, day))
        elif _is_news(told, now) and reading.waiting_groups(now, since=told.told_at):
            found.append((person, None))
    return found


def _is_news(told: Told, now: datetime) -> bool:
    return told.wishes.live and now - told.told_at >= _LIVE_EVERY


def _digest(house: House, tx: Writing, now: datetime) -> int:
    waiting, written = tx.waiting_groups(now + _SOON), 0
    for person, day in _due(tx, now):
        if day is None:
            written += _news(house, tx, person, now)
            continue
        _drop_older(tx, person)
        hers, mine = hers_of(tx, person, waiting, now), _violations(tx, person)
        if hers.count or mine:
            written += announce(
                house, tx, Occasion(kind=NoticeKind.DIGEST, count=hers.count, soon=hers.soon, mine=mine), person=person
            )
        tx.keep_digested(person, day)
        tx.keep_told(person, now)
    return written


def _news(house: House, tx: Writing, person: str, now: datetime) -> bool:
    since = tx.wishes()[person].told_at
    count = hers_of(tx, person, tx.waiting_groups(now + _SOON, since=since), now).count
    tx.keep_told(person, now)
    return bool(count) and announce(house, tx, Occasion(kind=NoticeKind.NEW, count=count), person=person)


def _drop_older(tx: Writing, person: str) -> None:
    """Drop a digest that never went out: this one says more."""
    for notice in tx.notices(limit=_MOST, only_open=True):
        if notice.person == person and notice.kind is NoticeKind.DIGEST:
            tx.record(f.NoticeDropped(notice=notice.notice, why="a newer digest says more"), actor="remit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hers:
    """How much waits for a person, and how much of it lapses soon."""

    count: int
    soon: int


def hers_of(reading: Reading, person: str, groups: Sequence[WaitingGroup], now: datetime) -> Hers:
    """Count what waits for a person: what she may answer and did not ask for herself; nothing while she is away."""
    policy, people, absences = reading.policy(), reading.people(), reading.absences()
    asked = {
        use_case: person in askable(people, may_answer_for(charter), absences, now)
        for use_case, charter in policy.charters.items()
    }
    found = [one for one in groups if asked.get(one.use_case) and not _is_behind(reading, one, person)]
    return Hers(count=sum(one.many for one in found), soon=sum(one.soon for one in found))


def _is_behind(reading: Reading, group: WaitingGroup, person: str) -> bool:
    hers = person == group.requester or person in group.approved_by
    return hers or person in reading.issuers(group.agent, group.version)


def _violations(reading: Reading, person: str) -> int:
    """Count the open violations of a person's roles."""
    found = reading.person(person)
    roles = () if found is None else found.roles
    return sum(Role(one.owner) in roles for one in reading.violations(only_open=True, limit=_MOST))
