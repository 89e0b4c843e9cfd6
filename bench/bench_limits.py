"""What limits cost: CPU time of a durable gated proposal in groups, without a limit and under two, on folders of its own."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from remit.core.proposal import Ask
from remit.core.types import Operation, UseCaseId
from remit.flow.adopt import admit, adopt
from remit.flow.propose import propose
from remit.ports import AgentKey
from remit.wire import Installation, initialise, installation, packaged_documents

GROUP, ROUNDS = 200, 30
KEY = AgentKey(agent="ada", version="v1", use_cases=(UseCaseId("nurture"),))
LIMITS = {
    "weekly": {"counts": "actions", "at_most": 1_000_000, "window": "7 days"},
    "agent": {"counts": "actions", "at_most": 1_000_000, "window": "1 day", "each": "agent"},
}


def run() -> Iterator[dict[str, object]]:
    """Measure both in turns, so that what else the machine does falls on both; the least of many groups counts."""
    with tempfile.TemporaryDirectory() as folder:
        times = {many: min(found) for many, found in _in_turns(Path(folder)).items()}
    yield _line("limits.proposal_without", times[0], "CPU time, groups of 200, the writer thread included")
    yield _line("limits.proposal_under_two", times[2], "the same, each of them taking from two limits")
    yield _line("limits.two_limits_add", times[2] - times[0], "the difference, most of it the longer fact")


def _line(name: str, value: float, note: str) -> dict[str, object]:
    return {"name": name, "value": round(value, 1), "unit": "us", "n": GROUP * ROUNDS, "note": note}


def _in_turns(folder: Path) -> dict[int, list[float]]:
    times: dict[int, list[float]] = {0: [], 2: []}
    for many in times:
        initialise(folder / str(many))
    with installation(folder / "0") as without, installation(folder / "2") as under:
        asyncio.run(_furnish(without, {}))
        asyncio.run(_furnish(under, LIMITS))
        for number in range(ROUNDS):
            times[0].append(_once(without, number))
            times[2].append(_once(under, number))
    return times


async def _furnish(opened: Installation, limits: Mapping[str, object]) -> None:
    documents = packaged_documents()
    charter = json.loads(documents["charter:nurture"]) | {"limits": limits}
    await adopt(opened.house, {"catalogue": documents["catalogue"], "charter:nurture": json.dumps(charter)}, by="bench")
    await admit(opened.house, agent=KEY.agent, version=KEY.version, use_cases=KEY.use_cases, key="k", by="bench")


def _once(opened: Installation, number: int) -> float:
    """Return the microseconds of one proposal of a group."""
    asks = [_ask(f"{number} {one}") for one in range(GROUP)]
    started = time.process_time()
    asyncio.run(propose(opened.house, KEY, asks))
    return (time.process_time() - started) / GROUP * 1e6


def _ask(call_id: str) -> Ask:
    arguments = {"segment": "dormant", "subject": "Hello", "body": "We miss you"}
    operation = Operation("email.draft.create")
    return Ask(use_case=UseCaseId("nurture"), operation=operation, arguments=arguments, call_id=call_id)
