"""What was erased, in a file of its own beside the database, so that a backup from before can be made to forget it again.

The list holds pseudonymous ids and nothing that was erased. It can be had again from the facts at any time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from remit.core.facts import Entry, Erased
from remit.core.types import ProposalId
from remit.errors import InvalidInput, StoreUnavailable
from remit.ports import Reading
from remit.store.durable import write_durably

ERASURES = "erasures.json"
BUSY_MS = 10_000
"""How long a statement waits for whoever holds the file."""

_READERS_END_MS = 1_000


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One erasure: the fact that says so, of which record, and whose content went."""

    fact: str
    at: datetime
    record: str
    by: str
    proposals: tuple[ProposalId, ...]


class ErasureList(msgspec.Struct, frozen=True, kw_only=True):
    """Every erasure of one installation, which is named by the id of its first fact."""

    installation: str
    erasures: tuple[Listed, ...]


def listed(reading: Reading) -> ErasureList:
    """Return every erasure that the facts tell of."""
    first: Sequence[Entry] = reading.facts(limit=1)
    found, after = [], 0
    while page := reading.facts(after=after, kinds=(Erased.__name__,)):
        found += [_listed(entry, entry.fact) for entry in page if isinstance(entry.fact, Erased)]
        after = page[-1].seq
    return ErasureList(installation=first[0].id if first else "", erasures=tuple(found))


def _listed(entry: Entry, fact: Erased) -> Listed:
    return Listed(fact=entry.id, at=entry.at, record=fact.record, by=fact.by, proposals=fact.proposals)


def write_list(folder: Path, reading: Reading) -> None:
    """Write the list, whole or not at all; where nothing was ever erased there is none. Raises `StoreUnavailable`."""
    found = listed(reading)
    if not found.erasures:
        return
    try:
        write_durably(folder / ERASURES, msgspec.json.format(msgspec.json.encode(found), indent=1))
    except OSError as error:
        do = "Make room, then run `remit erase` again"
        raise StoreUnavailable(asked=f"the list {folder / ERASURES}", found=error.strerror or str(error), do=do) from error


def list_in(content: bytes) -> ErasureList:
    """Read a list from its bytes. Raises `msgspec.DecodeError` for what is none."""
    return msgspec.json.decode(content, type=ErasureList)


def read_list(path: Path) -> ErasureList:
    """Read a list. Raises `InvalidInput` for a file that is none."""
    try:
        return list_in(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        found = getattr(error, "strerror", None) or "no list of erasures"
        raise InvalidInput(asked=f"the list {path}", found=found, do=f"Name the {ERASURES} of a data folder") from error


def scrub(path: Path, connection: Any) -> bool:
    """Write a database file anew and empty its log, because a page keeps copies of what once moved on it.

    Returns False where somebody reads an older state, which keeps the log. Raises `StoreUnavailable` where there is no room.
    """
    try:
        connection.execute(f"PRAGMA busy_timeout={_READERS_END_MS}")  # nobody can write meanwhile
        connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return False
        do = "Make room for a second copy of the file, then run `remit erase` again"
        raise StoreUnavailable(asked=f"writing {path} anew", found=str(error), do=do) from error
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    return not busy
