"""What a hundred thousand waiting approvals cost: bytes, the inbox's question, an idle runner, a restart."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.furnished import KEY, USE_CASE, ask, furnished, groups
from bench.timing import figure
from remit.core.lifecycle import State
from remit.flow.escalate import escalate
from remit.flow.propose import propose
from remit.runner.local import drain
from remit.store.sqlite import FILE
from remit.wire import Installation, installation

MANY, GROUP, LOOKS, WAKES = 100_000, 1000, 2000, 100
PAYLOAD = "x" * 336
"""With the arguments and the rest of what an agent says it comes to some 400 bytes."""


def run_on(folder: Path) -> Iterator[dict[str, object]]:
    """Park them, then ask."""
    with furnished(folder, MANY) as opened:
        empty = _size(folder)
        asyncio.run(_park(opened))
        grown = _size(folder) - empty
        yield figure("store.parked.bytes", grown / MANY, "B", 1200.0, MANY, "of the database, with a payload of 400 bytes each")
        yield _inbox(opened)
        yield from _idle(opened)
        yield _minute(opened)
    yield _restart(folder)


def parked() -> Iterator[dict[str, object]]:
    """Measure in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        yield from run_on(Path(name) / "parked")


async def _park(opened: Installation) -> None:
    for group in groups(MANY, GROUP):
        await propose(opened.house, KEY, [ask(number, reason=PAYLOAD) for number in group])


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob(f"{FILE}*"))


def _inbox(opened: Installation) -> dict[str, object]:
    taken = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        with opened.house.store.read() as reading:
            reading.in_states({State.HELD}, use_case=USE_CASE, limit=20)
        taken.append((time.perf_counter() - started) * 1e3)
    p99 = sorted(taken)[LOOKS * 99 // 100]
    return figure("store.parked.inbox_p99", p99, "ms", 1.0, LOOKS, "the first twenty of a use case, oldest first, by the wall")


def _idle(opened: Installation) -> Iterator[dict[str, object]]:
    """Wake the runner as often as it wakes in twenty seconds and see what share of them it took."""
    started = time.process_time()
    asyncio.run(_wake(opened))
    each = (time.process_time() - started) / WAKES
    yield figure(
        "store.parked.idle", each / 0.2 * 100, "%", 0.5, WAKES, "CPU time of a wake that finds nothing due, five a second"
    )


def _minute(opened: Installation) -> dict[str, object]:
    """Ask of each whether somebody has to be asked further, as the runner does every minute."""
    started = time.process_time()
    for _ in range(WAKES):
        asyncio.run(escalate(opened.house))
    each = (time.process_time() - started) / WAKES
    return figure(
        "store.parked.minute", each / 60 * 100, "%", 0.5, WAKES, "CPU time of looking, every minute, for whom to ask further"
    )


async def _wake(opened: Installation) -> None:
    for _ in range(WAKES):
        await drain(opened.house)


def _restart(folder: Path) -> dict[str, object]:
    started = time.perf_counter()
    with installation(folder) as opened, opened.house.store.read() as reading:
        found = len(reading.in_states({State.HELD}, limit=10))
    if not found:
        raise AssertionError("nothing waits after the restart")
    return figure("store.parked.restart", time.perf_counter() - started, "s", 1.0, MANY, "until the first of them can be read")
