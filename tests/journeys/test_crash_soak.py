"""A server under load is killed again and again: nothing that was acknowledged is lost, and nothing happens twice."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from remit.cli.door import SERVER
from remit.flow.adopt import adopt
from remit.wire import MONITOR_FILE, PERSON_TOKEN, SANDBOX, installation
from tests.flow.stage import ADA, CRM, KEYS, CountedIds, FrozenClock, Stage, charter, every_operation, furnish
from tests.journeys.crash_clients import Load
from tests.journeys.processes import PATIENCE, remit, start, until
from tests.reference.history_checker import Report, check


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Furnish a folder, as of yesterday, in which tags are at level 3 and approvals leave after a second."""
    folder, yesterday = tmp_path / "data", datetime.now(UTC) - timedelta(days=1)
    furnish(folder, yesterday)
    with installation(folder, clock=(clock := FrozenClock(moment=yesterday)), ids=CountedIds(500_000)) as found:
        stage = Stage(opened=found, house=found.house, clock=clock, ids=CountedIds(600_000))
        asyncio.run(stage.earn())
        hasty = charter(CRM, every_operation(), take_back_seconds=1)
        asyncio.run(adopt(found.house, {"charter:crm": json.dumps(hasty)}, "olga"))
    return folder


def served(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a server and wait until it tells its address."""
    process = start("serve", "--data-dir", folder, "--port", "0")
    assert process.stdout
    said = process.stdout.readline()
    assert said.startswith("Serving on"), said + (process.stderr.read() if process.stderr else "")
    return process, str(json.loads((folder / SERVER).read_text())["address"])


def ended(process: subprocess.Popen[str], how: signal.Signals) -> None:
    """End a server."""
    process.send_signal(how)
    process.communicate(timeout=PATIENCE)


def at_rest(folder: Path, address: str) -> bool:
    """Whether nothing is on its way any more."""
    token = (folder / MONITOR_FILE).read_text()
    text = httpx.get(f"{address}/metrics", headers={"authorization": f"Bearer {token}"}, timeout=30).text
    moving = ("leaving", "released", "started", "undoing")
    return all(f'remit_actions{{state="{state}"}} 0.0' in text for state in moving)


def soaked(folder: Path, rounds: int, seed: int) -> Report:
    """Kill the server so many times under load, let it come to rest, and have the history checked."""
    chance = random.Random(seed)
    load = Load(folder=folder.parent / "journals", key=KEYS[ADA], token=(folder / PERSON_TOKEN).read_text(), seed=seed)
    process, load.address = served(folder)
    load.begin()
    try:
        for _ in range(rounds):
            time.sleep(chance.uniform(1.0, 3.0))
            ended(process, signal.SIGKILL)
            process, load.address = served(folder)
        time.sleep(1.0)
    finally:
        load.end()
    try:
        until("rest", lambda: at_rest(folder, load.address))
    finally:
        ended(process, signal.SIGINT)
    export = folder.parent / "ledger.jsonl"
    remit("ledger", "export", "--out", export, "--data-dir", folder, "--json").told  # noqa: B018  # it raises where that failed
    report = check(export, folder / SANDBOX, load.journals)
    figures = json.dumps(dict(sorted(report.figures.items())))
    sys.stdout.write(f"seed {seed}: {rounds} kills, {figures}, {len(report.faults)} faults\n")
    return report


def sound(folder: Path) -> bool:
    """Whether the product finds its own house in order too."""
    return all(one["sound"] for one in remit("doctor", "--data-dir", folder, "--json").told)


def test_killed_five_times_under_load_nothing_is_lost_and_nothing_happens_twice(folder: Path) -> None:
    report = soaked(folder, 5, seed := random.randrange(10**6))
    assert report.faults == [], seed
    assert report.figures["effects"] > 10
    assert report.figures["acknowledged"] > 30, (
        "how much happens between kills depends on the machine; this much says it was work"
    )
    assert sound(folder)


@pytest.mark.soak
def test_killed_twenty_times_under_load_nothing_is_lost_and_nothing_happens_twice(folder: Path) -> None:
    report = soaked(folder, 20, seed := random.randrange(10**6))
    assert report.faults == [], seed
    assert sound(folder)
