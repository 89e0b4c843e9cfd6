"""Writes down what people are to be told outside the screens, and takes it to them: once, or later, and never not at all."""

from __future__ import annotations

from datetime import datetime

from remit.core import facts as f
from remit.core.notice import Letter, Notice, Occasion, letter, next_try, not_before
from remit.ports import House, Reading, Writing
from remit.ports.notice_port import Told

_BY = "remit"
_AT_ONCE = 100


def announce(house: House, tx: Writing, occasion: Occasion, *, person: str = "", channel: str = "") -> bool:
    """Write a notice for a person, or for a channel. Returns False where nobody could be told: she never said how."""
    now = house.clock.now()
    told = tx.wishes().get(person) if person else None
    if person and told is None:
        return False
    fact = f.NoticeWritten(
        notice=house.ids.new(),
        kind=occasion.kind,
        person=person,
        channel=channel if told is None else told.wishes.channel,
        not_before=now if told is None else not_before(told.wishes, now),
        use_case=occasion.use_case,
        count=occasion.count,
        soon=occasion.soon,
        mine=occasion.mine,
        due_at=occasion.due_at,
    )
    tx.record(fact, actor=_BY)
    return True


async def deliver(house: House, link: str) -> int:
    """Take every notice that is due to its channel. Returns how many the channels took.

    What a channel does not take is tried again later. Who is cut off between sending and writing it down sends it once more:
    no channel can be asked whether it had a message.
    """
    now = house.clock.now()
    with house.store.read() as reading:
        wishes, notices = reading.wishes(), reading.notices_due(now, limit=_AT_ONCE)
        due = [(notice, *_ready(reading, notice, wishes.get(notice.person), link)) for notice in notices]
    taken = 0
    for notice, address, content in due:
        if address is None:
            await _end(house, f.NoticeDropped(notice=notice.notice, why="she is told nothing any more"))
            continue
        refused = await house.notifier.send(notice.channel, address, content)
        ended = f.NoticeSent(notice=notice.notice) if not refused else _failed(notice, refused, house.clock.now())
        await _end(house, ended)
        taken += not refused
    return taken


def _ready(reading: Reading, notice: Notice, told: Told | None, link: str) -> tuple[str | None, Letter]:
    """Return where a notice goes and what is sent; None for somebody who left, or wants to be told nothing any more."""
    charter = reading.policy().charters.get(notice.use_case) if notice.use_case else None
    title = (charter.title if charter else str(notice.use_case)) if notice.use_case else ""
    content = letter(notice, title=title, link=link, zone="UTC" if told is None else told.wishes.zone)
    if notice.person and told is None:
        return None, content
    return ("" if told is None else told.wishes.address), content


def _failed(notice: Notice, why: str, now: datetime) -> f.NoticeFailed:
    return f.NoticeFailed(notice=notice.notice, next_at=next_try(notice.tries + 1, now), detail=why[:200])


async def _end(house: House, fact: f.NoticeSent | f.NoticeFailed | f.NoticeDropped) -> None:
    await house.store.write(lambda tx: tx.record(fact, actor=_BY))
