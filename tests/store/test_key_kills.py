"""A real process that changes the ledger's key over and over is killed at any moment, and nothing ends unverifiable."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from remit.ledgerproof.verify import Verified
from remit.store.ledger import verify_file
from remit.store.ledger_keys import first_key
from remit.store.sqlite import FILE
from tests.store.small_house import START
from tests.store.test_key_change import desk

ROOT = Path(__file__).parents[2]
OVER_AND_OVER = """
import sys
from pathlib import Path
from tests.store.small_house import START, hold
from tests.store.test_key_change import desk, rotate

number = int(sys.argv[2])
with desk(Path(sys.argv[1]), first=number) as (store, found):
    print("begun", flush=True)
    while True:
        number += 10
        store.write_now(hold(f"p{number}"))
        found.sealer.seal(START)
        rotate(store, found)
"""


def killed(folder: Path, number: int, after: float) -> None:
    """Let a process change keys for so many seconds and kill it."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    command = [sys.executable, "-c", OVER_AND_OVER, str(folder), str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(after)
        process.send_signal(signal.SIGKILL)


def rounds(folder: Path, times: int) -> int:
    """Kill it so many times, verify each time, and return how many keys there were in the end."""
    random = Random(7)
    for number in range(1, times + 1):
        killed(folder, number * 1_000_000, random.uniform(0.0, 0.3))
        outcome = verify_file(folder / FILE, first_key(folder)).outcome
        assert isinstance(outcome, Verified), f"round {number}: {outcome}"
    with desk(folder, first=999_000_000) as (_, found):
        found.sealer.seal(START)
    outcome = verify_file(folder / FILE, first_key(folder)).outcome
    assert isinstance(outcome, Verified)
    assert outcome.tail == 0
    return outcome.keys


def test_killed_while_its_key_changes_the_ledger_goes_on(tmp_path: Path) -> None:
    assert rounds(tmp_path / "data", 3) > 1


@pytest.mark.soak
def test_killed_forty_times_while_its_key_changes_the_ledger_goes_on(tmp_path: Path) -> None:
    assert rounds(tmp_path / "data", 40) > 10
