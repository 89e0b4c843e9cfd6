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
    inner = _last(data, 2)
    references = dict(_entry(item) for number, item in _fields(inner) if number == 2 and isinstance(item, bytes))
    names = {key: _last(value, 1).decode() for key, value in references.items() if _has(value, 1)}
    info = _last(inner, 5)
    positions = dict(_ints(item) for number, item in _fields(info) if number == 4 and isinstance(item, bytes))
    return Checked(root=_expr(_last(inner, 4)), references=names, positions=positions)


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
    number, item = next(iter(_fields(body)), (0, 0))
    if number == 2:
        return Raw(id=identity, what="const", value=bool(item))
    if number == 3 and isinstance(item, int):
        return Raw(id=identity, what="const", value=item - 2**64 if item >= 2**63 else item)
    if number == 5 and isinstance(item, int):
        return Raw(id=identity, what="const", value=struct.unpack("<d", struct.pack("<Q", item))[0])
    if number == 6 and isinstance(item, bytes):
        return Raw(id=identity, what="const", value=item.decode())
    return Raw(id=identity, what="other constant")


def _ident(identity: int, body: bytes) -> Raw:
    return Raw(id=identity, what="ident", text=_last(body, 1).decode())


def _select(identity: int, body: bytes) -> Raw:
    return Raw(id=identity, what="select", text=_last(body, 2).decode(), args=(_expr(_last(body, 1)),))


def _call(identity: int, body: bytes) -> Raw:
    target = tuple(_expr(item) for number, item in _fields(body) if number == 1 and isinstance(item, bytes))
    args = tuple(_expr(item) for number, item in _fields(body) if number == 3 and isinstance(item, bytes))
    return Raw(id=identity, what="call", text=_last(body, 2).decode(), args=target + args)


def _list(identity: int, body: bytes) -> Raw:
    return Raw(id=identity, what="list", args=tuple(_expr(i) for n, i in _fields(body) if n == 1 and isinstance(i, bytes)))


_READERS = {"const": _const, "ident": _ident, "select": _select, "call": _call, "list": _list}


def _entry(data: bytes) -> tuple[int, bytes]:
    found = dict(_fields(data))
    key, value = found.get(1, 0), found.get(2, b"")
    return (key if isinstance(key, int) else 0), (value if isinstance(value, bytes) else b"")


def _ints(data: bytes) -> tuple[int, int]:
    found = dict(_fields(data))
    key, value = found.get(1, 0), found.get(2, 0)
    return (key if isinstance(key, int) else 0), (value if isinstance(value, int) else 0)


def _has(data: bytes, wanted: int) -> bool:
    return any(number == wanted for number, _ in _fields(data))


def _last(data: bytes, wanted: int) -> bytes:
    found = b""
    for number, item in _fields(data):
        if number == wanted and isinstance(item, bytes):
            found = item
    return found


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
