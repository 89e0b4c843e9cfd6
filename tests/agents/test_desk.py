"""Agents read to the last page and no further than told, ask in batches, and are named by their settings."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from remit.agents.desk import BATCH, Desk, ask, read, version
from remit.demo.world import World
from remit.sdk.client import Client
from remit.sdk.messages import Propose
from tests.agents.window_desk import WindowDesk

JULY_14 = date(2008, 7, 14)


async def test_a_window_is_read_to_its_last_page(world: World) -> None:
    desk = WindowDesk(world, JULY_14, most=100)
    seen = [one.id async for one in read(desk, "audience", "customers")]
    assert seen == [contact.id for contact in world.contacts if contact.entered_on <= JULY_14]


async def test_a_window_is_read_no_further_than_told(world: World) -> None:
    last = world.contacts[150].id
    desk = WindowDesk(world, JULY_14, most=100)
    assert [one.id async for one in read(desk, "audience", "customers", until=last)][-1] == last


async def test_proposals_go_in_batches_and_come_back_in_order(world: World) -> None:
    desk = WindowDesk(world, JULY_14)
    proposals = [Propose(use_case="u", operation="o", arguments={}, call_id=str(number)) for number in range(2 * BATCH + 1)]
    asked = await ask(desk, proposals)
    assert desk.calls_answered == [BATCH, BATCH, 1]
    assert [(propose.call_id, reply.proposal_id) for propose, reply in asked] == [(str(n), str(n)) for n in range(2 * BATCH + 1)]


async def test_the_product_client_is_such_a_desk() -> None:
    async with httpx.AsyncClient() as http:
        desk: Desk = Client(http)  # the type checker compares them
        assert isinstance(desk, Client)


@pytest.mark.parametrize("other", [version("b", seed=1), version("a", seed=2), version("a", seed=1, more="x")])
def test_another_name_or_setting_is_another_version(other: str) -> None:
    assert version("a", seed=1) == version("a", seed=1) != other
