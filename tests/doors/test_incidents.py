"""`remit incident`, `remit drill` and `remit violations report` on a folder that nobody serves."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from remit.wire import AGENT_KEY, CHANNELS_FILE
from tests.doors.doorway import ADA_KEY
from tests.doors.terminal import Remit
from tests.flow.stage import CountedIds, FrozenClock, opened, tag


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    found = Path(shutil.copytree(furnished, tmp_path / "data"))
    (found / AGENT_KEY).write_text(ADA_KEY)
    return found


def test_an_incident_is_opened_followed_and_closed_by_command(remit: Remit, folder: Path) -> None:
    with opened(folder, clock=FrozenClock(), ids=CountedIds(1_000_000)) as stage:
        proposal = asyncio.run(stage.done(tag())).proposal
    assert remit("incident", "list").out.strip() == "There is no incident."
    said = remit("violations", "report", proposal, "--rule", "wrong_people", "--note", "not theirs")
    assert "is open for marketing_ops until" in said.out
    [violation] = remit("violations", "--open", "--json").told
    wanted = ("--use-case", "crm", "--title", "A wrong tag", "--violation", violation["violation"], "--severity", "high")
    assert "with 1 actions" in remit("incident", "open", *wanted).out
    [one] = remit("incident", "list", "--json").told
    assert "open" in remit("incident", "list", "--open").out
    assert remit("incident", "note", one["incident"], "--note", "An old list.").status == 0
    out = folder.parent / "report.md"
    assert "holds the report" in remit("incident", "show", one["incident"], "--out", out).out
    text = out.read_text()
    assert text.startswith(f"# Incident {one['incident']}: A wrong tag")
    assert "## Timeline" in text
    assert f"`remit undo {proposal}`" in remit("incident", "show", one["incident"]).out
    assert "is closed" in remit("incident", "close", one["incident"], "--note", "Done.").out
    assert "closed" in remit("incident", "list").out
    assert remit("incident", "show", "i0", "--json").problem["code"] == "not_found"


def test_drills_are_walked_and_listed_by_command(remit: Remit, folder: Path) -> None:
    (folder / CHANNELS_FILE).write_text("ops: mmost://127.0.0.1:9/a-token\n")
    (folder / CHANNELS_FILE).chmod(0o600)
    assert "Nothing was tried out yet" in remit("drill", "list").out
    said = remit("drill", "escalation", "crm")
    assert "The drill is NOT passed." in said.out
    assert "reminder: nobody asked" in said.out
    assert "(now)" in remit("drill", "list").out
    stopped = remit("drill", "stop", "crm")
    assert "The drill is passed" in stopped.out
    assert "remit stop lift" in stopped.out
    assert {one["what"] for one in remit("drill", "list", "--json").told} == {"escalation", "stop"}
    assert remit("drill", "escalation", "nothing", "--json").problem["code"] == "not_found"
