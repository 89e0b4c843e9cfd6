"""`remit ledger export` and `remit export`: the record as files for others, to check it and to count in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from remit.cli.door import ask
from remit.cli.files import write_new
from remit.cli.options import AsJson, DataDir, Me, folder_of, show, who
from remit.cli.verifying import ledger_path
from remit.cli.walking import walking
from remit.core.flat import TABLES
from remit.store.ledger_keys import first_key
from remit.store.ledger_lines import entries, exported

T = TypeVar("T")
Out = Annotated[Path, typer.Option(help="The file to write.")]


class Table(StrEnum):
    """What can be exported flat."""

    FACTS = "facts"
    DECISIONS = "decisions"
    ANSWERS = "answers"
    ATTEMPTS = "attempts"


def export_ledger(out: Out, me: Me = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Write the whole ledger to a file that anybody can verify without this house: facts and checkpoints, no contents."""
    path = _sealed(folder_of(data_dir), me)
    with exported(path, first_key(path.parent)) as export, walking("Exporting", as_json=as_json) as walked:
        write_new(out, _counted(export.lines, export.facts, walked), "an exported ledger")
    told = {"path": str(out), "facts": export.facts}
    show(told, as_json=as_json, text=f"{out} holds {export.facts} facts. `remit ledger verify --export {out}` checks it.")


def export_table(
    table: Annotated[Table, typer.Argument(metavar="TABLE", help="What a line is.")],
    out: Out,
    me: Me = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write facts, decisions, answers or attempts to a file of flat lines of JSON, for tables and queries elsewhere."""
    path = _sealed(folder_of(data_dir), me)
    _, rows_of = TABLES[table.value]
    with entries(path) as (facts, found), walking("Exporting", as_json=as_json) as walked:
        rows = rows_of(_counted(found, facts, walked))
        written = write_new(out, (msgspec.json.encode(row) + b"\n" for row in rows), f"exported {table.value}")
    show({"path": str(out), "rows": written}, as_json=as_json, text=f"{out} holds {written} {table.value}.")


def _sealed(folder: Path, me: str | None) -> Path:
    """Seal everything so far through the door, which asks whether this person may take anything out."""
    path = ledger_path(folder)
    ask(folder, "POST", "/api/v1/desk/ledger/exports", person=who(me))
    return path


def _counted(items: Iterable[T], of: int, walked: Callable[[int, int], None]) -> Iterator[T]:
    for number, item in enumerate(items):
        if number % 1000 == 0:
            walked(number, of)
        yield item
