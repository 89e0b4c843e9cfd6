"""The Merkle tree of RFC 6962: leaves hashed with a 0x00 prefix, nodes with 0x01, splits at the largest power of two."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

WIDTH = 32
"""The bytes of a hash."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

_LEAF = hashlib.sha256(b"\x00")
_NODE = hashlib.sha256(b"\x01")


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 || data), 32 bytes."""
    hashed = _LEAF.copy()
    hashed.update(data)
    return hashed.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right), 32 bytes."""
    hashed = _NODE.copy()
    hashed.update(left + right)
    return hashed.digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the tree's root over leaf hashes; the hash of nothing for an empty tree."""
    frontier = Frontier()
    frontier.extend(leaf_hashes)
    return frontier.root()


class Frontier:
    """The right edge of a growing tree: enough to append leaves and to name the root, in O(log n) space."""

    def __init__(self) -> None:
        """Start with an empty tree."""
        self.size = 0
        self._peaks: list[bytes] = []  # from the left, one for each 1 in `size` written in binary

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash; equal-sized peaks merge."""
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in order."""
        size, peaks, copy = self.size, self._peaks, _NODE.copy
        for leaf in leaves:
            node, height = leaf, size
            while height & 1:
                hashed = copy()  # `node_hash`, written out: a call for each would cost a third more
                hashed.update(peaks.pop() + node)
                node = hashed.digest()
                height >>= 1
            peaks.append(node)
            size += 1
        self.size = size

    def root(self) -> bytes:
        """Fold the peaks from the right."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = node_hash(peak, node)
        return node
