"""The ledger as a whole: sealing it with signed checkpoints, and verifying it without trusting whoever wrote it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from remit.errors import LedgerBroken
from remit.ledgerproof import Checkpoint, Frontier, origin_of, sign
from remit.ledgerproof.record import key_change
from remit.ledgerproof.verify import Broken, Seals, Verified, verify
from remit.store import tables as t
from remit.store.ledger_reading import LedgerFile, ledger_file, told
from remit.store.outside import kept_outside
from remit.store.sqlite import SqliteStore
from remit.store.transaction import Transaction


class Sealer:
    """Gives the facts so far a root and a signature. It keeps the tree's edge, so that sealing costs only what is new."""

    def __init__(self, store: SqliteStore, key: Ed25519PrivateKey, first: Ed25519PublicKey | None = None) -> None:
        """Seal this store with this key. `first`: the ledger's first key, where it is another one."""
        self._store, self._key = store, key
        self._first = first or key.public_key()
        self._origin = origin_of(self._first)
        self._frontier = Frontier()
        self._one_at_a_time = threading.Lock()

    def seal(self, at: datetime) -> Checkpoint | None:
        """Sign a checkpoint over every fact so far; None when there is nothing new, or another key has to sign from here on.

        Raises `LedgerBroken` rather than sign what contradicts the last checkpoint.
        """
        with self._one_at_a_time:
            return self._seal(at)

    def hand_over(self, key: Ed25519PrivateKey, *, behind: int, at: datetime) -> None:
        """Sign with another key from now on, once the old one signed over the fact of this number that names it."""
        with self._one_at_a_time:
            with ledger_file(self._store.path) as file:
                last = file.last_checkpoint()
            if last is None or last.size < behind:
                self._seal(at)
            self._key = key

    def _seal(self, at: datetime) -> Checkpoint | None:
        with ledger_file(self._store.path) as file:
            last = file.last_checkpoint()
            self._catch_up(file, last)
            sealed = last.size if last else 0
            if self._frontier.size <= sealed or not self._in_force(file, sealed):
                return None
            checkpoint = sign(self._key, origin=self._origin, size=self._frontier.size, root=self._frontier.root())
        self._store.write_now(lambda tx: _keep(tx, checkpoint, at))
        return checkpoint

    def _in_force(self, file: LedgerFile, sealed: int) -> bool:
        """Whether this key signs the next checkpoint: the one that signed over its successor's fact never signs again."""
        named = [key_change(body) for seq, body in file.key_changes(self._origin) if seq <= sealed]
        wanted = named[-1].key if named and named[-1] else self._first
        return self._key.public_key().public_bytes_raw() == wanted.public_bytes_raw()

    def _catch_up(self, file: LedgerFile, last: Checkpoint | None) -> None:
        for leaves in file.leaves_after(self._frontier.size):
            at_last = last.size - self._frontier.size if last else 0
            if last and 0 < at_last <= len(leaves):
                self._frontier.extend(leaves[:at_last])
                self._compare(last)
                self._frontier.extend(leaves[at_last:])
            else:
                self._frontier.extend(leaves)

    def _compare(self, last: Checkpoint) -> None:
        if self._frontier.root() != last.root:
            self._frontier = Frontier()  # what was read is not to be built on
            found = f"facts 1 to {last.size} do not have the root of the last checkpoint"
            do = "See with `remit ledger verify` which fact it is, and put a backup in its place"
            raise LedgerBroken(asked="a checkpoint over the ledger", found=found, do=do)


def _keep(tx: Transaction, checkpoint: Checkpoint, at: datetime) -> None:
    row = {"size": checkpoint.size, "root": checkpoint.root, "signature": checkpoint.signature, "at": at}
    tx.execute(t.checkpoints.insert().values(row))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What verification found: how many facts, how many of them under a signature, where the ledger lies."""

    outcome: Verified | Broken
    path: Path


Progress = Callable[[int, int], object]
"""Hears how many facts were walked, and of how many."""


def verify_file(
    path: Path,
    first: Ed25519PublicKey,
    *,
    also: Sequence[Checkpoint] = (),
    progress: Progress = lambda _done, _of: None,
) -> Report:
    """Verify the ledger in a database file by its first key, reading only the file.

    It is held against every checkpoint that was kept outside as well: what lies beside the file, and `also` these.
    """
    beside = kept_outside(path.parent)
    if isinstance(beside, Broken):
        return Report(outcome=beside, path=path)
    kept = [*beside, *also]
    try:
        outcome = _verify(path, first, kept, progress, tolerant=False)
    except LedgerBroken:  # a text that is none stops the fast way of reading
        outcome = _verify(path, first, kept, progress, tolerant=True)
    return Report(outcome=outcome, path=path)


def _verify(
    path: Path, first: Ed25519PublicKey, outside: Sequence[Checkpoint], progress: Progress, *, tolerant: bool
) -> Verified | Broken:
    with ledger_file(path, tolerant=tolerant) as file:
        size = file.size()
        seals = Seals(first_key=first, checkpoints=file.checkpoints(), outside=outside)
        return verify(file.pages(), seals, told, lambda done: progress(done, size))
