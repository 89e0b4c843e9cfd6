"""Facts to their one byte form and back: JSON with sorted keys and no spaces, equal to RFC 8785 for what is admitted.

Defaults are left out, so that a fact stays small and old facts read with new fields. Floats, integers from 2^53 on, keys outside
ASCII and moments without a zone are refused: implementations disagree about them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from remit.core.facts import KINDS, Entry, Fact
from remit.core.types import Frozen, Moment

T = TypeVar("T")
FactT = TypeVar("FactT", bound=Fact)


class Written(Frozen, Generic[FactT], frozen=True, kw_only=True):
    """An entry as it is hashed: everything but its number."""

    actor: str
    at: Moment
    fact: FactT
    id: str
    kind: str


class _Kind(msgspec.Struct, frozen=True):
    kind: str


def _written(kind: Any) -> Any:
    return Written[kind]


_JSON = msgspec.json.Encoder(order="sorted")
_KIND = msgspec.json.Decoder(_Kind)
_READ: dict[Any, msgspec.json.Decoder[Any]] = {kind: msgspec.json.Decoder(_written(kind)) for kind in KINDS.values()}
_PACK = msgspec.msgpack.Encoder()
_UNPACK: dict[Any, msgspec.msgpack.Decoder[Any]] = {kind: msgspec.msgpack.Decoder(kind) for kind in KINDS.values()}


def to_bytes(entry: Entry) -> bytes:
    """Return the canonical bytes of an entry. Raises `ValueError` for what no fact may hold."""
    fact = _copied(entry.fact)
    written = Written(actor=entry.actor, at=_in_utc(entry.at), fact=fact, id=entry.id, kind=type(fact).__name__)
    body = _JSON.encode(written)
    if not body.isascii():
        _refuse_other_keys(msgspec.json.decode(body))
    return body


def _copied(fact: FactT) -> FactT:
    """Return a copy of a fact made strictly by type, because nothing checks a value when it is built.

    It goes through MessagePack, which keeps apart what JSON would blur: there a float stays a float and bytes stay bytes, and no
    fact has room for either. In the copy every moment is in UTC and every default is the default itself, so that equal facts
    are written alike. A copy that differs from the fact stands for something that no reader would get back.
    """
    kind = type(fact)
    try:
        copy: FactT = _UNPACK[kind].decode(_PACK.encode(fact))
    except (TypeError, OverflowError) as error:
        raise ValueError(f"{kind.__name__} holds what has no byte form: {error}") from error
    if copy != fact:
        raise ValueError(f"{kind.__name__} holds what would be read back as something else")
    return copy


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without its timezone is a different one for every reader")
    return moment.astimezone(UTC)


def _refuse_other_keys(plain: Any) -> None:
    if isinstance(plain, list):
        for item in plain:
            _refuse_other_keys(item)
    elif isinstance(plain, dict):
        for key, item in plain.items():
            if not key.isascii():
                raise ValueError(f"key {key!r} is not ASCII")
            _refuse_other_keys(item)


def from_bytes(seq: int, body: bytes) -> Entry:
    """Return the entry that was written as these bytes, under its number."""
    read = _READ[KINDS[_KIND.decode(body).kind]].decode(body)
    return Entry(seq=seq, id=read.id, at=read.at, actor=read.actor, fact=read.fact)


def fact_in(body: bytes, kind: type[FactT]) -> FactT:
    """Return the fact in an entry's bytes, which is of this kind."""
    read: Written[FactT] = _READ[kind].decode(body)
    return read.fact


def moment_text(moment: datetime) -> str:
    """Return a moment as it stands in an entry's bytes."""
    return str(msgspec.to_builtins(moment))


def to_plain(value: object) -> Any:
    """Turn a value of the core into what JSON holds, to be shown."""
    return msgspec.json.decode(msgspec.json.encode(value))


def from_plain(kind: type[T], plain: object) -> T:
    """Build a value of the core from plain values. Raises `ValueError` where they do not fit."""
    return msgspec.convert(plain, kind)
