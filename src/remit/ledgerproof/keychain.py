"""The keys of a ledger, one after the other: each is named in a fact that a checkpoint of the one before covers.

The first checkpoint that covers such a fact is the last one that the old key signs. From there on only the new key does.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.ledgerproof.record import KeyChange


class KeyChain:
    """Which key is in force, as the ledger is walked from its beginning."""

    def __init__(self, first: Ed25519PublicKey) -> None:
        """Begin with the first key."""
        self.key = first
        self._replaced: list[tuple[Ed25519PublicKey, int]] = []  # with the size of the last checkpoint each signed
        self._announced: list[tuple[int, KeyChange]] = []

    @property
    def length(self) -> int:
        """How many keys were in force so far."""
        return len(self._replaced) + 1

    def announce(self, seq: int, change: KeyChange) -> None:
        """Hear of the next key, in the fact of this number."""
        self._announced.append((seq, change))

    def sealed(self, size: int, origin: str) -> tuple[int, str] | None:
        """Hear that the key in force signed this many facts. Returns the fact that changes the key in a way that cannot be."""
        due = [one for one in self._announced if one[0] <= size]
        if len(due) > 1:
            return due[1][0], "it changes the ledger's key a second time under one checkpoint"
        for seq, change in due:
            if change.ledger != origin or not _same(change.replaces, self.key):
                return seq, "it changes another key than the one in force"
            self._replaced.append((self.key, size))
            self.key = change.key
            self._announced.remove((seq, change))
        return None

    def who_signed(self, signed: Callable[[Ed25519PublicKey], bool]) -> str:
        """Say of a checkpoint that the key in force did not sign who did."""
        for key, size in self._replaced:
            if signed(key):
                return f"is signed by a key that was replaced after fact {size}"
        if any(signed(change.key) for _, change in self._announced):
            return "is signed by a key that was not in force yet"
        return "is not signed by the key in force"


def _same(one: Ed25519PublicKey, other: Ed25519PublicKey) -> bool:
    return one.public_bytes_raw() == other.public_bytes_raw()
