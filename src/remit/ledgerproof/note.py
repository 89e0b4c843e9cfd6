"""Checkpoints and keys as other people's tools read them: the published formats C2SP signed-note and tlog-checkpoint.

    remit-ledger/4be1f5a9e2c0d7386a1f09b2c3d4e5f6
    33
    4x5RmgQ1w2d1oS0o2mYgk1Zb5R0V4m0h7wT8m3Zp3hE=

    — remit-ledger/4be1f5a9e2c0d7386a1f09b2c3d4e5f6 <base64 of 4 bytes of the key's hash and 64 of the signature>

A key is written as a verifier key, `<name>+<8 hexadecimal digits of its hash>+<base64 of 0x01 and the 32 bytes>`.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from remit.errors import InvalidInput
from remit.ledgerproof.checkpoint import Checkpoint, signed_text
from remit.ledgerproof.merkle import WIDTH

_ED25519 = b"\x01"
_ID, _SIGNATURE = 4, 64
_SIGNED_BY = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_MOST_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A checkpoint that came as a text: which ledger, and the same checkpoint once for each key of that name that signed it."""

    origin: str
    signed: tuple[Checkpoint, ...]

    @property
    def size(self) -> int:
        """How many facts it covers."""
        return self.signed[0].size

    @property
    def root(self) -> bytes:
        """The root over them."""
        return self.signed[0].root


def key_id(name: str, key: Ed25519PublicKey) -> bytes:
    """Return the 4 bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:_ID]


def write_note(origin: str, checkpoint: Checkpoint, key: Ed25519PublicKey) -> str:
    """Write a checkpoint down, as signed by this key."""
    text = signed_text(origin, checkpoint.size, checkpoint.root).decode()
    return f"{text}\n— {origin} {b64encode(key_id(origin, key) + checkpoint.signature).decode()}\n"


def read_note(text: str) -> Note:
    """Read a checkpoint. Signatures of others are left out. Raises `InvalidInput`, also where nobody of its name signed."""
    body, _, below = text.rpartition("\n\n")
    origin, size, top, *more = [*body.split("\n"), "", ""]
    root = _bytes(top)
    if not origin or not size.isdecimal() or len(size) > _MOST_DIGITS or str(int(size)) != size or root is None:
        raise _no_note("its first three lines are not an origin, a size and a root")
    if len(root) != WIDTH or any(more[:-2]):
        raise _no_note("its root is not 32 bytes in base64, or further lines follow that are not known here")
    signed = tuple(
        Checkpoint(size=int(size), root=root, signature=raw[_ID:], key_id=raw[:_ID]) for raw in _signatures(below, origin)
    )
    if not signed:
        raise _no_note(f"no signature under the name {origin}")
    return Note(origin=origin, signed=signed)


def _signatures(below: str, origin: str) -> list[bytes]:
    lines = below.split("\n")
    found = [_SIGNED_BY.fullmatch(line) for line in lines[:-1]]
    if lines[-1] or not all(found):
        raise _no_note("its end is not a list of signature lines")
    raws = [_bytes(one[2]) for one in found if one and one[1] == origin]
    return [raw for raw in raws if raw is not None and len(raw) == _ID + _SIGNATURE]


def _no_note(found: str) -> InvalidInput:
    do = "Give the file as `remit ledger checkpoint` wrote it"
    return InvalidInput("This is no signed checkpoint.", asked="a checkpoint", found=found, do=do)


def _bytes(text: str) -> bytes | None:
    """Decode base64 strictly: what is written in another way than we would write it is None."""
    try:
        raw = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if b64encode(raw).decode() == text else None


def write_key(name: str, key: Ed25519PublicKey) -> str:
    """Write a public key as a verifier key under this name."""
    return f"{name}+{key_id(name, key).hex()}+{b64encode(_ED25519 + key.public_bytes_raw()).decode()}"


def read_key(text: str) -> Ed25519PublicKey:
    """Read a public key: a verifier key, base64 of its 32 bytes, or PEM. Raises `InvalidInput`."""
    told = text.strip()
    if told.startswith("-----BEGIN"):
        return _pem_key(told)
    raw = _bytes(told)
    if raw is not None and len(raw) == WIDTH:
        return Ed25519PublicKey.from_public_bytes(raw)
    name, _, rest = told.partition("+")
    hashed, _, body = rest.partition("+")
    raw = _bytes(body)
    if raw is not None and len(raw) == WIDTH + 1 and raw[:1] == _ED25519:
        key = Ed25519PublicKey.from_public_bytes(raw[1:])
        if key_id(name, key).hex() == hashed:
            return key
    raise _no_key()


def _pem_key(text: str) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _no_key() from error
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key()
    return key


def _no_key() -> InvalidInput:
    do = "Give a verifier key (`ledger.pub` of the data folder holds one), base64 of 32 bytes, or PEM"
    return InvalidInput(asked="an Ed25519 public key", found="something else", do=do)


def write_public(key: Ed25519PublicKey) -> str:
    """Write a public key as base64 of its 32 bytes, as facts hold it."""
    return b64encode(key.public_bytes_raw()).decode()
