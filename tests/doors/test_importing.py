"""`remit import`: what is wrong with a table is said clearly and nothing of it comes in; what fits comes in whole."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from remit.connectors.sandbox_world import SandboxWorld
from remit.core.types import Record
from remit.flow.erase import Wish, erase
from remit.web import import_jobs
from remit.wire import INCOMING, installation
from tests.doors.terminal import Remit, Said
from tests.flow.stage import CRM, CountedIds, FrozenClock, opened, tag

GOOD = "id,name,job\nk1,Ada,clerk\nk2,Bea,nurse\nk3,Cy,cook\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return where the table lies."""
    return tmp_path / "table.csv"


def contacts(remit: Remit, table: Path, *options: str) -> Said:
    """Import contacts."""
    return remit("import", "contacts", table, *options, "--json")


def there(folder: Path) -> list[str]:
    """Return which of the imported contacts are in the sandbox."""
    with installation(folder) as opened:
        world: SandboxWorld = opened.sandbox.world
        return [name for name in ("k1", "k2", "k3") if world.record(Record(kind="contact", id=name)).exists]


def imported(remit: Remit) -> list[dict[str, Any]]:
    """Return what was imported."""
    found: list[dict[str, Any]] = remit("import", "list", "--json").told
    return found


def test_a_good_table_comes_in_whole_and_the_ledger_says_so(remit: Remit, folder: Path, table: Path) -> None:
    table.write_text(GOOD)
    told = contacts(remit, table).told
    assert (told["stage"], told["taken"], told["rejected"]) == ("done", 3, 0)
    assert there(folder) == ["k1", "k2", "k3"]
    [one] = imported(remit)
    assert (one["what"], one["rows"], one["left_out"], len(one["digest"])) == ("contacts", 3, 0, 64)
    assert list((folder / INCOMING).iterdir()) == [], "the file is not kept"
    assert "3 contacts imported." in remit("import", "contacts", table, "--yes").out


WRONG: dict[str, tuple[bytes, tuple[str, ...], str, str]] = {
    "encoding": (b"id,name\nk1,J\xfcrgen\n", (), "not utf-8", "--encoding cp1252"),
    "encoding of a spreadsheet": ("id,name\nk1,Ada\n".encode("utf-16"), (), "UTF-16", "--encoding utf-16"),
    "no text": (b"PK\x03\x04\x00\x00\x00id,name", (), "no text", "Export the table as CSV"),
    "delimiter": (b"id^name\nk1^Ada\n", (), "no column id", "--delimiter"),
    "missing column": (b"name,job\nAda,clerk\n", (), "no column id; separated by `,` it has name, job", "--map id=NAME"),
    "bad dates": (
        b"id,since_date\nk1,2026-01-01\nk2,01.02.2026\n",
        (),
        "1 rows that do not fit, the first in line 3, since_date",
        "2026",
    ),
    "duplicates": (b"id,name\nk1,Ada\nk1,Bea\n", (), "the same as in an earlier row", "--skip-rejected"),
    "a formula": (b"id,name\nk1,=cmd()\nk2,Bea\n", (), "begins like a formula", "nothing was imported"),
    "no rows": (b"id,name\n", (), "no row that fits", "nothing was imported"),
    "an encoding nobody writes": (GOOD.encode(), ("--encoding", "ebcdic"), "no encoding", "cp1252"),
    "a long delimiter": (GOOD.encode(), ("--delimiter", "::"), "'::'", "one letter"),
    "a map without =": (GOOD.encode(), ("--map", "id"), "no =", "id=Contact-ID"),
}


@pytest.mark.parametrize(("content", "options", "found", "do"), WRONG.values(), ids=WRONG)
def test_a_wrong_table_is_refused_clearly_and_nothing_of_it_comes_in(
    remit: Remit, folder: Path, table: Path, content: bytes, options: tuple[str, ...], found: str, do: str
) -> None:
    table.write_bytes(content)
    said = contacts(remit, table, *options)
    assert said.status
    problem = said.problem
    assert found in problem["found"]
    assert do in f"{problem['found']} {problem['do']}"
    assert there(folder) == []
    assert imported(remit) == []
    assert not list((folder / INCOMING).glob("*")), "the file is not kept"


def test_a_gigabyte_is_refused_before_it_is_read(remit: Remit, folder: Path, table: Path) -> None:
    with table.open("wb") as file:
        file.truncate(10**9)
    problem = contacts(remit, table).problem
    assert (problem["code"], problem["found"]) == ("too_large", "1,000 MB")
    assert "500 MB" in problem["do"]
    assert there(folder) == []


def test_a_file_that_grows_beyond_the_bound_on_its_way_is_cut_off(
    remit: Remit, folder: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "MOST_BYTES", 20)
    table.write_text(GOOD)
    assert contacts(remit, table).problem["code"] == "too_large"
    assert there(folder) == []
    assert not list((folder / INCOMING).glob("*"))


def test_a_file_that_is_not_there_is_not_found(remit: Remit, table: Path) -> None:
    assert contacts(remit, table).problem["code"] == "not_found"


def test_what_does_not_fit_is_written_down_and_left_out_on_demand(remit: Remit, folder: Path, table: Path) -> None:
    table.write_text(GOOD + "k4\nk1,Again,clerk\n")
    assert contacts(remit, table).status
    told = contacts(remit, table, "--skip-rejected").told
    assert (told["taken"], told["rejected"]) == (3, 2)
    beside = table.with_suffix(".rejected.csv").read_text().splitlines()
    assert beside[0] == "line,column,why"
    assert [line.split(",")[0] for line in beside[1:]] == ["5", "6"]
    assert there(folder) == ["k1", "k2", "k3"]
    assert imported(remit)[0]["left_out"] == 2


def test_a_dry_run_shows_and_imports_nothing(remit: Remit, folder: Path, table: Path) -> None:
    table.write_text(GOOD)
    said = remit("import", "contacts", table, "--dry-run")
    assert "The first of 3 rows" in " ".join(said.out.split())
    assert "3 of 3 rows fit; nothing was imported yet." in said.out
    assert there(folder) == []


def test_columns_are_mapped_and_numbers_said_to_be_some(remit: Remit, folder: Path, table: Path) -> None:
    table.write_text("Kennung;Alter\nk1;31\n")
    told = contacts(remit, table, "--map", "id=Kennung", "--number", "Alter").told
    assert told["columns"] == [{"file": "Kennung", "column": "id"}, {"file": "Alter", "column": "alter"}]
    with installation(folder) as opened:
        assert opened.sandbox.world.record(Record(kind="contact", id="k1")).fields == {"alter": 31}


# ------------------------------------------------------------------------------------------------------------------- outcomes


def test_outcomes_are_recorded_once_however_often_they_are_imported(remit: Remit, folder: Path, table: Path) -> None:
    with opened(folder, clock=FrozenClock(), ids=CountedIds(1_000_000)) as stage:
        proposal = asyncio.run(stage.done(tag())).proposal
    table.write_text(f"proposal,kind,loss\n{proposal},complaint,1\n")
    assert remit("import", "outcomes", table, "--json").told["taken"] == 1
    assert remit("import", "outcomes", table, "--json").told["taken"] == 0
    table.write_text(f"proposal,kind\n{proposal},reply\nnobody,complaint\n")
    assert "no proposal nobody" in remit("import", "outcomes", table, "--json").problem["found"]
    with installation(folder) as house, house.house.store.read() as reading:
        assert [kind for _, kind in reading.observed(proposal)] == ["complaint"], "nothing of the wrong table came in"


# -------------------------------------------------------------------------------------------------------- history and baselines

HISTORY = """use_case,operation,at,answer,minutes,record,draft,final
crm,note.create,2025-11-03,approve,2,contact/k1,call her,call her
crm,note.create,2025-11-04,approve_edited,6,contact/k2,call him now,call him later
crm,note.create,2025-11-05,reject,,contact/k3,spam,
"""


def test_history_is_named_no_evidence_and_suggests_what_a_charter_begins_with(remit: Remit, folder: Path, table: Path) -> None:
    before = remit("levels", "--json").told
    table.write_text(HISTORY)
    said = remit("import", "history", table, "--yes")
    assert "3 history imported. It is no evidence, and earns no level." in said.out
    told = remit("history", "show", "--json").told
    assert told["evidence"] is False
    [one] = told["operations"]
    assert (one["rows"], one["baseline_minutes"]) == (3, 4.0)
    assert 0 < one["edited_loss"] < 1
    assert "not evidence" in remit("history", "show").out
    assert remit("levels", "--json").told == before, "nothing of it moves a level"
    out = folder.parent / "cases.jsonl"
    assert remit("history", "cases", "crm", "--out", out, "--json").told["cases"] == 3
    assert json.loads(out.read_text().splitlines()[0])["answer"] == "reject"


def test_history_goes_with_the_person_it_is_about(remit: Remit, folder: Path, table: Path) -> None:
    table.write_text(HISTORY)
    assert remit("import", "history", table, "--yes").status == 0
    with installation(folder) as opened:
        wish = Wish(record=Record(kind="contact", id="k2"), by="dana")
        assert asyncio.run(erase(opened.house, wish)).contents == 1
        with opened.house.store.read() as reading:
            assert [row.record for row in reading.history(CRM, limit=9)] == ["contact/k3", "contact/k1"]


def test_history_that_was_cut_off_is_seen_by_nobody(remit: Remit, folder: Path, table: Path) -> None:
    table.write_text(HISTORY)
    assert remit("import", "history", table, "--yes").status == 0
    with installation(folder) as opened:
        with opened.house.store.read() as reading:
            kept = list(reading.history(CRM, limit=9))
        asyncio.run(opened.house.store.write(lambda tx: tx.keep_history("cut off", 0, kept)))
        with opened.house.store.read() as reading:
            assert list(reading.history(CRM, limit=9)) == kept
        assert asyncio.run(opened.house.store.write(lambda tx: tx.drop_unfinished())) == 3


def test_baselines_say_how_it_stood_before(remit: Remit, table: Path) -> None:
    table.write_text("use_case,metric,value\ncrm,minutes,6.5\n")
    assert remit("import", "baseline", table, "--json").told["taken"] == 1
    assert remit("history", "show", "--json").told["baselines"] == [{"use_case": "crm", "metric": "minutes", "value": 6.5}]
    assert "6.5" in remit("history", "show").out
    table.write_text("use_case,metric,value\nnothing,minutes,6.5\n")
    assert "no use case nothing" in remit("import", "baseline", table, "--json").problem["found"]
    table.write_text("use_case,metric,value\ncrm,euros,9007199254740990\n")
    assert "larger unit" in remit("import", "baseline", table, "--json").problem["do"]


def test_nothing_imported_says_how_to_begin(remit: Remit) -> None:
    assert remit("import", "list").out.strip() == "Nothing was imported."
    assert "remit import history" in remit("history", "show").out
