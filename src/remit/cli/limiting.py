"""`remit limits`: how full every limit is, as bars."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.table import Table
from rich.text import Text

from remit.cli.door import ask
from remit.cli.options import AsJson, DataDir, console, folder_of, show

_WIDTH, _WIDE = 24, 72
_EIGHTHS = " ▏▎▍▌▋▊▉"
_NEARLY = 0.8
"""From this share on a bar warns."""


def limits(
    use_case: Annotated[str | None, typer.Argument(metavar="USE_CASE", help="Only what holds for this use case.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show every limit with what is used in its window, the fullest counts first."""
    asked = "" if use_case is None else f"?use_case={quote(use_case, safe='')}"
    found = ask(folder_of(data_dir), "GET", f"/api/v1/desk/limits{asked}")
    show(found, as_json=as_json, text="" if found else "No limit is in force.")
    if not as_json:
        for one in found:
            _show(one)


def _show(limit: dict[str, Any]) -> None:
    """Print one limit: its name and words, then a bar for each of its fullest counts."""
    console.print(Text(limit["limit"], style="bold"), Text(limit["words"]), soft_wrap=True)
    rows = limit["used"] or [{"whose": "nothing was counted in this window", "used": 0}]
    table = Table(box=None, show_header=False, pad_edge=True, padding=(0, 1))
    for folds in (True, False, False):  # the name folds, and neither bar nor figures are ever cut off
        table.add_column(overflow="fold", no_wrap=not folds)
    for one in rows:
        used, at_most = one["used"], limit["at_most"]
        width = _WIDTH if console.width >= _WIDE else _WIDTH // 4
        table.add_row(
            Text(one["whose"]), Text(bar(used, at_most, width), style=_colour(used, at_most)), Text(_figures(used, at_most))
        )
    console.print(table)
    if limit["more"]:
        console.print(Text("  and others that are less full"))


def bar(used: int, at_most: int, width: int = _WIDTH) -> str:
    """Draw how full a limit is, to an eighth of a character. What is not full never looks full, what is not empty never empty."""
    eighths = width * 8 if used >= at_most else max(min(round(width * 8 * used / at_most), width * 8 - 1), int(used > 0))
    whole, part = divmod(eighths, 8)
    drawn = "█" * whole + (_EIGHTHS[part] if part else "")
    return f"▕{drawn:<{width}}▏"


def _figures(used: int, at_most: int) -> str:
    return f"{used:,} of {at_most:,}{', full' if used >= at_most else ''}"


def _colour(used: int, at_most: int) -> str:
    if used >= at_most:
        return "red"
    return "yellow" if used >= _NEARLY * at_most else "green"
