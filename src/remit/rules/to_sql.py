"""Prints a condition to DuckDB SQL. An error is NULL, and SQL's three-valued AND and OR absorb it exactly as CEL's do.

A cell that is missing or broken is loaded as NULL; where `has` is asked, the column `NAME__broken` tells the two apart. Values
are never NULL themselves, and never NaN: the door refuses both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from remit.rules.kinds import BROKEN
from remit.rules.tree import Attribute, Call, Choices, Constant, Has, Literal, Node, Op

_INFIX = {
    Op.AND: "AND",
    Op.OR: "OR",
    Op.EQ: "=",
    Op.NE: "<>",
    Op.LT: "<",
    Op.LE: "<=",
    Op.GT: ">",
    Op.GE: ">=",
}
_FUNCTIONS = {Op.STARTS_WITH: "starts_with", Op.ENDS_WITH: "ends_with", Op.CONTAINS: "contains"}


def print_sql(node: Node) -> str:
    """Return an expression that is true, false, or NULL for an error at the root: `IS NOT FALSE` is where the rule fires."""
    match node:
        case Constant():
            return _constant(node.value)
        case Choices():
            return f"({', '.join(_constant(value) for value in node.values)})"
        case Attribute():
            return _name(node.name)
        case Has():
            return f"(CASE WHEN {_name(node.name + BROKEN)} THEN NULL ELSE {_name(node.name)} IS NOT NULL END)"
        case Call():
            return _call(node)


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _constant(value: Literal) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return f"CAST('{value}' AS BIGINT)"
    if isinstance(value, float):
        return f"CAST('{value!r}' AS DOUBLE)"
    if isinstance(value, datetime):
        return f"CAST('{value.isoformat()}' AS TIMESTAMPTZ)"
    return _text(value)


def _text(value: str) -> str:
    """Quote text; a character that ends a C string would end the statement too, so it is put together by code."""
    parts = ["'" + part.replace("'", "''") + "'" for part in value.split("\0")]
    return parts[0] if len(parts) == 1 else f"({' || chr(0) || '.join(parts)})"


def _call(node: Call) -> str:
    if node.op is Op.IN:
        return _in(node.args)
    args = [print_sql(arg) for arg in node.args]
    if node.op in _INFIX:
        return f"({args[0]} {_INFIX[node.op]} {args[1]})"
    if node.op in _FUNCTIONS:
        return f"{_FUNCTIONS[node.op]}({args[0]}, {args[1]})"
    return f"(NOT {args[0]})" if node.op is Op.NOT else f"len({args[0]})"


def _in(args: Sequence[Node]) -> str:
    one, many = (print_sql(arg) for arg in args)
    if not isinstance(args[1], Choices):
        return f"list_contains({many}, {one})"
    return f"({one} IN {many})" if args[1].values else f"(CASE WHEN {one} IS NULL THEN NULL ELSE FALSE END)"
