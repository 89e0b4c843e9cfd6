"""Checks a ledger fact by fact against its leaf hashes, its numbering and its signed checkpoints. It trusts no writer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.ledgerproof.checkpoint import Checkpoint, origin_of, verify_signature
from remit.ledgerproof.keychain import KeyChain
from remit.ledgerproof.merkle import Frontier, leaf_hash
from remit.ledgerproof.note import key_id
from remit.ledgerproof.record import KEY_CHANGE, Head, key_change

Leaf = tuple[Any, ...]
"""One fact as stored: its number, its canonical bytes, its leaf hash, then what is written beside the bytes, its head.

A plain tuple, as a database driver returns it, because making anything else of it would cost a third of the time. Whoever
tampers puts what he likes into a column, so no part of it need be what it should.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Everything agrees. Facts after `sealed` are not under a signature yet.

    `outside` is the size of the largest checkpoint that was kept outside and agrees, 0 without one; then all of this only says
    that the ledger agrees with itself. `keys` says how many keys signed it, one after the other.
    """

    facts: int
    sealed: int
    checkpoints: int
    outside: int = 0
    keys: int = 1

    @property
    def tail(self) -> int:
        """How many facts are not under a signature yet."""
        return self.facts - self.sealed

    @property
    def held_against(self) -> str:
        """Say what this was held against, in the words that every door uses."""
        if self.outside:
            return f"verified against an outside checkpoint of {self.outside}"
        return "internally consistent"

    def plain(self) -> dict[str, object]:
        """Return all of it as doors show it."""
        return {"kind": "verified", **asdict(self), "tail": self.tail, "held_against": self.held_against}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first place where the ledger disagrees with itself or with a signature; `seq` is 0 where it is no fact's."""

    seq: int
    why: str

    def __str__(self) -> str:
        """Name the place and say why."""
        return f"fact {self.seq}: {self.why}" if self.seq else self.why

    def plain(self) -> dict[str, object]:
        """Return all of it as doors show it."""
        return {"kind": "broken", **asdict(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seals:
    """What a ledger is held against: its first key, its checkpoints, and those that somebody kept outside."""

    first_key: Ed25519PublicKey
    checkpoints: Sequence[Checkpoint]
    outside: Sequence[Checkpoint] = ()

    def by_size(self) -> list[tuple[int, list[tuple[Checkpoint, str]]]]:
        """Return what covers equally many facts together, smallest first, each with the word for where it was kept."""
        kept = [(one, "the checkpoint") for one in self.checkpoints] + [(one, "the outside checkpoint") for one in self.outside]
        kept.sort(key=lambda one: one[0].size)
        return [(size, list(same)) for size, same in groupby(kept, key=lambda one: one[0].size)]


def verify(
    pages: Iterable[Sequence[Leaf]],
    seals: Seals,
    told: Callable[[bytes], Head | None],
    progress: Callable[[int], object] = lambda _: None,
) -> Verified | Broken:
    """Walk the whole ledger once, in pages of facts in order. Returns the first broken place, or what holds.

    `told` reads the head out of a fact's bytes; it has to equal the one that stands beside them. `progress` hears how many facts
    were walked.
    """
    walk = _Walk(seals)
    for page in pages:
        broken = walk.page(page, told)
        if broken:
            return broken
        progress(walk.frontier.size)
    return walk.end()


class _Walk:
    """Where verification stands: the tree so far, the key in force, the checkpoints still to come."""

    def __init__(self, seals: Seals) -> None:
        self.frontier = Frontier()
        self._seals, self._origin = seals, origin_of(seals.first_key)
        self._chain = KeyChain(seals.first_key)
        self._due = seals.by_size()
        self._next, self._sealed = 0, 0

    def page(self, page: Sequence[Leaf], told: Callable[[bytes], Head | None]) -> Broken | None:
        expected, leaves, wrong = self.frontier.size, [], None
        for fact in page:
            expected += 1
            body, head = fact[1], fact[3:]
            if fact[0] != expected or not isinstance(body, bytes) or leaf_hash(body) != fact[2] or told(body) != head:
                wrong = Broken(seq=expected, why=_why(fact, expected, told))
                break
            leaves.append(fact[2])
            if KEY_CHANGE in head and (change := key_change(body)):
                self._chain.announce(expected, change)
        return self._grow(leaves) or wrong

    def _grow(self, leaves: Sequence[bytes]) -> Broken | None:
        taken = 0
        while self._next < len(self._due) and self._due[self._next][0] <= self.frontier.size + len(leaves) - taken:
            size, same = self._due[self._next]
            if size <= 0:
                return Broken(seq=1, why=f"a checkpoint covers {size} facts, which cannot be")
            fresh = size - self.frontier.size
            self.frontier.extend(leaves[taken : taken + fresh])
            taken, self._next = taken + fresh, self._next + 1
            if broken := self._sealed_at(size, same):
                return broken
        self.frontier.extend(leaves[taken:])
        return None

    def _sealed_at(self, size: int, same: list[tuple[Checkpoint, str]]) -> Broken | None:
        for checkpoint, name in same:
            if checkpoint.root != self.frontier.root():
                return Broken(seq=size, why=f"facts {self._sealed + 1} to {size} do not have the root that {name} signs")
            if not self._signed(checkpoint):
                why = f"{name} over facts 1 to {size} {self._chain.who_signed(self._try(checkpoint))}"
                return Broken(seq=size, why=why)
        self._sealed = size
        fault = self._chain.sealed(size, self._origin)
        return Broken(seq=fault[0], why=fault[1]) if fault else None

    def _try(self, checkpoint: Checkpoint) -> Callable[[Ed25519PublicKey], bool]:
        def signed(key: Ed25519PublicKey) -> bool:
            named = not checkpoint.key_id or checkpoint.key_id == key_id(self._origin, key)
            return named and verify_signature(key, checkpoint, origin=self._origin)

        return signed

    def _signed(self, checkpoint: Checkpoint) -> bool:
        return self._try(checkpoint)(self._chain.key)

    def end(self) -> Verified | Broken:
        facts = self.frontier.size
        if self._next < len(self._due):
            size, same = self._due[self._next]
            if size <= 0:
                return Broken(seq=1, why=f"a checkpoint covers {size} facts, which cannot be")
            return Broken(seq=facts + 1, why=f"{same[0][1]} covers {size} facts, only {facts} are here")
        return Verified(
            facts=facts,
            sealed=self._sealed,
            checkpoints=len(self._seals.checkpoints),
            outside=max((one.size for one in self._seals.outside), default=0),
            keys=self._chain.length,
        )


def _why(fact: Leaf, expected: int, told: Callable[[bytes], Head | None]) -> str:
    seq, body, leaf = fact[:3]
    if seq != expected:
        return f"fact {expected} is missing"
    if not isinstance(body, bytes) or leaf_hash(body) != leaf:
        return "its content does not have the hash it was written with"
    if told(body) is None:
        return "it is no record"
    return "what stands beside the fact says something else than the fact"
