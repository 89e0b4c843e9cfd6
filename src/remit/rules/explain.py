"""Says why a rule fired or did not: the comparisons that settled it, value against limit, and the nearest change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from remit.rules.cells import Cell
from remit.rules.evaluate import Fault, value_of
from remit.rules.tree import COMPARISONS, Attribute, Call, Choices, Constant, Has, Node, Op

_WORDS = {
    Op.EQ: ("is", "were not"),
    Op.NE: ("is not", "were"),
    Op.LT: ("<", "were at least"),
    Op.LE: ("<=", "were more than"),
    Op.GT: (">", "were at most"),
    Op.GE: (">=", "were less than"),
    Op.IN: ("is one of", "were none of"),
    Op.STARTS_WITH: ("starts with", "did not start with"),
    Op.ENDS_WITH: ("ends with", "did not end with"),
    Op.CONTAINS: ("contains", "did not contain"),
}
_OPPOSITE = {
    Op.EQ: Op.NE, Op.NE: Op.EQ, Op.LT: Op.GE, Op.GE: Op.LT, Op.GT: Op.LE, Op.LE: Op.GT,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """One comparison that settled the outcome: what was found, against what, and what would have changed it."""

    attribute: str
    found: str
    text: str
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Whether a rule fires, the error that made it fire if there is one, and the comparisons that settled it."""

    fires: bool
    error: str | None
    deciding: tuple[Deciding, ...]

    def __str__(self) -> str:
        """Say it in one line."""
        if self.error:
            return f"could not be evaluated: {self.error}"
        return " and ".join(one.text for one in self.deciding)


def explain(node: Node, cells: Mapping[str, Cell]) -> Explanation:
    """Explain a condition on these cells."""
    found = value_of(node, cells)
    if isinstance(found, Fault):
        missing = Deciding(attribute=found.name, found=found.what, text=str(found), otherwise=f"{found.name} were known")
        return Explanation(fires=True, error=str(found), deciding=(missing,))
    deciding = tuple(dict.fromkeys(_settling(node, cells, wanted=bool(found))))
    return Explanation(fires=bool(found), error=None, deciding=deciding)


def _settling(node: Node, cells: Mapping[str, Cell], *, wanted: bool) -> Iterator[Deciding]:
    """Walk down to the comparisons without which the outcome would be another."""
    if isinstance(node, Call) and node.op is Op.NOT:
        yield from _settling(node.args[0], cells, wanted=not wanted)
    elif isinstance(node, Call) and node.op in {Op.AND, Op.OR}:
        values = [value_of(arg, cells) for arg in node.args]
        together = (node.op is Op.AND) is wanted  # both sides were needed; else one side that settled it is enough
        sides = [arg for arg, value in zip(node.args, values, strict=True) if value is wanted]
        for arg in sides if together else sides[:1]:
            yield from _settling(arg, cells, wanted=wanted)
    else:
        yield _told(node, cells, wanted=wanted)


def _told(node: Node, cells: Mapping[str, Cell], *, wanted: bool) -> Deciding:
    if not isinstance(node, Call):
        return _plain(node, wanted=wanted)
    op = node.op if wanted or node.op not in _OPPOSITE else _OPPOSITE[node.op]
    negated = not wanted and node.op not in _OPPOSITE
    left, right = (_shown(value_of(arg, cells)) for arg in (node.args[0], node.args[-1]))
    name = _subject(node.args[0])
    is_, otherwise = _WORDS[op]
    if negated:
        return Deciding(attribute=name, found=left, text=f"{name} {left}: it is not so that it {is_} {right}", otherwise=f"{name} {is_} {right}")
    text = f"{name} {left} {is_} {right}" if op in COMPARISONS - {Op.EQ, Op.NE} else _phrase(name, left, is_, right, op)
    return Deciding(attribute=name, found=left, text=text, otherwise=f"{name} {otherwise} {right}")


def _phrase(name: str, left: str, is_: str, right: str, op: Op) -> str:
    return f"{name} is {right}" if op is Op.EQ else f"{name} {left} {is_} {right}"


def _plain(node: Node, *, wanted: bool) -> Deciding:
    name = node.name if isinstance(node, Attribute | Has) else "the condition"
    there = " there" if isinstance(node, Has) else ""
    yes, no = f"{name} is{there or ' true'}", f"{name} is not{there or ' true'}"
    return Deciding(attribute=name, found=str(wanted).lower(), text=yes if wanted else no, otherwise=no.replace(" is not", " were not") if wanted else yes.replace(" is", " were"))


def _subject(node: Node) -> str:
    match node:
        case Attribute() | Has():
            return node.name
        case Call(op=Op.SIZE):
            return f"the size of {_subject(node.args[0])}"
        case Constant() | Choices():
            return _shown(node.value if isinstance(node, Constant) else node.values)
        case Call():
            return "the condition"


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, tuple):
        return ", ".join(_shown(item) for item in value) or "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)
