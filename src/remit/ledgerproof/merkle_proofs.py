"""Proofs about a Merkle tree: that it holds a leaf (inclusion), and that it only grew (consistency).

Made as RFC 6962 section 2.1 defines them, checked as RFC 9162 sections 2.1.3.2 and 2.1.4.2 write it down. Who makes a proof
that cannot be gets `InvalidInput`; who checks one gets False for whatever it is that came, and never an exception.

The edges, where the texts leave room: an empty tree includes nothing. A tree is consistent with itself by the empty proof. An
empty tree is consistent with every tree by the empty proof, which therefore says nothing about the later one.

A size is not hashed: proofs for neighbouring sizes can have one shape. Take size and root together, from a signed checkpoint.
"""

from __future__ import annotations

from collections.abc import Sequence

from remit.errors import InvalidInput
from remit.ledgerproof.merkle import EMPTY_ROOT, WIDTH, node_hash, root


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of the leaf at `index`, counted from 0: at most log2(n) hashes, from the leaf up.

    Raises `InvalidInput` for an index outside the tree.
    """
    if not 0 <= index < len(leaf_hashes):
        found = f"a tree of {len(leaf_hashes)}; leaves are counted from 0"
        raise InvalidInput(asked=f"an inclusion proof for leaf {index}", found=found, do="Name a leaf of the tree")
    proof, row, place = [], list(leaf_hashes), index
    while len(row) > 1:
        if place ^ 1 < len(row):  # else it is the last of an odd row, and moves up as it is
            proof.append(row[place ^ 1])
        row, place = _row_above(row), place >> 1
    return proof


def _row_above(row: list[bytes]) -> list[bytes]:
    pairs = [node_hash(row[left], row[left + 1]) for left in range(0, len(row) - 1, 2)]
    return pairs + row[len(row) & ~1 :]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether the tree of `size` leaves with this root holds this leaf at `index`, counted from 0."""
    if not _counts(index, size) or index >= size or not _hashes(leaf_hash, root, *proof):
        return False
    place, last, node = index, size - 1, leaf_hash
    for beside in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(beside, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the tree of all these leaves grew out of the tree of the first `old_size` ones.

    It is empty where the two are one tree, and for an old tree of 0. Raises `InvalidInput` for an old size outside the tree.
    """
    if not 0 <= old_size <= len(leaf_hashes):
        found = f"a tree of {len(leaf_hashes)}"
        do = "Name a size from 0 to that of the tree"
        raise InvalidInput(asked=f"a consistency proof from size {old_size}", found=found, do=do)
    return _subproof(leaf_hashes, old_size, whole=True) if old_size else []


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    """Return SUBPROOF(m, D[n], b) of the RFC: `whole` while the old tree is one that the checker knows the root of."""
    if old_size == len(leaves):
        return [] if whole else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old_size <= split:
        return [*_subproof(leaves[:split], old_size, whole=whole), root(leaves[split:])]
    return [*_subproof(leaves[split:], old_size - split, whole=False), root(leaves[:split])]


def verify_consistency(old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether the tree of `size` leaves with `root` grew out of the one of `old_size` leaves with `old_root`."""
    if not _counts(old_size, size) or old_size > size or not _hashes(old_root, root, *proof):
        return False
    if old_size == size:
        return not proof and old_root == root and (size > 0 or root == EMPTY_ROOT)
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    return _grew(old_size - 1, size - 1, old_root, root, proof)


def _grew(place: int, last: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Walk from the last leaf of the old tree up, computing both roots on the way."""
    while place & 1:
        place, last = place >> 1, last >> 1
    nodes = list(proof) if place else [old_root, *proof]  # a complete old tree is its own first node
    if not nodes:
        return False
    old = new = nodes[0]
    for beside in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == root


def _counts(*numbers: object) -> bool:
    return all(isinstance(number, int) and number >= 0 for number in numbers)


def _hashes(*values: object) -> bool:
    return all(isinstance(value, bytes) and len(value) == WIDTH for value in values)
