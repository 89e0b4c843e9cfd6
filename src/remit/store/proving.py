"""Proves single things out of the ledger: that a fact is in it, that it only grew, what the newest checkpoint is.

Nothing is proven that a signature does not cover, and nothing is handed out that does not verify.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.errors import InvalidInput, LedgerBroken, NotFound
from remit.ledgerproof import Checkpoint, consistency_proof, inclusion_proof, leaf_hash, origin_of, root, verify_inclusion
from remit.ledgerproof.keychain import KeyChain
from remit.ledgerproof.note import write_note
from remit.ledgerproof.record import key_change
from remit.ports.ledger_port import Sealed
from remit.store.ledger_reading import LedgerFile, ledger_file

_BROKEN = "See with `remit ledger verify` which fact it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """A fact and the proof that a checkpoint covers it. `leaf` counts from 0, as the RFC does; `seq` is the fact's number."""

    seq: int
    leaf: int
    body: bytes
    leaf_hash: bytes
    size: int
    root: bytes
    proof: tuple[bytes, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """The proof that the tree of `size` facts grew out of the one of `old_size`."""

    old_size: int
    size: int
    old_root: bytes
    root: bytes
    proof: tuple[bytes, ...]


def notes(file: LedgerFile, first: Ed25519PublicKey) -> list[tuple[Checkpoint, str]]:
    """Return every checkpoint with its signed note, under the key that was in force."""
    origin, chain = origin_of(first), KeyChain(first)
    for seq, body in file.key_changes(origin):
        if change := key_change(body):
            chain.announce(seq, change)
    found = []
    for checkpoint in file.checkpoints():
        found.append((checkpoint, write_note(origin, checkpoint, chain.key)))
        chain.sealed(checkpoint.size, origin)
    return found


def newest_note(path: Path, first: Ed25519PublicKey) -> Sealed | None:
    """Return the newest checkpoint as a signed note; None where nothing was sealed yet."""
    with ledger_file(path) as file:
        found = notes(file, first)
    return Sealed(size=found[-1][0].size, note=found[-1][1]) if found else None


def prove_fact(path: Path, first: Ed25519PublicKey, fact: str) -> Inclusion:
    """Prove that the newest checkpoint covers a fact, named by its number or its id.

    Raises `NotFound` where there is no such fact or no checkpoint covers it yet, `LedgerBroken` where it cannot be proven.
    """
    with ledger_file(path) as file:
        found, sealed = file.one(fact), notes(file, first)
        hashes = file.leaf_hashes(sealed[-1][0].size) if sealed else []
    if found is None:
        raise NotFound(asked=f"fact {fact}", found="no such fact", do="See `remit ledger show` for what there is")
    seq, body = found
    if seq > len(hashes):
        do = "Seal it with `remit ledger checkpoint`, then ask again"
        raise NotFound(asked=f"a proof of fact {seq}", found=f"checkpoints up to fact {len(hashes)}", do=do)
    checkpoint, note = sealed[-1]
    proof = inclusion_proof(hashes, seq - 1)
    if not verify_inclusion(leaf_hash(body), seq - 1, checkpoint.size, proof, checkpoint.root):
        raise LedgerBroken(asked=f"a proof of fact {seq}", found="a fact that is not what was signed", do=_BROKEN)
    return Inclusion(
        seq=seq,
        leaf=seq - 1,
        body=body,
        leaf_hash=leaf_hash(body),
        size=checkpoint.size,
        root=checkpoint.root,
        proof=tuple(proof),
        note=note,
    )


def prove_growth(path: Path, old_size: int, size: int) -> Consistency:
    """Prove that the first `size` facts grew out of the first `old_size`. Raises `InvalidInput` for sizes that are not here."""
    with ledger_file(path) as file:
        hashes = file.leaf_hashes(size)
    if len(hashes) < size:
        found, do = f"a ledger of {len(hashes)} facts", "Name sizes that are here, the older one first"
        raise InvalidInput(asked=f"a proof from {old_size} to {size} facts", found=found, do=do)
    proof = consistency_proof(hashes, old_size)
    return Consistency(old_size=old_size, size=size, old_root=root(hashes[:old_size]), root=root(hashes), proof=tuple(proof))
