"""A command that needs no door starts without what only the door needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = "('fastapi', 'starlette', 'jinja2', 'uvicorn', 'alembic', 'sklearn', 'cel_expr_python', 'hypothesis')"


def test_a_command_starts_without_what_only_the_door_needs() -> None:
    code = f"import sys; import remit.cli.main; print([name for name in {HEAVY} if name in sys.modules])"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == "[]"
