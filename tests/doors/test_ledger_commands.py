"""The ledger by commands: verified, proven, handed out, held against what comes back, exported, its key changed."""

from __future__ import annotations

import asyncio
import json
import shutil
from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from remit.core.flat import TABLES
from remit.core.types import Role
from remit.ledgerproof import leaf_hash, verify_consistency, verify_inclusion
from remit.store.ledger_keys import FIRST, make_key
from remit.store.outside import FOLDER
from remit.store.sqlite import FILE, take_lock
from tests.doors.sessions_of import account, password
from tests.doors.terminal import Remit, Said
from tests.flow.stage import copied
from tests.store.small_house import in_file


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(furnished, tmp_path / "data"))


def refused(said: Said, status: int, code: str) -> dict[str, str]:
    """Check that a command was refused with a whole message."""
    assert said.status == status, said
    problem = said.problem
    assert (problem["code"], bool(problem["asked"]), bool(problem["found"]), bool(problem["do"])) == (code, True, True, True)
    return problem


def raw(texts: Sequence[str]) -> list[bytes]:
    """Decode hashes."""
    return [b64decode(text) for text in texts]


# --------------------------------------------------------------------------------------------------------------- verification


def test_verify_says_how_much_is_sealed_and_that_nothing_from_outside_confirms_it(remit: Remit) -> None:
    told = remit("ledger", "verify", "--json").told
    assert (told["kind"], told["tail"], told["held_against"]) == ("verified", told["facts"], "internally consistent")
    assert f"the last {told['facts']} are not sealed yet" in remit("ledger", "verify").out
    remit("ledger", "checkpoint")
    told = remit("ledger", "verify", "--json").told
    assert (told["tail"], told["sealed"]) == (0, told["facts"])
    words = remit("ledger", "verify").out
    assert "none is unsealed" in words
    assert "The ledger is internally consistent." in words


def test_a_checkpoint_that_comes_back_confirms_the_ledger_and_is_remembered(remit: Remit, folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    size = remit("ledger", "checkpoint", "--out", kept, "--json").told["size"]
    remit("stop", "all", "--reason", "look")
    remit("ledger", "rotate-key")
    told = remit("ledger", "import-checkpoint", kept, "--json").told
    assert (told["size"], told["outside"], Path(told["path"]).parent) == (size, size, folder / FOLDER)
    remit("ledger", "import-checkpoint", kept)
    assert len(list((folder / FOLDER).iterdir())) == 1, "the same one twice is kept once"
    assert f"verified against an outside checkpoint of {size}" in remit("ledger", "verify").out


def test_a_history_that_was_moved_is_told_by_the_checkpoint_that_comes_back(remit: Remit, folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    size = remit("ledger", "checkpoint", "--out", kept, "--json").told["size"]
    in_file(folder / FILE, ("DELETE FROM checkpoints", ()), ("DELETE FROM facts WHERE seq = ?", (size,)))
    assert remit("ledger", "verify", "--json").told["held_against"] == "internally consistent"
    problem = refused(remit("ledger", "import-checkpoint", kept, "--json"), 10, "ledger_broken")
    assert problem["title"] == "The ledger and the checkpoint do not agree."
    assert f"covers {size} facts, only {size - 1} are here" in problem["found"]
    assert not (folder / FOLDER).exists()
    assert f"covers {size} facts" in remit("ledger", "verify", "--checkpoint", kept).err


def test_a_checkpoint_kept_here_that_was_tampered_with_is_named(remit: Remit, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    remit("ledger", "checkpoint", "--out", kept)
    (name,) = [Path(remit("ledger", "import-checkpoint", kept, "--json").told["path"])]
    name.write_text("nothing")
    assert f"{FOLDER}/{name.name} cannot be read" in remit("ledger", "verify").err


def test_a_broken_fact_is_named_by_number(remit: Remit, folder: Path) -> None:
    in_file(folder / FILE, ("UPDATE facts SET actor = 'person:eve' WHERE seq = 2", ()))
    said = remit("ledger", "verify")
    assert (said.status, "fact 2: what stands beside the fact" in said.err) == (10, True)
    refused(remit("ledger", "rebuild", "--json"), 10, "ledger_broken")


# --------------------------------------------------------------------------------------------------------------------- proofs


def test_a_proven_fact_can_be_checked_from_what_is_printed_alone(remit: Remit) -> None:
    remit("ledger", "checkpoint")
    told = remit("ledger", "prove", "3", "--json").told
    leaf = leaf_hash(told["body"].encode())
    assert b64decode(told["leaf_hash"]) == leaf
    assert verify_inclusion(leaf, told["leaf"], told["size"], raw(told["proof"]), b64decode(told["root"]))
    assert told["note"].split("\n")[1:3] == [str(told["size"]), told["root"]]
    by_id = remit("ledger", "prove", json.loads(told["body"])["id"], "--json").told
    assert by_id == told


def test_growth_can_be_checked_from_what_is_printed_alone(remit: Remit) -> None:
    told = remit("ledger", "consistency", "2", "5", "--json").told
    old, new = b64decode(told["old_root"]), b64decode(told["root"])
    assert verify_consistency(2, 5, old, new, raw(told["proof"]))


def test_a_fact_that_is_not_what_was_signed_is_not_proven(remit: Remit, folder: Path) -> None:
    remit("ledger", "checkpoint")
    in_file(folder / FILE, ("UPDATE facts SET body = replace(body, 'ann', 'eve') WHERE seq = 3", ()))
    in_file(folder / FILE, ("UPDATE facts SET body = replace(body, '2026', '2027') WHERE seq = 3", ()))
    refused(remit("ledger", "prove", "3", "--json"), 10, "ledger_broken")


# -------------------------------------------------------------------------------------------------------------------- exports


def test_an_export_verifies_without_the_house_and_its_data_folder(remit: Remit, folder: Path, tmp_path: Path) -> None:
    out, kept, key = tmp_path / "ledger.jsonl", tmp_path / "kept.txt", tmp_path / "key.txt"
    facts = remit("ledger", "export", "--out", out, "--json").told["facts"]
    remit("ledger", "checkpoint", "--out", kept)
    shutil.copy(folder / FIRST, key)
    shutil.rmtree(folder)
    told = remit("ledger", "verify", "--export", out, "--public-key", key, "--json").told
    assert (told["facts"], told["tail"], told["held_against"]) == (facts, 0, "internally consistent")
    words = remit("ledger", "verify", "--export", out, "--public-key", key.read_text().strip(), "--checkpoint", kept).out
    assert f"verified against an outside checkpoint of {facts}" in words
    assert "internally consistent, by the key that the file names itself" in remit("ledger", "verify", "--export", out).out
    out.write_text(out.read_text().replace("person:", "nobody:", 1))
    assert remit("ledger", "verify", "--export", out, "--public-key", key).status == 10


@pytest.mark.parametrize("table", ["facts", "decisions", "answers", "attempts"])
def test_flat_exports_are_lines_that_tables_read(remit: Remit, tmp_path: Path, table: str) -> None:
    out = tmp_path / f"{table}.jsonl"
    rows = remit("export", table, "--out", out, "--json").told["rows"]
    if rows:
        with duckdb.connect() as tables:
            assert tables.execute("SELECT count(*) FROM read_json(?)", [str(out)]).fetchall() == [(rows,)]
            columns = tables.execute("SELECT * FROM read_json(?) LIMIT 0", [str(out)]).description or []
        assert [name for name, *_ in columns] == list(TABLES[table][0].__struct_fields__)
    else:
        assert out.read_bytes() == b""


def test_who_may_not_export_takes_nothing_out(remit: Remit, furnished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.rmtree(folder)
    with copied(furnished, folder) as stage:
        asyncio.run(account(stage, "dana", Role.REVIEWER))
    secret = tmp_path / "password"
    secret.write_text(password("dana"))
    assert remit("login", "dana", "--password-file", secret).status == 0
    for command in (("ledger", "export"), ("export", "facts")):
        refused(remit(*command, "--out", tmp_path / "out", "--json"), 4, "not_allowed")
    assert not (tmp_path / "out").exists()
    assert remit("ledger", "rotate-key", "--json").status == 4
    assert remit("ledger", "checkpoint").status == 0


# ---------------------------------------------------------------------------------------------------------- rebuild and refusal


def test_a_rebuild_says_what_differs_and_mends_it_and_a_dry_run_only_says_it(remit: Remit, folder: Path) -> None:
    in_file(folder / FILE, ("UPDATE qa_rates SET rate_ppm = 999999", ()), ("INSERT INTO stops (scope) VALUES ('everything')", ()))
    told = remit("ledger", "rebuild", "--dry-run", "--json").told
    assert (told["dry_run"], bool(told["differences"])) == (True, True)
    assert "Nothing was changed." in remit("ledger", "rebuild", "--dry-run").out
    assert "It was written anew" in remit("ledger", "rebuild").out
    assert remit("ledger", "rebuild", "--dry-run", "--json").told["differences"] == []


def test_nothing_is_rebuilt_while_somebody_writes(remit: Remit, folder: Path) -> None:
    with take_lock(folder):
        refused(remit("ledger", "rebuild", "--json"), 6, "second_writer")


BAD: dict[str, tuple[tuple[str, ...], int, str]] = {
    "a fact that is not there": (("ledger", "prove", "999"), 3, "not_found"),
    "a fact by a name that is none": (("ledger", "prove", "nobody"), 3, "not_found"),
    "a fact that is not sealed": (("ledger", "prove", "2"), 3, "not_found"),
    "sizes the wrong way round": (("ledger", "consistency", "5", "3"), 2, "invalid_input"),
    "a size that never was": (("ledger", "consistency", "5", "999"), 2, "invalid_input"),
    "a size beyond everything": (("ledger", "consistency", "5", "9" * 30), 2, "invalid_input"),
    "a fact beyond everything": (("ledger", "prove", "9" * 30), 3, "not_found"),
    "a key as long as a book": (("ledger", "verify", "--public-key", "x" * 9000), 2, "invalid_input"),
    "no tree to grow from": (("ledger", "consistency", "0", "3"), 2, "invalid_input"),
    "a checkpoint that is not there": (("ledger", "import-checkpoint", "nowhere"), 3, "not_found"),
    "a checkpoint that is none": (("ledger", "import-checkpoint", "words"), 2, "invalid_input"),
    "an export that is not there": (("ledger", "verify", "--export", "nowhere"), 3, "not_found"),
    "an export that is a folder": (("ledger", "verify", "--export", "."), 3, "not_found"),
    "an export that is none": (("ledger", "verify", "--export", "words"), 2, "invalid_input"),
    "a key that is none": (("ledger", "verify", "--public-key", "hello"), 2, "invalid_input"),
    "a file without a key": (("ledger", "verify", "--public-key", "words"), 2, "invalid_input"),
    "an export over a file": (("ledger", "export", "--out", "words"), 5, "conflict"),
    "an export into nowhere": (("export", "facts", "--out", "no/where"), 6, "store_unavailable"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_is_refused_with_a_message(remit: Remit, tmp_path: Path, name: str) -> None:
    command, status, code = BAD[name]
    (tmp_path / "words").write_text("only words\n")
    refused(remit(*command, "--json"), status, code)
    assert (tmp_path / "words").read_text() == "only words\n"


def test_a_checkpoint_of_another_ledger_is_told(remit: Remit, furnished: Path, tmp_path: Path) -> None:
    other, kept = Path(shutil.copytree(furnished, tmp_path / "other")), tmp_path / "kept.txt"
    make_key(other)
    assert remit("ledger", "checkpoint", "--out", kept, data_dir=other).status == 0
    problem = refused(remit("ledger", "import-checkpoint", kept, "--json"), 2, "invalid_input")
    assert "remit-ledger/" in problem["found"]


@pytest.mark.parametrize(
    "command", [("verify",), ("prove", "1"), ("consistency", "1", "2"), ("export", "--out", "x"), ("rebuild",)]
)
def test_a_folder_without_a_ledger_is_told(remit: Remit, tmp_path: Path, command: tuple[str, ...]) -> None:
    refused(remit("ledger", *command, "--json", data_dir=tmp_path / "none"), 6, "not_initialised")
