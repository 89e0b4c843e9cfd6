"""Five reviewers and what they do with two thousand proposals: a simulated day, and the month in which the rest runs out.

Everything is the real thing but the people and the clock. What is left over asks, is told of, and lapses.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from remit.core.action import Action
from remit.core.asking import Absence
from remit.core.lifecycle import State
from remit.core.notice import Wishes
from remit.core.types import Answer, Role
from remit.flow.adopt import adopt
from remit.flow.answered import Given
from remit.flow.digest import digest
from remit.flow.escalate import escalate
from remit.flow.lapse import lapse
from remit.flow.leave import set_absence
from remit.flow.notify import deliver
from remit.flow.propose import propose
from remit.flow.review import answer_each
from tests.flow.letters import Box, people, wish, with_box
from tests.flow.stage import ADA, CRM, Stage, documents, person, tag

MONDAY = datetime(2026, 3, 9, 8, tzinfo=UTC)
ITEMS, HOURS, A_DAY = 2000, 8, timedelta(days=1)
REVIEWERS = ("rea", "rob", "ron", "ros", "roy")
LEADS = {"ines": Role.LINE_OF_BUSINESS, "ravi": Role.RISK}
PATH = [{"after_hours": 5, "role": "line_of_business"}, {"after_hours": 7, "role": "risk", "channel": "ops"}]
CALENDAR = {"zone": "Europe/Berlin", "opens": "09:00", "closes": "17:00"}
WISHES = Wishes(channel="mail", zone="Europe/Berlin", quiet_from="17:30", quiet_until="08:00", digest_at="08:30")


@dataclass(kw_only=True)
class Lived:
    """What the simulated time left behind. `waiting` is how much waited at each digest, counted from every action there is."""

    stage: Stage
    box: Box
    waiting: list[int] = field(default_factory=list)


async def live(stage: Stage, *, days: int, seed: int = 1) -> Lived:
    """Let a day of work pass, and then the days until nothing is left. One reviewer is away, one never answers."""
    draw = random.Random(seed)
    lived = Lived(stage=stage, box=with_box(stage))
    stage.clock.moment = MONDAY - timedelta(hours=2)
    told = documents()
    told[f"charter:{CRM}"] = json.dumps(
        json.loads(told[f"charter:{CRM}"]) | {"escalation": PATH, "calendar": CALENDAR, "deadline_hours": HOURS}
    )
    await adopt(stage.house, told, "olga")
    await people(stage, **dict.fromkeys(REVIEWERS, Role.REVIEWER), **LEADS)
    for name in (*REVIEWERS, *LEADS):
        await wish(stage, name, WISHES)
    gone = Absence(person="rea", since=MONDAY - A_DAY, until=MONDAY + 2 * A_DAY, delegate="rob")
    await set_absence(stage.house, gone, by="rea")
    for hour in range(HOURS):
        stage.clock.moment = MONDAY + timedelta(hours=hour)
        await _come_in(stage, hour)
        await _round(lived)
        await _answer(stage, draw, MONDAY + timedelta(hours=hour))
    for step in range(1, days * 24):
        stage.clock.moment = MONDAY + timedelta(hours=HOURS + step, minutes=30)
        await _round(lived)
    return lived


async def _come_in(stage: Stage, hour: int) -> None:
    many = ITEMS // HOURS
    wanted = [tag(person(number % 500), call_id=f"{hour} {number}") for number in range(many)]
    await propose(stage.house, ADA, wanted)


async def _answer(stage: Stage, draw: random.Random, at: datetime) -> None:
    """Let three reviewers answer some of what waits; the fifth looks on, the first is away."""
    stage.clock.moment = at + timedelta(minutes=20)
    with stage.house.store.read() as reading:
        waiting = reading.in_states([State.HELD], limit=ITEMS)
    chosen = [one for one in waiting if draw.random() < 0.3]
    given = [_given(one, draw) for one in chosen]
    for start in range(0, len(given), 200):
        await answer_each(stage.house, given[start : start + 200])


def _given(action: Action, draw: random.Random) -> Given:
    said = draw.choices([Answer.REJECT, Answer.RETURN, Answer.LATER], weights=[6, 2, 1])[0]
    return Given(proposal=action.proposal, answer=said, by=draw.choice(REVIEWERS[1:4]), seen=action.seen)


async def _round(lived: Lived) -> None:
    """Do what the runner does each minute, and count by hand what a digest that was written just now should say."""
    stage = lived.stage
    await escalate(stage.house)
    await lapse(stage.house)
    for _ in range(await digest(stage.house)):
        with stage.house.store.read() as reading:
            lived.waiting.append(sum(action.state is State.HELD for action, _ in reading.every_action()))
    await deliver(stage.house, "http://here")
