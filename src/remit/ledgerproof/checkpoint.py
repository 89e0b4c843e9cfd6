"""A checkpoint: so many facts have this root, signed with Ed25519. Whoever keeps one can tell later whether history moved.

What is signed is the text of the published format C2SP tlog-checkpoint: origin, size in decimals, root in base64, a line each.
The origin names one ledger for ever: it comes from the ledger's first key, and stays when the key changes.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_NAME = "remit-ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The size of the tree, its root (32 bytes), and the signature over both (64 bytes).

    `key_id`: by which key it says it was signed, where it came as a note; 4 bytes.
    """

    size: int
    root: bytes
    signature: bytes
    key_id: bytes = b""


def origin_of(first: Ed25519PublicKey) -> str:
    """Return the name of the ledger whose first key this is: `remit-ledger/` and 32 hexadecimal digits."""
    return f"{_NAME}/{hashlib.sha256(first.public_bytes_raw()).hexdigest()[:32]}"


def signed_text(origin: str, size: int, root: bytes) -> bytes:
    """Return the bytes that a signature covers."""
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n".encode()


def sign(key: Ed25519PrivateKey, *, origin: str, size: int, root: bytes) -> Checkpoint:
    """Sign a tree of `size` leaves with this `root` (32 bytes) in the ledger of this origin."""
    return Checkpoint(size=size, root=root, signature=key.sign(signed_text(origin, size, root)))


def verify_signature(key: Ed25519PublicKey, checkpoint: Checkpoint, *, origin: str) -> bool:
    """Say whether the key signed exactly this size and root, for this ledger."""
    try:
        key.verify(checkpoint.signature, signed_text(origin, checkpoint.size, checkpoint.root))
    except InvalidSignature:
        return False
    return True
