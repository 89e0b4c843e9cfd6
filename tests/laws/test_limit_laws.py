"""After any history the counts are what a slow recount of the ledger says, and no window holds more than its limit."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from remit.core import facts as f
from remit.core.facts import Entry
from remit.store import tables as t
from remit.store.rebuild import differences
from tests.store.random_history import Desk, Step, desk
from tests.store.small_house import AGENT, DESK, TAGGING, rows
from tests.store.test_rebuilding import EARN, NAMES, STOP, UNDO, again, decided_again

DAY = 86_400
LIMITS: dict[str, dict[str, Any]] = {
    "hourly": {"counts": "actions", "at_most": 4, "window": "1 hour"},
    "weekly": {"counts": "actions", "at_most": 9, "window": "7 days", "each": "agent", "verdict": "block"},
    "reach": {"counts": "reach", "at_most": 5, "window": "2 days", "each": "operation"},
    "touches": {"counts": "touches", "at_most": 2, "window": "3 days", "each": "contact", "operations": [TAGGING]},
}
WINDOWS = {"hourly": (3600, 1), "weekly": (DAY, 7), "reach": (DAY, 2), "touches": (DAY, 3)}
Key = tuple[str, str, int]


def recounted(entries: Iterable[Entry]) -> dict[Key, int]:
    """Count again from the ledger alone, in the plainest way: what each action holds, by the last thing told of it."""
    holds: dict[str, list[Any]] = {}
    for fact in (entry.fact for entry in entries):
        match fact:
            case f.Decided() | f.Answered() if fact.reserved:
                holds[fact.proposal] = list(fact.reserved)
            case f.Started() if fact.reserved is not None:
                holds[fact.proposal] = list(fact.reserved)
            case f.TakenBack() | f.HeldAgain() | f.Blocked() | f.Halted():
                holds.pop(fact.proposal, None)
            case _:
                pass
    counts: Counter[Key] = Counter()
    for one in (one for held in holds.values() for one in held):
        counts[one.limit, one.scope, one.bucket] += one.amount
    return dict(counts)


def any_history(seed: int) -> list[Step]:
    """Make up a history in which many things are on their way at once."""
    random = Random(seed)
    names = [*NAMES, *["ask"] * 12, *["answer all", "execute", "take back", "stop", "die", "die"] * 2]
    steps: list[Step] = []
    while len(steps) < 60:
        single = (random.choice(names), random.randrange(12), random.randrange(12))
        steps += random.choice([EARN, EARN, UNDO, STOP]) if random.random() < 0.12 else [single]
    return steps


async def lived(found: Desk, steps: list[Step]) -> None:
    """Play a history step by step, and look after each of them."""
    found.limits = LIMITS
    await found.begin()
    for step in steps:
        await found.play([step])
        check(found)


def check(found: Desk) -> None:
    """Compare the rows with the ledger, and every window with its limit."""
    with found.store.read() as reading:
        entries = reading.facts(limit=100_000)
    shown = {(row["limit"], row["scope"], row["bucket"]): row["reserved"] for row in rows(found.store.engine, t.limit_rows)}
    assert shown == recounted(entries)
    for limit, scope, bucket in shown:
        name = limit.removeprefix(f"{DESK}/")
        step, many = WINDOWS[name]
        window = sum(shown.get((limit, scope, bucket - step * back), 0) for back in range(many))
        assert window <= LIMITS[name]["at_most"], (limit, scope, datetime.fromtimestamp(bucket, UTC))


@settings(max_examples=settings().max_examples // 5)
@given(st.integers(0, 2**32))
def test_after_any_history_the_counts_are_those_of_the_ledger_and_within_their_limits(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as found:
        asyncio.run(lived(found, any_history(seed)))
        assert differences(found.store.engine, again(found.store)) == []
        decided_again(found.store)
        with found.store.read() as reading:
            for entry in reading.facts(limit=100_000):
                event(type(entry.fact).__name__)
                for reason in getattr(entry.fact, "reasons", ()):
                    event(reason.code)


def test_a_history_that_fills_every_limit_ends_within_them(tmp_path: Path) -> None:
    ask: list[Step] = [("ask", kind, number) for kind in (0, 2, 3) for number in range(9)]
    fill: list[Step] = [*ask, ("answer all", 0, 0), ("take back", 0, 0), ("die", 1, 0), ("wait", 2, 0)]
    with desk(tmp_path) as found:
        asyncio.run(lived(found, [*EARN, *fill, *fill, *STOP, *fill, ("wait", 4, 0), *fill]))
        shown = rows(found.store.engine, t.limit_rows)
        assert {row["limit"] for row in shown} == {f"{DESK}/{name}" for name in LIMITS}
        assert {row["scope"] for row in shown} >= {f"use_case:{DESK}", f"agent:{AGENT}", "contact:sandbox/c1"}
        assert differences(found.store.engine, again(found.store)) == []


@pytest.mark.parametrize("name", LIMITS)
def test_the_windows_of_the_recount_are_written_as_the_limits_are(name: str) -> None:
    words = {"1 hour": (3600, 1), "7 days": (DAY, 7), "2 days": (DAY, 2), "3 days": (DAY, 3)}
    assert words[LIMITS[name]["window"]] == WINDOWS[name]
