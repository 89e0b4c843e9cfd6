"""An agent that asks for corrections is edited less than the same agent that does not, over 200 corrected drafts."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.demo.world import World
from tests.demo.drafting_season import Draft, compare, season

WEEKS = 46


@pytest.fixture(scope="module")
def seasons(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Draft], list[Draft]]:
    folder: Path = tmp_path_factory.mktemp("seasons")
    return (
        season(folder / "without", world, learns=False, weeks=WEEKS),
        season(folder / "asking", world, learns=True, weeks=WEEKS),
    )


def test_whoever_asks_for_corrections_is_edited_less(seasons: tuple[list[Draft], list[Draft]]) -> None:
    found = compare(*seasons)
    print(found)  # noqa: T201  # the interval is what this is about
    assert found.corrected_without >= 200
    assert found.low > 0
    assert found.asking < found.without


def test_both_wrote_the_same_until_the_first_correction(seasons: tuple[list[Draft], list[Draft]]) -> None:
    without, asking = seasons
    first = next(place for place, one in enumerate(without) if one.changed)
    assert without[: first + 1] == asking[: first + 1]
