"""A day with five reviewers and two thousand proposals, and the month after it: who was asked, told and counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

from remit.core import facts as f
from remit.core.lifecycle import State
from remit.core.notice import NoticeKind
from remit.store.checkup import check_up
from remit.wire import public_key
from tests.flow.reviewers_day import ITEMS, MONDAY, live
from tests.flow.stage import Stage


async def test_a_month_of_waiting_leaves_no_question_unasked_and_asks_none_twice(stage: Stage) -> None:
    lived = await live(stage, days=30)
    assert stage.clock.moment - MONDAY > timedelta(days=29)
    asked: dict[str, list[str]] = defaultdict(list)
    escalated: Counter[str] = Counter()
    for fact in stage.facts():
        if isinstance(fact, f.Reminded | f.Escalated):
            asked[fact.proposal] += fact.asked
            escalated[fact.proposal] += isinstance(fact, f.Escalated)
    lapsed = [fact.proposal for fact in stage.facts_of(f.Lapsed)]
    assert len(lapsed) > ITEMS / 20
    assert all(escalated[proposal] == 2 for proposal in lapsed), "nothing is overdue without its escalations"
    assert all(len(people) == len(set(people)) for people in asked.values()), "nobody is asked twice"
    absent = {person for people in asked.values() for person in people} & {"rea"}
    assert absent == set(), "she is away on both days on which anybody was asked"
    with stage.house.store.read() as reading:
        ends = Counter(action.state for action, _ in reading.every_action())
    assert sum(ends.values()) == ITEMS
    assert set(ends) == {State.LAPSED, State.REJECTED, State.RETURNED}, "nothing waits any more, and nothing was carried out"
    assert stage.world.effects() == {}

    digests = [fact for fact in stage.facts_of(f.NoticeWritten) if fact.kind is NoticeKind.DIGEST]
    assert digests
    assert [fact.count for fact in digests] == lived.waiting
    assert all(waiting for waiting in lived.waiting), "no digest says that nothing waits"
    assert Counter(fact.person for fact in digests if fact.person == "rea") == Counter()
    assert len(stage.facts_of(f.NoticeSent)) == len(stage.facts_of(f.NoticeWritten)) == len(lived.box.taken)

    assert all(one.sound for one in check_up(stage.folder, public_key(stage.folder), stage.clock, stage.ids))

    for entry in _sent(stage):
        local = entry.at.astimezone(ZoneInfo("Europe/Berlin"))
        assert (8, 0) <= (local.hour, local.minute) <= (17, 30), "nobody was told in her quiet hours"


def _sent(stage: Stage) -> list[f.Entry]:
    with stage.house.store.read() as reading:
        told = {
            entry.fact.notice: entry.fact.person
            for entry in reading.facts(kinds=["NoticeWritten"], limit=100_000)
            if isinstance(entry.fact, f.NoticeWritten)
        }
        sent = reading.facts(kinds=["NoticeSent"], limit=100_000)
    return [entry for entry in sent if isinstance(entry.fact, f.NoticeSent) and told[entry.fact.notice]]
