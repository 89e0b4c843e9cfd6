"""The slow way: walks a tree with CEL's semantics of errors. It serves what the printed function cannot decide, and explains.

`&&` and `||` absorb an error when the other side settles the matter; everything else passes it on. An error at the root is
told, and the rule then fires. Nothing that happens in here makes a rule pass that might have fired.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from remit.rules.cells import Broken, Cell
from remit.rules.tree import Attribute, Call, Choices, Constant, Has, Node, Op


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Whether a rule fires, and the error that made it fire, if one did."""

    fires: bool
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a node has no value: which attribute, and what is wrong with it."""

    name: str
    what: str

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.name} {self.what}"


@lru_cache(maxsize=1024)
def _fault(name: str, broken: Broken) -> Fault:
    return Fault(name=name, what=broken.value)


Result = Any
"""A value, a tuple of values, or a `Fault`."""

_COMPARE: dict[Op, Callable[[Any, Any], bool]] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
    Op.IN: lambda one, many: one in many,
    Op.STARTS_WITH: str.startswith,
    Op.ENDS_WITH: str.endswith,
    Op.CONTAINS: lambda whole, part: part in whole,
}


def outcome_of(node: Node, cells: Mapping[str, Cell]) -> Outcome:
    """Decide a condition. Never raises: what goes wrong in any way makes the rule fire, and is named."""
    try:
        return _judged(value_of(node, cells))
    except Exception as error:  # noqa: BLE001  # whatever it is, a rule that cannot be evaluated fires
        return Outcome(fires=True, error=unforeseen(error))


def _judged(found: Result) -> Outcome:
    if found is True or found is False:
        return Outcome(fires=found)
    return Outcome(fires=True, error=str(found) if isinstance(found, Fault) else "the condition gives no yes or no")


def unforeseen(error: Exception) -> str:
    """Name a failure by its type alone: its text may hold values that nobody asked to see."""
    return f"the condition failed with {type(error).__name__}"


def value_of(node: Node, cells: Mapping[str, Cell]) -> Result:
    """Return what a node is worth, or the fault that keeps it from being worth anything."""
    match node:
        case Constant():
            return node.value
        case Choices():
            return node.values
        case Attribute():
            found = cells[node.name]
            return _fault(node.name, found) if isinstance(found, Broken) else found
        case Has():
            found = cells[node.name]
            return _fault(node.name, found) if found is Broken.ERROR else found is not Broken.MISSING
        case Call():
            return called(node.op, [value_of(arg, cells) for arg in node.args])


def called(op: Op, args: list[Result]) -> Result:
    """Return what an operation makes of its sides, each a value or a fault."""
    if op is Op.AND or op is Op.OR:  # a set would ask for a hash, which is slow
        return _absorbing(args, settles=op is Op.OR)
    fault = next((arg for arg in args if isinstance(arg, Fault)), None)
    if fault is not None:
        return fault
    if op is Op.NOT:
        return not args[0]
    return len(args[0]) if op is Op.SIZE else _COMPARE[op](args[0], args[1])


def _absorbing(args: list[Result], *, settles: bool) -> Result:
    """Let a side that settles the matter win over an error on the other; else the first error; else the common value."""
    if any(arg is settles for arg in args):
        return settles
    return next((arg for arg in args if isinstance(arg, Fault)), not settles)
