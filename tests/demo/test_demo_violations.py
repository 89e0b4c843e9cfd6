"""Age, marital status and how long a call lasted are nothing for the demo's agents, whichever way they ask for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from remit.core.facts import ContextRead, ContextRefused
from remit.core.lifecycle import State
from remit.core.types import Record, Value
from remit.core.violation import Violation
from remit.demo.cast import admit_all, agents, seat
from remit.demo.clock import StoryClock
from remit.demo.contact import fields_on
from remit.demo.figures import gather
from remit.demo.report import tell
from remit.demo.world import STORY_STARTS, World
from remit.errors import NotAllowed
from remit.flow.adopt import adopt
from remit.sdk.client import Client
from remit.sdk.messages import Propose
from remit.wire import Installation, initialise, installation, packaged_documents

FORBIDDEN = ("duration", "age", "marital")
MONDAY = date(2008, 8, 4)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Installation]:
    """Open an empty house on the first Monday of the story."""
    initialise(tmp_path / "bank", secret=b"a secret that only tests share..")
    clock = StoryClock(datetime(MONDAY.year, MONDAY.month, MONDAY.day, 8, 30, tzinfo=UTC))
    with installation(tmp_path / "bank", clock=clock) as found:
        yield found


@asynccontextmanager
async def score_client(opened: Installation) -> AsyncIterator[Client]:
    """Adopt the charters that ship, admit the cast, and speak as the score agent."""
    cast = agents(past_until="", seed=1, stale_from=None)
    await adopt(opened.house, packaged_documents(), "olga")
    await admit_all(opened.house, cast)
    players = seat(opened.house, opened.app, cast)
    yield next(player.client for player in players if player.name == "score")
    for player in players:
        await player.http.aclose()


def violations(opened: Installation) -> list[Violation]:
    with opened.house.store.read() as reading:
        return reading.violations()


def tagging(contact: str, **more: object) -> Propose:
    asked = {"arguments": {"contact": contact, "tag": "not-now"}, "grounds": ["job"]} | more
    return Propose(use_case="score", operation="contact.tag.add", call_id="one", **asked)  # type: ignore[arg-type]


def have(opened: Installation, contact: str) -> None:
    fields: dict[str, Value] = {"job": "clerk", "age": 61, "marital": "single", "duration": 300}
    opened.sandbox.world.put([(Record(kind="contact", id=contact), fields)], by="import", at=opened.house.clock.now())


@pytest.mark.parametrize("field", FORBIDDEN)
@pytest.mark.parametrize("way", ["field", "filter"])
async def test_a_look_at_what_no_window_shows_is_refused_recorded_and_a_violation(
    opened: Installation, field: str, way: str
) -> None:
    asked: dict[str, object] = {"fields": ["job", field]} if way == "field" else {"where": {field: 61}}
    async with score_client(opened) as client:
        with pytest.raises(NotAllowed, match=field):
            await client.context("score", "call-list", **asked)  # type: ignore[arg-type]
    with opened.house.store.read() as reading:
        (refused,) = (entry.fact for entry in reading.facts(kinds=[ContextRefused.__name__]))
        assert reading.facts(kinds=[ContextRead.__name__]) == []
    assert isinstance(refused, ContextRefused)
    assert (refused.agent, refused.window, refused.fields) == ("score", "call-list", (field,))
    assert [(one.rule, one.agent, one.severity) for one in violations(opened)] == [("context_refused", "score", "medium")]


@pytest.mark.parametrize("field", FORBIDDEN)
async def test_a_proposal_on_such_grounds_is_blocked_and_a_violation(opened: Installation, field: str) -> None:
    async with score_client(opened) as client:
        have(opened, "1")
        page = await client.context("score", "call-list")
        assert field not in page.records[0].fields
        reply = await client.propose(tagging("1", grounds=["job", field], context=page.window))
    assert (reply.verdict, reply.state, reply.reasons[0].code) == ("block", State.BLOCKED, "outside_window")
    (found,) = violations(opened)
    assert (found.rule, found.severity, found.proposal) == ("outside_window", "high", reply.proposal_id)


@pytest.mark.parametrize("field", FORBIDDEN)
@pytest.mark.parametrize("way", ["argument", "value"])
async def test_a_proposal_with_such_an_argument_is_blocked_and_a_violation(opened: Installation, field: str, way: str) -> None:
    beyond = {field: 61} if way == "argument" else {"tag": f"{field}-over-60"}
    async with score_client(opened) as client:
        have(opened, "1")
        reply = await client.propose(tagging("1", arguments={"contact": "1", "tag": "not-now"} | beyond))
    assert (reply.verdict, reply.reasons[0].code) == ("block", "argument_not_in_charter")
    (found,) = violations(opened)
    assert (found.rule, found.agent, found.proposal) == ("argument_not_in_charter", "score", reply.proposal_id)


async def test_the_staged_suggestion_beyond_its_remit_stands_in_the_report_as_a_violation(
    opened: Installation, world: World
) -> None:
    cast = agents(past_until=world.last_closed_before(STORY_STARTS), seed=1, stale_from=None)
    await adopt(opened.house, packaged_documents(), "olga")
    await admit_all(opened.house, cast)
    people = [(Record(kind="contact", id=one.id), fields_on(one, MONDAY) or {}) for one in world.contacts]
    opened.sandbox.world.put(people, by="import", at=opened.house.clock.now())
    (player,) = (one for one in seat(opened.house, opened.app, cast) if one.name == "audience")
    await player.agent.run(player.client, MONDAY)
    await player.http.aclose()
    with opened.house.store.read() as reading:
        figures = gather(reading, world, end=MONDAY + timedelta(days=1))
    (found,) = figures.violations
    assert (found.use_case, found.rule, found.proposal) == ("audience", "outside_window", figures.refused[0][0].proposal)
    wanted = "2008-08-04  audience · segment.suggest by audience: outside_window, high violation for marketing_ops, open."
    assert wanted in tell(figures).splitlines()
