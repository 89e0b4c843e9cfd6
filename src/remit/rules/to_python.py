"""Prints conditions to Python source: one function for many rules, with nothing between the comparisons.

A missing or broken cell raises in any use (`cells.Broken`), and Python's `and` and `or` stop early exactly where CEL may; so
the printed condition is right whenever it returns. Where it raises, the tree is walked with CEL's semantics instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from remit.rules.cells import Broken, Cell, Unknown, reader_of, unsure
from remit.rules.evaluate import Outcome, outcome_of, unforeseen
from remit.rules.kinds import Kind
from remit.rules.tree import Attribute, Call, Choices, Constant, Has, Node, Op, attributes

Fired = tuple[int, str | None]
"""The number of a rule that fires, from 0, and the error that made it fire if one did."""

Printed = Callable[[Sequence[Cell]], list[Fired]]
"""Takes one cell for each name, in their order, and returns the rules that fire, in theirs."""

Overlooking = Callable[[object], list[Fired]]
"""Takes the object that holds the values, and returns the rules that fire."""

Source = tuple[Kind, str]
"""The type of an attribute, and where an object holds its value: `facts.reach`, or `facts.further[a.b]` in a mapping."""

_INFIX = {
    Op.AND: "and",
    Op.OR: "or",
    Op.EQ: "==",
    Op.NE: "!=",
    Op.LT: "<",
    Op.LE: "<=",
    Op.GT: ">",
    Op.GE: ">=",
}


def print_many(nodes: Sequence[Node], names: Sequence[str]) -> Printed:
    """Compile conditions into one function over the cells of these names. The function never raises."""
    head = ["def evaluate(cells):", "    try:", f"        ({_listed(names)}) = cells", "    except Exception:"]
    printed: Printed = _compiled([*head, "        return slow(None, cells, [])"], "cells", nodes, names, {})
    return printed


def print_over(nodes: Sequence[Node], sources: Mapping[str, Source]) -> Overlooking:
    """Compile conditions into one function over an object that holds the values. The function never raises.

    None is missing. A value that cannot be reached makes every rule fire that needs any. Paths MUST be dotted identifiers.
    """
    names = tuple(sources)
    head = ["def evaluate(it):", "    try:", *_fetching(sources), "    except Exception:", "        return slow(None, None, [])"]
    readers = {f"read{number}": reader_of(kind) for number, (kind, _) in enumerate(sources.values())}
    printed: Overlooking = _compiled(head, f"({_listed(names)})", nodes, names, readers)
    return printed


def _listed(names: Sequence[str]) -> str:
    return "".join(f"a{number}, " for number in range(len(names)))


def _fetching(sources: Mapping[str, Source]) -> list[str]:
    """Print how each value is fetched and judged. What several paths go through is fetched once."""
    through = sorted({_way(path)[0] for _, path in sources.values()} - {""})
    held = {path: f"it{number}" for number, path in enumerate(through)} | {"": "it"}
    lines = [f"        {held[path]} = it.{path}" for path in through]
    for number, (kind, path) in enumerate(sources.values()):
        before, last = _way(path)
        lines += [
            f"        a{number} = {held[before]}{last}",
            f"        if {unsure(kind, f'a{number}')}: a{number} = read{number}(a{number})",
        ]
    return lines or ["        pass"]


def _way(path: str) -> tuple[str, str]:
    """Split a path into what it goes through and the last step."""
    if path.endswith("]"):
        before, _, key = path[:-1].partition("[")
        return before, f".get({key!r})"
    before, _, last = path.rpartition(".")
    return before, f".{last}"


def _compiled(head: list[str], cells: str, nodes: Sequence[Node], names: Sequence[str], given: Mapping[str, Any]) -> Any:
    constants: dict[str, Any] = {}
    slots = {name: f"a{number}" for number, name in enumerate(names)}
    text = "\n".join([*head, "    fired = []", *_body(nodes, slots, constants, cells), "    return fired"])
    known = {"len": len, "type": type, "int": int, "str": str, "tuple": tuple, "Exception": Exception}
    scope: dict[str, Any] = {"__builtins__": known, "slow": _slow(nodes, names), "there": _there, **given, **constants}
    exec(compile(text, "<rules>", "exec"), scope)  # noqa: S102  # our own text, from a checked tree alone
    return scope["evaluate"]


def print_when_asked(node: Node, names: Sequence[str]) -> Printed:
    """Return a function that prints the condition when it is first asked: most rules of a policy are only asked in a bundle."""
    made: list[Printed] = []

    def ask(cells: Sequence[Cell]) -> list[Fired]:
        if not made:
            made.append(print_many([node], names))
        return made[0](cells)

    return ask


def _body(nodes: Sequence[Node], slots: Mapping[str, str], constants: dict[str, Any], cells: str) -> list[str]:
    lines: list[str] = []
    for number, node in enumerate(nodes):
        lines += [
            "    try:",
            f"        if {_text(node, slots, constants)}: fired.append(({number}, None))",
            "    except Exception:",  # whatever a cell without a value raises: text and lists raise errors of their own
            f"        slow({number}, {cells}, fired)",
        ]
    return lines


def _slow(nodes: Sequence[Node], names: Sequence[str]) -> Callable[[int | None, Sequence[Cell], list[Fired]], list[Fired]]:
    places = [[(name, names.index(name)) for name in attributes(node)] for node in nodes]

    def decide(number: int | None, cells: Sequence[Cell], fired: list[Fired]) -> list[Fired]:
        for one in range(len(nodes)) if number is None else (number,):
            outcome = _walked(nodes[one], places[one], cells, len(names))
            if outcome.fires:
                fired.append((one, outcome.error))
        return fired

    return decide


def _walked(node: Node, places: Sequence[tuple[str, int]], cells: Sequence[Cell], many: int) -> Outcome:
    try:
        by_name = {name: cells[at] for name, at in places}
        fits = len(cells) == many
    except Exception as error:  # noqa: BLE001  # cells that cannot be read decide nothing
        return Outcome(fires=True, error=unforeseen(error))
    return outcome_of(node, by_name) if fits else Outcome(fires=True, error="the cells are not those of these rules")


def _there(cell: Cell) -> bool:
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
            args = [_text(arg, slots, constants) for arg in node.args]
            return _in(node.args[0], *args) if node.op is Op.IN else _call(node.op, args)


def _in(one: Node, left: str, many: str) -> str:
    """Look at the left side first: Python would not where the list is empty, and a cell without a value would pass unseen."""
    if isinstance(one, Attribute):
        return f"({left} == {left} and {left} in {many})"
    return f"((not not {left}) in {many})" if isinstance(one, Call) and one.op in {Op.AND, Op.OR} else f"({left} in {many})"


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
