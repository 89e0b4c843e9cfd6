"""LangGraph parks, approves and carries out the same many runs, in an environment of its own that is made once, beside ours.

Ours never has it installed: its packages would decide versions of ours.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

VERSIONS = ("langgraph==1.2.24", "langgraph-checkpoint-sqlite==3.1.2")
_ROOT = Path(__file__).parents[1]
_HOME = _ROOT / "build" / "langgraph"
_RUNS = Path(__file__).with_name("langgraph_runs.py")


@dataclass(frozen=True, slots=True)
class Took:
    """What all runs took, in seconds."""

    cpu: float
    wall: float


def by_langgraph(many: int) -> Took | str:
    """Return what so many runs took, or why it could not be measured."""
    try:
        _prepare()
        done = subprocess.run([_python(), _RUNS, str(many)], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = str(getattr(error, "stderr", "") or error).strip()
        return said.splitlines()[-1]
    return Took(**json.loads(done.stdout))


def _python() -> Path:
    return _HOME / "bin" / "python"


def _prepare() -> None:
    """Make the environment, once for these versions."""
    ready = _HOME / ".ready"
    wanted = "\n".join(VERSIONS)
    if ready.exists() and ready.read_text() == wanted:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", _HOME], check=True, capture_output=True, text=True)
    install = [str(_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *VERSIONS]
    subprocess.run(install, check=True, capture_output=True, text=True)
    ready.write_text(wanted)
