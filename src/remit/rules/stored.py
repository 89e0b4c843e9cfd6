"""Trees as plain JSON, in our own schema. What comes back is data: every key, type, name, operation and size is judged again.

    {"attribute": "level", "at": 0}             {"has": "facts.reach", "at": 0}
    {"value": {"int": "3"}, "at": 8}            {"choices": [{"string": "DE"}], "at": 10}
    {"op": "<", "args": [..., ...], "at": 6}

Numbers are written as text, so that no reader between here and there rounds them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from remit.errors import RuleError
from remit.rules.kinds import Kind, Kinds, kind_of, kind_of_value, misfit
from remit.rules.tree import MAX_DEPTH, MAX_SOURCE, Attribute, Call, Choices, Constant, Has, Literal, Node, Op, attributes

Json = dict[str, Any]


def to_json(node: Node) -> Json:
    """Return a tree as JSON values: dictionaries, lists, text and small integers."""
    match node:
        case Constant():
            return {"value": _literal_to_json(node.value), "at": node.at}
        case Attribute():
            return {"attribute": node.name, "at": node.at}
        case Has():
            return {"has": node.name, "at": node.at}
        case Choices():
            return {"choices": [_literal_to_json(value) for value in node.values], "at": node.at}
        case Call():
            return {"op": str(node.op), "args": [to_json(arg) for arg in node.args], "at": node.at}


def from_json(told: object, kinds: Kinds) -> Node:
    """Return the tree of a condition over these attributes. Raises `RuleError` for anything that `check` could not have made."""
    root = _node(told, kinds, 1)
    if kind_of(root, kinds) is not Kind.BOOL:
        raise unsound("the condition gives no yes or no")
    if not attributes(root):
        raise unsound("the condition looks at no attribute")
    return root


def digest(told: object) -> str:
    """Return the SHA-256 of JSON values, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def unsound(found: str) -> RuleError:
    """Build the error for a stored rule that does not hold."""
    return RuleError(f"A stored rule does not hold: {found}.", do="Store the policy again from its source.")


def _node(told: object, kinds: Kinds, level: int) -> Node:
    if level > MAX_DEPTH:
        raise unsound("the tree is nested too deeply")
    if not isinstance(told, dict):
        raise unsound(f"{type(told).__name__} stands where a node should")
    for keys, read in _NODES.items():
        if told.keys() == keys:
            return read(told, _at(told["at"]), kinds, level)
    raise unsound(f"no node has the keys {sorted(map(str, told))[:5]}")


def _at(told: object) -> int:
    if type(told) is not int or not 0 <= told <= MAX_SOURCE:
        raise unsound("a place is no number within the source")
    return told


def _attribute(told: Json, at: int, kinds: Kinds, _level: int) -> Node:
    return Attribute(name=_name(told["attribute"], kinds), at=at)


def _has(told: Json, at: int, kinds: Kinds, _level: int) -> Node:
    return Has(name=_name(told["has"], kinds), at=at)


def _name(told: object, kinds: Kinds) -> str:
    if type(told) is not str or told not in kinds:
        raise unsound("an attribute is not declared")
    return told


def _value(told: Json, at: int, _kinds: Kinds, _level: int) -> Node:
    return Constant(value=_literal(told["value"]), at=at)


def _choices(told: Json, at: int, _kinds: Kinds, _level: int) -> Node:
    return Choices(values=tuple(_literal(one) for one in _list(told["choices"])), at=at)


def _call(told: Json, at: int, kinds: Kinds, level: int) -> Node:
    name = told["op"]
    if type(name) is not str or name not in set(Op):
        raise unsound("an operation is not one of ours")
    call = Call(op=Op(name), args=tuple(_node(arg, kinds, level + 1) for arg in _list(told["args"])), at=at)
    found = misfit(call, kinds)
    if found:
        raise unsound(found[0])
    return call


def _list(told: object) -> list[Any]:
    if not isinstance(told, list) or len(told) > MAX_SOURCE:
        raise unsound("a list is none, or is too long")
    return told


_NODES: Mapping[frozenset[str], Callable[[Json, int, Kinds, int], Node]] = {
    frozenset({"attribute", "at"}): _attribute,
    frozenset({"has", "at"}): _has,
    frozenset({"value", "at"}): _value,
    frozenset({"choices", "at"}): _choices,
    frozenset({"op", "args", "at"}): _call,
}


def _literal_to_json(value: Literal) -> Json:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return {str(kind_of_value(value)): value if isinstance(value, bool) else text}


def _literal(told: object) -> Literal:
    if not isinstance(told, dict) or len(told) != 1:
        raise unsound("a written value has no single type")
    ((kind, text),) = told.items()
    try:
        value = _LITERALS[kind](text)
        known = type(value) in {bool, str} or _literal_to_json(value) == told
    except Exception:  # noqa: BLE001  # whatever a reader says to what is no value of its type
        known = False
    if not known:
        raise unsound("a written value is not of its type")
    return value


def _bool(told: object) -> bool:
    if type(told) is not bool:
        raise TypeError
    return told


def _int(told: str) -> int:
    value = int(told)
    if not -(2**63) <= value < 2**63:
        raise ValueError
    return value


def _double(told: str) -> float:
    value = float(told)
    if not math.isfinite(value):
        raise ValueError
    return value


def _string(told: object) -> str:
    if type(told) is not str:
        raise TypeError
    told.encode()
    return told


def _timestamp(told: str) -> datetime:
    return datetime.fromisoformat(told).astimezone(UTC)


_LITERALS: dict[str, Callable[[Any], Literal]] = {
    Kind.BOOL: _bool,
    Kind.INT: _int,
    Kind.DOUBLE: _double,
    Kind.STRING: _string,
    Kind.TIMESTAMP: _timestamp,
}
