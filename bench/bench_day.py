"""A simulated day with five reviewers and two thousand proposals, and the thirty days after it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time

from bench.timing import figure
from tests.flow.reviewers_day import ITEMS, live
from tests.flow.stage import copied, furnish

BUDGET_SECONDS = 5.0


def run() -> Iterator[dict[str, object]]:
    """Live through it once."""
    with tempfile.TemporaryDirectory() as name:
        template = Path(name) / "furnished"
        furnish(template)
        with copied(template, Path(name) / "data") as stage:
            began, worked = perf_counter(), process_time()
            asyncio.run(live(stage, days=30))
            seconds, cpu = perf_counter() - began, process_time() - worked
    note = f"one day with {ITEMS} proposals and 7 people, then 30 days in which the rest runs out; {cpu:.1f} s of CPU"
    yield figure("day_thirty_days", seconds, "s", BUDGET_SECONDS, 1, note)
