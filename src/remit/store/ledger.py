"""The ledger as a whole: sealing it with signed checkpoints, and verifying it without trusting whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from remit.core.codec import moment_text
from remit.ledgerproof import Checkpoint, Frontier, sign, verify_signature
from remit.ledgerproof.verify import Broken, Leaf, Verified, verify
from remit.store import tables as t
from remit.store.sqlite import SqliteStore, make_engine
from remit.store.transaction import Transaction

_PAGE = 10_000


class Sealer:
    """Gives the facts so far a root and a signature. It keeps the tree's edge, so that sealing costs only what is new."""

    def __init__(self, store: SqliteStore, key: Ed25519PrivateKey) -> None:
        """Seal this store with this key."""
        self._store, self._key = store, key
        self._frontier = Frontier()

    def seal(self, at: datetime) -> Checkpoint | None:
        """Sign a checkpoint over every fact so far; None when there is nothing new since the last one."""
        for row in _rows(self._store.engine, after=self._frontier.size):
            self._frontier.append(row["leaf"])
        with self._store.engine.connect() as connection:
            sealed = connection.execute(sa.select(sa.func.max(t.checkpoints.c.size))).scalar() or 0
        if self._frontier.size <= sealed:
            return None
        checkpoint = sign(self._key, size=self._frontier.size, root=self._frontier.root())
        self._store.write_now(lambda tx: _keep(tx, checkpoint, at))
        return checkpoint


def _keep(tx: Transaction, checkpoint: Checkpoint, at: datetime) -> None:
    row = {"size": checkpoint.size, "root": checkpoint.root, "signature": checkpoint.signature, "at": at}
    tx.execute(t.checkpoints.insert().values(row))


def _rows(engine: sa.Engine, after: int = 0) -> Iterator[Any]:
    columns = (column if column.name != "at" else sa.type_coerce(column, sa.Integer).label("at") for column in t.facts.c)
    query = sa.select(*columns).where(t.facts.c.seq > sa.bindparam("after")).order_by(t.facts.c.seq).limit(_PAGE)
    with engine.connect() as connection, connection.begin():
        while rows := list(connection.execute(query, {"after": after}).mappings()):
            yield from rows
            after = rows[-1]["seq"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What verification found: how many facts, how many of them under a signature, where the ledger lies."""

    outcome: Verified | Broken
    path: Path


def verify_file(path: Path, public_key: Ed25519PublicKey) -> Report:
    """Verify the ledger in a database file, reading only the file."""
    engine = make_engine(path)
    try:
        with engine.connect() as connection:
            checkpoints = [_checkpoint(row) for row in connection.execute(sa.select(t.checkpoints)).mappings()]
        leaves = (Leaf(seq=row["seq"], body=_raw(row["body"]), leaf=_raw(row["leaf"]), head=_head(row)) for row in _rows(engine))
        outcome = verify(leaves, checkpoints, lambda checkpoint: verify_signature(public_key, checkpoint))
    finally:
        engine.dispose()
    return Report(outcome=outcome, path=path)


def _head(row: Any) -> dict[str, str]:
    """Return what stands beside the body for searching; it has to say the same."""
    return {"id": row["id"], "actor": row["actor"], "kind": row["kind"], "at": _moment(row["at"])}


def _moment(microseconds: Any) -> str:
    try:
        return moment_text(t.moment(microseconds))
    except (TypeError, OverflowError):  # a column of SQLite takes anything, and whoever tampers knows that
        return ""


def _raw(value: Any) -> bytes:
    return value if isinstance(value, bytes) else b""


def _checkpoint(row: Any) -> Checkpoint:
    return Checkpoint(size=row["size"], root=_raw(row["root"]), signature=_raw(row["signature"]))
