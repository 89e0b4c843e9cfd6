"""How much less people change of the drafts of an agent that asks for corrections: two seasons of the same weeks, one seed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.timing import figure
from remit.demo.bank_file import bank_rows
from remit.demo.world import STORY_STARTS, build_world
from tests.demo.drafting_season import compare, season

WEEKS, SEED = 46, 7


def run() -> Iterator[dict[str, object]]:
    """Play both seasons and compare them draft by draft."""
    world = build_world(SEED, [row for row in bank_rows() if row.called_on < STORY_STARTS][::6])
    with tempfile.TemporaryDirectory() as folder:
        without, asking = (
            season(Path(folder) / name, world, learns=learns, weeks=WEEKS)
            for name, learns in (("without", False), ("asking", True))
        )
    found = compare(without, asking)
    yield figure("feedback_changed_with", 100 * found.asking, "%", 100 * found.without, found.drafts, str(found))
