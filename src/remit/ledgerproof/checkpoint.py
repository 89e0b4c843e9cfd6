"""A checkpoint: so many facts have this root, signed with Ed25519. Whoever keeps one can tell later whether history moved."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The size of the tree, its root, and the signature over both."""

    size: int
    root: bytes
    signature: bytes


def _note(size: int, root: bytes) -> bytes:
    return f"remit-ledger\n{size}\n{root.hex()}\n".encode()


def sign(key: Ed25519PrivateKey, *, size: int, root: bytes) -> Checkpoint:
    """Sign a tree of `size` leaves with this `root` (32 bytes)."""
    return Checkpoint(size=size, root=root, signature=key.sign(_note(size, root)))


def verify_signature(key: Ed25519PublicKey, checkpoint: Checkpoint) -> bool:
    """Say whether the key signed exactly this size and root."""
    try:
        key.verify(checkpoint.signature, _note(checkpoint.size, checkpoint.root))
    except InvalidSignature:
        return False
    return True
