"""A furnished stage behind the door: `stage` at the start, `earned` with tagging at level 3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.stage import Stage, copied, furnish, furnish_earned


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
