"""A bar for long work: on standard error, and only where somebody looks on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def walking(what: str, *, as_json: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how far some work has come; what it yields hears how much is done, and of how much."""
    console = Console(stderr=True)
    shown = sys.stderr.isatty() and not as_json
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not shown) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
