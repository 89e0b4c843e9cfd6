"""Prints conditions to Python source: one function for many rules, with nothing between the comparisons.

A missing or broken cell raises in any use (`cells.Broken`), and Python's `and` and `or` stop early exactly where CEL may; so
the printed condition is right whenever it returns. Where it raises, the tree is walked with CEL's semantics instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from remit.rules.cells import Broken, Unknown
from remit.rules.evaluate import Fault, value_of
from remit.rules.tree import Attribute, Call, Choices, Constant, Has, Node, Op, attributes

Many = Callable[[Sequence[Any]], list[tuple[int, str | None]]]
"""Takes the cells in the order of the names; returns the number of each rule that fires, with the error if it has one."""

_INFIX = {
    Op.AND: "and",
    Op.OR: "or",
    Op.EQ: "==",
    Op.NE: "!=",
    Op.LT: "<",
    Op.LE: "<=",
    Op.GT: ">",
    Op.GE: ">=",
    Op.IN: "in",
}


def print_many(nodes: Sequence[Node], names: Sequence[str]) -> Many:
    """Compile conditions into one function over the cells of these names."""
    constants: dict[str, Any] = {}
    slots = {name: f"a{number}" for number, name in enumerate(names)}
    lines = ["def evaluate(cells):", f"    {', '.join(slots.values())}, = cells" if slots else "    pass", "    fired = []"]
    for number, node in enumerate(nodes):
        lines += [
            "    try:",
            f"        if {_text(node, slots, constants)}: fired.append(({number}, None))",
            "    except Exception:",  # whatever a cell without a value raises: text and lists raise errors of their own
            f"        slow({number}, cells, fired)",
        ]
    lines.append("    return fired")
    scope: dict[str, Any] = {"slow": _slow(nodes, names), "there": _there, **constants}
    exec(compile("\n".join(lines), "<rules>", "exec"), scope)  # noqa: S102  # our own text, from a checked tree alone
    printed: Many = scope["evaluate"]
    return printed


def _slow(nodes: Sequence[Node], names: Sequence[str]) -> Callable[[int, Sequence[Any], list[tuple[int, str | None]]], None]:
    def decide(number: int, cells: Sequence[Any], fired: list[tuple[int, str | None]]) -> None:
        found = value_of(nodes[number], dict(zip(names, cells, strict=True)))
        if isinstance(found, Fault):
            fired.append((number, str(found)))
        elif found:
            fired.append((number, None))

    return decide


def _there(cell: Any) -> bool:
    if cell is Broken.ERROR:
        raise Unknown
    return cell is not Broken.MISSING


def _text(node: Node, slots: Mapping[str, str], constants: dict[str, Any]) -> str:
    match node:
        case Constant():
            return _constant(node.value, constants)
        case Choices():
            return _constant(node.values, constants)
        case Attribute():
            return slots[node.name]
        case Has():
            return f"there({slots[node.name]})"
        case Call():
            text = _call(node.op, [_text(arg, slots, constants) for arg in node.args])
            return _looked_at(node, slots, text) if node.op is Op.IN else text


def _looked_at(node: Call, slots: Mapping[str, str], text: str) -> str:
    """Python never looks at the left side of `in` when the list is empty; comparing it with itself makes it."""
    one = node.args[0]
    return f"({slots[one.name]} == {slots[one.name]} and {text})" if isinstance(one, Attribute) else text


def _constant(value: Any, constants: dict[str, Any]) -> str:
    """Numbers and flags stand in the source; text and moments are handed in, so that no quoting can go wrong."""
    if type(value) in {bool, int}:
        return repr(value)
    name = f"k{len(constants)}"
    constants[name] = value
    return name


def _call(op: Op, args: Sequence[str]) -> str:
    if op in _INFIX:
        return f"({args[0]} {_INFIX[op]} {args[1]})"
    match op:
        case Op.NOT:
            return f"(not {args[0]})"
        case Op.SIZE:
            return f"len({args[0]})"
        case Op.STARTS_WITH:
            return f"{args[0]}.startswith({args[1]})"
        case Op.ENDS_WITH:
            return f"{args[0]}.endswith({args[1]})"
        case _:
            return f"({args[1]} in {args[0]})"


def used(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Name every attribute that some of the conditions look at, in order of first appearance."""
    return tuple(dict.fromkeys(name for node in nodes for name in attributes(node)))
