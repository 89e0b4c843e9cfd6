"""Weeks of e-mail drafts, answered by the simulated campaign lead: for an agent that asks for corrections, and one that does not.

Everything but the people is real: the house, the door, the client, the agent and its approved facts. Both see the same weeks.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import sqrt
from pathlib import Path
from statistics import NormalDist, fmean, stdev

import httpx

from remit.agents.nurture import USE, NurtureAgent
from remit.core.action import Action
from remit.core.edit import PPM, size_ppm
from remit.core.lifecycle import State
from remit.core.types import Answer, Record, UseCaseId
from remit.demo.clock import LISBON, StoryClock
from remit.demo.contact import fields_on
from remit.demo.truth import grade
from remit.demo.world import World
from remit.flow.adopt import admit, adopt
from remit.flow.answered import Given
from remit.flow.review import answer_each
from remit.sdk.client import Client
from remit.wire import Installation, initialise, installation, packaged_documents

FIRST_MONDAY = date(2008, 8, 4)
WEEK = timedelta(days=7)
NURTURE = UseCaseId("nurture")
_TO_DRAFT = {Answer.APPROVE: Answer.USED, Answer.REJECT: Answer.DISCARDED, Answer.RETURN: Answer.DISCARDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One draft of one week: what share of it people changed, 1 where they used nothing of it."""

    week: date
    segment: str
    changed: float


def season(folder: Path, world: World, *, learns: bool, weeks: int) -> list[Draft]:
    """Play so many weeks in a folder of their own."""
    initialise(folder, secret=hashlib.sha256(b"a season").digest())
    clock = StoryClock(datetime.combine(FIRST_MONDAY, time(6), LISBON))
    with installation(folder, clock=clock) as opened:
        return asyncio.run(_play(opened, clock, world, NurtureAgent(learns=learns), weeks))


async def _play(opened: Installation, clock: StoryClock, world: World, agent: NurtureAgent, weeks: int) -> list[Draft]:
    house = opened.house
    await adopt(house, packaged_documents(), "olga")
    await admit(house, agent="nurture", version=agent.fingerprint(), use_cases=[NURTURE], key="the key", by="olga")
    known = [
        (Record(kind="contact", id=one.id), fields_on(one, FIRST_MONDAY) or {}) for one in world.entered_before(FIRST_MONDAY)
    ]
    opened.sandbox.world.put(known, by="import", at=clock.now())
    found: list[Draft] = []
    headers = {"authorization": "Bearer the key"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(opened.app), base_url="http://localhost", headers=headers) as http:
        for number in range(weeks):
            day = FIRST_MONDAY + number * WEEK
            clock.move_to(day, time(8, 30))
            await agent.run(Client(http), day)
            clock.move_to(day, time(17))
            found += await _answer(opened, world, day)
    return found


async def _answer(opened: Installation, world: World, day: date) -> list[Draft]:
    """Let the campaign lead answer everything of the day, and keep how much of each draft she changed."""
    with opened.house.store.read() as reading:
        waiting = reading.in_states((State.HELD, State.DRAFTED), limit=1000)
        graded = [_given(world, one, reading.content(one.content, "arguments") or {}, day) for one in waiting]
    await answer_each(opened.house, [given for given, _ in graded])
    return [draft for (_, draft), action in zip(graded, waiting, strict=True) if action.operation == USE]


def _given(world: World, action: Action, arguments: dict[str, object], day: date) -> tuple[Given, Draft]:
    grading = grade(world, action.operation, arguments, (), day)  # type: ignore[arg-type]  # arguments as they were asked for
    said = _TO_DRAFT.get(grading.answer, grading.answer)
    edited = grading.edited_arguments if said is Answer.USED_EDITED else None
    size = 0 if edited is None else size_ppm(arguments, edited)  # type: ignore[arg-type]
    changed = 1.0 if said is Answer.DISCARDED else size / PPM
    given = Given(
        proposal=action.proposal, answer=said, by="rosa", seen=action.seen, reason_code=grading.reason_code, edited=edited
    )
    return given, Draft(week=day, segment=str(arguments["segment"]), changed=changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Both agents over the same drafts: what share is changed of each, and how much less of the one that asks, in an interval."""

    drafts: int
    corrected_without: int
    without: float
    asking: float
    less: float
    low: float
    high: float

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.corrected_without} of {self.drafts} drafts corrected without asking; changed {self.without:.1%} without, "
            f"{self.asking:.1%} with; {self.less:.1%} less, 95 % interval {self.low:.1%} to {self.high:.1%}"
        )


def compare(without: list[Draft], asking: list[Draft], *, confidence: float = 0.95) -> Compared:
    """Compare draft by draft, the pairs taken as independent, with a normal interval for their mean difference."""
    pairs = list(_paired(without, asking))
    differences = [one.changed - other.changed for one, other in pairs]
    half = NormalDist().inv_cdf((1 + confidence) / 2) * stdev(differences) / sqrt(len(differences))
    less = fmean(differences)
    return Compared(
        drafts=len(pairs),
        corrected_without=sum(one.changed > 0 for one in without),
        without=fmean(one.changed for one in without),
        asking=fmean(one.changed for one in asking),
        less=less,
        low=less - half,
        high=less + half,
    )


def _paired(without: list[Draft], asking: list[Draft]) -> Iterator[tuple[Draft, Draft]]:
    for one, other in zip(without, asking, strict=True):
        if (one.week, one.segment) != (other.week, other.segment):
            raise ValueError(f"{one} is not paired with {other}")
        yield one, other
