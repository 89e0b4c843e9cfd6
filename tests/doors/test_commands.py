"""The commands: each does what it says on a folder that nobody serves, and prints JSON and nothing else when asked to."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer

from remit.cli.main import app
from remit.core.lifecycle import State
from remit.flow.adopt import adopt
from remit.flow.judge import judge
from remit.runner.local import drain
from remit.store.ledger_keys import LEDGER_KEY
from remit.store.sqlite import FILE
from remit.wire import AGENT_KEY, PERSON_TOKEN, SECRET, installation
from tests.doors.doorway import ADA_KEY, answering
from tests.doors.terminal import Remit
from tests.flow.stage import CRM, CountedIds, FrozenClock, Stage, charter, every_operation, furnish, person, tag

NOT_SERVED = "serve"
"""The one command that prints no JSON: it ends when it is told to."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Furnish a folder where an approval leaves at once, so that commands on the real clock need not wait."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    furnish(folder)
    quick = json.dumps(charter(CRM, every_operation(), take_back_seconds=0))
    with installation(folder) as opened:
        asyncio.run(adopt(opened.house, {"charter:crm": quick}, "olga"))
    (folder / AGENT_KEY).write_text(ADA_KEY)
    return folder


def propose(remit: Remit, contact: str = "c0001", *more: str) -> dict[str, Any]:
    """Propose a tag and return the reply."""
    asked = ("propose", "--use-case", "crm", "--operation", "contact.tag.add", f"contact={contact}", "tag=vip")
    said = remit(*asked, *more, "--json")
    assert said.status == 0, said.err
    found = said.told
    assert isinstance(found, dict)
    return found


@contextmanager
def on_stage(folder: Path) -> Iterator[Stage]:
    """Open the folder between two commands, on the real clock."""
    with installation(folder) as found:
        yield Stage(opened=found, house=found.house, clock=FrozenClock(), ids=CountedIds())


def tagged(folder: Path, name: str = "vip") -> bool:
    """Whether the first contact carries a tag."""
    with on_stage(folder) as stage:
        return stage.has_tag(name=name)


# ----------------------------------------------------------------------------------------------------------------------- JSON


def every_command() -> dict[str, Any]:
    """Return every command by its whole name."""
    found: dict[str, Any] = {}

    def walk(command: Any, name: str) -> None:
        for part, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{name} {part}".strip())
        if not hasattr(command, "commands"):
            found[name] = command

    walk(typer.main.get_command(app), "")
    return found


def test_every_command_can_print_json() -> None:
    without = [name for name, one in every_command().items() if "--json" not in {o for p in one.params for o in p.opts}]
    assert without == [NOT_SERVED]


def test_a_proposal_goes_its_whole_way_by_commands_that_print_json(remit: Remit, folder: Path) -> None:
    reply = propose(remit, "c0001", "--confidence", "0.9", "--grounds", "job", "--reason", "she asked")
    proposal = reply["proposal_id"]
    assert (reply["verdict"], reply["state"]) == ("hold", "held")
    (item,) = remit("inbox", "--json").told
    assert (item["proposal"], item["arguments"], item["claim"]) == (proposal, {"contact": "c0001", "tag": "vip"}, "she asked")
    assert remit("answer", proposal, "approve", "--as", "dana", "--json").told["answered_by"] == "dana"
    assert remit("inbox", "--json").told == []
    assert tagged(folder)
    assert remit("undo", proposal, "--reason", "wrong", "--as", "dana", "--json").told["state"] in {"undoing", "undone"}
    assert not tagged(folder)
    facts = remit("ledger", "show", "--limit", "1000", "--json").told
    way = ["Proposed", "Decided", "Answered", "Released", "Started", "Done", "Observed", "UndoAsked", "UndoStarted", "Undone"]
    assert [one["kind"] for one in facts if one["fact"].get("proposal") == proposal] == way
    assert remit("ledger", "verify", "--json").told["kind"] == "verified"


def test_violations_are_listed_and_settled_by_commands(remit: Remit) -> None:
    assert remit("violations").out.strip() == "No rule was broken."
    reply = propose(remit, "c0001", "--grounds", "age")
    assert reply["verdict"] == "block"
    words = " ".join(remit("violations", "--open", "--use-case", "crm").out.split())
    assert "rule outside_window by ada where crm, contact.tag.add owner marketing_ops how it stands open until" in words
    (found,) = remit("violations", "--json").told
    assert (found["overdue"], found["escalated_at"], found["due_at"] > found["found_at"]) == (False, None, True)
    assert found["proposal"] == reply["proposal_id"]
    said = remit("violations", "settle", found["violation"], "--note", "told the team", "--as", "ravi")
    assert said.out.strip() == f"{found['violation']} is settled: outside_window by ada."
    assert remit("violations", "--open", "--json").told == []
    nowhere = remit("violations", "--use-case", "nosuch", "--json")
    assert (nowhere.status, nowhere.problem["code"], "crm" in nowhere.problem["found"]) == (3, "not_found", True)
    assert " ".join(remit("violations").out.split()).endswith("by ravi")
    assert remit("violations", "settle", found["violation"], "--note", "again").status == 5


PLAIN = [
    *[("doctor",), ("violations",), ("inbox",), ("levels",), ("stop", "list"), ("ledger", "show"), ("ledger", "verify")],
    ("init",),
    *[("ledger", "checkpoint"), ("ledger", "key"), ("ledger", "consistency", "1", "3")],
    *[("ledger", "rotate-key"), ("ledger", "rebuild"), ("ledger", "rebuild", "--dry-run")],
    *[("user", "list"), ("role", "list"), ("key", "list"), ("logout",)],
]


@pytest.mark.parametrize("command", PLAIN, ids=" ".join)
def test_json_is_all_there_is_and_people_get_words(remit: Remit, command: tuple[str, ...]) -> None:
    propose(remit)
    said = remit(*command, "--json")
    assert (said.status, said.err) == (0, "")
    assert said.told is not None
    words = remit(*command)
    assert (words.status, words.err) == (0, "")
    assert words.out.strip()


# ------------------------------------------------------------------------------------------------------------------- each command


def test_an_edit_changes_only_what_it_names(remit: Remit, folder: Path) -> None:
    proposal = propose(remit)["proposal_id"]
    shown = remit("answer", proposal, "approve_edited", "--edit", "tag=gold", "--json").told
    assert shown["arguments"] == {"contact": "c0001", "tag": "gold"}
    assert (tagged(folder, "gold"), tagged(folder)) == (True, False)


def test_an_edit_of_a_number_keeps_its_sort(remit: Remit) -> None:
    asked = ("propose", "--use-case", "crm", "--operation", "lead.score.update", "contact=c0001", "score=7")
    proposal = remit(*asked, "--json").told["proposal_id"]
    shown = remit("answer", proposal, "approve_edited", "--edit", "score=8", "--json").told
    assert shown["arguments"] == {"contact": "c0001", "score": 8}


def test_a_dry_run_says_so_and_leaves_nothing(remit: Remit) -> None:
    reply = propose(remit, "c0001", "--dry-run")
    assert (reply["proposal_id"], reply["allowed_if"]) == ("", ["the use case had earned level 3 for this operation"])
    assert remit("inbox", "--json").told == []
    assert (
        "nothing was written"
        in remit("propose", "--use-case", "crm", "--operation", "contact.tag.add", "contact=c0001", "tag=vip", "--dry-run").out
    )


def test_why_names_the_action_the_reason_what_would_help_and_what_became_of_it(remit: Remit) -> None:
    proposal = propose(remit)["proposal_id"]
    assert remit("why", proposal).out.splitlines() == [
        "Held for a person: Add a tag to a contact (contact.tag.add) on contact/c0001, use case crm.",
        "At level 2 (Recommend) an action of low risk that is easy to undo waits for a person.",
        "It would have been allowed if the use case had earned level 3 for this operation.",
        "It waits for a person now. Decided under policy 2; deciding it again gives the same.",
    ]
    remit("answer", proposal, "approve")
    told = remit("why", proposal, "--json").told
    assert (told["verdict"], told["state"], told["decided_again"], told["level"]) == ("hold", "done", "same", 2)
    assert remit("why", proposal).out.splitlines()[-1].startswith("It was carried out.")


def test_why_says_what_a_rule_saw(remit: Remit, folder: Path) -> None:
    rule = {"when": "claimed.confidence_ppm < 500000", "verdict": "block", "because": "The agent is unsure."}
    strict = json.dumps(charter(CRM, every_operation(), rules={"unsure": rule}))
    with installation(folder) as opened:
        asyncio.run(adopt(opened.house, {"charter:crm": strict}, "olga"))
    said = remit("why", propose(remit, "c0001", "--confidence", "0.1")["proposal_id"]).out.splitlines()
    assert said[1] == "The agent is unsure. (Rule unsure: the agent's confidence in millionths 100000 < 500000.)"
    assert "the agent's confidence in millionths were at least 500000" in said[-2]


def test_the_same_call_id_is_the_same_proposal(remit: Remit) -> None:
    first, second = (propose(remit, "c0001", "--call-id", "one") for _ in range(2))
    assert first == second


def test_a_stop_is_ordered_listed_and_lifted(remit: Remit, folder: Path) -> None:
    proposal = propose(remit)["proposal_id"]
    assert remit("stop", "all", "--reason", "a doubt", "--json").told["waiting"] == 1
    assert remit("stop", "use-case", "crm", "--json").told["scope"] == "use_case:crm"
    assert [one["scope"] for one in remit("stop", "list", "--json").told] == ["everything", "use_case:crm"]
    assert remit("answer", proposal, "approve", "--json").told["state"] == "leaving"
    assert "until somebody else agrees" in remit("stop", "lift", "everything", "--as", "ines").out
    assert "ines wants it lifted at level 2" in remit("stop", "list").out
    assert remit("stop", "lift", "everything", "--as", "ravi", "--json").told["held_again"] == 0
    assert not tagged(folder)
    remit("stop", "lift", "use_case:crm", "--as", "ines")
    assert "1 actions are held again" in remit("stop", "lift", "use_case:crm", "--as", "ravi").out
    assert remit("inbox", "--json").told[0]["state"] == "held"
    assert not tagged(folder)


def test_two_people_sign_a_level(remit: Remit, folder: Path) -> None:
    asyncio.run(clean_answers(folder))
    offered = [one for one in remit("levels", "--json").told if one["offered"]]
    assert [(one["use_case"], one["operation"], one["level"]) for one in offered] == [("crm", "contact.tag.add", 2)]
    sign = ("sign", "crm", "contact.tag.add", "--json", "--role")
    assert remit(*sign, "risk", "--as", "ravi").told == {"begun": False}
    assert remit(*sign, "line_of_business", "--as", "ravi").status == 5
    assert remit(*sign, "line_of_business", "--as", "ines").told == {"begun": True}
    assert [one["level"] for one in remit("levels", "--json").told if one["operation"] == "contact.tag.add"] == [3, 1]


async def clean_answers(folder: Path) -> None:
    """Have so many tags approved and carried out that a level is offered."""
    with on_stage(folder) as stage:
        for number in range(12):
            await stage.approved(tag(person(number)))
        await drain(stage.house)
        await judge(stage.house)


def test_init_makes_a_folder_that_can_be_used_at_once(remit: Remit, tmp_path: Path) -> None:
    fresh = tmp_path / "a" / "b"
    made = remit("init", "--contacts", "20", "--json", data_dir=fresh)
    assert (made.status, made.told["made"], made.told["policy"]) == (0, True, 1)
    assert all(path.stat().st_mode & 0o077 == 0 for path in fresh.iterdir() if path.suffix in {".secret", ".key", ".token"})
    asked = ("propose", "--use-case", "score", "--operation", "contact.tag.add", "contact=c00001", "tag=not-now", "--json")
    assert remit(*asked, data_dir=fresh).told["state"] == "held"
    again = remit("init", "--json", data_dir=fresh)
    assert (again.told["made"], again.told["policy"]) == (False, 1)
    assert len(remit("inbox", "--json", data_dir=fresh).told) == 1
    assert remit("doctor", "--json", data_dir=fresh).status == 0
    shown = remit("init", data_dir=fresh).out
    assert all(f"remit {name}" in shown for name in ("propose", "inbox", "serve", "charter new"))


LEFT: dict[str, tuple[str, ...]] = {
    "the first key": (LEDGER_KEY,),
    "all keys": (LEDGER_KEY, PERSON_TOKEN, SECRET),
    "an empty file": (LEDGER_KEY, PERSON_TOKEN, SECRET, FILE),
}


@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT)
def test_an_init_that_was_cut_off_is_finished_by_the_next(remit: Remit, tmp_path: Path, left: tuple[str, ...]) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    remit("init", "--contacts", "5", data_dir=whole)
    cut.mkdir()
    for name in left:
        shutil.copy(whole / name, cut / name)
    if FILE in left:
        (cut / FILE).write_bytes(b"")
    assert remit("doctor", data_dir=cut).status in {1, 6}
    assert remit("init", "--contacts", "5", "--json", data_dir=cut).status == 0
    assert remit("doctor", data_dir=cut).status == 0
    asked = ("propose", "--use-case", "score", "--operation", "contact.tag.add", "contact=c00001", "tag=not-now", "--json")
    assert remit(*asked, data_dir=cut).told["state"] == "held"


def test_whatever_init_makes_is_for_its_owner_alone(remit: Remit, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    assert remit("init", "--contacts", 1, data_dir=fresh).status == 0
    with installation(fresh):  # while it is open, SQLite keeps its own files beside the databases
        modes = {path.name: path.stat().st_mode & 0o777 for path in fresh.iterdir()}
    assert (fresh.stat().st_mode & 0o777, set(modes.values())) == (0o700, {0o600})
    assert {"remit.db", "remit.db-wal", "sandbox.db"} <= set(modes)


def test_a_key_that_is_written_again_is_for_its_owner_alone(remit: Remit, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / LEDGER_KEY).write_text("")
    (fresh / LEDGER_KEY).chmod(0o644)
    assert remit("init", "--contacts", "5", data_dir=fresh).status == 0
    assert remit("doctor", data_dir=fresh).status == 0


def test_an_init_before_the_agents_key_is_finished_by_the_next(remit: Remit, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    remit("init", "--contacts", "5", data_dir=fresh)
    (fresh / AGENT_KEY).unlink()
    assert remit("init", "--contacts", "5", data_dir=fresh).status == 0
    asked = ("propose", "--use-case", "score", "--operation", "contact.tag.add", "contact=c00001", "tag=not-now", "--json")
    assert remit(*asked, data_dir=fresh).told["state"] == "held"


def test_no_new_keys_are_made_beside_an_old_ledger(remit: Remit, folder: Path) -> None:
    (folder / SECRET).unlink()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert remit("init", "--json").problem["code"] == "not_initialised"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_words_of_people_and_agents_are_shown_as_they_are(remit: Remit) -> None:
    odd = "[red]x[/red] [/nothing] [link=http://x]y[/link]"
    remit("propose", "--use-case", "crm", "--operation", "note.create", "contact=c0001", f"text={odd}")
    assert odd.replace(" ", "") in "".join(remit("inbox").out.split())
    assert remit("stop", "all", "--reason", odd, "--as", odd).status == 0
    shown = remit("ledger", "show", "--limit", "1000")
    assert shown.status == 0
    assert "[/nothing]" in shown.out


@pytest.mark.parametrize("name", ["Jürgen", "李", "a\nb", "100 %", "dana@example.org"])
def test_a_person_is_called_by_her_name(remit: Remit, name: str) -> None:
    assert remit("stop", "all", "--as", name, "--json").status == 0
    assert remit("ledger", "show", "--limit", "1000", "--json").told[-1]["actor"] == f"person:{name}"


@pytest.mark.parametrize("key", ["kéy", "a\nb", " ", "x" * 10_000])
def test_a_key_of_any_shape_is_only_wrong(remit: Remit, key: str) -> None:
    asked = ("propose", "--use-case", "crm", "--operation", "contact.tag.add", "--key", key, "--json")
    assert remit(*asked).problem["code"] == "not_authenticated"


# ---------------------------------------------------------------------------------------------- what a command carries out first


def test_a_stop_comes_before_what_is_due(remit: Remit, folder: Path) -> None:
    leaving(folder)
    assert remit("stop", "all", "--json").told["waiting"] == 1
    assert not tagged(folder)


def test_a_take_back_comes_before_what_is_due(remit: Remit, folder: Path) -> None:
    proposal = leaving(folder)
    assert remit("take-back", proposal, "--as", "dana", "--json").told["state"] == "held"
    assert not tagged(folder)


def test_another_command_carries_out_what_is_due(remit: Remit, folder: Path) -> None:
    leaving(folder)
    remit("inbox")
    assert tagged(folder)


def test_a_command_finishes_what_a_crash_left(remit: Remit, folder: Path) -> None:
    with on_stage(folder) as stage:
        stage.between().dies = KeyboardInterrupt(), False
        action = asyncio.run(stage.approved(tag()))
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(drain(stage.house))
        assert stage.state(action) is State.STARTED
    remit("inbox")
    assert tagged(folder)


def leaving(folder: Path) -> str:
    """Have an approved proposal whose window has closed and that nobody carried out yet."""
    with on_stage(folder) as stage:
        return asyncio.run(stage.approved(tag())).proposal


# ---------------------------------------------------------------------------------------------------------- a server that is none


async def test_a_stranger_where_a_server_was_never_hears_the_token(remit: Remit, folder: Path) -> None:
    async with answering("200 OK", "[]") as stranger:
        left_behind = {"address": stranger.address, "process": 1}
        (folder / "server.json").write_text(json.dumps(left_behind))
        said = await asyncio.to_thread(remit, "inbox", "--json")
    assert (said.status, said.told) == (0, [])
    assert not any(b"authorization" in one.lower() for one in stranger.heard)


@pytest.mark.parametrize("left", ["", "{", "[]", '{"address": 7}', '{"address": "http://127.0.0.1:1", "process": 1}', "null"])
def test_what_a_server_left_behind_does_not_stand_in_the_way(remit: Remit, folder: Path, left: str) -> None:
    (folder / "server.json").write_text(left)
    assert remit("inbox", "--json").told == []
