"""Checks a condition when a policy is loaded: syntax and types by Google's CEL, then our subset. Nothing is evaluated here.

The only file that knows the CEL front end, which it imports when it is first needed: a worker that reads stored trees never
loads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from remit.errors import RuleError
from remit.rules.checked_wire import Checked, Raw, read_checked
from remit.rules.tree import COMPARISONS, Attribute, Call, Choices, Constant, Has, Kind, Literal, Node, Op, attributes

Schema = Mapping[str, str]
"""Attribute name (it may be dotted, such as `facts.reach`) to the name of its CEL type."""

_OPS = {
    "_&&_": Op.AND,
    "_||_": Op.OR,
    "!_": Op.NOT,
    "_==_": Op.EQ,
    "_!=_": Op.NE,
    "_<_": Op.LT,
    "_<=_": Op.LE,
    "_>_": Op.GT,
    "_>=_": Op.GE,
    "@in": Op.IN,
    "startsWith": Op.STARTS_WITH,
    "endsWith": Op.ENDS_WITH,
    "contains": Op.CONTAINS,
    "size": Op.SIZE,
}
_INSTEAD = {
    "_?_:_": "write both cases with && and ||",
    "_+_": "compute it beforehand: a condition does no arithmetic",
    "_-_": "compute it beforehand: a condition does no arithmetic",
    "-_": "compute it beforehand: a condition does no arithmetic",
    "_*_": "compute it beforehand: a condition does no arithmetic",
    "_/_": "compute it beforehand: a condition does no arithmetic",
    "_%_": "compute it beforehand: a condition does no arithmetic",
    "_[_]": "ask with `in`, such as `\"vip\" in tags`",
    "matches": "use startsWith, endsWith or contains",
}
_LISTED = "&&, ||, !, ==, !=, <, <=, >, >=, in, startsWith, endsWith, contains, size, has, timestamp"
_WORDS = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\bhas(\(\s*)([A-Za-z_][\w.]*\.\w+)(\s*\))""")
_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")


def check(source: str, schema: Schema) -> Node:
    """Return the tree of a condition. Raises `RuleError` with line, column and what to write instead."""
    kinds = {name: _kind(name, text) for name, text in schema.items()}
    plain, present = _without_has(source, kinds)
    checked = read_checked(_compile(plain, kinds, tuple(present)).serialize())
    return _Reader(source, kinds, present, checked).root()


def _kind(name: str, text: str) -> Kind:
    try:
        return Kind(text.replace(" ", ""))
    except ValueError as error:
        raise RuleError(asked=f"attribute {name}", found=f"type {text}", do=f"Use one of {', '.join(Kind)}") from error


def _without_has(source: str, kinds: Mapping[str, Kind]) -> tuple[str, dict[str, str]]:
    """Turn `has(facts.x)` into a name of the same length, so that every position stays what it was.

    The front end takes a declared dotted name for an attribute even inside `has`, and would give its type, not a bool.
    """
    present: dict[str, str] = {}

    def swap(match: re.Match[str]) -> str:
        if match[1] is not None:
            return match[0]
        name = match[3]
        if name not in kinds:
            raise _refusal(source, match.start(3), f"there is no attribute {name}", f"Use one of {', '.join(sorted(kinds))}")
        stand_in = f"has{'_' * len(match[2])}{name}{'_' * len(match[4])}"
        present[stand_in] = name
        return stand_in

    return _WORDS.sub(swap, source), present


def _compile(source: str, kinds: Mapping[str, Kind], present: tuple[str, ...]) -> Any:
    env = _environment(tuple(sorted(kinds.items())), present)
    try:
        return env.compile(source)
    except RuntimeError as error:
        raise _told(source, str(error)) from None


@lru_cache(maxsize=64)
def _environment(kinds: tuple[tuple[str, Kind], ...], present: tuple[str, ...]) -> Any:
    from cel_expr_python import cel  # noqa: PLC0415  # native, and only needed where policies are loaded

    types = {
        Kind.BOOL: cel.Type.BOOL,
        Kind.INT: cel.Type.INT,
        Kind.DOUBLE: cel.Type.DOUBLE,
        Kind.STRING: cel.Type.STRING,
        Kind.TIMESTAMP: cel.Type.TIMESTAMP,
        Kind.STRINGS: cel.Type.List(cel.Type.STRING),
        Kind.INTS: cel.Type.List(cel.Type.INT),
    }
    variables = {name: types[kind] for name, kind in kinds} | dict.fromkeys(present, cel.Type.BOOL)
    return cel.NewEnv(variables=variables)


def _told(source: str, text: str) -> RuleError:
    """Turn the front end's message into ours, with its place."""
    match = _ERROR.search(text)
    if match is None:
        return RuleError(asked=source, found=text, do="Correct the condition")
    line, column, told = int(match[1]), int(match[2]), match[3].removesuffix(" [INVALID_ARGUMENT]")
    do = "Give both sides one type: write 1.0 beside a double, quotes around text" if "overload" in told else "Correct it there"
    return _refusal_at(source, line, column, told, do)


def _refusal(source: str, at: int, found: str, do: str) -> RuleError:
    before = source[:at]
    return _refusal_at(source, before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1, found, do)


def _refusal_at(source: str, line: int, column: int, found: str, do: str) -> RuleError:
    lines = source.splitlines() or [""]
    caret = f"{lines[min(line, len(lines)) - 1]}\n{' ' * (column - 1)}^"
    return RuleError(f"Line {line}, column {column}: {found}.\n{caret}\n", do=do, line=line, column=column)


class _Reader:
    """Turns the front end's tree into ours and refuses what is outside the subset."""

    def __init__(self, source: str, kinds: Mapping[str, Kind], present: Mapping[str, str], checked: Checked) -> None:
        self._source, self._kinds, self._present, self._checked = source, kinds, present, checked

    def root(self) -> Node:
        """Return the whole tree. Raises `RuleError` when it gives anything but yes or no."""
        node = self._node(self._checked.root)
        if self._kind_of(node) is not Kind.BOOL:
            raise self._refuse(self._checked.root, "the condition gives no yes or no", "Compare it with something")
        if not attributes(node):
            raise self._refuse(self._checked.root, "the condition looks at nothing", "Name an attribute")
        return node

    def _at(self, raw: Raw) -> int:
        return self._checked.positions.get(raw.id, 0)

    def _refuse(self, raw: Raw, found: str, do: str) -> RuleError:
        return _refusal(self._source, self._at(raw), found, do)

    def _node(self, raw: Raw) -> Node:
        name = self._checked.references.get(raw.id, "")
        if raw.what in {"ident", "select"} and name in self._present:
            return Has(name=self._present[name], at=self._at(raw))
        if raw.what in {"ident", "select"} and name in self._kinds:
            return Attribute(name=name, at=self._at(raw))
        if raw.what == "const" and raw.value is not None:
            return Constant(value=raw.value, at=self._at(raw))
        if raw.what == "list":
            return self._choices(raw)
        if raw.what == "call":
            return self._call(raw)
        raise self._refuse(raw, f"{raw.what} is not allowed in a condition", f"Use only {_LISTED}")

    def _choices(self, raw: Raw) -> Choices:
        nodes = [self._node(item) for item in raw.args]
        values = tuple(node.value for node in nodes if isinstance(node, Constant))
        if len(values) != len(nodes) or len({type(value) for value in values}) > 1:
            raise self._refuse(raw, "a list of anything but written values of one type", "Write the values out, all of one type")
        return Choices(values=values, at=self._at(raw))

    def _call(self, raw: Raw) -> Node:
        if raw.text == "timestamp":
            return self._timestamp(raw)
        op = _OPS.get(raw.text)
        if op is None:
            raise self._refuse(raw, f"{raw.text} is not allowed in a condition", _INSTEAD.get(raw.text, f"Use only {_LISTED}"))
        args = tuple(self._node(arg) for arg in raw.args)
        self._check_args(raw, op, args)
        return Call(op=op, args=args, at=self._at(raw))

    def _check_args(self, raw: Raw, op: Op, args: tuple[Node, ...]) -> None:
        kinds = [self._kind_of(arg) for arg in args]
        if op in COMPARISONS and kinds[0] in {None, Kind.STRINGS, Kind.INTS}:
            raise self._refuse(raw, "lists are not compared", "Ask with `in` or `size`")
        if op in COMPARISONS - {Op.EQ, Op.NE} and kinds[0] is Kind.BOOL:
            raise self._refuse(raw, "yes and no have no order", "Use == or !=")
        if op is Op.IN and kinds[0] is None:
            raise self._refuse(raw, "a list inside a list", "Ask for one value")

    def _timestamp(self, raw: Raw) -> Constant:
        text = raw.args[0].value if len(raw.args) == 1 else None
        if not isinstance(text, str):
            raise self._refuse(raw, "timestamp of anything but written text", 'Write timestamp("2026-01-31T00:00:00Z")')
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise self._refuse(raw, f"no moment: {text}", 'Write timestamp("2026-01-31T00:00:00Z")') from error
        if moment.tzinfo is None:
            raise self._refuse(raw, f"a moment without a zone: {text}", 'Write timestamp("2026-01-31T00:00:00Z")')
        return Constant(value=moment.astimezone(UTC), at=self._at(raw))

    def _kind_of(self, node: Node) -> Kind | None:
        match node:
            case Constant():
                return _kind_of_value(node.value)
            case Attribute():
                return self._kinds[node.name]
            case Has():
                return Kind.BOOL
            case Choices():
                return None
            case Call():
                return Kind.INT if node.op is Op.SIZE else Kind.BOOL


def _kind_of_value(value: Literal) -> Kind:
    by_type = {bool: Kind.BOOL, int: Kind.INT, float: Kind.DOUBLE, str: Kind.STRING, datetime: Kind.TIMESTAMP}
    return by_type[type(value)]
