"""What the front end serialises is read as the wire format has it, and what a message of ours does not hold is passed over."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from remit.rules.checked_wire import Checked, Raw, read_checked


def varint(value: int) -> bytes:
    written = b""
    while value >= 0x80:
        written += bytes([value & 0x7F | 0x80])
        value >>= 7
    return written + bytes([value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def fixed64(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 1) + value


def part(field: int, *inside: bytes) -> bytes:
    held = b"".join(inside)
    return varint(field << 3 | 2) + varint(len(held)) + held


def fixed32(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 5) + value


def checked(expression: bytes, *beside: bytes) -> Checked:
    return read_checked(part(1, b"a type") + part(2, part(4, expression), *beside))


def root(*fields: bytes) -> Raw:
    return checked(b"".join(fields)).root


@pytest.mark.parametrize(
    ("constant", "value"),
    [
        (number(2, 1), True),
        (number(2, 0), False),
        (number(3, 0), 0),
        (number(3, 300), 300),
        (number(3, 2**63 - 1), 2**63 - 1),
        (number(3, 2**63), -(2**63)),
        (number(3, 2**64 - 1), -1),
        (fixed64(5, struct.pack("<d", 0.1)), 0.1),
        (fixed64(5, struct.pack("<d", -1e300)), -1e300),
        (fixed64(5, struct.pack("<d", 2.5)) + number(9, 1), 2.5),
        (part(6, "日本".encode()), "日本"),
        (part(6), ""),
    ],
    ids=repr,
)
def test_a_constant_is_read_by_its_type(constant: bytes, value: Any) -> None:
    found = root(number(2, 7), part(3, constant))
    assert found == Raw(id=7, what="const", value=value)
    assert type(found.value) is type(value)


@pytest.mark.parametrize(
    "constant",
    [b"", number(1, 0), number(4, 3), part(7, b"a"), part(3, b"a"), part(5, b"a"), number(6, 3), part(9, b"a")],
    ids=["none", "null", "unsigned", "bytes", "an int that is text", "a double that is text", "text that is a number", "strange"],
)
def test_any_other_constant_is_told_apart_from_those_we_take(constant: bytes) -> None:
    assert root(number(2, 7), part(3, constant)) == Raw(id=7, what="other constant")


def test_a_call_holds_what_it_is_called_on_before_what_it_is_called_with() -> None:
    name, first, second = (part(4, part(1, text)) for text in (b"a", b"b", b"c"))
    call = part(6, part(3, number(2, 2), first), part(1, number(2, 1), name), part(2, b"contains"), part(3, number(2, 3), second))
    args = tuple(Raw(id=identity, what="ident") for identity in (1, 2, 3))
    assert root(call, number(2, 300)) == Raw(id=300, what="call", text="contains", args=args)
    assert root(part(6, part(2, b"!_"), number(1, 5), number(3, 5))) == Raw(id=0, what="call", text="!_")


def test_a_list_holds_its_elements_in_order() -> None:
    elements = [part(1, number(2, identity), part(3, number(3, identity))) for identity in (4, 5)]
    args = tuple(Raw(id=identity, what="const", value=identity) for identity in (4, 5))
    assert root(part(7, *elements, number(1, 9), part(2, b"\x08\x01"))) == Raw(id=0, what="list", args=args)


@pytest.mark.parametrize(("field", "what"), [(4, "ident"), (5, "select"), (8, "struct"), (9, "comprehension")])
def test_what_needs_no_further_reading_is_named(field: int, what: str) -> None:
    assert root(number(2, 7), part(field, part(1, b"inside"))) == Raw(id=7, what=what)


def test_what_a_message_does_not_hold_is_passed_over() -> None:
    strange = (fixed32(3, b"\x08\x01\x10\x02"), fixed64(4, b"\x08\x01\x10\x02" * 2), number(6, 1), part(2, b"id"), part(10, b"a"))
    assert root(*strange, number(2, 7)) == Raw(id=7, what="")
    assert root(number(2, 7), part(4), *strange) == Raw(id=7, what="ident")


def test_references_are_read_by_the_nodes_they_belong_to() -> None:
    named = [part(2, number(1, 300), part(2, part(1, b"facts.reach"))), part(2, part(2, part(1, b"level")))]
    overloaded = part(2, number(1, 5), part(2, part(3, b"less_int64")))
    found = checked(b"", *named, overloaded, number(2, 1), part(3, number(1, 5), part(2, part(1, b"a type"))))
    assert {key: name for key, name in found.references.items() if name} == {300: "facts.reach", 0: "level"}
    assert found.positions == {}


def test_positions_are_read_by_the_nodes_they_belong_to() -> None:
    info = part(5, part(2, b"<input>"), part(4, number(1, 300), number(2, 200)), part(4, number(1, 2)), part(3, b"\x01"))
    found = checked(b"", info)
    assert found.positions == {300: 200, 2: 0}
    assert checked(b"", part(5, part(4, number(1, 300), part(2, b"x"), number(2, 9)))).positions == {300: 9}
    assert found.references == {}


def test_a_wire_type_that_does_not_occur_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^wire type 3 does not occur in a checked expression$"):
        root(varint(2 << 3 | 3))


def test_a_tree_without_references_and_positions_has_none() -> None:
    assert Checked(root=Raw(id=1, what="ident")) == Checked(root=Raw(id=1, what="ident"), references={}, positions={})
    assert Raw(id=1, what="ident").text == ""
