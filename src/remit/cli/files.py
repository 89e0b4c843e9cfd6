"""Files that commands read and write: whole or not at all, and nothing is written over."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from remit.errors import Conflict, NotFound, StoreUnavailable


def read_text(path: Path, what: str) -> str:
    """Read a file that somebody names. Raises `NotFound` where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        found = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise NotFound(asked=f"{what} in {path}", found=found, do="Name a file that you may read") from error


@contextmanager
def lines_of(path: Path, what: str) -> Iterator[Iterator[bytes]]:
    """Open a file line by line. Raises `NotFound` where it cannot be read."""
    try:
        file = path.open("rb")
        file.peek()
    except OSError as error:
        found = error.strerror or "nothing"
        raise NotFound(asked=f"{what} in {path}", found=found, do="Name a file that you may read") from error
    with file:
        yield iter(file)


def write_new(path: Path, lines: Iterable[bytes], what: str) -> int:
    """Write a file that is not there yet. Returns how many lines. Raises `Conflict` where it is, `StoreUnavailable`."""
    if path.exists():
        raise Conflict(asked=f"{what} in {path}", found="a file of that name", do="Name another, or move it away")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            written = sum(1 for line in lines if file.write(line))
        beside.replace(path)
    except OSError as error:
        do = "Name a folder that you may write to, with space left"
        raise StoreUnavailable(asked=f"{what} in {path}", found=error.strerror or str(error), do=do) from error
    finally:
        beside.unlink(missing_ok=True)
    return written
