"""The runner: it wakes what is due and nothing else, finishes what a crash left, and goes on by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from remit.core.facts import ContentsSwept
from remit.core.lifecycle import State
from remit.core.types import Answer
from remit.errors import StoreUnavailable
from remit.flow.undo import undo
from remit.runner.local import drain, run
from tests.flow.stage import TAKE_BACK, Stage, tag


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    msg = "it never came"
    raise AssertionError(msg)


async def test_where_nothing_is_due_nothing_is_written(stage: Stage) -> None:
    await stage.proposed(tag())
    await stage.approved(tag("c0002"))
    before = stage.written()
    assert await drain(stage.house) == 0
    assert stage.written() == before


async def test_everything_that_is_due_is_done_in_one_go(stage: Stage) -> None:
    done = await stage.done(tag())
    approved = await stage.approved(tag("c0002"))
    held = await stage.proposed(tag("c0003"))
    later = await stage.say(await stage.proposed(tag("c0004")), Answer.LATER)
    await undo(stage.house, [done.proposal], "dana")
    stage.clock.move(hours=24)
    await drain(stage.house)
    ends = [stage.state(action) for action in (done, approved, held, later)]
    assert ends == [State.UNDONE, State.DONE, State.LAPSED, State.LAPSED]


def fail(error: StoreUnavailable) -> None:
    """Hear what nobody should have said."""
    raise error


async def test_a_runner_finishes_what_a_crash_left_and_goes_on(stage: Stage) -> None:
    odd = stage.between()
    odd.fails = True
    cut = await stage.approved(tag())
    await stage.leave()
    sealed = []
    task = asyncio.create_task(run(stage.house, lambda: sealed.append(True), {}, fail))
    await until(lambda: stage.state(cut) is State.DONE)
    await until(lambda: len(sealed) == 1)  # before the clock moves, so that what moves it is what the second one comes from
    action = await stage.approved(tag("c0002"))
    stage.clock.move(seconds=TAKE_BACK)
    await until(lambda: stage.state(action) is State.DONE)
    await until(lambda: len(sealed) == 2)  # the take-back window was longer than five seconds
    stage.clock.move(seconds=5)
    await until(lambda: len(sealed) == 3)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_a_runner_drops_what_is_too_old_once_a_day(stage: Stage) -> None:
    action = await stage.done(tag())
    task = asyncio.create_task(run(stage.house, lambda: None, {"images": 1}, fail))
    await asyncio.sleep(0.1)
    assert stage.facts_of(ContentsSwept) == []
    stage.clock.move(days=2)
    await until(lambda: len(stage.facts_of(ContentsSwept)) == 1)
    assert stage.state(action) is State.DONE
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_a_system_that_breaks_does_not_end_the_runner(stage: Stage) -> None:
    odd = stage.between()
    odd.fails = True
    action = await stage.approved(tag())
    stage.clock.move(seconds=TAKE_BACK)
    task = asyncio.create_task(run(stage.house, lambda: None, {}, fail))
    await until(lambda: stage.state(action) is State.STARTED)
    stage.clock.move(seconds=5)
    await until(lambda: stage.state(action) is State.DONE)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
