"""Five hundred runs parked, approved and carried out, by Remit and by LangGraph's `interrupt` on its SQLite checkpointer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

from bench.by_langgraph import VERSIONS, Took, by_langgraph
from bench.furnished import KEY, AheadClock, approve_and_execute, ask, furnished, groups
from bench.timing import figure
from remit.core.lifecycle import State
from remit.flow.propose import propose
from remit.wire import Installation

RUNS, TOGETHER = 500, 200


def against_langgraph(folder: Path) -> Iterator[dict[str, object]]:
    """Measure both in one run: every run alone, as LangGraph does it, and together, as a server's callers come."""
    alone, together = _ours(folder / "alone", 1), _ours(folder / "together", TOGETHER)
    yield figure(
        "store.runs.alone", alone.cpu / RUNS * 1e3, "ms", None, RUNS, "Remit: proposed and approved one by one; CPU time each"
    )
    yield figure("store.runs.together", together.cpu / RUNS * 1e3, "ms", None, RUNS, f"Remit: the same, {TOGETHER} at once")
    theirs = by_langgraph(RUNS)
    if isinstance(theirs, str):
        yield figure("store.runs.langgraph", 0.0, "ms", None, 0, f"not measured: {theirs}")
        return
    note = f"{', '.join(VERSIONS)}: interrupted, resumed, ended; no gate, no ledger, no connected system"
    yield figure("store.runs.langgraph", theirs.cpu / RUNS * 1e3, "ms", None, RUNS, note)
    for name, ours in (("alone", alone), ("together", together)):
        yield figure(f"store.runs.{name}.cpu_ratio", theirs.cpu / ours.cpu, "x", None, RUNS, "LangGraph's CPU time over Remit's")
        yield figure(f"store.runs.{name}.wall_ratio", theirs.wall / ours.wall, "x", None, RUNS, "the same by the wall")


def _ours(folder: Path, group: int) -> Took:
    clock = AheadClock()
    with furnished(folder, RUNS, clock) as opened:
        cpu, wall = time.process_time(), time.perf_counter()
        asyncio.run(_run(opened, clock, group))
        took = Took(time.process_time() - cpu, time.perf_counter() - wall)
        with opened.house.store.read() as reading:
            done = len(reading.in_states({State.DONE}, limit=RUNS + 1))
    if done != RUNS:
        raise AssertionError(f"{done} of {RUNS} were carried out")
    return took


async def _run(opened: Installation, clock: AheadClock, group: int) -> None:
    for numbers in groups(RUNS, group):
        await propose(opened.house, KEY, [ask(number) for number in numbers])
    await approve_and_execute(opened, clock, group)
