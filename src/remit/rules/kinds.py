"""The types a condition may speak of, the schema that declares them, and what operations do with them.

The same judgement holds a freshly checked tree and a stored one, so that neither can hold what the other could not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from remit.errors import RuleError
from remit.rules.tree import EQUALITIES, ORDERS, Attribute, Call, Choices, Constant, Has, Literal, Node, Op

Schema = Mapping[str, str]
"""Attribute name (it may be dotted, such as `facts.reach`) to the name of its CEL type."""


class Kind(StrEnum):
    """The types of attributes, by their names in CEL."""

    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    STRING = "string"
    TIMESTAMP = "timestamp"
    STRINGS = "list(string)"
    INTS = "list(int)"


Kinds = Mapping[str, Kind]

LISTS = {Kind.STRINGS: Kind.STRING, Kind.INTS: Kind.INT}
_OF_VALUE = {bool: Kind.BOOL, int: Kind.INT, float: Kind.DOUBLE, str: Kind.STRING, datetime: Kind.TIMESTAMP}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "false", "for", "function", "has", "if", "import", "in", "let", "loop"}
    | {"namespace", "null", "package", "return", "true", "var", "void", "while"}
)
BROKEN = "__broken"
"""Ends the name of the SQL column that tells a broken cell from a missing one, and no attribute's name."""


def read_schema(schema: Schema) -> dict[str, Kind]:
    """Return the type of each attribute. Raises `RuleError` for a name or a type that no condition could use."""
    return dict(_read(tuple(schema.items())))


@lru_cache(maxsize=64)
def _read(declared: tuple[tuple[str, str], ...]) -> tuple[tuple[str, Kind], ...]:
    for name, _ in declared:
        _judge_name(name)
    for name, _ in declared:
        _judge_stand_in(name, {other for other, _ in declared})
    counted = Counter(name.lower() for name, _ in declared)
    twice = [name for name, _ in declared if counted[name.lower()] > 1]
    if twice:
        raise RuleError(
            f"The attributes {' and '.join(twice)} differ only in their capitals.",
            do="Rename one: SQL takes them for one column.",
        )
    return tuple((name, _kind(name, text)) for name, text in declared)


def _judge_name(name: object) -> None:
    sound = isinstance(name, str) and _NAME.fullmatch(name) and not _RESERVED & set(name.split("."))
    if not sound:
        raise RuleError(f"{name!r} is no name for an attribute.", do="Use letters, digits, _ and dots, such as facts.reach.")
    if str(name).lower().endswith(BROKEN):
        raise RuleError(f"The name {name} ends in {BROKEN}.", do="Choose another: that ending is taken in SQL.")


def _judge_stand_in(name: str, names: set[str]) -> None:
    if name.removeprefix("has_") in names - {name} and "." in name:
        asked = name.removeprefix("has_")
        raise RuleError(f"The name {name} reads like has({asked}).", do=f"Rename it, or leave {asked} out.")


def _kind(name: str, text: object) -> Kind:
    try:
        return Kind(str(text).replace(" ", ""))
    except ValueError:
        raise RuleError(f"The attribute {name} is declared as {text}.", do=f"Use one of {', '.join(Kind)}.") from None


def schema_sha256(kinds: Kinds) -> str:
    """Name a schema by its content: the same attributes with the same types, in any order."""
    return hashlib.sha256(json.dumps(kinds, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def kind_of_value(value: Literal) -> Kind:
    """Return the type of a written value."""
    return _OF_VALUE[type(value)]


def kind_of(node: Node, kinds: Kinds) -> Kind | None:
    """Return the type of what a node gives, or None for a written list, which no attribute type covers."""
    match node:
        case Constant():
            return kind_of_value(node.value)
        case Attribute():
            return kinds[node.name]
        case Has():
            return Kind.BOOL
        case Choices():
            return None
        case Call():
            return Kind.INT if node.op is Op.SIZE else Kind.BOOL


def misfit(call: Call, kinds: Kinds) -> tuple[str, str] | None:
    """Say why an operation cannot take its sides, and what to write instead; None where it can."""
    if len(call.args) != (1 if call.op in {Op.NOT, Op.SIZE} else 2):
        return f"{call.op} with {len(call.args)} sides", "Give it as many as it takes"
    left, right = kind_of(call.args[0], kinds), kind_of(call.args[-1], kinds)
    if call.op is Op.IN:
        return _misfit_in(left, call.args[1], right)
    if call.op is Op.SIZE:
        return None if left is Kind.STRING or left in LISTS else ("the size of neither text nor a list", "Name an attribute")
    if call.op in EQUALITIES | ORDERS:
        return _misfit_compared(call.op, left, right)
    wanted = Kind.BOOL if call.op in {Op.AND, Op.OR, Op.NOT} else Kind.STRING
    return None if left is right is wanted else (f"{call.op} with {left} and {right}", f"Give it {wanted}")


def _misfit_in(left: Kind | None, many: Node, right: Kind | None) -> tuple[str, str] | None:
    if left is None or left in LISTS:
        return "a list inside a list", "Ask for one value"
    inside = {kind_of_value(value) for value in many.values} if isinstance(many, Choices) else {LISTS.get(right or left)}
    return None if inside <= {left} else (f"{left} in a list of something else", "Ask for a value of the type the list has")


def _misfit_compared(op: Op, left: Kind | None, right: Kind | None) -> tuple[str, str] | None:
    if left is None or right is None or left in LISTS or right in LISTS:
        return "lists are not compared", "Ask with `in` or `size`"
    if left is not right:
        return f"{left} compared with {right}", "Give both sides one type"
    return ("yes and no have no order", "Use == or !=") if op in ORDERS and left is Kind.BOOL else None
