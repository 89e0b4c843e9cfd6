"""The shape of a checked condition: a small closed family of nodes, each knowing where in the source it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Literal = bool | int | float | str | datetime


class Kind(StrEnum):
    """The types a condition may speak of, by their names in CEL."""

    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    STRING = "string"
    TIMESTAMP = "timestamp"
    STRINGS = "list(string)"
    INTS = "list(int)"


class Op(StrEnum):
    """What a condition may do."""

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


COMPARISONS = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE})


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
    """The written list on the right of `in`."""

    values: tuple[Literal, ...]
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An operation on one or two nodes."""

    op: Op
    args: tuple[Node, ...]
    at: int


Node = Constant | Attribute | Has | Choices | Call


def walk(node: Node) -> Iterator[Node]:
    """Walk a tree, the node itself first."""
    yield node
    if isinstance(node, Call):
        for arg in node.args:
            yield from walk(arg)


def attributes(node: Node) -> tuple[str, ...]:
    """Name every attribute a tree looks at, in order of first appearance."""
    return tuple(dict.fromkeys(found.name for found in walk(node) if isinstance(found, Attribute | Has)))
