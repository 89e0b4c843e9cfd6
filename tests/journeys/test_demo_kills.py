"""The story, killed in the middle again and again: nothing is lost, nothing happens twice, and the figures are the same."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from remit.core.facts import Done, Entry, Proposed, Started, Undone, UndoStarted
from remit.core.lifecycle import State
from remit.demo.clock import StoryClock
from remit.flow.execute import recover
from remit.ports import Effect
from remit.runner.local import drain
from remit.wire import Installation, installation
from tests.journeys.processes import remit, start, until

MONTH = ("demo", "--no-serve", "--months", "1", "--json", "--data-dir")
SEED = 20080801
LATER = datetime(2008, 12, 1, tzinfo=UTC)
STORY_TAKES = 600.0


def killed(process: subprocess.Popen[str]) -> None:
    """End a process as a power cut would."""
    process.kill()
    process.communicate()
    assert process.returncode == -9, "it should have been at work still"


def sound(folder: Path) -> None:
    """Ask the doctor, in a process of its own."""
    findings = remit("doctor", "--data-dir", folder, "--json").told
    assert len(findings) == 7
    assert [finding for finding in findings if not finding["sound"]] == []


def progress(folder: Path) -> tuple[str, int]:
    """Return the day the story is on and how much of it is done."""
    try:
        told = json.loads((folder / "story.json").read_text())
    except FileNotFoundError:
        return "", 0
    return str(told["day"]), int(told["steps_done"])


def reached(folder: Path, point: tuple[str, int]) -> bool:
    """Whether a story has come so far."""
    return progress(folder) >= point


def look(folder: Path) -> None:
    """Finish what was cut off, as the next start would, and compare what Remit believes with what the CRM has seen."""
    evening = datetime.fromisoformat(progress(folder)[0]).replace(hour=22, tzinfo=UTC)
    with installation(folder, clock=StoryClock(evening)) as opened:
        asyncio.run(recover(opened.house))
        compare(opened)


def compare(opened: Installation) -> None:
    """Compare the ledger with the CRM, key by key."""
    with opened.house.store.read() as reading:
        facts = reading.facts(limit=10_000_000)
        assert reading.in_states({State.STARTED}) == []
    asked, done, undone = (of(facts, kind) for kind in (Proposed, Done, Undone))
    assert len({fact.proposal for fact in done}) == len(done), "done twice"
    assert {fact.proposal for fact in done} <= {fact.proposal for fact in asked}
    assert len({(fact.agent, fact.call_id) for fact in asked}) == len(asked), "asked twice"
    effects = {key for key, end in opened.sandbox.world.effects().items() if end.effect is Effect.DONE}
    keys = {fact.proposal: fact.key for fact in of(facts, Started)}
    believed = {keys[fact.proposal] for fact in done}
    taken_back = {f"{fact.proposal}:undo" for fact in undone}
    assert {key for key in effects if not key.endswith(":undo")} == believed, "an effect that nobody knows of, or none at all"
    assert {key for key in effects if key.endswith(":undo")} <= taken_back | {fact.key for fact in of(facts, UndoStarted)}


def of(facts: list[Entry], kind: type[Any]) -> list[Any]:
    """Return the facts of a kind."""
    return [entry.fact for entry in facts if isinstance(entry.fact, kind)]


def test_a_story_that_is_killed_twice_goes_on_where_it_was(tmp_path: Path) -> None:
    folder, moments = tmp_path / "story", random.Random(SEED)
    for day in ("2008-08-01", "2008-08-04"):
        process = start(*MONTH, folder)
        until("the evening of that day", partial(reached, folder, (day, 3)))
        time.sleep(moments.uniform(0, 1.5))
        killed(process)
        sound(folder)
        look(folder)
        sound(folder)


@pytest.mark.soak
def test_a_story_that_is_killed_five_times_tells_the_same_figures(tmp_path: Path) -> None:
    folder, moments = tmp_path / "killed", random.Random(SEED)
    for _ in range(5):
        day, done = progress(folder)
        process = start(*MONTH, folder)
        until("a further step of the story", partial(reached, folder, (day, done + 1)))
        time.sleep(moments.uniform(0, 9))
        killed(process)
        sound(folder)
    ended = remit(*MONTH, folder, patience=STORY_TAKES)
    whole = remit(*MONTH, tmp_path / "whole", patience=STORY_TAKES)
    assert ended.told["report"] == whole.told["report"]
    assert ended.told == whole.told
    sound(folder)
    for place in (folder, tmp_path / "whole"):
        with installation(place, clock=StoryClock(LATER)) as opened:
            compare(opened)
    assert counts(folder) == counts(tmp_path / "whole")


def counts(folder: Path) -> dict[str, int]:
    """Count the facts of each kind that an interruption may not multiply or lose."""
    with installation(folder, clock=StoryClock(LATER)) as opened:
        with opened.house.store.read() as reading:
            kinds = Counter(type(entry.fact).__name__ for entry in reading.facts(limit=10_000_000))
        assert asyncio.run(drain(opened.house)) >= 0
    return {name: count for name, count in kinds.items() if name != "ContextRead"}
