"""A furnished stage for every test: `stage` at the start, `earned` with tagging at level 3."""

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


@pytest.fixture(scope="session")
def earned_folder(furnished: Path) -> Path:
    folder = furnished.parent / "earned"
    furnish_earned(furnished, folder)
    return folder


@pytest.fixture
def stage(furnished: Path, tmp_path: Path) -> Iterator[Stage]:
    with copied(furnished, tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def earned(earned_folder: Path, tmp_path: Path) -> Iterator[Stage]:
    with copied(earned_folder, tmp_path / "data") as opened:
        yield opened
