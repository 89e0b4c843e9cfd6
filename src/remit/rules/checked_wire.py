"""Reads the checked expression that the CEL front end serialises: just enough of the protobuf wire format, and nothing else.

The messages are those of `cel/expr/checked.proto` and `cel/expr/syntax.proto`.
"""

# ruff: noqa: PLR2004  # the numbers are those of the fields in the messages

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """One expression node as serialised: its id and the one thing it is."""

    id: int
    what: str
    text: str = ""
    value: bool | int | float | str | None = None
    args: tuple[Raw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A checked expression: the tree, which names its nodes refer to, and where each node stands in the source."""

    root: Raw
    references: dict[int, str] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)


def read_checked(data: bytes) -> Checked:
    """Read a serialised `google.protobuf.Any` that holds a `cel.expr.CheckedExpr`."""
    inner = _part(data, 2)
    names = {_number(item, 1): _part(_part(item, 2), 1).decode() for item in _parts(inner, 2)}
    positions = {_number(item, 1): _number(item, 2) for item in _parts(_part(inner, 5), 4)}
    return Checked(root=_expr(_part(inner, 4)), references=names, positions=positions)


def _expr(data: bytes) -> Raw:
    identity, what, body = 0, "", b""
    for number, item in _fields(data):
        if number == 2 and isinstance(item, int):
            identity = item
        elif number in _KINDS and isinstance(item, bytes):
            what, body = _KINDS[number], item
    return _READERS[what](identity, body) if what in _READERS else Raw(id=identity, what=what)


_KINDS = {3: "const", 4: "ident", 5: "select", 6: "call", 7: "list", 8: "struct", 9: "comprehension"}


def _const(identity: int, body: bytes) -> Raw:
    value: bool | float | str
    match next(_fields(body), None):
        case 2, item:
            value = bool(item)
        case 3, int(item):
            value = item - 2**64 if item >= 2**63 else item
        case 5, int(item):
            value = struct.unpack("<d", struct.pack("<Q", item))[0]
        case 6, bytes(item):
            value = item.decode()
        case _:
            return Raw(id=identity, what="other constant")
    return Raw(id=identity, what="const", value=value)


def _call(identity: int, body: bytes) -> Raw:
    """Read a call; what it is called on comes before what it is called with."""
    args = tuple(_expr(item) for number in (1, 3) for item in _parts(body, number))
    return Raw(id=identity, what="call", text=_part(body, 2).decode(), args=args)


def _list(identity: int, body: bytes) -> Raw:
    return Raw(id=identity, what="list", args=tuple(_expr(item) for item in _parts(body, 1)))


_READERS = {"const": _const, "call": _call, "list": _list}
"""What a name or a field selection refers to stands in `references`, so neither is read any further."""


def _number(data: bytes, wanted: int) -> int:
    """Return a number by its field; a zero is not written, so what is not there is zero."""
    return next((item for number, item in _fields(data) if number == wanted and isinstance(item, int)), 0)


def _part(data: bytes, wanted: int) -> bytes:
    """Return a part by its field; nothing is written for an empty one, so what is not there is empty."""
    return next(_parts(data, wanted), b"")


def _parts(data: bytes, wanted: int) -> Iterator[bytes]:
    return (item for number, item in _fields(data) if number == wanted and isinstance(item, bytes))


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield number, value
        elif kind == _BYTES:
            size, at = _varint(data, at)
            yield number, data[at : at + size]
            at += size
        elif kind in {_FIXED64, _FIXED32}:
            size = 8 if kind == _FIXED64 else 4
            yield number, int.from_bytes(data[at : at + size], "little")
            at += size
        else:
            msg = f"wire type {kind} does not occur in a checked expression"
            raise ValueError(msg)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    if data[at] < 0x80:  # nearly all of them are this short
        return data[at], at + 1
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
