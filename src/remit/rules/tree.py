"""The shape of a checked condition: a small closed family of nodes, each knowing where in the source it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

Literal = bool | int | float | str | datetime

MAX_SOURCE = 10_000
"""Characters of one condition."""

MAX_DEPTH = 50
"""Levels of one tree. Far below where Python, its parser or DuckDB would run out of stack."""


class Op(StrEnum):
    """What a condition may do, by its name in CEL."""

    AND = "&&"
    OR = "||"
    NOT = "!"
    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IN = "in"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    CONTAINS = "contains"
    SIZE = "size"


EQUALITIES = frozenset({Op.EQ, Op.NE})
ORDERS = frozenset({Op.LT, Op.LE, Op.GT, Op.GE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A value written in the source."""

    value: Literal
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A value looked up by name; it may be missing or broken, and then it is an error."""

    name: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Has:
    """Whether an attribute is there. Missing is false; broken is an error."""

    name: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The written list on the right of `in`: values of one type, or none at all."""

    values: tuple[Literal, ...]
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An operation on one or two nodes."""

    op: Op
    args: tuple[Node, ...]
    at: int


Node = Constant | Attribute | Has | Choices | Call
"""`at` counts characters (Unicode code points) from the start of the source, from 0."""


def walk(node: Node) -> Iterator[Node]:
    """Walk a tree, the node itself first."""
    yield node
    if isinstance(node, Call):
        for arg in node.args:
            yield from walk(arg)


def attributes(node: Node) -> tuple[str, ...]:
    """Name every attribute a tree looks at, in order of first appearance."""
    return tuple(dict.fromkeys(found.name for found in walk(node) if isinstance(found, Attribute | Has)))


def depth(node: Node) -> int:
    """Count the levels of a tree; a single node has one."""
    return 1 + max((depth(arg) for arg in node.args), default=0) if isinstance(node, Call) else 1


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """Return the tree with its attributes called otherwise, where another name is given."""
    match node:
        case Attribute() | Has():
            return replace(node, name=names.get(node.name, node.name))
        case Call():
            return replace(node, args=tuple(renamed(arg, names) for arg in node.args))
        case _:
            return node
