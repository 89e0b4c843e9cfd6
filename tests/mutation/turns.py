"""The ways in which one small thing in a program can be wrong. Each takes a node and yields what could stand there instead."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import Any

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "startswith": "endswith", "endswith": "startswith"}
_EVEN = {"zip"}  # `strict` says what holds anyway
_TRUE, _FALSE, _NONE = ast.Constant(value=True), ast.Constant(value=False), ast.Constant(value=None)
Members = Mapping[str, list[str]]
"""The members of each enumeration that a file names, such as Verdict: ALLOW, BLOCK, HOLD."""


def turns(node: ast.AST, members: Members, *, inside: bool) -> Iterator[ast.AST]:
    """Yield what could stand where a node stands. `inside` tells a function from the top of a file, where the tables are."""
    if isinstance(node, ast.Attribute):
        yield from _member(node, members)
    elif isinstance(node, ast.Tuple) and inside:  # most are as long as those who take them apart expect
        return
    elif type(node) in _TURNS:
        yield from _TURNS[type(node)](node)


def _member(node: ast.Attribute, members: Members) -> Iterator[ast.AST]:
    known = members.get(node.value.id, []) if isinstance(node.value, ast.Name) else []
    if node.attr in known:
        yield _with(node, attr=known[(known.index(node.attr) + 1) % len(known)])


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for place, op in enumerate(node.ops):
        for other in _COMPARED[type(op)]:
            yield _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])


def _joined(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for values in _one_less(node.values):
        yield _with(node, values=values) if len(values) > 1 else values[0]


def _signed(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _reckoned(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in _ARITHMETIC:
        yield _with(node, op=_ARITHMETIC[type(node.op)]())


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    match node.value:
        case bool():
            yield _with(node, value=not node.value)
        case int():
            yield _with(node, value=node.value + 1)
        case str():
            yield _with(node, value=f"XX{node.value}XX")
        case _:
            pass


def _called(node: ast.Call) -> Iterator[ast.AST]:
    function, args = node.func, node.args
    name = function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    if name == "isinstance":
        sides = (args[1].left, args[1].right) if isinstance(args[1], ast.BinOp) else ()
        yield from (_with(node, args=[args[0], side]) for side in sides)
    elif len(args) > 1 and not any(isinstance(arg, ast.Starred) for arg in args[:2]):
        yield _with(node, args=[args[1], args[0], *args[2:]])
    if name in _CALLED:
        yield _with(node, func=_with(function, **{"id" if isinstance(function, ast.Name) else "attr": _CALLED[name]}))
    if isinstance(function, ast.Attribute) and not args and not node.keywords:
        yield function.value
    if name not in _EVEN:
        yield from (_with(node, keywords=keywords) for keywords in _one_less(node.keywords))


def _sliced(node: ast.Slice) -> Iterator[ast.AST]:
    yield from (_with(node, **{end: None}) for end in ("lower", "upper") if getattr(node, end) is not None)


def _entries(node: ast.Dict) -> Iterator[ast.AST]:
    for kept in _one_less(list(zip(node.keys, node.values, strict=True))):
        yield _with(node, keys=[key for key, _ in kept], values=[value for _, value in kept])


def _elements(node: ast.Set | ast.List | ast.Tuple) -> Iterator[ast.AST]:
    if isinstance(node, ast.Set) or isinstance(node.ctx, ast.Load):
        yield from (_with(node, elts=elements) for elements in _one_less(node.elts))


def _returned(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield _with(node, value=_NONE)


def _matched(node: ast.Match) -> Iterator[ast.AST]:
    if len(node.cases) > 1:
        yield from (_with(node, cases=cases) for cases in _one_less(node.cases))


def _left_out(_: ast.stmt) -> Iterator[ast.AST]:
    yield ast.Pass()


_TURNS: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: _compared,
    ast.BoolOp: _joined,
    ast.UnaryOp: _signed,
    ast.BinOp: _reckoned,
    ast.Constant: _constant,
    ast.IfExp: lambda node: iter((node.body, node.orelse)),
    ast.Call: _called,
    ast.Slice: _sliced,
    ast.Lambda: lambda node: iter((_with(node, body=_NONE),)),
    ast.comprehension: lambda node: (_with(node, ifs=ifs) for ifs in _one_less(node.ifs)),
    ast.Dict: _entries,
    ast.Set: _elements,
    ast.List: _elements,
    ast.Tuple: _elements,
    ast.If: lambda node: (_with(node, test=test) for test in (_TRUE, _FALSE)),
    ast.While: lambda node: iter((_with(node, test=_FALSE),)),
    ast.Return: _returned,
    ast.Match: _matched,
    ast.Expr: _left_out,
    ast.AugAssign: _left_out,
    ast.Raise: _left_out,
}


def _one_less(items: list[Any]) -> Iterator[list[Any]]:
    for place in range(len(items)):
        yield items[:place] + items[place + 1 :]


def _with(node: Any, **changes: Any) -> Any:
    changed = copy(node)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed
