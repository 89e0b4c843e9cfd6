"""`remit limits` and its route: how full every limit is, for people, with nothing hidden from them; agents hear less."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from remit.cli import limiting
from remit.cli.limiting import bar
from remit.flow.adopt import adopt
from remit.flow.propose import propose
from remit.wire import installation
from tests.doors.doorway import agent, desk, tagging
from tests.doors.terminal import Remit, commands
from tests.flow.stage import ADA, CRM, Stage, charter, every_operation, furnish, person, tag

TOUCHES = {"counts": "touches", "at_most": 2, "window": "7 days", "each": "contact", "operations": ["contact.tag.add"]}
DAILY = {"counts": "actions", "at_most": 3, "window": "1 day", "because": "Three are plenty."}
ALL = {"counts": "actions", "at_most": 0, "window": "1 day", "each": "organisation"}


def documents(organisation: dict[str, Any] | None = None, **own: Any) -> dict[str, str]:
    """Write a charter with limits, and a risk statement with some for everybody."""
    statement = {
        "organisation": "Tests",
        "signed_by": "Olga",
        "signed_on": "2026-01-01",
        "highest_level": {"low, easy": 4},
        "tolerance": 0.02,
        "tolerance_in_words": "at most 1 in 50 wrong",
        "limits": organisation or {"touches": TOUCHES},
    }
    quick = charter(CRM, every_operation(), limits=own or {"daily": DAILY}, take_back_seconds=0)
    return {"charter:crm": json.dumps(quick), "risk_statement": json.dumps(statement)}


async def approve(stage: Stage, many: int) -> None:
    """Approve tags for so many people."""
    for number in range(many):
        await stage.say(await stage.proposed(tag(person(number))))


async def listed(stage: Stage, **asked: str) -> list[dict[str, Any]]:
    """Ask the route."""
    async with desk(stage) as http:
        reply = await http.get("/api/v1/desk/limits", params=asked)
    assert reply.status_code == 200
    found = reply.json()
    assert isinstance(found, list)
    return found


async def test_every_limit_is_listed_with_what_is_used(stage: Stage) -> None:
    await adopt(stage.house, documents(), "olga")
    await approve(stage, 2)
    touches, daily = await listed(stage)
    assert (touches["limit"], touches["words"]) == (
        "risk_statement/touches",
        "at most 2 touches in 7 days for each contact, else hold",
    )
    assert touches["used"] == [{"whose": f"contact:sandbox/c000{number}", "used": 1} for number in range(2)]
    assert (daily["limit"], daily["used"]) == ("crm/daily", [{"whose": "use_case:crm", "used": 2}])
    assert (daily["because"], daily["more"]) == ("Three are plenty.", False)


async def test_only_the_fullest_counts_are_listed(stage: Stage) -> None:
    await adopt(stage.house, documents(daily={**DAILY, "at_most": 50}), "olga")
    await approve(stage, 7)
    touches, _ = await listed(stage)
    assert (len(touches["used"]), touches["more"]) == (5, True)


async def test_what_was_counted_before_the_window_is_not_listed(stage: Stage) -> None:
    await adopt(stage.house, documents(), "olga")
    await approve(stage, 1)
    stage.clock.move(days=1)
    touches, daily = await listed(stage)
    assert (len(touches["used"]), daily["used"]) == (1, [])
    stage.clock.move(days=6)
    assert [one["used"] for one in await listed(stage)] == [[], []]


async def test_limits_of_one_use_case_are_its_own_and_those_of_all(stage: Stage) -> None:
    await adopt(stage.house, documents(), "olga")
    assert [one["limit"] for one in await listed(stage, use_case="crm")] == ["risk_statement/touches", "crm/daily"]
    assert [one["limit"] for one in await listed(stage, use_case="desk")] == ["risk_statement/touches"]
    async with desk(stage) as http:
        reply = await http.get("/api/v1/desk/limits", params={"use_case": "nowhere"})
    assert (reply.status_code, reply.json()["found"]) == (404, "these charters: crm, desk")


# -------------------------------------------------------------------------------------------------------- what agents hear


@pytest.mark.parametrize("dry_run", [True, False])
async def test_an_agent_hears_no_figure_of_others(stage: Stage, dry_run: bool) -> None:
    await adopt(stage.house, documents({"all": {**ALL, "verdict": "block"}}), "olga")
    async with agent(stage) as client:
        reply = await client.propose(tagging(dry_run=dry_run))
    assert reply.verdict == "block"
    told = [reason.text for reason in reply.reasons if reason.code == "limit_of_all"]
    assert told == ["There is no room left for it under the limit risk_statement/all, which others share."]
    assert not [reason for reason in reply.reasons if reason.code == "limit_reached"]


async def test_a_dry_run_says_how_full_the_own_limit_is(stage: Stage) -> None:
    await adopt(stage.house, documents(daily={**DAILY, "at_most": 0}), "olga")
    async with agent(stage) as client:
        reply = await client.propose(tagging(dry_run=True))
    assert "Three are plenty. It would be 1 actions a day for this use case; the limit crm/daily is 0." in [
        reason.text for reason in reply.reasons
    ]


async def test_a_refused_approval_says_value_against_limit_at_the_door(stage: Stage) -> None:
    await adopt(stage.house, documents(daily={**DAILY, "at_most": 0}), "olga")
    action = await stage.proposed(tag())
    async with desk(stage) as http:
        reply = await http.post(
            f"/api/v1/desk/proposals/{action.proposal}/answer", json={"answer": "approve", "seen": action.seen}
        )
    assert (reply.status_code, reply.json()["code"]) == (409, "limit_reached")
    assert "the limit crm/daily is 0" in reply.json()["found"]


# ----------------------------------------------------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Furnish a folder with limits, two of three actions used, on the real clock."""
    folder = tmp_path_factory.mktemp("limited") / "data"
    furnish(folder)
    with installation(folder) as opened:
        asyncio.run(adopt(opened.house, documents(), "olga"))
        asyncio.run(_use(opened.house))
    return folder


async def _use(house: Any) -> None:
    from remit.core.types import Answer  # noqa: PLC0415
    from remit.flow.answered import Given  # noqa: PLC0415
    from remit.flow.review import answer  # noqa: PLC0415

    for reply in await propose(house, ADA, [tag(person(number)) for number in range(2)]):
        assert reply.proposal
        with house.store.read() as reading:
            seen = reading.existing(reply.proposal).seen
        await answer(house, Given(proposal=reply.proposal, answer=Answer.APPROVE, by="dana", seen=seen))


@pytest.fixture
def remit(limited: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Remit:
    return commands(limited, monkeypatch, capsys)


def test_limits_are_shown_as_bars(remit: Remit) -> None:
    said = remit("limits", "crm")
    assert said.status == 0, said.err
    lines = [line.strip() for line in said.out.splitlines()]
    assert lines[0] == "risk_statement/touches at most 2 touches in 7 days for each contact, else hold"
    assert any(line.startswith("contact:sandbox/c0000") and line.endswith("1 of 2") for line in lines)
    (daily,) = [line for line in lines if line.startswith("use_case:crm")]
    assert daily == f"use_case:crm  ▕{'█' * 16}{' ' * 8}▏  2 of 3"


def test_limits_are_printed_as_json(remit: Remit) -> None:
    assert [one["limit"] for one in remit("limits", "--json").told] == ["risk_statement/touches", "crm/daily"]


def test_an_unknown_use_case_has_no_limits(remit: Remit) -> None:
    said = remit("limits", "nowhere", "--json")
    assert (said.status, said.problem["found"]) == (3, "these charters: crm, desk")


def test_without_limits_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    furnish(tmp_path / "data")
    said = commands(tmp_path / "data", monkeypatch, capsys)("limits")
    assert (said.status, said.out) == (0, "No limit is in force.\n")


@pytest.mark.parametrize(
    ("used", "at_most", "drawn"),
    [
        (0, 10, "    "),
        (5, 10, "██  "),
        (10, 10, "████"),
        (12, 10, "████"),
        (0, 0, "████"),
        (1, 1_000_000, "▏   "),
        (999_999, 1_000_000, "███▉"),
        (3, 8, "█▌  "),
    ],
)
def test_a_bar_is_full_only_when_the_limit_is(used: int, at_most: int, drawn: str) -> None:
    assert bar(used, at_most, width=4) == f"▕{drawn}▏"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_narrow_terminal_folds_names_and_cuts_off_no_figure(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(width=width)
    monkeypatch.setattr(limiting, "console", console)
    used = [
        {"whose": "contact:sandbox/01a21638-370c-75fe-8ef3-2e89349cefea", "used": 1200},
        {"whose": "organisation", "used": 2000},
    ]
    with console.capture() as captured:
        limiting._show({"limit": "score/daily", "words": "", "used": used, "at_most": 2000, "more": False})  # noqa: SLF001  # the page
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= width
    assert "1,200 of 2,000" in captured.get()
    assert "2,000 of 2,000, full" in captured.get()
    assert "2e89349cefea" in "".join("".join(line.split("▕")[0].split()) for line in lines)
