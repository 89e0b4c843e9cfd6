"""Words for one comparison: how it came out, value against limit, and what would have made it come out otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from remit.rules.cells import Cell
from remit.rules.evaluate import Fault, value_of
from remit.rules.tree import EQUALITIES, Attribute, Call, Choices, Constant, Has, Node, Op

Cells = Mapping[str, Cell]

_OPPOSITE = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.LT: Op.GE,
    Op.GE: Op.LT,
    Op.GT: Op.LE,
    Op.LE: Op.GT,
}
_MIRRORED = {Op.EQ: Op.EQ, Op.NE: Op.NE, Op.LT: Op.GT, Op.GT: Op.LT, Op.LE: Op.GE, Op.GE: Op.LE}
_CAME = {  # how it came out: yes, no
    Op.IN: ("is one of", "is none of"),
    Op.STARTS_WITH: ("starts with", "does not start with"),
    Op.ENDS_WITH: ("ends with", "does not end with"),
    Op.CONTAINS: ("contains", "does not contain"),
}
_WERE = {  # what would have to be: yes, no
    Op.LT: ("were less than", "were at least"),
    Op.LE: ("were at most", "were more than"),
    Op.GT: ("were more than", "were at most"),
    Op.GE: ("were at least", "were less than"),
    Op.EQ: ("were", "were not"),
    Op.NE: ("were not", "were"),
    Op.IN: ("were one of", "were none of"),
    Op.STARTS_WITH: ("started with", "did not start with"),
    Op.ENDS_WITH: ("ended with", "did not end with"),
    Op.CONTAINS: ("contained", "did not contain"),
}
_PLAIN = re.compile(r"[^\W_][\w@.:/+-]*")
_LONGEST, _MOST = 60, 5


def came(leaf: Node, cells: Cells) -> str:
    """Say how a comparison came out, such as `level 2 < 3` or `tags contain vip`."""
    found = value_of(leaf, cells)
    if isinstance(found, Fault):
        return str(found)
    match leaf:
        case Has():
            return f"{leaf.name} {'is there' if found else 'is missing'}"
        case Call():
            return _compared(*_turned(leaf), cells, yes=found)
        case _:
            return f"{subject(leaf)} is {shown(found)}"


def would(leaf: Node, cells: Cells, *, wanted: bool) -> str:
    """Say what would make a comparison come out so, such as `level were at least 3`; it completes "if"."""
    text = _would(leaf, cells, wanted=wanted)
    fault = value_of(leaf, cells)
    if not isinstance(fault, Fault) or isinstance(leaf, Has):
        return text
    is_of_two = text.startswith(f"{fault.name} and ")
    rest = text if is_of_two else text.removeprefix(f"{fault.name} ").removeprefix("were ")
    return f"{fault.name} were known and {rest}"


def _would(leaf: Node, cells: Cells, *, wanted: bool) -> str:
    match leaf:
        case Has():
            return f"{leaf.name} were {'there' if wanted else 'not there'}"
        case Call():
            return _were(*_turned(leaf), cells, yes=wanted)
        case _:
            return f"{subject(leaf)} were {shown(wanted)}"


def subject(node: Node) -> str:
    """Name what a comparison is about."""
    match node:
        case Attribute() | Has():
            return node.name
        case Call(op=Op.SIZE):
            return f"size of {subject(node.args[0])}"
        case Call():
            return subject(_turned(node)[1])
        case Constant():
            return shown(node.value)
        case Choices():
            return shown(node.values)


def limit(leaf: Node, cells: Cells) -> str:
    """Show what a comparison holds its subject against."""
    return shown(value_of(_turned(leaf)[2], cells)) if isinstance(leaf, Call) else ""


def found(leaf: Node, cells: Cells) -> str:
    """Show the value that a comparison is about."""
    value = value_of(about(leaf), cells)
    if isinstance(leaf, Has) and isinstance(value, bool):
        return "there" if value else "missing"
    return shown(value)


def about(leaf: Node) -> Node:
    """Return the side that a comparison is about."""
    return _turned(leaf)[1] if isinstance(leaf, Call) else leaf


def shown(value: Any) -> str:
    """Show a value in one line: words bare, other text in quotes, long things cut."""
    match value:
        case Fault():
            return value.what.removeprefix("is ")
        case bool():
            return "true" if value else "false"
        case str():
            cut = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
            return cut if _PLAIN.fullmatch(cut) else json.dumps(cut, ensure_ascii=False)
        case datetime():
            return value.isoformat(sep=" ", timespec="microseconds" if value.microsecond else "seconds").replace("+00:00", " UTC")
        case tuple():
            more = f" and {len(value) - _MOST} more" if len(value) > _MOST else ""
            return ", ".join(shown(item) for item in value[:_MOST]) + more or "nothing"
        case _:
            return str(value)


def _turned(leaf: Call) -> tuple[Op, Node, Node]:
    """Bring what a comparison is about to the front: the attribute, or the list that something is looked for in."""
    left, right = leaf.args[0], leaf.args[-1]
    if leaf.op is Op.IN and not isinstance(right, Choices):
        return leaf.op, right, left
    if leaf.op is Op.IN and isinstance(right, Choices) and len(right.values) == 1:
        return Op.EQ, left, Constant(value=right.values[0], at=right.at)
    if leaf.op in _MIRRORED and isinstance(left, Constant) and not isinstance(right, Constant):
        return _MIRRORED[leaf.op], right, left
    return leaf.op, left, right


def _compared(op: Op, left: Node, right: Node, cells: Cells, *, yes: bool) -> str:
    if op in _OPPOSITE:
        op = op if yes else _OPPOSITE[op]
        return _same(op, left, right, cells) if op in EQUALITIES else f"{_side(left, cells)} {op} {_side(right, cells)}"
    if op is Op.IN and not isinstance(right, Choices):
        return f"{subject(left)} {'contain' if yes else 'do not contain'} {_side(right, cells)}"
    return f"{_side(left, cells)} {_CAME[op][not yes]} {_side(right, cells)}"


def _same(op: Op, left: Node, right: Node, cells: Cells) -> str:
    one, other = value_of(left, cells), value_of(right, cells)
    if isinstance(right, Constant):
        tail = f", not {shown(other)}" if op is Op.NE and type(one) is not bool else ""
        return f"{subject(left)} is {shown(one)}{tail}"
    if op is Op.EQ:
        return f"{subject(left)} and {subject(right)} are both {shown(one)}"
    return f"{subject(left)} is {shown(one)} and {subject(right)} is {shown(other)}"


def _were(op: Op, left: Node, right: Node, cells: Cells, *, yes: bool) -> str:
    if op is Op.IN and not isinstance(right, Choices):
        return f"{subject(left)} {_WERE[Op.CONTAINS][not yes]} {_side(right, cells)}"
    if op in EQUALITIES and not isinstance(right, Constant):
        return f"{subject(left)} and {subject(right)} {'were the same' if yes is (op is Op.EQ) else 'differed'}"
    if op in EQUALITIES and isinstance(right, Constant) and isinstance(right.value, bool):
        return f"{subject(left)} were {shown(right.value is (yes is (op is Op.EQ)))}"
    return f"{subject(left)} {_WERE[op][not yes]} {_side(right, cells)}"


def _side(node: Node, cells: Cells) -> str:
    """Show a side of a comparison: a written value as it is, anything else with its name."""
    value = value_of(node, cells)
    if isinstance(node, Constant | Choices):
        return shown(value)
    return subject(node) if isinstance(value, Fault) else f"{subject(node)} {shown(value)}"
