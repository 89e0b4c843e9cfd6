"""A furnished stage behind the door: `stage` at the start, `earned` with tagging at level 3; and the `remit` command on a folder.

`folder` is a copy of what a file has `prepared`, which is the furnished one unless the file says otherwise.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from remit.flow.adopt import adopt
from remit.flow.propose import propose
from remit.wire import installation
from tests.doors.terminal import Remit, commands
from tests.flow.stage import ADA, Stage, copied, documents, furnish, furnish_earned, person, tag


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furnished") / "data"
    furnish(folder)
    return folder


@pytest.fixture
def stage(furnished: Path, tmp_path: Path) -> Iterator[Stage]:
    with copied(furnished, tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def earned(furnished: Path, tmp_path: Path) -> Iterator[Stage]:
    furnish_earned(furnished, tmp_path / "earned")
    with copied(tmp_path / "earned", tmp_path / "data") as opened:
        yield opened


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Furnish a folder in which the desk works on a system that is no sandbox."""
    folder = tmp_path_factory.mktemp("elsewhere") / "data"
    furnish(folder)
    real = json.loads(documents()["charter:desk"]) | {"connector": "hubspot"}
    with installation(folder) as opened:
        asyncio.run(adopt(opened.house, {"charter:desk": json.dumps(real)}, "olga"))
    return folder


@pytest.fixture(scope="session")
def about_three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Furnish a folder in which something is held about three people."""
    folder = tmp_path_factory.mktemp("about-three") / "data"
    furnish(folder)
    with installation(folder) as opened:
        asyncio.run(propose(opened.house, ADA, [tag(person(number)) for number in (1, 2, 3)]))
    return folder


@pytest.fixture
def prepared(furnished: Path) -> Path:
    return furnished


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "data"))


@pytest.fixture
def remit(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Remit:
    return commands(folder, monkeypatch, capsys)
