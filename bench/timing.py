"""What benchmarks of short work share: CPU time of this thread, less what reading the clock costs, and the line they print."""

from __future__ import annotations

import time
from collections.abc import Callable

TIMES = 20_000


def spread(ask: Callable[[int], object], many: int = 1, times: int = TIMES) -> tuple[float, float]:
    """Return median and 99th percentile in microseconds; `ask` is handed the numbers below `many` in turn."""
    clock = time.thread_time_ns
    empty = sorted(_between(clock, lambda _: None, 0) for _ in range(2000))[1000]
    taken = sorted(_between(clock, ask, number % many) - empty for number in range(times))
    return max(taken[times // 2], 0) / 1e3, max(taken[times * 99 // 100], 0) / 1e3


def _between(clock: Callable[[], int], ask: Callable[[int], object], at: int) -> int:
    started = clock()
    ask(at)
    return clock() - started


def per_second(ask: Callable[[int], object], times: int = TIMES) -> float:
    """Return how often a second of CPU time holds the work, done over and over with the clock read twice."""
    started = time.thread_time_ns()
    for number in range(times):
        ask(number)
    return times * 1e9 / (time.thread_time_ns() - started)


def figure(name: str, value: float, unit: str, budget: float | None, n: int, note: str) -> dict[str, object]:
    """Return a line; its budget is the most it may be."""
    ok = None if budget is None else value <= budget
    return {"name": name, "value": round(value, 2), "unit": unit, "budget": budget, "ok": ok, "n": n, "note": note}
