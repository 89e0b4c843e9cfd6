"""The verifier on the page about the ledger's format is a second one: it finds what ours finds, from the page alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from remit.ledgerproof.export_lines import verify_export
from remit.ledgerproof.note import read_note, write_public
from remit.ledgerproof.verify import Broken, Verified
from remit.store.ledger_keys import first_key
from remit.store.ledger_lines import exported
from remit.store.sqlite import FILE
from tests.store.small_house import START, begin, hold
from tests.store.test_key_change import desk, rotate

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "the-ledgers-format.md").read_text(encoding="utf-8")
[VERIFIER] = re.findall(r"^```python verifier\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export a ledger with two keys, and put the verifier of the page and the first key beside it."""
    folder = tmp_path_factory.mktemp("format")
    with desk(folder / "data") as (store, found):
        store.write_now(begin)
        found.sealer.seal(START)
        store.write_now(hold("Zoë"))
        rotate(store, found)
        store.write_now(hold("p2"))
        found.sealer.seal(START)
        store.write_now(hold("p3"))
    with exported(folder / "data" / FILE, first_key(folder / "data")) as export:
        (folder / "ledger.jsonl").write_bytes(b"".join(export.lines))
    (folder / "verifier.py").write_text(VERIFIER, encoding="utf-8")
    (folder / "key").write_text(write_public(first_key(folder / "data")))
    return folder


def second_opinion(folder: Path, export: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier of the page, with nothing of Remit in reach."""
    command = [sys.executable, "-I", str(folder / "verifier.py"), str(export), (folder / "key").read_text()]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=folder)


def test_the_verifier_of_the_page_takes_an_honest_ledger(ledger: Path) -> None:
    said = second_opinion(ledger, ledger / "ledger.jsonl")
    assert said.stdout == "10 facts hold, 8 of them under 3 checkpoints\n", said.stderr
    lines = (ledger / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    assert verify_export(lines) == Verified(facts=10, sealed=8, checkpoints=3, keys=2)


@pytest.mark.parametrize("seed", range(12))
def test_the_verifier_of_the_page_refuses_what_ours_refuses(ledger: Path, tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    lines = (ledger / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    place = random.randrange(5, len(lines))  # behind the header and three checkpoints, and one fact
    match seed % 4:
        case 0:
            del lines[place]
        case 1:
            lines[place] = lines[place].replace(b'"body":"{', b'"body":"{ ')
        case 2:
            lines[place], lines[place - 1] = lines[place - 1], lines[place]
        case _:
            sealed = random.randrange(1, 4)
            lines[sealed] = lines[sealed][:-60] + bytes([lines[sealed][-60] ^ 1]) + lines[sealed][-59:]
    changed = tmp_path / "changed.jsonl"
    changed.write_bytes(b"".join(lines))
    assert isinstance(verify_export(lines), Broken)
    assert second_opinion(ledger, changed).returncode != 0


def test_the_note_on_the_page_is_one_that_can_be_read() -> None:
    [note] = re.findall(r"^```text\n(remit-ledger/.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert (read_note(note).size, len(read_note(note).signed)) == (12, 1)
