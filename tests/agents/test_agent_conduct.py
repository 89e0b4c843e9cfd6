"""What holds for every agent: it stays inside its window, says what it went by, and does a day's work the same way twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from remit.agents.audience import AudienceAgent
from remit.agents.desk import Agent, Asked
from remit.agents.enrich import EnrichAgent
from remit.agents.follow_up import FollowUpAgent
from remit.agents.nurture import NurtureAgent
from remit.agents.score import ScoreAgent
from remit.demo.world import World
from tests.agents.window_desk import FIELDS, WindowDesk

JULY_1 = date(2008, 7, 1)
WEEK = [date(2008, 7, day) for day in (14, 15, 16, 17, 18)]
AGENTS: dict[str, Callable[[str], Agent]] = {
    "score": lambda until: ScoreAgent(past_until=until),
    "enrich": lambda until: EnrichAgent(past_until=until),
    "follow_up": lambda _: FollowUpAgent(),
    "nurture": lambda _: NurtureAgent(),
    "audience": lambda _: AudienceAgent(opening=JULY_1),
}


async def week_of(world: World, name: str) -> list[tuple[WindowDesk, Asked]]:
    agent = AGENTS[name](world.last_closed_before(JULY_1))
    desks = [WindowDesk(world, day) for day in WEEK]
    return [(desk, await agent.run(desk, desk.today)) for desk in desks]


@pytest.mark.parametrize("name", AGENTS)
async def test_an_agent_never_proposes_from_outside_its_window(world: World, name: str) -> None:
    for desk, asked in await week_of(world, name):
        for propose, _ in asked:
            assert propose.context is not None
            window = f"{propose.use_case}/{propose.context.name}"
            assert propose.use_case == name
            assert set(propose.grounds) <= set(FIELDS[window])
            assert "contact" not in propose.arguments or propose.arguments["contact"] in desk.served[window]


@pytest.mark.parametrize("name", AGENTS)
async def test_an_agent_has_something_to_do_within_a_week(world: World, name: str) -> None:
    assert sum(len(asked) for _, asked in await week_of(world, name)) > 0


@pytest.mark.parametrize("name", AGENTS)
async def test_a_day_done_again_asks_the_same_under_the_same_call_ids(world: World, name: str) -> None:
    first, again = [[propose for _, asked in await week_of(world, name) for propose, _ in asked] for _ in range(2)]
    assert first == again
    assert len({propose.call_id for propose in first}) == len(first)


@pytest.mark.parametrize("name", AGENTS)
async def test_every_proposal_says_why_and_by_which_version(world: World, name: str) -> None:
    fingerprint = AGENTS[name](world.last_closed_before(JULY_1)).fingerprint()
    for _, asked in await week_of(world, name):
        for propose, _ in asked:
            assert propose.reason
            assert propose.grounds
            assert propose.usage is not None
            assert propose.usage.model == fingerprint
            assert propose.confidence is None or 0 <= propose.confidence <= 1


def test_fingerprints_tell_agents_apart() -> None:
    assert len({build("c00100").fingerprint() for build in AGENTS.values()}) == len(AGENTS)


@pytest.mark.parametrize("name", AGENTS)
async def test_an_empty_crm_asks_for_nothing_and_breaks_nothing(world: World, name: str) -> None:
    agent = AGENTS[name](world.last_closed_before(JULY_1))
    await agent.run(WindowDesk(world, WEEK[0]), WEEK[0] + timedelta(days=365))
    assert await agent.run(WindowDesk(world, date(2008, 1, 7)), date(2008, 1, 7)) == []
