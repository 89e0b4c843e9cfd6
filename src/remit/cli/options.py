"""Options that several commands share."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from remit.config import Settings
from remit.core.erasure import SORTS
from remit.errors import InvalidInput

console = Console(highlight=False)


def settings() -> Settings:
    """Read the settings. Raises `InvalidInput` that names the key at fault."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors()[0]
        key = "REMIT_" + "_".join(str(part) for part in wrong["loc"]).upper()
        raise InvalidInput(asked=key, found=f"{wrong['input']} ({wrong['msg']})", do="Correct the setting") from error


def folder_of(data_dir: Path | None) -> Path:
    """Return the data folder: the option, else the setting."""
    return data_dir or settings().data_dir


def who(name: str | None) -> str:
    """Return who acts: the option, else the user of this machine."""
    try:
        return name or getpass.getuser()
    except (KeyError, OSError):
        return "owner"  # a container without a user database


def keep_days() -> dict[str, int]:
    """Return how long content is kept, by sort; one without a setting is kept."""
    chosen = settings()
    found = {what: getattr(chosen, f"keep_{what}_days") for what in SORTS}
    return {what: days for what, days in found.items() if days is not None}


DataDir = Annotated[Path | None, typer.Option("--data-dir", help="The data folder; REMIT_DATA_DIR or ./remit-data otherwise.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Me = Annotated[str | None, typer.Option("--as", help="Who acts, while nobody has an account; your user name otherwise.")]


def show(value: Any, *, as_json: bool, text: str = "") -> None:
    """Print a value as JSON, or the sentence for people."""
    if as_json:
        console.print_json(data=value)
    elif text:
        console.print(text, markup=False, soft_wrap=True)


def show_table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print a table for people."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        last = number == len(columns) - 1
        widest = max(len(row[number]) for row in [columns, *rows])
        table.add_column(column, overflow="fold", min_width=None if last else widest)  # only the last one may wrap
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


def moment(text: str | None) -> str:
    """Shorten a moment for people: `2026-11-22 09:45:23 UTC`."""
    return f"{text[:19].replace('T', ' ')} UTC" if text else ""
