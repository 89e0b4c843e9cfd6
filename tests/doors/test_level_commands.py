"""`remit level`, `remit evidence` and `remit suite`, as people use them, with bad input too."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from remit.core.lifecycle import State
from remit.flow.adopt import admit, adopt
from remit.flow.judge import judge
from remit.flow.propose import propose
from remit.wire import installation
from tests.changed import replace
from tests.doors.terminal import Remit
from tests.flow.stage import ADA, CRM, charter, every_operation, furnish, furnish_earned, tag

SUITE = {
    "vip-only": {
        "operation": "contact.tag.add",
        "because": "It made up tags once.",
        "given": {"contact": "c0001"},
        "equals": {"tag": "vip"},
        "verdict": "allow",
    },
    "keep-still": {"operation": "contact.tag.add", "because": "Nobody asked.", "proposes": False},
}
AGENT = """
import json, sys
case = json.load(sys.stdin)
answers = {"vip-only": {"arguments": {"contact": "c0001", "tag": TAG}, "confidence": 0.9}, "keep-still": None}
print(json.dumps(answers[case["case"]]))
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("levels")
    furnish(base / "first")
    furnish_earned(base / "first", base / "data")
    with installation(base / "data") as opened:
        asyncio.run(_further(opened))
    return base / "data"


async def _further(opened: Any) -> None:
    """Adopt a suite, and admit a version that stands beside the one in use."""
    document = charter(CRM, every_operation(), suite=SUITE)
    await adopt(opened.house, {"charter:crm": json.dumps(document)}, "olga")
    await admit(opened.house, agent="ada", version="v2", use_cases=[CRM], key="other", by="olga", candidate=False)
    await propose(opened.house, ADA, [tag("c0001"), tag("c0002")])
    other = [replace(tag(who, name), call_id=f"shadow {who}", shadow=True) for who, name in (("c0001", "vip"), ("c0002", "gold"))]
    replies = await propose(opened.house, replace(ADA, version="v2"), other)
    assert [reply.state for reply in replies] == [State.MATCHED, State.SHADOWED]
    await judge(opened.house)


def agent(folder: Path, tag_name: str = "vip") -> str:
    """Write an agent that answers cases, and return the command that starts it."""
    path = folder.parent / f"agent-{tag_name}.py"
    path.write_text(AGENT.replace("TAG", repr(tag_name)), encoding="utf-8")
    return f"{sys.executable} {path}"


def test_a_level_is_told_with_all_that_is_behind_it(remit: Remit) -> None:
    out = remit("level", "crm", "contact.tag.add").out
    assert "crm contact.tag.add: granted 3 until 2026-08-29, signed by ines and ravi; in force " in out
    assert "level 3 offered to v1 (12 observations, 0.0 % wrong)" in out
    assert "trial 1 of v1 begins" in out
    assert "version v2: This version is no candidate; declare it one with `remit evidence begin`." in out


def test_every_operation_of_a_use_case_is_told_as_json(remit: Remit) -> None:
    told = remit("level", "crm", "--json").told
    assert {one["operation"] for one in told} == set(every_operation())
    [one] = [one for one in told if one["operation"] == "contact.tag.add"]
    assert [happened["what"] for happened in one["history"]][-2:] == ["GrantSigned", "Granted"]
    assert one["versions"][0]["observations"] == 12


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("level", "nothing"), "these charters: crm, desk"),
        (("level", "crm", "nothing"), "contact.tag.add"),
        (("evidence", "replay", "--use-case", "nothing"), "these charters: crm, desk"),
        (("evidence", "compare", "nothing", "x", "--version", "v2"), "these charters: crm, desk"),
        (("evidence", "begin", "crm", "v9"), "these versions have a key: v1, v2"),
        (("evidence", "begin", "crm", "v1"), "it is a candidate already"),
        (("evidence", "plan", "crm", "--per-week", "-3"), "-3 a week"),
        (("evidence", "plan", "crm", "--per-week", "30", "--tolerance", "7"), "outside 0 to 0.5"),
        (("evidence", "plan", "nothing.yaml", "--per-week", "30"), "No such file"),
        (("suite", "show", "nothing"), "these charters: crm, desk"),
        (("suite", "run", "crm", "--version", "v1", "--agent", "/nothing/at/all"), "No such file"),
        (("suite", "run", "crm", "--version", "v1", "--agent", "echo no json"), "Expecting value"),
        (("suite", "run", "crm", "--version", "v1", "--agent", "echo [1]"), "[1]"),
    ],
)
def test_bad_input_is_named(remit: Remit, words: tuple[str, ...], found: str) -> None:
    said = remit(*words)
    assert said.status != 0
    assert found in said.err
    assert "do " in said.err


def test_a_replay_comes_to_what_was_decided(remit: Remit) -> None:
    said = remit("evidence", "replay", "--use-case", "crm")
    assert (said.status, "all as they were decided." in said.out) == (0, True)
    assert remit("evidence", "replay", "--use-case", "crm", "--json").told["equal"] is True


def test_two_versions_are_shown_side_by_side(remit: Remit) -> None:
    out = remit("evidence", "compare", "crm", "contact.tag.add", "--version", "v2").out
    assert "2 pairs, 1 of them the same" in out
    assert "waits" in out
    assert "gold" in out
    told = remit("evidence", "compare", "crm", "contact.tag.add", "--version", "v2", "--json").told
    assert (told["counts"]["same"], told["counts"]["waits"], told["better"]) == (1, 1, None)
    nothing = remit("evidence", "compare", "crm", "contact.tag.add", "--version", "v7").out
    assert "There is no pair yet" in nothing


def test_a_reviewer_does_not_see_which_version_asked(remit: Remit) -> None:
    held = remit("inbox", "--json").told
    assert {one["state"] for one in held} == {"held"}
    assert all(one["version"] is None and "pair" not in one for one in held)


def test_a_version_becomes_a_candidate_when_people_say_so(remit: Remit) -> None:
    assert "v2 is a candidate for" in remit("evidence", "begin", "crm", "v2").out
    assert "version v2: " in remit("level", "crm", "contact.tag.add").out


def test_a_plan_says_how_long_it_takes_before_anybody_starts(remit: Remit, folder: Path) -> None:
    out = remit("evidence", "plan", "crm", "--per-week", "100").out
    assert "Level 3 of crm at 100 a week" in out
    assert "the charter's" in out
    told = remit("evidence", "plan", "crm", "--per-week", "100", "--tolerance", "0.02", "--json").told
    assert [one["tolerance"] for one in told["plans"]] == [0.02, 0.3]
    assert told["plans"][0]["days"] > told["plans"][1]["days"]
    path = folder.parent / "crm.yaml"
    path.write_text(yaml.safe_dump(charter(CRM, every_operation()), sort_keys=False), encoding="utf-8")
    assert "never" in remit("evidence", "plan", str(path), "--per-week", "0").out
    assert "stay at level 2" in remit("evidence", "plan", str(path), "--per-week", "0").out


def test_a_suite_is_run_with_an_agent_of_ones_own(remit: Remit, folder: Path) -> None:
    assert "v1: was not run" in remit("suite", "show", "crm").out
    good = remit("suite", "run", "crm", "--version", "v1", "--agent", agent(folder))
    assert (good.status, "v1 passes 2 of 2 cases." in good.out) == (0, True)
    bad = remit("suite", "run", "crm", "--version", "v2", "--agent", agent(folder, "nobody"))
    assert bad.status == 1
    assert "vip-only: " in bad.out
    out = remit("suite", "show", "crm").out
    assert "v1: passed 2" in out
    assert "v2: passed 1, failed vip-only" in out
    assert remit("suite", "show", "desk").out == "The charter of desk has no `suite`.\n"


def test_a_key_may_wait_with_its_trial(remit: Remit) -> None:
    remit("key", "issue", "--agent", "eve", "--version", "e1", "--use-case", "crm", "--no-trial")
    assert "version e1: This version is no candidate" in remit("level", "crm", "contact.tag.add").out
