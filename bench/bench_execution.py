"""From an approval to its effect: many at once, one alone with a runner waiting, and how soon a stop holds under load."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.bench_store import QUICK_DISK_MS, fdatasync_ms
from bench.furnished import KEY, AheadClock, approve_and_execute, ask, furnished, groups, held
from bench.timing import figure
from remit.connectors.sandbox import Sandbox
from remit.core.action import Action
from remit.core.lifecycle import State
from remit.core.types import Answer
from remit.flow.adopt import adopt
from remit.flow.answered import Given
from remit.flow.propose import propose
from remit.flow.review import answer
from remit.flow.stop import order
from remit.ports import House, KeyedCall, Performed
from remit.runner.local import run as run_runner
from remit.wire import Installation, packaged_documents

MANY, ALONE, GROUP = 10_000, 300, 200


def run() -> Iterator[dict[str, object]]:
    """Measure on fresh folders."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sync = fdatasync_ms(folder)
        yield from _many(folder / "many", sync)
        yield from _alone(folder / "alone", sync)
        yield _stopped(folder / "stopped")


def _many(folder: Path, sync: float) -> Iterator[dict[str, object]]:
    clock = AheadClock()
    with furnished(folder, MANY, clock) as opened:
        asyncio.run(_propose(opened.house, MANY))
        cpu, wall = time.process_time(), time.perf_counter()
        asyncio.run(approve_and_execute(opened, clock))
        spent, took = time.process_time() - cpu, time.perf_counter() - wall
        with opened.house.store.read() as reading:
            done = len(reading.in_states({State.DONE}, limit=MANY + 1))
        if done != MANY:
            raise AssertionError(f"{done} of {MANY} were carried out")
    note = "approved in groups of 200, gate again, intent, sandbox call, result"
    yield figure("execution.cpu", spent / MANY * 1e3, "ms", 0.3, MANY, f"CPU time each: {note}")
    least = 6000 if sync <= QUICK_DISK_MS else 2500
    rate = figure("execution.rate", MANY / took, "1/s", None, MANY, f"{note}; fdatasync {sync:.2f} ms")
    yield rate | {"budget": float(least), "ok": MANY / took >= least}


async def _propose(house: House, many: int, first: int = 0) -> None:
    for numbers in groups(many, GROUP):
        await propose(house, KEY, [ask(first + number) for number in numbers])


class Timed:
    """The sandbox, with the moment at which each call came."""

    def __init__(self, inner: Sandbox) -> None:
        """Stand before it."""
        self._inner, self.sent = inner, dict[str, float]()

    def __getattr__(self, name: str) -> object:
        """Be the sandbox in everything else."""
        return getattr(self._inner, name)

    async def perform(self, calls: Sequence[KeyedCall]) -> list[Performed]:
        """Write down when it came."""
        for one in calls:
            self.sent[one.key.partition(":")[0]] = time.perf_counter()
        return await self._inner.perform(calls)


def _hasty() -> str:
    """Write the charter without a take-back window."""
    documents = packaged_documents()
    return json.dumps(json.loads(documents["charter:score"]) | {"starts_at": 2, "take_back_seconds": 0})


def _alone(folder: Path, sync: float) -> Iterator[dict[str, object]]:
    with furnished(folder, ALONE) as opened:
        timed = Timed(opened.sandbox)
        house = replace(opened.house, connectors={"sandbox": timed})  # type: ignore[dict-item]  # it hands everything else on
        taken = sorted(asyncio.run(_one_by_one(opened, house, timed)))
    p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
    most = 10.0 if sync <= QUICK_DISK_MS else 50.0
    note = f"from the answer's arrival until the call is sent, no take-back window, a runner waiting; fdatasync {sync:.2f} ms"
    yield figure("execution.alone.p50", p50, "ms", None, ALONE, note)
    yield figure("execution.alone.p99", p99, "ms", most, ALONE, note)


async def _one_by_one(opened: Installation, house: House, timed: Timed) -> list[float]:
    await adopt(house, {"charter:score": _hasty()}, by="bench")
    await _propose(house, ALONE)
    runner = asyncio.create_task(run_runner(house, lambda: None, {}, lambda _: None, opened.signs, opened.bell))
    taken = []
    for action in held(opened, ALONE):
        started = time.perf_counter()
        await _approve(house, action)
        while action.proposal not in timed.sent:  # noqa: ASYNC110  # whoever measures stays out of the way
            await asyncio.sleep(0.0002)
        taken.append((timed.sent[action.proposal] - started) * 1e3)
        await asyncio.sleep(0.002)
    runner.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await runner
    return taken


async def _approve(house: House, action: Action) -> None:
    await answer(house, Given(proposal=action.proposal, answer=Answer.APPROVE, by="rita", seen=action.seen))


def _stopped(folder: Path) -> dict[str, object]:
    with furnished(folder, 4000) as opened:
        timed = Timed(opened.sandbox)
        house = replace(opened.house, connectors={"sandbox": timed})  # type: ignore[dict-item]  # it hands everything else on
        late = asyncio.run(_stop_under_load(opened, house, timed))
    note = "from the order's arrival until the last call that went out, 4,000 approvals under way; 0 is none at all"
    return figure("execution.stop", late, "s", 1.0, 1, note)


async def _stop_under_load(opened: Installation, house: House, timed: Timed) -> float:
    await adopt(house, {"charter:score": _hasty()}, by="bench")
    await _propose(house, 4000)
    runner = asyncio.create_task(run_runner(house, lambda: None, {}, lambda _: None, opened.signs, opened.bell))
    approving = asyncio.create_task(_approve_all(house, held(opened, 4000)))
    await asyncio.sleep(1.0)
    started = time.perf_counter()
    await order(house, "everything", by="rita", reason="bench")
    await approving
    await asyncio.sleep(2.0)
    runner.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await runner
    return max(0.0, max(timed.sent.values()) - started)


async def _approve_all(house: House, waiting: Sequence[Action]) -> None:
    for numbers in groups(len(waiting), 20):
        await asyncio.gather(*(_approve(house, waiting[number]) for number in numbers))
