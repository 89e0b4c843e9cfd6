"""What verification reads in the bytes of a fact: what stands at its head, and whether it changes the ledger's key."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.errors import InvalidInput
from remit.ledgerproof.note import read_key

KEY_CHANGE = "LedgerKeyRotated"
"""The kind of fact that names the ledger's next key."""

Head = tuple[object, ...]
"""What a fact says of itself, in an order that its reader chose: who, when, what."""


class _Written(msgspec.Struct):
    actor: str
    at: str
    fact: msgspec.Raw
    id: str
    kind: str


class _Keys(msgspec.Struct):
    ledger: str
    public_key: str
    replaces: str


class _KeyChange(msgspec.Struct):
    fact: _Keys
    kind: str


_WRITTEN = msgspec.json.Decoder(_Written)
_KEY_CHANGE = msgspec.json.Decoder(_KeyChange)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """The ledger's key becomes another one, as soon as a checkpoint of the old one covers the fact that says so."""

    ledger: str
    key: Ed25519PublicKey
    replaces: Ed25519PublicKey


def head_of(body: bytes) -> Head | None:
    """Return (actor, at, id, kind) of a fact; None for what is no fact."""
    try:
        told = _WRITTEN.decode(body)
    except (msgspec.MsgspecError, ValueError):
        return None
    return told.actor, told.at, told.id, told.kind


def key_change(body: bytes) -> KeyChange | None:
    """Return what a fact says about the ledger's key; None where it says nothing of it that can be read."""
    try:
        told = _KEY_CHANGE.decode(body)
        if told.kind != KEY_CHANGE:
            return None
        return KeyChange(ledger=told.fact.ledger, key=read_key(told.fact.public_key), replaces=read_key(told.fact.replaces))
    except (msgspec.MsgspecError, ValueError, InvalidInput):
        return None
