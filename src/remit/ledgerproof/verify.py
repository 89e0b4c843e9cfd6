"""Checks a ledger fact by fact against its leaf hashes, its numbering and its signed checkpoints. It trusts no writer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from remit.ledgerproof.checkpoint import Checkpoint
from remit.ledgerproof.merkle import Frontier, leaf_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One fact as stored: its number, its canonical bytes, its leaf hash, and what is written beside the bytes."""

    seq: int
    body: bytes
    leaf: bytes
    head: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Everything agrees. Facts after `sealed` are not under a signature yet."""

    facts: int
    sealed: int
    checkpoints: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first place where the ledger disagrees with itself or with a signature."""

    seq: int
    why: str


def verify(leaves: Iterable[Leaf], checkpoints: Sequence[Checkpoint], signed: Callable[[Checkpoint], bool]) -> Verified | Broken:
    """Walk the whole ledger once. Returns the first broken place, or what holds."""
    waiting = sorted(checkpoints, key=lambda checkpoint: checkpoint.size)
    forged = next((checkpoint for checkpoint in waiting if not signed(checkpoint)), None)
    frontier = Frontier()
    due = iter(waiting)
    following = next(due, None)
    for leaf in leaves:
        why = _wrong(leaf, frontier.size + 1)
        if why:
            return Broken(seq=frontier.size + 1, why=why)
        frontier.append(leaf.leaf)
        while following is not None and following.size == frontier.size:
            if following.root != frontier.root():
                return Broken(seq=frontier.size, why="the facts up to here do not have the root that was signed")
            following = next(due, None)
    if following is not None:
        return Broken(seq=frontier.size + 1, why=f"a checkpoint covers {following.size} facts, only {frontier.size} are here")
    if forged is not None:
        return Broken(seq=forged.size, why="the checkpoint over the facts up to here is not signed by the key")
    return Verified(facts=frontier.size, sealed=max((c.size for c in waiting), default=0), checkpoints=len(waiting))


def _wrong(leaf: Leaf, expected: int) -> str:
    if leaf.seq != expected:
        return f"fact {expected} is missing"
    if leaf_hash(leaf.body) != leaf.leaf:
        return "its content does not have the hash it was written with"
    told = _record(leaf.body)
    if told is None:
        return "it is no record"
    odd = [name for name, value in leaf.head.items() if told.get(name) != value]
    return f"{', '.join(odd)} beside the fact says something else than the fact" if odd else ""


def _record(body: bytes) -> dict[str, Any] | None:
    """Read what the writer may have put there; anything but a record is None."""
    try:
        told = orjson.loads(body)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
