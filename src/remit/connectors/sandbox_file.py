"""The sandbox's SQLite file: its tables, its transactions, and what is said when the file cannot be used. It knows no record."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Final, Self

from remit.errors import ConnectorFailed

OURS: Final = 0x52454D53
"""The application id in the file's header: it keeps the sandbox from writing into somebody else's database."""

VERSION: Final = 1

_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    # A commit reaches the operating system, not the disk: it survives kill -9, not a power cut. A place to try policies in
    # may lose its last second that way; Remit's own store may not, and pays for FULL.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA secure_delete = ON",
)

_TABLES = (
    """CREATE TABLE IF NOT EXISTS records (
        kind TEXT NOT NULL, id TEXT NOT NULL, removed INTEGER NOT NULL, fields TEXT NOT NULL,
        PRIMARY KEY (kind, id)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS changes (
        kind TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL,
        old TEXT, new TEXT, actor TEXT NOT NULL, at_us INTEGER NOT NULL, key TEXT,
        PRIMARY KEY (kind, id, number)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS effects (
        number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, operation TEXT NOT NULL, effect TEXT NOT NULL,
        kind TEXT, id TEXT, before TEXT, after TEXT, detail TEXT NOT NULL, at_us INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS listens (
        kind TEXT NOT NULL, field TEXT NOT NULL, what TEXT NOT NULL,
        PRIMARY KEY (kind, field, what)) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS counter (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL)",
    "INSERT OR IGNORE INTO counter (one, last) VALUES (1, 0)",
    f"PRAGMA application_id = {OURS}",
    f"PRAGMA user_version = {VERSION}",
)

IN_MEMORY = Path(":memory:")
"""What SQLite calls a database that lies in no file."""


class SandboxFile:
    """An open file. One transaction at a time; threads of this process wait for each other, other processes too."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Keep an opened connection; use `open`."""
        self._path, self._connection, self._lock = path, connection, RLock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or create the file; refuse one that is damaged, cannot be written, or belongs to something else."""
        with _explained(path):
            if path != IN_MEMORY and not path.exists():
                with suppress(OSError):  # SQLite says why
                    path.touch(mode=0o600)  # what it puts beside the file gets the same mode
            connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        file = cls(path, connection)
        try:
            file._prepare()
        except BaseException:
            connection.close()
            raise
        return file

    def close(self) -> None:
        """Close the file; closing twice is closing once."""
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        with _explained(self._path):
            self._refuse_foreign()
            for setting in _SETTINGS:
                self._connection.execute(setting)
        with self.writing() as connection:  # also proves that the file can be written
            for statement in _TABLES:
                connection.execute(statement)

    def _refuse_foreign(self) -> None:
        owner, version, tables = (
            self._connection.execute(f"SELECT {what}").fetchone()[0]
            for what in (
                "application_id FROM pragma_application_id",
                "user_version FROM pragma_user_version",
                "count(*) FROM sqlite_master",
            )
        )
        if tables and owner != OURS:
            raise _unusable(self._path, "the file holds another database", "Choose another file")
        if version > VERSION:
            raise _unusable(self._path, f"the file has version {version}, this Remit knows {VERSION}", "Use a newer Remit")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """See one state of the file for as long as the block lasts."""
        with self._lock, _explained(self._path), self._transaction("BEGIN"):
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write all of the block or nothing of it."""
        with self._lock, _explained(self._path), self._transaction("BEGIN IMMEDIATE"):
            yield self._connection

    def scrub(self) -> None:
        """Write the file anew without what was deleted, and empty its log: a page keeps copies of what moved on it."""
        with self._lock, _explained(self._path):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # the first error is the one to report
                self._connection.rollback()
            raise


@contextmanager
def whole(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all of one item or nothing of it, inside a batch that goes on either way."""
    connection.execute("SAVEPOINT item")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk ends the transaction itself; then the batch ends too
            connection.execute("ROLLBACK TO item")
            connection.execute("RELEASE item")
        raise
    connection.execute("RELEASE item")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as broken:
        raise _unusable(path, str(broken), "Check that the file is whole and can be written, or choose another") from broken


def _unusable(path: Path, found: str, do: str) -> ConnectorFailed:
    return ConnectorFailed("The sandbox CRM cannot use its file.", asked=f"the file {path}", found=found, do=f"{do}.")
