"""The agents that learn: from the past alone, the same after any restart, silent where they are not sure."""

from __future__ import annotations

from datetime import date

import pytest

from remit.agents.classifier import learn, squashed
from remit.agents.desk import Asked
from remit.agents.enrich import CONFIDENT, EDUCATION, REGION, EnrichAgent
from remit.agents.prefixes import STALE_SHARE, prefix_table, stale_prefix_table
from remit.agents.score import LOWEST_SHARE, TAG, ScoreAgent, quantile
from remit.demo.details import regions
from remit.demo.world import World
from tests.agents.window_desk import WindowDesk

JULY_1, JULY_14, JULY_31 = date(2008, 7, 1), date(2008, 7, 14), date(2008, 7, 31)


@pytest.fixture(scope="module")
def until(world: World) -> str:
    return world.last_closed_before(JULY_1)


def of(asked: Asked, operation: str) -> list[dict[str, object]]:
    return [dict(propose.arguments) for propose, _ in asked if propose.operation == operation]


async def test_score_tags_only_who_is_on_todays_call_list(world: World, until: str) -> None:
    asked = await ScoreAgent(past_until=until).run(WindowDesk(world, JULY_14), JULY_14)
    listed = {contact.id for contact in world.day(JULY_14).call_list}
    tagged = of(asked, "contact.tag.add")
    assert 0 < len(tagged) < len(listed)
    assert all(one["contact"] in listed and one["tag"] == TAG for one in tagged)


@pytest.mark.parametrize("day", [JULY_1, JULY_14, JULY_31])
async def test_score_restarted_on_any_day_is_the_same_version(world: World, until: str, day: date) -> None:
    fresh, restarted = ScoreAgent(past_until=until), ScoreAgent(past_until=until)
    await fresh.prepare(WindowDesk(world, JULY_1))
    await restarted.prepare(WindowDesk(world, day))
    desk = WindowDesk(world, JULY_14)
    assert await fresh.run(desk, JULY_14) == await restarted.run(desk, JULY_14)
    assert fresh.fingerprint() == restarted.fingerprint()


async def test_score_never_reads_a_result_after_its_line(world: World, until: str) -> None:
    desk = WindowDesk(world, JULY_31, most=50)
    await ScoreAgent(past_until=until).prepare(desk)
    assert sum(key > until for key in desk.served["score/past"]) <= 50  # the rest of one page, read past and not learned from


@pytest.mark.parametrize("share", [0.0, LOWEST_SHARE, 0.9])
def test_a_quantile_leaves_its_share_below(share: float) -> None:
    values = [number / 100 for number in range(100)]
    assert sum(value < quantile(values, share) for value in values) == int(share * 100)


def test_a_quantile_of_nothing_tags_nobody() -> None:
    assert quantile([], LOWEST_SHARE) == 0


async def test_enrich_fills_only_what_is_empty(world: World, until: str) -> None:
    asked = await EnrichAgent(past_until=until).run(WindowDesk(world, JULY_14), JULY_14)
    entering = {contact.id: contact for contact in world.day(JULY_14).entering}
    assert {one["contact"] for one in of(asked, REGION)} == set(entering)
    for one in of(asked, EDUCATION):
        contact = entering[str(one["contact"])]
        assert contact.education_masked or contact.row.education is None


async def test_enrich_abstains_under_its_stated_confidence(world: World, until: str) -> None:
    agent, asked = EnrichAgent(past_until=until), []
    for day in world.days(JULY_1, JULY_31):
        asked += await agent.run(WindowDesk(world, day.date), day.date)
    confident = [propose.confidence for propose, _ in asked if propose.operation == EDUCATION]
    without = [c for d in world.days(JULY_1, JULY_31) for c in d.entering if c.education_masked or c.row.education is None]
    assert 0 < len(confident) < len(without)
    assert all(confidence is not None and confidence >= CONFIDENT for confidence in confident)


async def test_enrich_never_learns_from_what_was_filled_in_later(world: World, until: str) -> None:
    fresh, restarted = EnrichAgent(past_until=until), EnrichAgent(past_until=until)
    await fresh.prepare(WindowDesk(world, JULY_1))
    await restarted.prepare(WindowDesk(world, JULY_31))
    desk = WindowDesk(world, JULY_14)
    assert await fresh.run(desk, JULY_14) == await restarted.run(desk, JULY_14)


async def test_a_staged_drift_is_silent_until_its_day_and_in_the_fingerprint(world: World, until: str) -> None:
    honest, drifting = EnrichAgent(past_until=until), EnrichAgent(past_until=until, stale_from=JULY_31)
    assert honest.fingerprint() == drifting.fingerprint()
    for day, same in ((JULY_14, True), (JULY_31, False)):
        desk = WindowDesk(world, day)
        assert (of(await honest.run(desk, day), REGION) == of(await drifting.run(desk, day), REGION)) is same


def test_a_stale_table_moves_its_share_of_prefixes_and_loses_none() -> None:
    table, stale = prefix_table(), stale_prefix_table()
    assert table.keys() == stale.keys()
    assert sum(table[prefix] != stale[prefix] for prefix in table) == round(STALE_SHARE * len(table))


def test_the_agents_table_knows_every_prefix_a_contact_may_have() -> None:
    assert set(prefix_table()) == {prefix for region in regions() for prefix in region.prefixes}


def test_a_model_learned_twice_says_the_same() -> None:
    rows = [{"job": job, "balance": float(number)} for number in range(20) for job in ("a", "b")]
    labels = ["yes" if row["job"] == "a" else "no" for row in rows]
    told = [learn(rows, labels, seed=1).chances([*rows, {"job": "never seen", "balance": 1.0}]) for _ in range(2)]
    assert told[0] == told[1]
    assert all(abs(sum(chances) - 1) < 1e-5 for chances in told[0])
    assert learn(rows, labels, seed=1).chances([]) == []


@pytest.mark.parametrize("balance", [0, 1, 100_000])
def test_debts_are_squashed_as_balances_are(balance: int) -> None:
    assert squashed(-balance) == -squashed(balance)
    assert abs(squashed(balance)) < 12
