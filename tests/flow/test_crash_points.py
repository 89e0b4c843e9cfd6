"""Cut off at every single point of a story and opened again from what lay on disk: nothing is lost and nothing happens twice."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from remit.core.action import Action
from remit.core.facts import Done, StopOrdered, Undone
from remit.core.lifecycle import State
from remit.core.types import Answer, Image, Level
from remit.errors import RemitError
from remit.flow.answered import Given
from remit.flow.execute import recover
from remit.flow.judge import judge
from remit.flow.propose import propose
from remit.flow.review import answer_each
from remit.flow.stop import lift, order
from remit.flow.undo import undo
from remit.ports import Connector, Effect, KeyedCall, KeyedRestore, Performed, Reading, Store, Writing
from remit.runner.local import drain
from remit.store.checkup import check_up
from remit.wire import public_key
from tests.changed import replace
from tests.flow.odd_connectors import Odd
from tests.flow.stage import ADA, CRM, START, TAKE_BACK, CountedIds, FrozenClock, Stage, ask, opened, tag

T = TypeVar("T")

ASKS = {
    "tag": tag("c0001"),
    "rename": ask("contact.field.update", CRM, "rename", contact="c0002", name="Anna"),
    "note": ask("note.create", CRM, "note", contact="c0003", text="call back"),
    "task": ask("task.create", CRM, "task", contact="c0004", title="Call", due="2026-03-05"),
    "rejected": tag("c0005"),
    "edited": tag("c0006"),
}
ANSWERS = {"rejected": Answer.REJECT, "edited": Answer.APPROVE_EDITED}
PARTS = 4
"""The points are dealt out, so that they can be tried side by side."""

UNDONE = ("rename", "task")
ENDS = {"rejected": State.REJECTED} | dict.fromkeys(UNDONE, State.UNDONE)


class CutError(BaseException):
    """The process ends here: no handler may catch it, no clean-up is written."""


@dataclass(kw_only=True)
class Points:
    """Counts the points at which a process could end, and ends it at one of them, keeping what lay on disk."""

    folder: Path
    cut_at: int | None = None
    passed: list[str] = field(default_factory=list)

    @property
    def remains(self) -> Path:
        """Where the disk of the dead process lies."""
        return self.folder.with_name("remains")

    def point(self, name: str) -> None:
        """Pass a point, or end here."""
        self.passed.append(name)
        if len(self.passed) - 1 == self.cut_at:
            shutil.copytree(self.folder, self.remains, ignore=shutil.ignore_patterns("*-shm"))
            raise CutError(name)


@dataclass(kw_only=True)
class CutStore:
    """The store, with a point before and behind every commit."""

    inner: Store
    points: Points

    async def write(self, work: Callable[[Writing], T]) -> T:
        """Run `work` in a durable transaction."""
        self.points.point("before a commit")
        result = await self.inner.write(work)
        self.points.point("behind a commit")
        return result

    def read(self) -> AbstractContextManager[Reading]:
        """Open a consistent view."""
        return self.inner.read()

    async def scrub(self) -> bool:
        """Leave nothing to be read of what was dropped."""
        self.points.point("before a scrub")
        return await self.inner.scrub()


@dataclass(kw_only=True)
class CutConnector(Odd):
    """The sandbox, with a point before and behind every effect."""

    points: Points

    async def perform(self, calls: Sequence[KeyedCall]) -> list[Performed]:
        """Carry out each call once."""
        return await self._between(lambda: self.inner.perform(calls))

    async def restore(self, calls: Sequence[KeyedRestore]) -> list[Performed]:
        """Put back what an undo plan says, once."""
        return await self._between(lambda: self.inner.restore(calls))

    async def _between(self, act: Callable[[], Awaitable[list[Performed]]]) -> list[Performed]:
        self.points.point("before an effect")
        ends = await act()
        self.points.point("behind an effect")
        return ends


def cut(stage: Stage, points: Points) -> Stage:
    """Put points around everything that leaves a trace."""
    connector: Connector = CutConnector(inner=stage.opened.sandbox, points=points)
    store: Store = CutStore(inner=stage.house.store, points=points)
    return replace(stage, house=replace(stage.house, store=store, connectors={"sandbox": connector}))


# ------------------------------------------------------------------------------------------------------------------ the story


async def story(stage: Stage) -> None:
    """Let everything happen that can. What has happened already is not asked for again, as people and agents would have it."""
    house = stage.house
    await recover(house)
    await propose(house, ADA, list(ASKS.values()))
    await answer_all(stage)
    if not any(isinstance(fact, StopOrdered) for fact in stage.facts()):
        await order(house, "use_case:crm", by="dana", reason="a doubt")
    stage.clock.move(seconds=TAKE_BACK)
    await drain(house)
    if stops(stage):
        with house.store.read() as reading:
            wish = reading.lift_wishes().get("use_case:crm")
        for by in ("ines", "ravi") if wish is None else ("ravi",):
            await lift(house, "use_case:crm", by=by, reason="no doubt", level=Level.OPTIMISE)
    await answer_all(stage)
    stage.clock.move(seconds=TAKE_BACK)
    await drain(house)
    for name in UNDONE:
        if (action := actions(stage)[name]).state is State.DONE:
            await undo(house, [action.proposal], "dana")
    await drain(house)
    await judge(house)


async def answer_all(stage: Stage) -> None:
    """Answer everything that is held; an edit is made once."""
    held = [(name, action) for name, action in actions(stage).items() if action.state is State.HELD]
    given = [(action, Answer.APPROVE if action.revision else ANSWERS.get(name, Answer.APPROVE)) for name, action in held]
    edits = {Answer.APPROVE_EDITED: {"contact": "c0006", "tag": "gold"}}
    answers = [
        Given(proposal=action.proposal, answer=said, by="dana", seen=action.seen, edited=edits.get(said))
        for action, said in given
    ]
    assert not [end for end in await answer_each(stage.house, answers) if isinstance(end, RemitError)]


def actions(stage: Stage) -> dict[str, Action]:
    """Return the actions of the story by name."""
    with stage.house.store.read() as reading:
        found = {name: reading.by_call("ada", wanted.call_id) for name, wanted in ASKS.items()}
    return {name: action for name, action in found.items() if action}


def stops(stage: Stage) -> tuple[str, ...]:
    """Return what is stopped."""
    with stage.house.store.read() as reading:
        return reading.stops()


# ------------------------------------------------------------------------------------------------------------------- the checks


def check(stage: Stage, where: str) -> None:
    """Compare what Remit believes with what the sandbox did."""
    effects = stage.world.effects()
    believed = Counter(f"{fact.proposal}:{stage.action(fact.proposal).attempts}" for fact in stage.facts_of(Done))
    believed += Counter(f"{fact.proposal}:undo" for fact in stage.facts_of(Undone))
    assert Counter(key for key, end in effects.items() if end.effect is Effect.DONE) == believed, where
    assert {end.effect for end in effects.values()} == {Effect.DONE}, where
    assert {name: action.state for name, action in actions(stage).items()} == dict.fromkeys(ASKS, State.DONE) | ENDS, where


def pictures(stage: Stage) -> list[Image]:
    """Show every record that the story may have touched, and what it created."""
    people = [stage.image(f"contact/c{number:04}") for number in range(1, 7)]
    return people + [stage.image(str(stage.action(action.proposal).record)) for action in actions(stage).values()]


def play(folder: Path, points: Points | None, ids: int, moment: datetime) -> None:
    """Open a folder and play the story in it, to its end or to where it is cut off."""
    with opened(folder, clock=FrozenClock(moment=moment), ids=CountedIds(ids)) as stage:
        asyncio.run(story(stage if points is None else cut(stage, points)))


@pytest.mark.parametrize("part", range(PARTS))
def test_cut_off_anywhere_nothing_is_lost_and_nothing_happens_twice(furnished: Path, tmp_path: Path, part: int) -> None:
    whole = Points(folder=tmp_path / "whole" / "data")
    shutil.copytree(furnished, whole.folder)
    play(whole.folder, whole, 1_000_000, START + timedelta(days=1))
    with looked_at(whole.folder) as stage:
        check(stage, "not cut off at all")
        expected = pictures(stage)
    assert set(whole.passed) == {"before a commit", "behind a commit", "before an effect", "behind an effect"}
    for number, name in list(enumerate(whole.passed))[part::PARTS]:
        where = f"cut off at point {number} of {len(whole.passed)}, {name}"
        points = Points(folder=tmp_path / str(number) / "data", cut_at=number)
        shutil.copytree(furnished, points.folder)
        with pytest.raises(CutError, match=name):
            play(points.folder, points, 1_000_000, START + timedelta(days=1))
        assert sound(points.remains), where
        play(points.remains, None, 2_000_000, START + timedelta(days=1, minutes=5))
        with looked_at(points.remains) as stage:
            check(stage, where)
            assert pictures(stage) == expected, where
        assert sound(points.remains), where


@contextlib.contextmanager
def looked_at(folder: Path) -> Iterator[Stage]:
    """Open a folder to look at it."""
    with opened(folder, clock=FrozenClock(moment=START + timedelta(days=2)), ids=CountedIds(9_000_000)) as stage:
        yield stage


def sound(folder: Path) -> bool:
    """Whether a folder is sound by every measure there is."""
    findings = check_up(folder, public_key(folder), FrozenClock(), CountedIds(9_500_000))
    return all(finding.sound for finding in findings)
