"""The rows hold, and whoever breaks one is told which, where and by whom."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.house_plan import ROOT, contract

PLANTED = {
    "upwards": ("core/planted.py", "import remit.ports", "rows", "remit.core.planted -> remit.ports"),
    "beside": ("evidence/planted.py", "import remit.ledgerproof", "rows", "remit.evidence.planted -> remit.ledgerproof"),
    "folder-without-a-row": ("misc/__init__.py", "", "rows", "remit.misc"),
    "driver-knows-a-verb": ("store/planted.py", "import remit.flow", "drivers", "remit.store.planted -> remit.flow"),
    "agent-past-the-sdk": ("agents/planted.py", "import remit.core", "beside", "remit.agents.planted -> remit.core"),
    "sdk-knows-the-house": ("sdk/planted.py", "import remit.core", "beside", "remit.sdk.planted -> remit.core"),
    "door-reads-config": ("web/planted.py", "import remit.config", "config", "remit.web.planted"),
    "door-is-a-client": ("web/planted.py", "import remit.sdk.client", "client", "remit.web.planted"),
    "runner-speaks-http": ("runner/planted.py", "import remit.sdk.messages", "messages", "remit.runner.planted"),
    "wire-starts-agents": ("wire.py", "import remit.agents", "agents", "remit.wire"),
    "core-reads-a-clock": ("core/planted.py", "import time", "pure", "remit.core.planted -> time"),
    "library-uses-a-vendor": ("evidence/planted.py", "import numpy", "pure", "remit.evidence.planted -> numpy"),
    "verb-knows-a-vendor": ("flow/planted.py", "import sqlalchemy", "verbs", "remit.flow.planted -> sqlalchemy"),
}


def lint(project: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a project folder, away from what is installed."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    env = os.environ | {"PYTHONPATH": str(project / "src"), "COLUMNS": "300", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=project, env=env, check=False, capture_output=True, text=True)


def test_every_import_points_down() -> None:
    told = lint(ROOT)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the project, to plant a sin in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    code_only = shutil.ignore_patterns("__pycache__", "data", "templates", "static")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=code_only)
    return tmp_path


@pytest.mark.parametrize(("file", "line", "broken", "named"), PLANTED.values(), ids=PLANTED)
def test_a_planted_violation_is_named(copy: Path, file: str, line: str, broken: str, named: str) -> None:
    place = copy / "src" / "remit" / file
    place.parent.mkdir(exist_ok=True)
    with place.open("a") as module:
        module.write(f"{line}\n")
    told = lint(copy)
    assert told.returncode == 1, told.stdout + told.stderr
    assert f"{contract(broken)['name']} BROKEN" in told.stdout
    assert named in told.stdout
