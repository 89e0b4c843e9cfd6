"""A world small enough for tests: every sixth contact of May to July 2008, which is the agents' past."""

from __future__ import annotations

import pytest

from remit.demo.bank_file import bank_rows
from remit.demo.world import STORY_STARTS, World, build_world


@pytest.fixture(scope="session")
def world() -> World:
    return build_world(7, [row for row in bank_rows() if row.called_on < STORY_STARTS][::6])
