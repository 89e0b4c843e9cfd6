"""Copies a data folder while it is in use, and looks whether the copy is whole before it gets its name."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.errors import LedgerBroken, StoreCorrupt, StoreUnavailable
from remit.ledgerproof.verify import Broken, Verified
from remit.store import tables as t
from remit.store.archive import FORMAT, MANIFEST, Manifest, Tell, pack, parts_of, unpack
from remit.store.durable import sync_folder
from remit.store.ledger import verify_file
from remit.store.migrate import revision
from remit.store.rebuild import integrity
from remit.store.sqlite import FILE, LOCK, make_engine

_PAGES = 2000
_SECRET = (".key", ".secret", ".token")
_PASSING = ("-wal", "-shm", "-journal", ".new")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What there is to know of a data folder: its databases (Remit's own first), and which files mean nothing elsewhere."""

    folder: Path
    databases: tuple[str, ...]
    passing: Collection[str] = ()


def write_backup(place: Place, target: Path, key: Ed25519PublicKey, at: datetime, *, keys: bool, tell: Tell) -> Manifest:
    """Write everything in a data folder into one file; it may be in use. The file appears whole and verified, or not at all.

    Raises `StoreUnavailable` where it cannot be written, `LedgerBroken` or `StoreCorrupt` for a folder that is not sound.
    """
    with explained(f"a backup as {target}"), beside(target) as work:
        copies = work / "copies"
        copies.mkdir()
        _copy_databases(place, copies, tell)
        found = checked(copies / FILE, key)
        _copy_others(place, copies, keys=keys)
        manifest = _manifest(copies, found, key, at, keys=keys)
        pack(copies, manifest, work / "archive")
        unpack(work / "archive", manifest, None)  # what was written is read again, down to the last byte
        (work / "archive").replace(target)
        sync_folder(target.parent)
    return manifest


@contextmanager
def explained(asked: str) -> Iterator[None]:
    """Say of a disk that is full or may not be written to what can be done about it. Raises `StoreUnavailable`."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        found = str(getattr(error, "strerror", None) or error)
        do = "Choose a place that you may write to and that has room"
        raise StoreUnavailable("Nothing was written.", asked=asked, found=found, do=do) from error


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Work in a hidden folder beside the target, on the same disk, so that the last step is a rename."""
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _copy_databases(place: Place, into: Path, tell: Tell) -> None:
    """Copy each database as it was at one moment, Remit's own first: a connected system knows by its key what it did since."""
    there = [name for name in place.databases if (place.folder / name).exists()]
    sizes = [(place.folder / name).stat().st_size for name in there]
    for number, name in enumerate(there):
        before = sum(sizes[:number])
        _copy_database(place.folder / name, into / name, partial(_tell_part, tell, before, sizes[number], sum(sizes)))


def _tell_part(tell: Tell, before: int, size: int, whole: int, share: float) -> None:
    tell(before + int(size * share), whole)


def _copy_database(source: Path, target: Path, tell: Callable[[float], None]) -> None:
    def progress(_status: int, remaining: int, total: int) -> None:
        tell(1 - remaining / max(total, 1))

    with closing(sqlite3.connect(source, isolation_level=None)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on every step sees this one moment
        with closing(sqlite3.connect(target)) as writing:
            reading.backup(writing, pages=_PAGES, progress=progress, sleep=0)


def checked(database: Path, key: Ed25519PublicKey) -> Verified:
    """Look whether a copied database is whole and its ledger holds. Raises `StoreCorrupt`, `LedgerBroken`."""
    engine = make_engine(database)
    do = "Run `remit doctor` where it came from"
    try:
        told = integrity(engine)
    except sa.exc.DatabaseError as error:
        told = str(error.orig)
    finally:
        engine.dispose()
    if told != "ok":
        raise StoreCorrupt(asked=f"the copy of {database.name}", found=told, do=do)
    outcome = verify_file(database, key).outcome
    if isinstance(outcome, Broken):
        raise LedgerBroken(asked=f"the copy of {database.name}", found=str(outcome), do=do)
    return outcome


def _copy_others(place: Place, into: Path, *, keys: bool) -> None:
    """Copy every other file of the folder, the keys among them where they are wanted."""
    left_out = {LOCK, MANIFEST, *place.passing, *place.databases}
    for path in sorted(place.folder.rglob("*")):
        name = path.relative_to(place.folder)
        if path.is_symlink() or not path.is_file() or any(part.startswith(".") for part in name.parts):
            continue
        if path.name in left_out or path.name.endswith(_PASSING) or (path.suffix in _SECRET and not keys):
            continue
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, into / name)


def _manifest(copies: Path, found: Verified, key: Ed25519PublicKey, at: datetime, *, keys: bool) -> Manifest:
    engine = make_engine(copies / FILE)
    try:
        name, schema = installation_of(engine), revision(engine) or ""
    finally:
        engine.dispose()
    return Manifest(
        format=FORMAT,
        made_at=at,
        installation=name,
        revision=schema,
        facts=found.facts,
        sealed=found.sealed,
        keys=keys,
        public_key=key.public_bytes_raw().hex(),
        files=parts_of(copies),
    )


def installation_of(engine: sa.Engine) -> str:
    """Name an installation by the id of its first fact, which nobody else has; empty before there is one."""
    with engine.connect() as connection:
        return connection.execute(sa.select(t.facts.c.id).order_by(t.facts.c.seq).limit(1)).scalar() or ""
