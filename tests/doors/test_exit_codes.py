"""When a command is refused: a message that says what was asked, found and to do, an exit status of its own, nothing written."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from remit.store.ledger_keys import LEDGER_KEY
from remit.wire import AGENT_KEY, PERSON_TOKEN, SECRET, installation
from tests.doors.doorway import ADA_KEY
from tests.doors.terminal import Remit, Said, commands

ROOT = Path(__file__).parents[2]
_WRITER = """
import sys
from pathlib import Path
from remit.store.sqlite import take_lock

lock = take_lock(Path(sys.argv[1]))
print("I write here", flush=True)
sys.stdin.read()
"""
TAG = ("propose", "--use-case", "crm", "--operation", "contact.tag.add")
VERIFY = ("ledger", "verify")
VIP = (*TAG, "contact=c0001", "tag=vip")


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    found = Path(shutil.copytree(furnished, tmp_path / "data"))
    (found / AGENT_KEY).write_text(ADA_KEY)
    return found


def proposed(remit: Remit) -> str:
    """Propose a tag and return the proposal's id."""
    return str(remit(*VIP, "--json").told["proposal_id"])


def facts(folder: Path) -> int:
    """Return how many facts the file holds."""
    with closing(sqlite3.connect(folder / "remit.db")) as file:
        return int(file.execute("SELECT count(*) FROM facts").fetchone()[0])


def refused(said: Said, status: int, code: str) -> None:
    """Check that a command was refused with a whole message, and printed nothing else."""
    assert (said.status, said.out) == (status, ""), said
    problem = said.problem
    assert problem["code"] == code
    assert problem["title"]
    assert "Traceback" not in said.err


# ------------------------------------------------------------------------------------------------------------------ bad input

PROPOSALS: dict[str, tuple[tuple[str, ...], int, str]] = {
    "an unknown use case": (("propose", "--use-case", "crn", "--operation", "contact.tag.add", "contact=c0001"), 3, "not_found"),
    "another's use case": (
        ("propose", "--use-case", "desk", "--operation", "contact.tag.add", "contact=c0001"),
        4,
        "not_allowed",
    ),
    "an unknown operation": (("propose", "--use-case", "crm", "--operation", "contact.teleport"), 2, "invalid_input"),
    "a missing field": (TAG, 2, "invalid_input"),
    "a wrong type": ((*TAG, "contact=c0001", "tag=7"), 2, "invalid_input"),
    "a value inside a value": ((*TAG, 'contact={"id":"c0001"}', "tag=vip"), 2, "invalid_input"),
    "a record that is not there": ((*TAG, "contact=nobody", "tag=vip"), 2, "invalid_input"),
    "a confidence that is no number": ((*VIP, "--confidence", "nan"), 2, "invalid_input"),
    "a confidence without end": ((*VIP, "--confidence", "inf"), 2, "invalid_input"),
    "a confidence above 1": ((*VIP, "--confidence", "1.5"), 2, "invalid_input"),
    "an argument that is no number": ((*TAG, "contact=c0001", "tag=NaN"), 2, "invalid_input"),
    "an argument without end": ((*TAG, "contact=c0001", "tag=1e999"), 2, "invalid_input"),
    "an argument without a name": ((*TAG, "c0001"), 2, "invalid_input"),
    "an oversized payload": ((*VIP, "--reason", "x" * 100_000, *["--grounds", "x" * 100_000] * 2), 2, "too_large"),
    "a wrong key": ((*VIP, "--key", "nonsense"), 4, "not_authenticated"),
}


@pytest.mark.parametrize(("command", "status", "code"), PROPOSALS.values(), ids=PROPOSALS)
def test_a_proposal_that_cannot_be_is_refused(
    remit: Remit, folder: Path, command: tuple[str, ...], status: int, code: str
) -> None:
    before = facts(folder)
    refused(remit(*command, "--json"), status, code)
    assert facts(folder) == before


SYSTEM = ["an unknown operation", "a missing field", "a wrong type", "a record that is not there"]


@pytest.mark.parametrize("name", SYSTEM)
def test_what_the_connected_system_refuses_says_what_was_asked_found_and_to_do(remit: Remit, name: str) -> None:
    problem = remit(*PROPOSALS[name][0], "--json").problem
    assert problem["title"] == "The request does not fit what this operation takes."
    assert PROPOSALS[name][0][4] in problem["asked"]
    assert problem["found"]
    assert problem["do"]


def test_the_same_call_id_with_other_arguments_is_refused(remit: Remit, folder: Path) -> None:
    remit(*VIP, "--call-id", "one")
    before = facts(folder)
    refused(remit(*TAG, "contact=c0001", "tag=gold", "--call-id", "one", "--json"), 5, "call_id_reused")
    assert facts(folder) == before


UNKNOWN = [("answer", "nothing", "approve"), ("take-back", "nothing"), ("undo", "nothing"), ("answer", "../stops", "approve")]


@pytest.mark.parametrize("command", UNKNOWN, ids=" ".join)
def test_an_unknown_proposal_is_not_found(remit: Remit, folder: Path, command: tuple[str, ...]) -> None:
    before = facts(folder)
    refused(remit(*command, "--json"), 3, "not_found")
    assert facts(folder) == before


def test_a_second_answer_is_refused(remit: Remit, folder: Path) -> None:
    proposal = proposed(remit)
    assert remit("answer", proposal, "approve").status == 0
    before = facts(folder)
    refused(remit("answer", proposal, "reject", "--json"), 5, "already_answered")
    assert facts(folder) == before


def test_what_is_not_done_is_not_undone(remit: Remit, folder: Path) -> None:
    proposal = proposed(remit)
    before = facts(folder)
    for command in ("undo", "take-back"):
        refused(remit(command, proposal, "--json"), 5, "conflict")
    assert facts(folder) == before


OTHERS: dict[str, tuple[tuple[str, ...], int, str]] = {
    "an unknown use case to stop": (("stop", "use-case", "crn"), 2, "invalid_input"),
    "a stop that is none": (("stop", "lift", "everything"), 3, "not_found"),
    "an offer that is none": (("sign", "crm", "contact.tag.add", "--role", "risk"), 3, "not_found"),
    "a role that is none": (("sign", "crm", "contact.tag.add", "--role", "king"), 2, "invalid_input"),
    "an edit without a sign": (("answer", "nothing", "approve_edited", "--edit", "tag"), 3, "not_found"),
}


@pytest.mark.parametrize(("command", "status", "code"), OTHERS.values(), ids=OTHERS)
def test_what_cannot_be_is_refused(remit: Remit, folder: Path, command: tuple[str, ...], status: int, code: str) -> None:
    before = facts(folder)
    refused(remit(*command, "--json"), status, code)
    assert facts(folder) == before


@pytest.mark.parametrize(
    "command", [("answer", "x", "perhaps"), ("inbox", "--limit", "0"), ("nothing",), ("propose",), ("stop",)]
)
def test_a_command_that_does_not_exist_is_a_usage_error(remit: Remit, command: tuple[str, ...]) -> None:
    said = remit(*command)
    assert said.status == 2
    assert "Traceback" not in said.err


def test_people_read_what_was_asked_found_and_to_do(remit: Remit) -> None:
    said = remit("answer", "nothing", "approve")
    assert (said.status, said.out) == (3, "")
    assert [line.split()[0] for line in said.err.splitlines()] == ["remit:", "asked", "found", "do"]


# ------------------------------------------------------------------------------------------------------------------ the folder

EVERY_COMMAND = [
    VIP,
    ("inbox",),
    ("answer", "x", "approve"),
    ("take-back", "x"),
    ("undo", "x"),
    ("levels",),
    ("sign", "crm", "contact.tag.add", "--role", "risk"),
    ("stop", "all"),
    ("stop", "use-case", "crm"),
    ("stop", "lift", "everything"),
    ("stop", "list"),
    ("ledger", "show"),
    VERIFY,
    ("user", "list"),
    ("user", "remove", "x"),
    ("role", "list"),
    ("role", "give", "x", "risk"),
    ("key", "list"),
    ("key", "revoke", "--agent", "x", "--version", "1"),
]


@pytest.mark.parametrize("command", [*EVERY_COMMAND, ("doctor",)], ids=lambda command: command[0])
def test_a_folder_that_was_never_made_is_refused_and_not_made(remit: Remit, tmp_path: Path, command: tuple[str, ...]) -> None:
    nowhere = tmp_path / "nowhere"
    key = ("--key", ADA_KEY) if command is VIP else ()
    refused(remit(*command, *key, "--json", data_dir=nowhere), 6, "not_initialised")
    said = remit("serve", data_dir=nowhere)
    assert (said.status, "remit init" in said.err) == (6, True)
    assert not nowhere.exists()


@pytest.mark.parametrize("command", [("init",), ("demo", "--no-serve")], ids=lambda command: command[0])
def test_a_folder_that_cannot_be_made_is_refused(remit: Remit, tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "a file"
    file.write_text("a shopping list")
    for place in (file, file / "data"):
        refused(remit(*command, "--json", data_dir=place), 6, "store_unavailable")
    assert file.read_text() == "a shopping list"


def test_a_second_writer_is_refused_and_the_first_is_named(remit: Remit, folder: Path) -> None:
    before = facts(folder)
    with another_writer(folder) as process:
        for command in (*EVERY_COMMAND, ("init",)):
            said = remit(*command, "--json")
            if command == VERIFY:
                assert said.told["kind"] == "verified", "it only reads"
                continue
            refused(said, 6, "second_writer")
            assert f"process {process}" in said.problem["found"]
        assert remit("serve").status == 6
    assert facts(folder) == before
    assert remit("inbox", "--json").status == 0


@contextmanager
def another_writer(folder: Path) -> Iterator[int]:
    """Hold the folder in a process of its own."""
    command = [sys.executable, "-c", _WRITER, str(folder)]
    environment = {"PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        yield process.pid
        process.communicate()


DAMAGE = {"another file": b"a shopping list, long enough to look like a file with a header in it\n" * 99, "a torn page": b""}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_refused_and_left_as_it_is(remit: Remit, folder: Path, damage: bytes) -> None:
    path = folder / "remit.db"
    path.write_bytes(damage or torn(path.read_bytes()))
    before = path.read_bytes()
    for command in EVERY_COMMAND:
        refused(remit(*command, "--json"), 6, "store_corrupt")
    assert remit("serve").status == 6
    said = remit("doctor", "--json")
    assert said.status == 1
    assert not all(finding["sound"] for finding in said.told)
    assert path.read_bytes() == before


def torn(whole: bytes) -> bytes:
    """Spoil everything behind the first page."""
    return whole[:4096] + b"\xff" * (len(whole) - 4096)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_sandbox_is_refused_and_keeps_no_hold_of_the_folder(remit: Remit, folder: Path, damage: bytes) -> None:
    path = folder / "sandbox.db"
    whole = path.read_bytes()
    path.write_bytes(damage or torn(whole))
    refused(remit("inbox", "--json"), 9, "connector_failed")
    path.write_bytes(whole)
    assert remit("inbox", "--json").status == 0


@pytest.mark.parametrize("name", [LEDGER_KEY, PERSON_TOKEN])
def test_a_missing_key_is_named_by_the_doctor(remit: Remit, folder: Path, name: str) -> None:
    (folder / name).unlink()
    said = remit("doctor", "--json")
    assert said.status in {1, 6}
    assert remit("inbox").status == 6


@pytest.mark.parametrize("name", [SECRET, PERSON_TOKEN])
def test_an_empty_key_is_named_by_the_doctor(remit: Remit, folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")
    said = remit("doctor", "--json")
    assert (said.status, said.told[0]["sound"]) == (1, False)
    assert name in said.told[0]["found"]
    assert remit("inbox").status == 6


def test_a_key_that_others_may_read_is_named_by_the_doctor(remit: Remit, folder: Path) -> None:
    (folder / PERSON_TOKEN).chmod(0o644)
    said = remit("doctor", "--json")
    assert (said.status, said.told[0]["sound"]) == (1, False)
    assert PERSON_TOKEN in said.told[0]["found"]


@pytest.mark.parametrize("name", ["remit.db", "sandbox.db"])
def test_data_that_others_may_read_are_named_by_the_doctor(remit: Remit, folder: Path, name: str) -> None:
    (folder / name).chmod(0o644)
    said = remit("doctor", "--json")
    [found] = [one for one in said.told if one["what"] == "data"]
    assert (said.status, found["sound"]) == (1, False)
    assert name in found["found"]


def test_a_folder_that_others_may_write_in_is_named_by_the_doctor(remit: Remit, folder: Path) -> None:
    folder.chmod(0o777)
    said = remit("doctor", "--json")
    assert (said.status, [one["what"] for one in said.told if not one["sound"]]) == (1, ["data"])


def test_a_changed_fact_is_named(remit: Remit, folder: Path) -> None:
    proposed(remit)
    remit("ledger", "verify")
    with closing(sqlite3.connect(folder / "remit.db")) as file, file:
        file.execute("UPDATE facts SET body = replace(body, 'vip', 'VIP'), actor = 'person:eve' WHERE seq = 3")
    said = remit("ledger", "verify", "--json")
    assert (said.status, said.told["kind"], said.told["seq"]) == (10, "broken", 3)
    assert remit("doctor").status == 1


# ------------------------------------------------------------------------------------------------------------------ the address


def test_a_busy_port_is_refused_and_the_folder_is_free_again(remit: Remit, folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = remit("serve", "--port", port)
    assert (said.status, said.out) == (7, "")
    assert f"127.0.0.1:{port}" in said.err
    assert not (folder / "server.json").exists()
    assert remit("inbox", "--json").status == 0


@pytest.mark.parametrize(("name", "value"), [("REMIT_PORT", "many"), ("REMIT_PORT", "70000"), ("REMIT_PORT", "-1")])
def test_a_setting_that_makes_no_sense_is_named(remit: Remit, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    said = remit("serve")
    assert (said.status, name in said.err) == (2, True)


def test_the_data_folder_can_be_a_setting(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    remit = commands(folder, monkeypatch, capsys)
    monkeypatch.setenv("REMIT_DATA_DIR", str(folder / "nowhere"))
    assert remit("inbox", "--json").status == 0, "what stands on the command line wins"
    assert json.loads(remit("stop", "list", "--json").out) == []
    with installation(folder) as opened:
        assert opened.folder == folder
