"""Claims, absences and notices: at the HTTP door and with the commands, as their users meet them."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from remit.core.types import Role
from remit.flow.escalate import escalate
from remit.wire import AGENT_KEY, CHANNELS_FILE, installation
from tests.doors.doorway import ADA_KEY, DESK
from tests.doors.sessions_of import account, password, signed_in
from tests.doors.terminal import Remit
from tests.flow.letters import wish, with_box
from tests.flow.stage import Stage, tag

CHANNELS = "mail: mailto://127.0.0.1:9?from=remit@example.com&to={address}\nops: mmost://127.0.0.1:9/a-token\n"


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    found = Path(shutil.copytree(furnished, tmp_path / "data"))
    (found / AGENT_KEY).write_text(ADA_KEY)
    for name in ("ines", "dana", "rosa"):
        (tmp_path / f"{name}.txt").write_text(f"{password(name)}\n")
    channels(found)
    return found


def channels(folder: Path, text: str = CHANNELS, mode: int = 0o600) -> None:
    """Write the channels of a folder."""
    (folder / CHANNELS_FILE).write_text(text)
    (folder / CHANNELS_FILE).chmod(mode)


def signed(remit: Remit, *names: str) -> None:
    """Give people accounts as reviewers, and sign the last one in."""
    for name in names:
        assert remit("user", "add", name, "--role", "reviewer", "--password-file", f"{name}.txt").status == 0
    assert remit("login", names[-1], "--password-file", f"{names[-1]}.txt").status == 0


def proposed(remit: Remit) -> str:
    """Propose a tag and return the proposal's id."""
    asked = ("propose", "--use-case", "crm", "--operation", "contact.tag.add", "contact=c0001", "tag=vip", "--json")
    return str(remit(*asked).told["proposal_id"])


# ----------------------------------------------------------------------------------------------------------------- the commands


def test_a_claim_is_shown_and_keeps_others_out(remit: Remit) -> None:
    proposal = proposed(remit)
    signed(remit, "rosa", "dana")
    assert "is yours until" in remit("claim", proposal).out
    assert "dana works on it until" in remit("inbox").out
    assert remit("inbox", "--json").told[0]["claimed_by"] == "dana"
    assert remit("login", "rosa", "--password-file", "rosa.txt").status == 0
    refused = remit("answer", proposal, "approve", "--json")
    assert refused.status
    assert "dana works on it" in refused.problem["found"]
    assert "--take-over" in refused.problem["do"]
    assert remit("claim", proposal, "--take-over", "--json").told["claimed_by"] == "rosa"
    assert "anybody's again" in remit("unclaim", proposal).out
    assert remit("answer", proposal, "approve").status == 0


def test_an_absence_is_set_seen_and_ended(remit: Remit) -> None:
    signed(remit, "rosa", "dana")
    said = remit("away", "set", "--until", "2099-12-24", "--to", "rosa")
    assert "dana is away from" in said.out
    assert "rosa is asked instead" in said.out
    assert [one["person"] for one in remit("away", "list", "--json").told] == ["dana"]
    assert "rosa" in remit("away", "list").out
    assert "there again" in remit("away", "end").out
    assert remit("away", "list").out.strip() == "Nobody is away."
    assert remit("away", "end", "--json").problem["found"] == "none that is not over"


def test_only_an_admin_sets_the_absence_of_somebody_else(remit: Remit) -> None:
    signed(remit, "rosa", "dana")
    refused = remit("away", "set", "rosa", "--until", "2099-12-24", "--json")
    assert refused.problem["found"] == "somebody else's"
    assert "an admin" in refused.problem["do"]
    assert remit("logout").status == 0
    assert remit("away", "set", "rosa", "--since", "2099-12-20T08:00", "--until", "2099-12-24T12:00").status == 0


@pytest.mark.parametrize("until", ["tomorrow", "2099-13-01", "24.12.2099"])
def test_a_day_nobody_can_read_is_refused_with_an_example(remit: Remit, until: str) -> None:
    signed(remit, "dana")
    assert remit("away", "set", "--until", until, "--json").problem["do"] == "Write it as 2026-12-24"


def test_how_one_is_told_is_said_shown_and_forgotten(remit: Remit) -> None:
    signed(remit, "dana")
    assert "takes an address of your own" in remit("notify", "channels").out
    assert remit("notify", "show").out.strip() == "You are told nothing outside the screens."
    wanted = ("--channel", "mail", "--address", "dana@example.com", "--zone", "Europe/Berlin", "--quiet", "18:00-08:00", "--live")
    said = remit("notify", "set", *wanted)
    assert "You are told on mail at dana@example.com: a digest at 08:30, what is new, nothing from 18:00 to 08:00" in said.out
    assert remit("notify", "show", "--json").told["quiet_until"] == "08:00"
    assert "It did not go" in remit("notify", "try").out, "nobody listens on port 9"
    assert "Nobody was told anything" in remit("notify", "log").out
    assert "any more" in remit("notify", "off").out
    assert remit("notify", "show", "--json").told is None


WRONG = {
    "no end of the quiet hours": (("--channel", "mail", "--address", "a@b.c", "--quiet", "18:00"), "Write it as 18:00-08:00"),
    "no such channel": (("--channel", "pigeon"), "Choose one of mail, ops"),
    "no address": (("--channel", "mail"), "Give --address"),
    "no clock time": (("--channel", "mail", "--address", "a@b.c", "--digest", "noon"), ""),
}


@pytest.mark.parametrize(("wanted", "do"), WRONG.values(), ids=WRONG)
def test_a_wrong_wish_is_refused_and_says_what_to_write(remit: Remit, wanted: tuple[str, ...], do: str) -> None:
    signed(remit, "dana")
    said = remit("notify", "set", *wanted, "--json")
    assert said.status
    assert do in said.problem["do"]
    assert remit("notify", "show", "--json").told is None


def test_without_channels_one_is_told_where_they_are_written(remit: Remit, folder: Path) -> None:
    (folder / CHANNELS_FILE).unlink()
    assert "channels.yaml" in remit("notify", "channels").out


FILES = {
    "others can read it": (CHANNELS, 0o644, "chmod 600"),
    "a list": ("- mail\n", 0o600, "one channel a line"),
    "a number": ("mail: 7\n", 0o600, "one channel a line"),
    "an address of nothing": ("mail: pigeon post\n", 0o600, "appriseit.com"),
}


@pytest.mark.parametrize(("text", "mode", "do"), FILES.values(), ids=FILES)
def test_a_file_of_channels_that_will_not_do_says_what_to_do(remit: Remit, folder: Path, text: str, mode: int, do: str) -> None:
    channels(folder, text, mode)
    said = remit("inbox", "--json")
    assert said.status
    assert do in said.problem["do"]


def test_the_file_of_channels_is_the_owners_alone(folder: Path) -> None:
    with installation(folder) as opened:
        assert set(opened.house.notifier.channels()) == {"mail", "ops"}
    assert stat.S_IMODE((folder / CHANNELS_FILE).stat().st_mode) == 0o600


# -------------------------------------------------------------------------------------------------------------------- the door


async def test_nobody_sees_how_somebody_else_is_told(stage: Stage) -> None:
    with_box(stage)
    for name in ("dana", "rosa"):
        await account(stage, name, Role.REVIEWER)
    await wish(stage, "dana")
    async with signed_in(stage, "rosa") as http:
        assert (await http.get(f"{DESK}/wishes")).json() is None
    async with signed_in(stage, "dana") as http:
        assert (await http.get(f"{DESK}/wishes")).json()["address"] == "dana@example.com"


async def test_what_people_were_told_is_listed_without_addresses(stage: Stage) -> None:
    with_box(stage)
    await account(stage, "dana", Role.REVIEWER)
    await wish(stage, "dana")
    await stage.proposed(tag())
    stage.clock.move(hours=10)
    await escalate(stage.house)
    async with signed_in(stage, "dana") as http:
        reply = await http.get(f"{DESK}/notices", params={"open": "true"})
    assert [(one["person"], one["kind"], one["count"]) for one in reply.json()] == [("dana", "reminder", 1)]
    assert "example.com" not in reply.text
