"""Run by `bench_store` in an environment of its own: LangGraph parks, approves and carries out runs with its SQLite checkpointer.

It prints one JSON line: seconds of CPU and of the wall for all runs. Nothing of Remit is imported here.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver  # type: ignore[import-not-found]  # not in the environment of Remit
from langgraph.graph import END, START, StateGraph  # type: ignore[import-not-found]
from langgraph.types import Command, interrupt  # type: ignore[import-not-found]


class Run(TypedDict, total=False):
    """One action on its way."""

    contact: str
    tag: str
    reason: str
    approved: bool
    done: bool


def park(state: Run) -> Run:
    """Wait for a person."""
    return {"approved": interrupt({"contact": state["contact"], "tag": state["tag"], "reason": state["reason"]})}


def carry_out(state: Run) -> Run:
    """Take the effect as done: what a connected system costs is no part of the comparison."""
    return {"done": state["approved"]}


def main(many: int) -> None:
    """Park so many runs, then approve each and let it end."""
    graph = StateGraph(Run)
    graph.add_node("park", park)
    graph.add_node("carry_out", carry_out)
    graph.add_edge(START, "park")
    graph.add_edge("park", "carry_out")
    graph.add_edge("carry_out", END)
    with tempfile.TemporaryDirectory() as folder, SqliteSaver.from_conn_string(str(Path(folder) / "runs.db")) as saver:
        compiled = graph.compile(checkpointer=saver)
        cpu, wall = time.process_time(), time.perf_counter()
        for number in range(many):
            begun = {"contact": f"c{number}", "tag": "not-now", "reason": "Chance of a yes 4.1%, under the threshold of 5.0%."}
            compiled.invoke(begun, _thread(number))
        ended = [compiled.invoke(Command(resume=True), _thread(number)) for number in range(many)]
        figures = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    if not all(one["done"] for one in ended):
        raise AssertionError("a run did not end")
    print(json.dumps(figures))


def _thread(number: int) -> dict[str, Any]:
    return {"configurable": {"thread_id": str(number)}}


if __name__ == "__main__":
    main(int(sys.argv[1]))
