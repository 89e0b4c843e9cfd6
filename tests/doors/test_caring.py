"""Reviewer care at the door: people are told before anything is looked at, see their own figures first, and learn at once."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from remit.core.lifecycle import State
from remit.core.types import Answer, Role
from remit.flow.adopt import adopt
from remit.flow.plant import Case, keep_cases, plant
from remit.wire import AGENT_KEY, installation
from tests.core.written_statement import document
from tests.doors.doorway import ADA_KEY, DESK, knock
from tests.doors.sessions_of import account, password, signed_in
from tests.doors.terminal import Remit
from tests.flow.stage import CRM, TAGGING, Stage, documents, person

CARE = {"mode": "individual", "why": "Approvals have to mean something."}
WHY = "She asked to be left alone."
CASES = f"""
- use_case: crm
  operation: contact.tag.add
  arguments: {{contact: c0400, tag: vip}}
  why: {WHY}
"""


def adopted(mode: str = "individual") -> dict[str, str]:
    """Write a policy under which something is looked at."""
    return documents() | {"risk_statement": json.dumps(document(care=CARE | {"mode": mode}))}


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    found = Path(shutil.copytree(furnished, tmp_path / "data"))
    (found / AGENT_KEY).write_text(ADA_KEY)
    with installation(found) as opened:
        asyncio.run(adopt(opened.house, adopted(), "olga"))
    for name in ("ines", "dana"):
        (tmp_path / f"{name}.txt").write_text(f"{password(name)}\n")
    (tmp_path / "cases.yaml").write_text(CASES)
    return found


def signed(remit: Remit, name: str, role: str) -> str:
    """Give somebody an account and sign her in. Returns what the command said."""
    remit("user", "add", name, "--role", role, "--password-file", f"{name}.txt")
    return remit("login", name, "--password-file", f"{name}.txt").out


def test_cases_are_kept_planted_and_answered_by_command(remit: Remit, folder: Path) -> None:
    assert remit("user", "add", "dana", "--role", "reviewer", "--password-file", "dana.txt").status == 0
    assert "You see your figures first" in signed(remit, "ines", "risk")
    assert "There are no cases" in remit("care", "cases").out
    assert "1 cases are kept" in remit("care", "add", folder.parent / "cases.yaml").out
    assert "not yet" in remit("care", "cases").out
    [proposal] = remit("care", "plant", "--json").told["planted"]
    assert "nothing, there is no case left" in remit("care", "plant").out
    assert "planted" in remit("login", "dana", "--password-file", "dana.txt").out
    assert "planted" not in remit("login", "dana", "--password-file", "dana.txt").out, "she was told"
    [shown] = remit("inbox", "--json").told
    assert (shown["proposal"], shown["state"], shown["planted"]) == (proposal, "held", None)
    assert "It waits for a person now" in remit("why", proposal).out
    said = remit("answer", proposal, "approve").out
    assert "This one was planted and known to be bad; it never leaves. This time it went by you." in said
    assert WHY in said
    assert "1 answers on 1 days" in remit("care").out
    assert "Planted: 0 noticed, 1 not." in remit("care").out
    assert remit("care", "team", "--json").problem["code"] == "not_allowed"
    assert remit("login", "ines", "--password-file", "ines.txt").status == 0
    told = remit("care", "team", "--json").told
    assert [one["answers"] for one in told["people"]] == [0, 0], "others see nothing of the last week"
    assert "counts" in remit("care", "team").out
    assert remit("care", "count", "dana", "--note", "x", "--json").problem["found"] == "they count"


def test_a_file_of_cases_that_is_no_list_is_refused(remit: Remit, folder: Path) -> None:
    (folder.parent / "cases.yaml").write_text("use_case: crm\n")
    signed(remit, "ines", "risk")
    assert remit("care", "add", folder.parent / "cases.yaml", "--json").problem["found"] == "no list"


def test_where_nothing_is_looked_at_the_command_says_so(remit: Remit, folder: Path) -> None:
    with installation(folder) as opened:
        asyncio.run(adopt(opened.house, adopted("off"), "olga"))
    assert "Nothing is looked at" in remit("care").out
    assert "Nothing is looked at" in remit("care", "team").out


async def watched(stage: Stage, mode: str = "individual") -> None:
    """Look at reviewers from now on, and plant one case."""
    await adopt(stage.house, adopted(mode), "olga")
    case = Case(use_case=CRM, operation=TAGGING, arguments={"contact": person(400), "tag": "vip"}, why=WHY)
    await keep_cases(stage.house, [case], "ines")
    with stage.house.store.read() as reading:
        kept = reading.next_cases()[CRM]
    await plant(stage.house, kept)


async def mine(http: httpx.AsyncClient) -> Any:
    """Return one's own figures."""
    return (await http.get(f"{DESK}/care/mine")).json()


async def test_the_page_tells_before_it_lets_one_in_and_only_once(stage: Stage) -> None:
    await watched(stage)
    await account(stage, "dana", Role.REVIEWER)
    for told in (True, False):
        async with knock(stage.opened) as http:
            form = (await http.get("/sign-in")).text.partition('name="form" value="')[2].partition('"')[0]
            fields = {"form": form, "login": "dana", "password": password("dana")}
            reply = await http.post("/sign-in", data=fields)
            assert (reply.status_code == 200) is told
            assert ("Approvals have to mean something." in reply.text) is told
            assert (await http.get("/")).status_code == 200


async def test_what_was_planted_looks_like_the_others_everywhere_but_in_the_ledger(stage: Stage) -> None:
    await watched(stage)
    await account(stage, "dana", Role.REVIEWER)
    async with signed_in(stage, "dana") as http:
        inbox, ledger = await http.get(f"{DESK}/inbox"), await http.get(f"{DESK}/ledger", params={"limit": 1000})
        feedback = await http.get(f"{DESK}/feedback/groups")
    assert "seeded" not in inbox.text
    assert "Seeded" in ledger.text
    assert feedback.json() == []
    with stage.house.store.read() as reading:
        [action] = reading.in_states({State.SEEDED})
    edited = {"contact": person(400), "tag": "gold"}
    assert (await stage.say(action, Answer.APPROVE_EDITED, edited=edited)).state is State.CAUGHT
    with stage.house.store.read() as reading:
        assert reading.corrected(CRM, TAGGING, limit=9) == [], "nobody learns from what was made to be wrong"


async def test_of_a_team_nobody_sees_figures_of_anybody_alone(stage: Stage) -> None:
    await watched(stage, "team")
    await account(stage, "ines", Role.RISK)
    async with signed_in(stage, "ines") as http:
        assert (await mine(http))["mine"] is None
        told = (await http.get(f"{DESK}/care")).json()
    assert (told["people"], told["team"]["person"]) == ([], "")
