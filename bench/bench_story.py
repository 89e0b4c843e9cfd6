"""The demo's story under five seeds: how long each takes, and what was and was not reached."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SEEDS = (1, 2, 3, 4, 5)
BUDGET_SECONDS = 300


def run() -> Iterator[dict[str, object]]:
    """Tell the story under each seed; the figure is wall time, the note what came of it."""
    for seed in SEEDS:
        started = time.perf_counter()
        told = _told(seed)
        seconds = time.perf_counter() - started
        yield {
            "name": f"story.seed_{seed}",
            "value": round(seconds, 1),
            "unit": "s",
            "budget": BUDGET_SECONDS,
            "ok": seconds <= BUDGET_SECONDS,
            "n": sum(one["proposals"] for one in told["operations"]),
            "note": _note(told),
        }


def _told(seed: int) -> dict[str, Any]:
    remit = str(Path(sys.executable).with_name("remit"))
    with tempfile.TemporaryDirectory() as folder:
        command = [remit, "demo", "--no-serve", "--json", "--seed", str(seed), "--data-dir", folder]
        found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def _note(told: dict[str, Any]) -> str:
    moves = [f"{one['date']} {one['operation']} {_move(one)}" for one in told["timeline"]]
    kept = [f"{one['operation']} {one['level']}" for one in told["operations"]]
    score = next(one for one in told["operations"] if one["operation"] == "contact.tag.add")
    escaped = f"score alone {score['alone']}, wrong {score['true_wrong_alone']}, estimated {score['escaped']}"
    tags, all_ = told["tagged_wrong"], told["everybody_wrong"]
    error = f"tagged {tags[0] / tags[1]:.1%} wrong, everybody {all_[0] / all_[1]:.1%}"
    return f"to {told['last']}; moves: {'; '.join(moves)}; levels in the end: {', '.join(kept)}; {escaped}; {error}"


def _move(one: dict[str, Any]) -> str:
    return f"level {one['level']}" if one["move"] == "Granted" else "lost"
