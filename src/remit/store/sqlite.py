"""The embedded store: one SQLite file in WAL mode with full synchronisation, one writer process, any number of readers."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import sqlalchemy as sa

from remit.errors import SecondWriter, StoreCorrupt, StoreUnavailable
from remit.ports import Clock, Ids, Reading
from remit.ports.telemetry_port import SILENT, Telemetry
from remit.store.erasures import BUSY_MS, scrub, write_list
from remit.store.migrate import bring_up_to_date, levels_forgotten
from remit.store.reading import Reader
from remit.store.rebuild import refold_levels
from remit.store.transaction import Transaction
from remit.store.writer import Writer, told

T = TypeVar("T")
FILE = "remit.db"
LOCK = "writer.lock"
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-65536",
    "temp_store=MEMORY",
    "secure_delete=ON",  # what is deleted is overwritten; the rest is for `scrub`
)


class SqliteStore:
    """The store port over one file."""

    def __init__(self, engine: sa.Engine, writer: Writer, lock: IO[str], path: Path) -> None:
        """Hold what `open_store` opened."""
        self.engine, self._writer, self._lock, self.path = engine, writer, lock, path

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in a durable transaction."""
        return await asyncio.wrap_future(self._writer.submit(work))

    def write_now(self, work: Callable[[Transaction], T]) -> T:
        """Do the same for a caller that is not asynchronous, such as a command that maintains the file."""
        return self._writer.submit(work).result()

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """Open a consistent view that never waits for the writer."""
        try:
            with self.engine.connect() as connection, connection.begin():
                yield Reader(connection)
        except sa.exc.OperationalError as error:
            raise told(error) from error

    async def scrub(self) -> bool:
        """See that what was dropped can be read in no file any more."""
        return await asyncio.to_thread(self.scrub_now)

    def scrub_now(self) -> bool:
        """Do the same at once: write the list of erasures, write the file anew, and empty its log."""
        with self.read() as reading:
            write_list(self.path.parent, reading)
        with self._writer.paused(), closing(self.engine.raw_connection()) as connection:
            return scrub(self.path, connection)

    def close(self) -> None:
        """Finish what is queued and let the folder go."""
        self._writer.close()
        self.engine.dispose()
        self._lock.close()


def open_store(folder: Path, clock: Clock, ids: Ids, telemetry: Telemetry = SILENT) -> SqliteStore:
    """Open the store of a data folder for writing, making or migrating it where needed.

    Raises `SecondWriter` when another process writes to it, `StoreCorrupt` for a damaged file, `StoreUnavailable` for a
    folder that cannot be written to.
    """
    path = folder / FILE
    lock = take_lock(folder)
    engine = make_engine(path)
    try:
        _refuse_read_only(path)
        bring_up_to_date(engine)
        if levels_forgotten(engine):
            refold_levels(engine, clock, ids)
        connection = engine.connect()
    except (sa.exc.DatabaseError, StoreUnavailable) as error:
        engine.dispose()
        lock.close()
        if isinstance(error, StoreUnavailable):
            raise
        raise _explain(path, error) from error
    connection.execution_options(remit_writer=True)
    return SqliteStore(engine, Writer(connection, clock, ids, telemetry), lock, path)


def take_lock(folder: Path) -> IO[str]:
    """Claim the folder for this process; the claim ends with the process, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in (LOCK, FILE):
            make_private(folder / name)
        lock = (folder / LOCK).open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreUnavailable(
            asked=f"writing to {folder}", found=error.strerror or str(error), do="Choose a folder you own"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        holder = lock.read().strip() or "another process"
        lock.close()
        do = "End it, or let it serve: commands go through a running `remit serve`"
        raise SecondWriter(asked=f"writing to {folder}", found=f"{holder} writes to it", do=do) from error
    lock.truncate(0)
    lock.write(f"process {os.getpid()}")
    lock.flush()
    return lock


def make_private(path: Path) -> None:
    """Make a file that only its owner may read. What SQLite puts beside a database has the mode of the database."""
    if not path.exists():
        path.touch(mode=0o600)


def holder(folder: Path) -> str | None:
    """Say which process writes to a folder, None when none does."""
    try:
        with (folder / LOCK).open(encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return lock.read().strip()
    except OSError:
        return None
    return None


def make_engine(path: Path) -> sa.Engine:
    """Make an engine whose transactions we begin ourselves, because the driver's own habits differ by version."""
    engine = sa.create_engine(f"sqlite+pysqlite:///{path}", connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000})

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writer = connection.get_execution_options().get("remit_writer", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


def _refuse_read_only(path: Path) -> None:
    """Refuse files that may only be read, before the database makes more of the same mode beside them."""
    files = [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")]
    closed = [file.name for file in files if file.exists() and not os.access(file, os.W_OK)]
    if closed:
        found = f"{', '.join(closed)} may only be read"
        raise StoreUnavailable(asked=f"opening {path}", found=found, do=f"Make {' and '.join(closed)} writable")


def _explain(path: Path, error: sa.exc.DatabaseError) -> StoreUnavailable:
    told = str(error.orig)
    if "not a database" in told or "malformed" in told:
        return StoreCorrupt(asked=f"opening {path}", found=told, do="Run `remit doctor`, or put a backup in its place")
    return StoreUnavailable(asked=f"opening {path}", found=told, do="Check that the folder and the file can be written to")
