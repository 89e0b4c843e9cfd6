"""Makes the mutants of one file: the same program with one small thing in it turned round, each with a name that lasts."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from types import CodeType
from typing import Any

from tests.mutation.turns import Members, turns

_UNTOUCHED = {"annotation", "returns", "decorator_list", "bases", "type_params"}
_A_TYPE = re.compile(r"[A-Z][a-z]\w*")
_PART_OF = (ast.Constant, ast.FormattedValue, ast.Slice, ast.comprehension, ast.Attribute, ast.Tuple)
_LONGEST, _NEAR = 100, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One wrong program. `name` says what was changed, and stays the same while the lines around it move.

    `inside` tells a function's body from what runs once, when the file is read. `lines` are those of the statement.
    """

    name: str
    line: int
    lines: range
    inside: bool
    code: CodeType

    @classmethod
    def sound(cls, source: str, path: str) -> Mutant:
        """Return the program as it is, which every test has to let pass."""
        code = compile(source, path, "exec", dont_inherit=True)
        return cls(name="sound", line=0, lines=range(0), inside=False, code=code)


def mutants(source: str, path: str) -> Iterator[Mutant]:
    """Yield every mutant of a file, in the order of its lines."""
    tree = ast.parse(source)
    members, named = _members(tree), Counter[str]()
    for spot in list(_spots(tree)):
        for turned in turns(spot.node, members, inside=spot.inside):
            was, becomes = _around(spot.told(spot.node), spot.told(turned))
            ast.copy_location(turned, spot.node)
            spot.put(ast.fix_missing_locations(turned))
            try:
                code = compile(tree, path, "exec", dont_inherit=True)
            except SyntaxError:  # such as an f-string that is none any more
                continue
            finally:
                spot.put(spot.node)
            name = f"{spot.where or '(top)'}: {was}  ->  {becomes}"
            named[name] += 1
            again = f" #{named[name]}" if named[name] > 1 else ""
            yield Mutant(name=name + again, line=spot.line, lines=spot.lines, inside=spot.inside, code=code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """A place in a tree: the field, and the place in its list, that hold a node."""

    node: ast.AST
    holder: Any
    field: str
    place: int | None
    where: str
    inside: bool
    line: int
    lines: range

    def put(self, node: ast.AST) -> None:
        if self.place is None:
            setattr(self.holder, self.field, node)
        else:
            getattr(self.holder, self.field)[self.place] = node

    def told(self, node: ast.AST) -> str:
        """Say what would stand here; a part too small to be understood alone is told with what it is part of."""
        if not isinstance(self.node, _PART_OF) or isinstance(self.holder, ast.stmt):
            return _text(node)
        self.put(node)
        try:
            return _text(self.holder)
        finally:
            self.put(self.node)


def _spots(node: ast.AST, where: str = "", lines: range = range(1, 2), *, inside: bool = False) -> Iterator[_Spot]:
    for field, place, child in _children(node):
        within = inside or (isinstance(node, ast.FunctionDef | ast.Lambda) and field == "body")
        deeper = f"{where}.{child.name}".removeprefix(".") if isinstance(child, ast.FunctionDef | ast.ClassDef) else where
        stretch = _lines_of(child) if isinstance(child, ast.stmt) else lines
        line = getattr(child, "lineno", stretch.start)
        yield _Spot(node=child, holder=node, field=field, place=place, where=deeper, inside=within, line=line, lines=stretch)
        yield from _spots(child, deeper, stretch, inside=within)


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, Any]]:
    for field, value in ast.iter_fields(node):
        if field in _UNTOUCHED or (field == "keys" and isinstance(node, ast.Dict)):  # a dictionary loses whole entries
            continue
        for place, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST) and not _is_left_alone(child):
                yield field, place, child


def _lines_of(statement: ast.stmt) -> range:
    """Return the lines a statement stands on, of one with a body its head."""
    return range(statement.lineno, (statement.lineno if hasattr(statement, "body") else statement.end_lineno or 0) + 1)


def _is_left_alone(node: ast.AST) -> bool:
    """Tell what is no behaviour: imports, docstrings, names of types, the list of public names."""
    match node:
        case ast.keyword(arg="strict") | ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name == "__all__" or (
                _A_TYPE.fullmatch(name) is not None and isinstance(node.value, ast.BinOp | ast.Subscript)
            )
        case ast.Subscript():
            return isinstance(node.value, ast.Name) and node.value.id in {"dict", "list", "tuple", "Counter"}
        case _:
            return False


def _members(tree: ast.AST) -> Members:
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr.isupper() and node.attr != "UTC":
            found.setdefault(node.value.id, set()).add(node.attr)
    return {name: sorted(attributes) for name, attributes in found.items() if len(attributes) > 1}


def _text(node: ast.AST) -> str:
    try:
        text = ast.unparse(node)
    except ValueError:  # what older Pythons cannot write as an f-string
        text = ast.dump(node)
    return " ".join(text.split())


def _around(was: str, becomes: str) -> tuple[str, str]:
    """Cut away what is far from the difference of two long texts."""
    same = _alike(was, becomes)
    tail = _alike(was[same:][::-1], becomes[same:][::-1])
    first, last = (max(0, same - _NEAR), max(0, tail - _NEAR)) if len(was) > _LONGEST else (0, 0)

    def shown(text: str) -> str:
        return f"{'...' if first else ''}{text[first : len(text) - last]}{'...' if last else ''}"

    return shown(was), shown(becomes)


def _alike(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
