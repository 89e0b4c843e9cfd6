"""The agents that follow a rule or fill a template."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from remit.agents.audience import AudienceAgent
from remit.agents.follow_up import MOST_CALLS, FollowUpAgent, stepped_back
from remit.agents.nurture import CREATE, FACTS_CITED, READERS, USE, NurtureAgent, approved_facts, written
from remit.demo.contact import fields_on
from remit.demo.truth import grade
from remit.demo.working_days import working_days_between
from remit.demo.world import World
from tests.agents.window_desk import WindowDesk

MONDAY, TUESDAY, SATURDAY = date(2008, 7, 14), date(2008, 7, 15), date(2008, 7, 19)


@pytest.mark.parametrize(("days", "expected"), [(0, TUESDAY), (1, MONDAY), (2, date(2008, 7, 11)), (3, date(2008, 7, 10))])
def test_stepping_back_leaves_out_weekends(days: int, expected: date) -> None:
    assert stepped_back(TUESDAY, days) == expected


async def test_follow_up_asks_three_working_days_after_the_last_call_it_sees(world: World) -> None:
    desk = WindowDesk(world, TUESDAY)
    asked = await FollowUpAgent().run(desk, TUESDAY)
    assert asked
    for propose, _ in asked:
        seen = fields_on(world.by_id[str(propose.arguments["contact"])], TUESDAY - timedelta(days=1)) or {}
        assert working_days_between(date.fromisoformat(str(seen["last_call_on"])), TUESDAY) == 3
        assert int(str(seen["calls_made"])) < MOST_CALLS
        assert seen["status"] == "called"


async def test_follow_up_errs_only_where_it_could_not_see(world: World) -> None:
    wrong = []
    for day in world.days(date(2008, 5, 19), date(2008, 7, 31)):
        for propose, _ in await FollowUpAgent().run(WindowDesk(world, day.date), day.date):
            if grade(world, propose.operation, propose.arguments, propose.grounds, day.date).wrong:
                contact = world.by_id[str(propose.arguments["contact"])]
                wrong.append(fields_on(contact, day.date) != fields_on(contact, day.date - timedelta(days=1)))
    assert wrong
    assert all(wrong)


async def test_follow_up_rests_at_the_weekend(world: World) -> None:
    assert await FollowUpAgent().run(WindowDesk(world, SATURDAY), SATURDAY) == []


async def test_nurture_writes_one_draft_per_segment_on_mondays(world: World) -> None:
    asked = await NurtureAgent().run(WindowDesk(world, MONDAY), MONDAY)
    assert [(one.arguments["segment"], one.operation) for one, _ in asked] == [(s, o) for s in READERS for o in (CREATE, USE)]
    assert all("no language model" in one.reason for one, _ in asked)
    assert await NurtureAgent().run(WindowDesk(world, TUESDAY), TUESDAY) == []


@pytest.mark.parametrize("product", sorted({fact.product for fact in approved_facts()}))
def test_a_draft_cites_the_first_approved_facts_whatever_their_date(product: str) -> None:
    facts = [fact for fact in approved_facts() if fact.product == product]
    draft = written("retired", product)
    assert product.lower() in str(draft["subject"]).lower()
    assert [fact.id in str(draft["body"]) for fact in facts] == [number < FACTS_CITED for number in range(len(facts))]
    assert "$" not in f"{draft['subject']}{draft['body']}"


async def test_audience_suggests_once_a_week_and_its_size_can_be_counted_again(world: World) -> None:
    agent = AudienceAgent(opening=date(2008, 5, 5))
    mondays = [MONDAY - timedelta(weeks=week) for week in range(8)]
    asked = [one for monday in mondays for one, _ in await agent.run(WindowDesk(world, monday), monday)]
    assert 0 < len(asked) <= 2 * len(mondays)
    assert [one.operation for one in asked] == ["segment.suggest", "segment.create"] * (len(asked) // 2)
    for monday in mondays:
        for one, _ in await agent.run(WindowDesk(world, monday), monday):
            assert grade(world, one.operation, one.arguments, one.grounds, monday).wrong is False
    assert await agent.run(WindowDesk(world, TUESDAY), TUESDAY) == []


async def test_audience_goes_by_age_once_and_says_so(world: World) -> None:
    agent = AudienceAgent(opening=date(2008, 7, 8))
    first, second = [await agent.run(WindowDesk(world, day), day) for day in (MONDAY, MONDAY + timedelta(weeks=1))]
    by_age = [one for one, _ in first if "age" in one.grounds]
    assert len(by_age) == 1
    assert "age over 60" in str(by_age[0].arguments["definition"])
    assert not [one for one, _ in second if "age" in one.grounds]
