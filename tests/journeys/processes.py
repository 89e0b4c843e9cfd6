"""What every journey needs: our own program as real processes, on real files, with an environment of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""How long anything may take, in seconds; machines are shared."""

_PROGRAM = [sys.executable, "-c", "from remit.cli.main import main; main()"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """Read what it printed as JSON."""
        assert self.status == 0, self.err
        return json.loads(self.out)


def environment(**chosen: str) -> dict[str, str]:
    """Return an environment in which nothing is set for us but what is chosen; the tree beside the tests is the one that runs."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("REMIT_")}
    return {**others, **chosen, "REMIT_CONFIG_DIR": "/nonexistent", "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}


def start(*arguments: object, **settings: str) -> subprocess.Popen[str]:
    """Start `remit` with these arguments and settings; whoever started it ends it."""
    command = [*_PROGRAM, *map(str, arguments)]
    return subprocess.Popen(command, env=environment(**settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def remit(*arguments: object, patience: float = PATIENCE) -> Ended:
    """Run `remit` to its end."""
    with start(*arguments) as process:
        out, err = process.communicate(timeout=patience)
    return Ended(status=process.returncode, out=out, err=err)


def until(what: str, holds: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, f"{what} did not come within {seconds} seconds"
        time.sleep(0.05)
