"""The store on one machine: durable proposals, parked approvals, the whole way of an action, verification, thirty days of time.

Wall figures count only where the disk is quick: what one fdatasync takes stands beside them. CPU time is that of the whole
process, the writer's thread included.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench.against_langgraph import against_langgraph
from bench.furnished import KEY, AheadClock, approve_and_execute, ask, furnished, groups, held
from bench.parked import parked
from bench.timing import figure
from remit.core.lifecycle import State
from remit.flow.propose import propose
from remit.ledgerproof.verify import Verified
from remit.runner.local import drain
from remit.wire import Installation, verify_ledger

GROUP, MANY, ALONE, DAYS = 200, 6000, 500, 30
QUICK_DISK_MS = 0.3


def run() -> Iterator[dict[str, object]]:
    """Measure on fresh folders."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sync = fdatasync_ms(folder)
        yield figure(
            "store.disk.fdatasync", sync, "ms", None, 200, "median of 4 KB written and synchronised; the file system's own"
        )
        yield from _proposals(folder / "proposals", sync)
        yield from _lifecycle(folder / "lifecycle", sync)
        yield from against_langgraph(folder / "runs")
        yield _time(folder / "time")
    yield from parked()


def fdatasync_ms(folder: Path) -> float:
    """Return the median milliseconds of one fdatasync behind a page."""
    taken = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(200):
            file.write(b"x" * 4096)
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - started) * 1e3)
    return median(taken)


def _proposals(folder: Path, sync: float) -> Iterator[dict[str, object]]:
    with furnished(folder, MANY + ALONE) as opened:
        cpu, wall = zip(*[_proposed(opened, group) for group in groups(MANY, GROUP)], strict=True)
        note = f"groups of {GROUP}, the sandbox's look-up included"
        yield figure(
            "store.proposal.cpu", min(cpu) / GROUP * 1e6, "us", 30.0, MANY, f"CPU time each, {note}; least of all groups"
        )
        yield figure("store.proposal.cpu_median", median(cpu) / GROUP * 1e6, "us", None, MANY, "the same, median group")
        yield _rate("store.proposals.grouped", GROUP / min(wall), 25_000, MANY, note, sync)
        taken = asyncio.run(_one_by_one(opened, range(MANY, MANY + ALONE)))
        yield _rate("store.proposals.one_by_one", 1 / median(taken), 3000, ALONE, "each waited for before the next", sync)
        yield _verified(opened, folder)


def _rate(name: str, value: float, least: float, n: int, note: str, sync: float) -> dict[str, object]:
    """Return a figure that must be at least its budget, on a disk that is quick enough to hold anybody to it."""
    said = f"{note}; fdatasync {sync:.2f} ms"
    if sync > QUICK_DISK_MS:
        return figure(name, value, "1/s", None, n, f"{said}: too slow a disk to be held to {least:,.0f}/s")
    return figure(name, value, "1/s", None, n, said) | {"budget": least, "ok": value >= least}


def _proposed(opened: Installation, numbers: range) -> tuple[float, float]:
    """Return the CPU and wall seconds of one group."""
    asks = [ask(number) for number in numbers]
    cpu, wall = time.process_time(), time.perf_counter()
    asyncio.run(propose(opened.house, KEY, asks))
    return time.process_time() - cpu, time.perf_counter() - wall


async def _one_by_one(opened: Installation, numbers: range) -> list[float]:
    """Return the wall seconds of each, in one event loop as a server has it."""
    taken = []
    for number in numbers:
        started = time.perf_counter()
        await propose(opened.house, KEY, [ask(number)])
        taken.append(time.perf_counter() - started)
    return taken


def _verified(opened: Installation, folder: Path) -> dict[str, object]:
    """Verify every fact so far, reading the file alone."""
    opened.sealer.seal(opened.house.clock.now())
    started = time.process_time()
    outcome = verify_ledger(folder).outcome
    rate = outcome.facts / (time.process_time() - started) if isinstance(outcome, Verified) else 0.0
    facts = outcome.facts if isinstance(outcome, Verified) else 0
    note = "hashes, roots, signatures and columns; CPU time, on one core"
    return figure("store.verify", rate, "1/s", None, facts, note) | {"budget": 300_000.0, "ok": rate >= 300_000}


def _lifecycle(folder: Path, sync: float) -> Iterator[dict[str, object]]:
    """Approve what is held and carry it out, a sandbox call each included."""
    clock, many = AheadClock(), 2000
    with furnished(folder, many, clock) as opened:
        for group in groups(many, GROUP):
            _proposed(opened, group)
        waiting = held(opened, many)
        cpu, wall = time.process_time(), time.perf_counter()
        asyncio.run(approve_and_execute(opened, clock))
        spent, took = time.process_time() - cpu, time.perf_counter() - wall
        with opened.house.store.read() as reading:
            done = len(reading.in_states({State.DONE}, limit=many + 1))
        if done != len(waiting):
            raise AssertionError(f"{done} of {len(waiting)} were carried out")
        note = "approved, released, gate again, intent, sandbox call, result; CPU time each"
        yield figure("store.lifecycle.cpu", spent / many * 1e3, "ms", 0.3, many, note)
        yield figure("store.lifecycle.rate", many / took, "1/s", None, many, f"the same by the wall; fdatasync {sync:.2f} ms")


def _time(folder: Path) -> dict[str, object]:
    """Let the deadlines of ten thousand proposals pass over thirty simulated days, the runner waking every simulated hour."""
    clock, many = AheadClock(), 10_000
    with furnished(folder, many, clock) as opened:
        per_day = many // DAYS
        spent = 0.0
        for day in range(DAYS + 2):
            for group in groups(min(per_day + 1, max(0, many - day * (per_day + 1))), GROUP):
                asks = [ask(day * (per_day + 1) + number) for number in group]
                asyncio.run(propose(opened.house, KEY, asks))
            started = time.process_time()
            for _ in range(24):
                clock.ahead += timedelta(hours=1)
                asyncio.run(drain(opened.house))
            spent += time.process_time() - started
        with opened.house.store.read() as reading:
            lapsed, waiting = (len(reading.in_states({state}, limit=many)) for state in (State.LAPSED, State.HELD))
        note = f"CPU time of the runner alone, woken every simulated hour; {lapsed} lapsed, {waiting} still wait"
        return figure("store.thirty_days", spent, "s", 5.0, many, note)
