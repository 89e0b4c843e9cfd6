"""Content that is older than people want it kept goes; what still waits keeps its own, and a fact says what went."""

from __future__ import annotations

import pytest

from remit.core import facts as f
from remit.core.lifecycle import State
from remit.core.types import Answer
from remit.errors import Conflict
from remit.flow.sweep import sweep
from remit.flow.undo import undo
from remit.store import tables as t
from tests.flow.stage import Stage, tag
from tests.store.small_house import rows


def names(stage: Stage) -> list[str]:
    """Return what content there is, by name."""
    return sorted(row["name"] for row in rows(stage.opened.store.engine, t.contents))


async def test_only_the_named_sort_goes_and_only_what_is_older(stage: Stage) -> None:
    await stage.done(tag("c0001"))
    await stage.say(await stage.proposed(tag("c0002")), Answer.REJECT, note="no")
    assert names(stage) == ["after", "arguments", "arguments", "before", "expected", "note"]
    stage.clock.move(days=30)
    await stage.say(await stage.proposed(tag("c0003")), Answer.REJECT, note="new")
    assert await sweep(stage.house, {"notes": 20}) == 1
    assert names(stage) == ["after", "arguments", "arguments", "arguments", "before", "expected", "note"]
    assert await sweep(stage.house, {"arguments": 20, "images": 20}) == 5
    assert names(stage) == ["arguments", "note"]
    swept = [(fact.what, fact.contents) for fact in stage.facts_of(f.ContentsSwept)]
    assert swept == [("notes", 1), ("arguments", 2), ("images", 3)]


async def test_what_waits_keeps_its_content_however_old(stage: Stage) -> None:
    held = await stage.proposed(tag())
    stage.clock.move(days=400)
    assert await sweep(stage.house, {"arguments": 1}) == 0
    assert stage.state(held) is State.HELD
    assert stage.facts_of(f.ContentsSwept) == []


async def test_without_settings_everything_is_kept(stage: Stage) -> None:
    await stage.done(tag())
    stage.clock.move(days=4000)
    assert await sweep(stage.house, {}) == 0
    assert names(stage) == ["after", "arguments", "before", "expected"]


async def test_what_was_swept_cannot_be_undone_any_more_and_says_why(stage: Stage) -> None:
    action = await stage.done(tag())
    stage.clock.move(days=2)
    await sweep(stage.house, {"images": 1})
    with pytest.raises(Conflict, match="its content was erased"):
        await undo(stage.house, [action.proposal], "dana")
