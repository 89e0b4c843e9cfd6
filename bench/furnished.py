"""An installation that benchmarks of the store share: one charter, one agent, contacts to act on, a clock to put ahead."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from remit.core.action import Action
from remit.core.lifecycle import State
from remit.core.proposal import Ask
from remit.core.types import Answer, Operation, Record, UseCaseId
from remit.flow.adopt import admit, adopt
from remit.flow.answered import Given
from remit.flow.execute import execute
from remit.flow.review import answer_each
from remit.ports import AgentKey
from remit.wire import Installation, SystemClock, initialise, installation, packaged_documents

USE_CASE = UseCaseId("score")
KEY = AgentKey(agent="ada", version="v1", use_cases=(USE_CASE,))
REASON = "Chance of a yes 4.1%, under the threshold of 5.0% fixed on the past."


class AheadClock(SystemClock):
    """The machine's clock, put ahead by hand."""

    def __init__(self) -> None:
        """Begin with the present."""
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the machine's moment, so much later."""
        return super().now() + self.ahead


@contextmanager
def furnished(folder: Path, contacts: int, clock: AheadClock | None = None) -> Iterator[Installation]:
    """Make an installation in an empty folder and open it: every tag is held, and so many contacts can be tagged."""
    initialise(folder)
    with installation(folder, clock=clock) as opened:
        asyncio.run(_adopt(opened))
        rows = [(Record(kind="contact", id=f"c{number}"), {"job": "admin."}) for number in range(contacts)]
        opened.sandbox.world.put(rows, by="import", at=opened.house.clock.now())
        yield opened


async def _adopt(opened: Installation) -> None:
    documents = packaged_documents()
    charter = json.loads(documents["charter:score"]) | {"starts_at": 2}
    await adopt(opened.house, {"catalogue": documents["catalogue"], "charter:score": json.dumps(charter)}, by="bench")
    await admit(opened.house, agent=KEY.agent, version=KEY.version, use_cases=KEY.use_cases, key="k", by="bench")


def ask(number: int, *, reason: str = REASON, call: str = "call") -> Ask:
    """Return the proposal to tag the contact of this number."""
    arguments = {"contact": f"c{number}", "tag": "not-now"}
    operation = Operation("contact.tag.add")
    return Ask(use_case=USE_CASE, operation=operation, arguments=arguments, call_id=f"{call}:{number}", reason=reason)


def groups(many: int, size: int) -> Iterator[range]:
    """Cut the numbers below `many` into groups."""
    return (range(start, min(start + size, many)) for start in range(0, many, size))


def held(opened: Installation, many: int) -> Sequence[Action]:
    """Return what is held, oldest first."""
    with opened.house.store.read() as reading:
        return reading.in_states({State.HELD}, limit=many)


async def approve_and_execute(opened: Installation, clock: AheadClock, group: int = 200) -> None:
    """Approve what is held, so many at once, and carry it out."""
    waiting = held(opened, 100_000)
    for numbers in groups(len(waiting), group):
        picked = [waiting[number] for number in numbers]
        await answer_each(
            opened.house, [Given(proposal=one.proposal, answer=Answer.APPROVE, by="rita", seen=one.seen) for one in picked]
        )
    clock.ahead += timedelta(minutes=1)
    while await execute(opened.house):
        pass
