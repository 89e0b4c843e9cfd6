"""`remit user`, `role`, `key`, `login` and `logout`: on a folder that nobody serves, with real passwords from files."""

from __future__ import annotations

import asyncio
import getpass
import io
import json
import shutil
import stat
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from remit.core.person import SHORTEST
from remit.core.types import Role
from remit.flow.adopt import adopt
from remit.flow.grant import sign
from remit.flow.judge import judge
from remit.wire import AGENT_KEY, PERSON_TOKEN, SystemClock, installation
from tests.core.written_statement import document
from tests.doors.doorway import ADA_KEY
from tests.doors.sessions_of import password
from tests.doors.terminal import Remit
from tests.flow.stage import CRM, TAGGING, CountedIds, FrozenClock, Stage, opened, person, tag

NAMES = ("ines", "dana")


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    found = Path(shutil.copytree(furnished, tmp_path / "data"))
    (found / AGENT_KEY).write_text(ADA_KEY)
    for name in NAMES:
        (tmp_path / f"{name}.txt").write_text(f"{password(name)}\nand a second line\n")
    return found


def add(remit: Remit, name: str, *roles: str) -> Any:
    """Give somebody an account."""
    given = [part for role in roles for part in ("--role", role)]
    said = remit("user", "add", name, *given, "--password-file", f"{name}.txt", "--json")
    assert said.status == 0, said.err
    return said.told


def login(remit: Remit, name: str) -> Any:
    """Sign in."""
    said = remit("login", name, "--password-file", f"{name}.txt", "--json")
    assert said.status == 0, said.err
    return said.told


def proposed(remit: Remit) -> str:
    """Propose a tag and return the proposal's id."""
    asked = ("propose", "--use-case", "crm", "--operation", "contact.tag.add", "contact=c0001", "tag=vip", "--json")
    return str(remit(*asked).told["proposal_id"])


# ----------------------------------------------------------------------------------------------------------- signing in and out


def test_commands_act_as_whoever_signed_in(remit: Remit) -> None:
    assert add(remit, "dana", "reviewer") == {"person": "dana", "roles": ["reviewer"]}
    told = login(remit, "dana")
    assert (told["person"], told["roles"], "token" in told) == ("dana", ["reviewer"], False)
    proposal = proposed(remit)
    assert remit("answer", proposal, "approve", "--json").told["answered_by"] == "dana"
    assert remit("answer", proposal, "approve", "--as", "ines", "--json").problem["code"] == "sign_in_needed"
    assert remit("stop", "lift", "everything", "--json").problem["code"] == "not_allowed"
    assert remit("logout", "--json").told == {"signed_out": "dana"}
    assert "Nobody was signed in" in remit("logout").out
    refused = remit("answer", proposal, "reject", "--json").problem
    assert (refused["code"], refused["found"]) == ("not_allowed", "owner is admin")
    assert refused["do"].endswith("or a reviewer may answer. Ask one, or sign in as one with `remit login`")


def test_where_nobody_is_an_admin_the_owners_way_is_named(remit: Remit) -> None:
    add(remit, "dana", "reviewer")
    login(remit, "dana")
    refused = remit("role", "give", "dana", "risk", "--json").problem
    assert refused["do"].startswith("Only an admin may manage people. Nobody with an account is one")
    assert "`remit logout`" in refused["do"]
    assert (
        remit("stop", "lift", "everything", "--json")
        .problem["do"]
        .endswith("Nobody is one yet: an admin makes one with `remit user add` or `remit role give`")
    )


def test_a_name_that_is_only_told_is_refused_with_what_stands_without_it(remit: Remit) -> None:
    add(remit, "ines", "risk")
    refused = remit("stop", "all", "--as", "dana", "--json").problem
    assert refused["do"] == "Sign in as dana with `remit login`; without a name you act as owner, who is an admin"


def test_the_session_is_kept_for_this_user_alone_and_for_this_folder_alone(remit: Remit, folder: Path) -> None:
    add(remit, "dana", "reviewer")
    login(remit, "dana")
    kept = folder.parent / "config" / "sessions.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    other = Path(shutil.copytree(folder, folder.parent / "other"))
    assert remit("stop", "all", "--json", data_dir=other).status == 0
    facts = remit("ledger", "show", "--limit", "1000", "--json", data_dir=other).told
    assert facts[-1]["actor"] == "person:owner", "nobody signed in there"
    (folder / PERSON_TOKEN).write_text("another installation in the same place")
    assert remit("stop", "all", "--json").status == 0


def test_a_session_survives_a_restart_and_ends_by_the_clock(remit: Remit, folder: Path) -> None:
    add(remit, "dana", "viewer")
    login(remit, "dana")
    for _ in range(2):  # each command opens the folder anew
        assert remit("inbox", "--json").status == 0
    assert remit("stop", "all", "--json").problem["found"] == "dana is viewer"
    entry = json.loads((folder.parent / "config" / "sessions.json").read_text())
    over = {name: {"token": "a session that is over"} for name in entry}
    (folder.parent / "config" / "sessions.json").write_text(json.dumps(over))
    assert remit("inbox", "--json").problem["code"] == "sign_in_needed"
    assert remit("logout", "--json").told == {"signed_out": None}
    assert remit("stop", "all", "--json").status == 0, "the owner can always stop"


@pytest.mark.parametrize("left", ["", "{", "[]", '{"x": 1}', "null", '{"x": {"token": 7}}'])
def test_a_spoilt_file_of_sessions_is_as_good_as_none(remit: Remit, folder: Path, left: str) -> None:
    (folder.parent / "config").mkdir()
    (folder.parent / "config" / "sessions.json").write_text(left)
    assert remit("inbox", "--json").told == []


def test_a_place_where_no_session_can_be_kept_is_named(remit: Remit, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(remit, "dana", "viewer")
    monkeypatch.setenv("REMIT_CONFIG_DIR", str(folder.parent / "dana.txt"))
    refused = remit("login", "dana", "--password-file", "dana.txt", "--json")
    assert (refused.status, refused.problem["code"], "REMIT_CONFIG_DIR" in refused.problem["do"]) == (
        6,
        "store_unavailable",
        True,
    )


def test_a_wrong_password_signs_nobody_in(remit: Remit) -> None:
    add(remit, "dana", "viewer")
    refused = remit("login", "dana", "--password-file", "ines.txt", "--json")
    assert (refused.status, refused.problem["code"]) == (4, "not_authenticated")
    assert remit("logout", "--json").told == {"signed_out": None}


# -------------------------------------------------------------------------------------------------------------------- accounts


def test_without_accounts_a_name_is_enough_and_afterwards_it_is_not(remit: Remit) -> None:
    assert remit("stop", "all", "--as", "dana", "--json").status == 0
    assert "Nobody has an account" in remit("user", "list").out
    add(remit, "ines", "risk", "admin")
    refused = remit("stop", "lift", "everything", "--as", "dana", "--json")
    assert (refused.status, refused.problem["code"]) == (4, "sign_in_needed")
    login(remit, "ines")
    assert remit("stop", "lift", "everything", "--json").status == 0
    assert remit("ledger", "show", "--limit", "1000", "--json").told[-1]["actor"] == "person:ines"


def test_people_and_their_roles_are_listed_and_changed(remit: Remit) -> None:
    add(remit, "ines", "admin")
    add(remit, "dana", "reviewer", "reviewer")
    login(remit, "ines")
    assert remit("role", "give", "dana", "risk", "--json").told == {"person": "dana", "roles": ["risk", "reviewer"]}
    assert "dana is risk." in remit("role", "take", "dana", "reviewer").out
    assert remit("role", "take", "dana", "risk", "--json").problem["code"] == "conflict"
    assert remit("role", "give", "ines", "risk", "--json").problem["code"] == "not_allowed"
    assert remit("role", "give", "dana", "king").status == 2
    assert [one["person"] for one in remit("user", "list", "--json").told] == ["dana", "ines"]
    assert "dana" in remit("user", "list").out
    assert remit("user", "remove", "dana", "--json").told == {"person": "dana", "left": True}
    assert remit("user", "remove", "../keys", "--json").problem["code"] == "not_found"


def test_the_table_is_shown(remit: Remit, folder: Path) -> None:
    table = remit("role", "list", "--json").told
    assert (table["undo"], table["look"]) == (["marketing_ops", "reviewer"], [str(role) for role in Role])
    shown = remit("role", "list").out
    assert ("everybody" in shown, "lift stop" in shown) == (True, True)
    stated = {"risk_statement": json.dumps(document(grants_need=["data", "finance"]))}
    with installation(folder) as found:
        asyncio.run(adopt(found.house, stated, "olga"))
    assert remit("role", "list", "--json").told["sign_grant"] == ["data", "finance"]


def test_one_changes_her_own_password_and_an_admin_anothers(remit: Remit, folder: Path) -> None:
    add(remit, "dana", "reviewer")
    (folder.parent / "new.txt").write_text("a quite different walk")
    own = ("user", "password", "--current-file", "dana.txt", "--password-file", "new.txt", "--json")
    assert remit(*own).problem["code"] == "sign_in_needed"
    login(remit, "dana")
    assert remit(*own).told == {"person": "dana"}
    assert remit("inbox", "--json").problem["code"] == "sign_in_needed", "her sessions ended"
    assert remit("logout").status == 0
    assert remit("user", "password", "dana", "--password-file", "dana.txt", "--json").told == {"person": "dana"}
    login(remit, "dana")


def test_init_adopts_nothing_where_people_sign_in(remit: Remit) -> None:
    add(remit, "dana", "reviewer")
    before = remit("ledger", "show", "--limit", "1000", "--json").told
    assert remit("init", "--json").told["policy"] == 1
    assert remit("ledger", "show", "--limit", "1000", "--json").told == before


# ------------------------------------------------------------------------------------------------------------------- passwords


def test_a_password_is_read_from_standard_input(remit: Remit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password('eve')}\r\n"))
    assert remit("user", "add", "eve", "--role", "viewer", "--password-file", "-", "--json").status == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO(password("eve")))
    assert remit("login", "eve", "--password-file", "-", "--json").status == 0


def test_a_password_is_typed_twice_where_nobody_sees_it(remit: Remit, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter([password("eve"), password("eve"), password("eve"), "one", "another"])
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda _: next(typed))
    assert remit("user", "add", "eve", "--role", "viewer").status == 0
    assert "Signed in as eve (viewer)" in remit("login", "eve").out
    refused = remit("user", "add", "dan", "--role", "viewer", "--json")
    assert (refused.status, refused.problem["found"]) == (2, "two different ones")


FAULTY: dict[str, tuple[tuple[str, ...], str]] = {
    "nobody to type": ((), "nobody to type one"),
    "no such file": (("--password-file", "nowhere.txt"), "No such file"),
    "a file that is no text": (("--password-file", "bytes.txt"), "no text in UTF-8"),
    "a short one": (("--password-file", "short.txt"), f"{SHORTEST} to"),
    "an empty file": (("--password-file", "empty.txt"), f"{SHORTEST} to"),
}


@pytest.mark.parametrize(("given", "found"), FAULTY.values(), ids=FAULTY)
def test_a_password_that_is_none_is_refused(
    remit: Remit, folder: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], found: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    (folder.parent / "short.txt").write_text("short")
    (folder.parent / "empty.txt").write_text("")
    (folder.parent / "bytes.txt").write_bytes(b"\xff\xfe\xff")
    refused = remit("user", "add", "eve", "--role", "viewer", *given, "--json")
    assert (refused.status, refused.problem["code"]) == (2, "invalid_input")
    assert found in refused.problem["found"]
    assert remit("user", "list", "--json").told == []


def test_an_account_needs_a_role_that_exists_and_a_plain_login(remit: Remit) -> None:
    assert remit("user", "add", "dana", "--password-file", "dana.txt").status == 2
    assert remit("user", "add", "dana", "--role", "king", "--password-file", "dana.txt").status == 2
    for login_name in ("Dana", "owner", "jürgen", "a b"):
        refused = remit("user", "add", login_name, "--role", "viewer", "--password-file", "dana.txt", "--json")
        assert refused.problem["code"] == "invalid_input"
    add(remit, "dana", "viewer")
    assert remit("user", "add", "dana", "--role", "viewer", "--password-file", "dana.txt", "--json").problem["code"] == "conflict"


# ------------------------------------------------------------------------------------------------------------------------ keys


def test_a_key_is_issued_used_revoked_and_replaced(remit: Remit) -> None:
    issue = ("key", "issue", "--agent", "eve", "--version", "1", "--use-case", "crm")
    key = remit(*issue, "--json").told["key"]
    tagging = ("propose", "--use-case", "crm", "--operation", "contact.tag.add", "contact=c0001", "tag=vip", "--json", "--key")
    assert remit(*tagging, key).told["state"] == "held"
    assert remit(*issue, "--json").problem["code"] == "conflict"
    listed = {(one["agent"], one["revoked"]) for one in remit("key", "list", "--json").told}
    assert listed == {("ada", False), ("otto", False), ("eve", False)}
    assert key not in remit("key", "list").out
    assert "opens nothing any more" in remit("key", "revoke", "--agent", "eve", "--version", "1", "--as", "olga").out
    assert remit("ledger", "show", "--limit", "1000", "--json").told[-1]["actor"] == "person:olga"
    assert remit(*tagging, key).problem["code"] == "not_authenticated"
    assert remit("key", "revoke", "--agent", "eve", "--version", "1", "--json").problem["code"] == "not_found"
    said = remit(*issue)
    assert remit(*tagging, said.out.splitlines()[0]).told["state"] == "held"
    assert "revoked" in remit("key", "list").out
    assert remit("key", "issue", "--agent", "eve", "--version", "2", "--use-case", "crn", "--json").problem["code"] == "not_found"


# ---------------------------------------------------------------------------------------------------------------------- levels


@pytest.mark.parametrize(
    ("hours", "level", "words"),
    [(1, 2, "with one signature (small team)"), (25, 3, "24 hours of waiting")],
    ids=["waits", "waited"],
)
def test_levels_say_in_words_who_signed_and_what_a_small_team_waits_for(
    remit: Remit, folder: Path, hours: int, level: int, words: str
) -> None:
    clock = FrozenClock(moment=SystemClock().now() - timedelta(hours=hours))
    with opened(folder, clock=clock, ids=CountedIds(1_000_000)) as stage:
        asyncio.run(_signed_by_one(stage))
    remit("inbox")  # whatever command comes next lets begin what has waited
    found = next(one for one in remit("levels", "--json").told if (one["use_case"], one["operation"]) == (CRM, TAGGING))
    assert (found["level"], found["offered"]) == (level, level == 2)
    assert words in " ".join([found["offer"], *found["signed_by"]])
    assert "ines" in " ".join([found["offer"], *found["signed_by"]])
    assert "ines" in remit("levels").out


async def _signed_by_one(stage: Stage) -> None:
    stated = document(small_team={"wait_hours": 24, "why": "We are two."})
    await adopt(stage.house, {"risk_statement": json.dumps(stated)}, "olga")
    for number in range(12):
        await stage.approved(tag(person(number)))
    await stage.leave()
    await judge(stage.house)
    await sign(stage.house, CRM, TAGGING, by="ines", role="risk")
