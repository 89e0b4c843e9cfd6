"""The ledger of an opened data folder, as verbs and doors ask for it: sealed, verified, handed out, its key changed."""

from __future__ import annotations

import threading
from contextlib import suppress

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from remit.errors import LedgerBroken, NotFound
from remit.ports import Clock
from remit.ports.ledger_port import Sealed
from remit.store.ledger import Report, Sealer, verify_file
from remit.store.ledger_keys import LedgerKeys
from remit.store.proving import newest_note
from remit.store.sqlite import SqliteStore


class Desk:
    """Every part of the ledger that needs its key or the whole of it."""

    def __init__(self, store: SqliteStore, clock: Clock, keys: LedgerKeys) -> None:
        """Open the ledger of a store. A change of key that was cut off is finished before anything else is signed."""
        self._store, self._clock, self._keys = store, clock, keys
        self.sealer = Sealer(store, keys.key, keys.first)
        self._changing = threading.Lock()
        with suppress(LedgerBroken):  # then nothing more is signed, and the house still opens, so that all can be stopped
            self.take_over()

    @property
    def origin(self) -> str:
        """The name of this ledger, on every checkpoint."""
        return self._keys.origin

    @property
    def public(self) -> str:
        """The public half of the key in force, in base64."""
        return self._keys.public

    def prepare(self) -> str:
        """Keep a next key and return its public half; what was begun before is finished first."""
        with self._changing:
            self._keys.finish(self._hand_over)
            return self._keys.prepare()

    def take_over(self) -> None:
        """Sign with the next key, if a fact names it."""
        with self._changing:
            self._keys.finish(self._hand_over)

    def _hand_over(self, key: Ed25519PrivateKey, behind: int) -> None:
        self.sealer.hand_over(key, behind=behind, at=self._clock.now())

    def verify(self) -> Report:
        """Seal and verify the whole ledger."""
        self.sealer.seal(self._clock.now())
        return verify_file(self._store.path, self._keys.first)

    def checkpoint(self) -> Sealed:
        """Seal everything so far and return the newest checkpoint. Raises `NotFound` where there is no fact at all."""
        self.sealer.seal(self._clock.now())
        found = newest_note(self._store.path, self._keys.first)
        if found is None:
            raise NotFound(asked="a checkpoint", found="a ledger without a fact", do="Come back when something happened")
        return found
