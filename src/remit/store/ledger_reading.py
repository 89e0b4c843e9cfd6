"""Reads the ledger out of the database file, page by page, as it lies there: whatever somebody put into a column comes out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from remit.core.facts import subject_in
from remit.errors import LedgerBroken, RemitError, StoreCorrupt, StoreUnavailable
from remit.ledgerproof import Checkpoint
from remit.ledgerproof.record import Head
from remit.ledgerproof.verify import Leaf
from remit.store import tables as t

_PAGE = 1_000  # what still fits into a processor's cache
_VERIFY = "See with `remit ledger verify` which fact it is, and put a backup in its place"


class _About(msgspec.Struct):
    """What the subject of a fact may be taken from."""

    proposal: str | None = None
    use_case: str | None = None
    operation: str = ""
    person: str = ""
    scope: str = ""
    agent: str = ""
    record: str | None = None
    what: str = ""
    ledger: str = ""
    incident: str | None = None
    notice: str = ""
    batch: str = ""


class _Told(msgspec.Struct):
    actor: str
    at: datetime
    fact: _About
    id: str
    kind: str


_TOLD = msgspec.json.Decoder(_Told)


def told(body: bytes) -> Head | None:
    """Return (id, at, actor, kind, subject) as the bytes of a fact say it; None for what is no fact."""
    try:
        found = _TOLD.decode(body)
        about = found.fact
        subject = about.proposal if about.proposal is not None else subject_in(about)  # most facts are about a proposal
        return found.id, t.microseconds(found.at), found.actor, found.kind, subject
    except (msgspec.MsgspecError, ValueError, TypeError):  # a moment without its zone is a TypeError here
        return None


class LedgerFile:
    """One consistent view of the ledger in a file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read through this connection, which is in a transaction."""
        self._connection = connection

    def size(self) -> int:
        """Return how many facts there are."""
        return int(self._connection.execute("SELECT count(*) FROM facts").fetchone()[0])

    def checkpoints(self) -> list[Checkpoint]:
        """Return every checkpoint, smallest first."""
        rows = self._connection.execute("SELECT size, root, signature FROM checkpoints ORDER BY size")
        return [Checkpoint(size=size, root=_raw(root), signature=_raw(signature)) for size, root, signature in rows]

    def last_checkpoint(self) -> Checkpoint | None:
        """Return the largest checkpoint."""
        query = "SELECT size, root, signature FROM checkpoints ORDER BY size DESC LIMIT 1"
        found = self._connection.execute(query).fetchone()
        return None if found is None else Checkpoint(size=found[0], root=_raw(found[1]), signature=_raw(found[2]))

    def pages(self) -> Iterator[list[Leaf]]:
        """Walk the facts in order."""
        query = "SELECT seq, body, leaf, id, at, actor, kind, subject FROM facts ORDER BY seq"
        cursor = self._connection.execute(query)
        while rows := cursor.fetchmany(_PAGE):
            yield rows

    def leaves_after(self, size: int) -> Iterator[list[bytes]]:
        """Walk the leaf hashes of the facts behind this number. Raises `LedgerBroken` where one is missing."""
        cursor = self._connection.execute("SELECT seq, leaf FROM facts WHERE seq > ? ORDER BY seq", (size,))
        while rows := cursor.fetchmany(_PAGE):
            if rows[-1][0] != size + len(rows) or rows[0][0] != size + 1:
                raise LedgerBroken(asked="the facts in order", found=f"a fact behind {size} is missing", do=_VERIFY)
            size += len(rows)
            yield [_raw(leaf) for _, leaf in rows]

    def leaf_hashes(self, size: int) -> list[bytes]:
        """Return the hashes of the first so many facts."""
        return [_raw(leaf) for (leaf,) in self._connection.execute("SELECT leaf FROM facts ORDER BY seq LIMIT ?", (size,))]

    def one(self, fact: str) -> tuple[int, bytes] | None:
        """Return number and bytes of a fact, by its number or its id."""
        query = "SELECT seq, body FROM facts WHERE id = :fact OR seq = CAST(:number AS INTEGER) LIMIT 1"
        number = fact if fact.isdecimal() else "0"
        found = self._connection.execute(query, {"fact": fact, "number": number}).fetchone()
        return None if found is None else (found[0], _raw(found[1]))

    def key_changes(self, origin: str) -> list[tuple[int, bytes]]:
        """Return number and bytes of each fact that changes the key of this ledger, as the columns beside them say."""
        query = "SELECT seq, body FROM facts WHERE subject = ? AND kind = 'LedgerKeyRotated' ORDER BY seq"
        return [(seq, _raw(body)) for seq, body in self._connection.execute(query, (origin,))]


def _raw(value: Any) -> bytes:
    return value if isinstance(value, bytes) else b""


@contextmanager
def ledger_file(path: Path, *, tolerant: bool = False) -> Iterator[LedgerFile]:
    """Open the ledger in a file for reading; it may be in use. `tolerant` reads also text that is none, and is slower.

    Raises `LedgerBroken` at text that is none, `StoreCorrupt` for a damaged file, `StoreUnavailable` for one that cannot be read.
    """
    try:
        with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as connection:
            if tolerant:
                connection.text_factory = lambda text: text.decode("utf-8", errors="replace")
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield LedgerFile(connection)
    except sqlite3.DatabaseError as error:
        raise _explained(path, error) from error


def _explained(path: Path, error: sqlite3.DatabaseError) -> RemitError:
    asked, found = f"the ledger in {path}", str(error)
    if "decode" in found:
        return LedgerBroken(asked=asked, found="a text that is none", do=_VERIFY)
    if isinstance(error, sqlite3.OperationalError):
        return StoreUnavailable(asked=asked, found=found, do="Look at the file with `remit doctor`")
    return StoreCorrupt(asked=asked, found=found, do="Run `remit doctor`, or put a backup in its place")
