"""Options that several commands share."""

from __future__ import annotations

import getpass
import textwrap
from collections.abc import Iterator
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
Me = Annotated[
    str | None,
    typer.Option("--as", help="Your name, as long as nobody has an account; the name of your computer login by default."),
]


def show(value: Any, *, as_json: bool, text: str = "") -> None:
    """Print a value as JSON, or the sentence for people."""
    if as_json:
        console.print_json(data=value)
    elif text:
        console.print(text, markup=False, soft_wrap=True)


def show_table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print a table for people; where it is too wide for the terminal, each row as a block. Nothing is ever cut off."""
    widest = [max(len(cell) for cell in cells) for cells in zip(columns, *rows, strict=True)]
    longest_word = max((len(word) for row in [columns, *rows] for word in row[-1].split()), default=0)
    room = console.width - sum(widest[:-1]) - _GAP * (len(columns) - 1)  # for the last column, the only one that wraps
    if room < min(longest_word, _NARROWEST):
        console.print("\n".join([*filter(None, [title]), *_blocks(columns, rows)]), markup=False, soft_wrap=True)
        return
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column, width in zip(columns, [*widest[:-1], min(widest[-1], room)], strict=True):
        table.add_column(column, overflow="fold", min_width=width, max_width=width)
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


_GAP, _NARROWEST = 2, 24


def _blocks(columns: list[str], rows: list[list[str]]) -> Iterator[str]:
    """Lay every row out as a block: its first cell, and below it the others, each with the name of its column."""
    edge = 4 + max(map(len, columns[1:]), default=0)
    for first, *others in rows:
        yield first
        for column, cell in zip(columns[1:], others, strict=True):
            lines = textwrap.wrap(cell, max(console.width - edge, _NARROWEST), break_on_hyphens=False)
            yield from (f"  {'' if number else column:<{edge - 2}}{line}" for number, line in enumerate(lines))


def moment(text: str | None) -> str:
    """Shorten a moment for people: `2026-11-22 09:45:23 UTC`."""
    return f"{text[:19].replace('T', ' ')} UTC" if text else ""
