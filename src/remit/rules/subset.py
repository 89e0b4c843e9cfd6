"""Turns the front end's tree into ours and refuses what is outside the subset, by the name the author wrote."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from remit.errors import RuleError
from remit.rules.advice import FOR_REFUSED, LISTED
from remit.rules.checked_wire import Checked, Raw
from remit.rules.kinds import Kind, Kinds, kind_of, kind_of_value, misfit
from remit.rules.presence import Swapped
from remit.rules.refusal import refusal, start_of_name
from remit.rules.tree import MAX_DEPTH, Attribute, Call, Choices, Constant, Has, Node, Op, attributes, depth, walk

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
_STRANGE = {
    "struct": ("a map is not allowed in a condition", "Write `in` and a list"),
    "other constant": ("null, bytes and unsigned numbers are not allowed in a condition", "Write text, a number, true or false"),
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
_SUCH_AS = 'Write a moment with its zone, such as timestamp("2026-01-31T00:00:00Z")'


class Subset:
    """Reads one checked condition."""

    def __init__(self, source: str, kinds: Kinds, swapped: Swapped, checked: Checked) -> None:
        """Keep the source as the author wrote it, and what the front end made of it."""
        self._source, self._kinds, self._swapped, self._checked = source, kinds, swapped, checked

    def root(self) -> Node:
        """Return the whole tree. Raises `RuleError` when it gives anything but yes or no, or is nested too deeply."""
        root = self._node(self._checked.root)
        self._judge_presence(root)
        if kind_of(root, self._kinds) is not Kind.BOOL:
            raise refusal(self._source, root.at, "the condition gives no yes or no", "Compare it with something")
        if not attributes(root):
            raise refusal(self._source, 0, "the condition looks at no attribute, so it is always the same", "Name an attribute")
        if depth(root) > MAX_DEPTH:
            raise refusal(self._source, 0, "the condition is nested too deeply", "Split it into several rules")
        return root

    def _judge_presence(self, root: Node) -> None:
        """Hold what was swapped against what the front end saw: neither a `has` overlooked nor one made up may pass."""
        seen = frozenset(node.at for node in walk(root) if isinstance(node, Has))
        if seen != self._swapped.places:
            at = min(seen ^ self._swapped.places)
            raise refusal(self._source, at, "has stands where it cannot be read", "Write it as has(facts.reach)")

    def _at(self, raw: Raw) -> int:
        return start_of_name(self._swapped.source, self._checked.positions.get(raw.id, 0))

    def _refuse(self, raw: Raw, found: str, do: str) -> RuleError:
        return refusal(self._source, self._at(raw), found, do)

    def _node(self, raw: Raw) -> Node:
        if raw.what in {"ident", "select"}:
            return self._named(raw)
        if raw.what == "const":
            return self._constant(raw)
        if raw.what == "list":
            return self._choices(raw)
        if raw.what == "call":
            return self._call(raw)
        if raw.what == "comprehension":
            raise self._not_allowed(raw, self._word_at(raw))
        raise self._refuse(raw, *_STRANGE.get(raw.what, ("this is not allowed in a condition", f"Use only {LISTED}")))

    def _named(self, raw: Raw) -> Node:
        name, at = self._checked.references.get(raw.id, ""), self._at(raw)
        place = self._checked.positions.get(raw.id, 0)
        if self._swapped.source[place : place + 1] == "(":  # a name stands at itself, and only what is left of a `has` here
            raise self._refuse(raw, "has stands where it cannot be read", "Write it as has(facts.reach)")
        if name in self._swapped.asked:
            return Has(name=self._swapped.asked[name], at=at)
        if name in self._kinds:
            return Attribute(name=name, at=at)
        raise self._refuse(raw, f"{name or 'this'} is no attribute", "Name an attribute, and put text in quotes")

    def _word_at(self, raw: Raw) -> str:
        found = re.match(r"\w+", self._source[self._at(raw) :])
        return found[0] if found else "this"

    def _not_allowed(self, raw: Raw, word: str) -> RuleError:
        return self._refuse(raw, f"{word} is not allowed in a condition", FOR_REFUSED.get(word, f"Use only {LISTED}"))

    def _constant(self, raw: Raw) -> Constant:
        value = raw.value
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            raise self._refuse(raw, "no finite number", "Write one that a double can hold")
        return Constant(value=value, at=self._at(raw))

    def _choices(self, raw: Raw) -> Choices:
        nodes = [self._node(item) for item in raw.args]
        values = tuple(node.value for node in nodes if isinstance(node, Constant))
        if len(values) != len(nodes) or len({kind_of_value(value) for value in values}) > 1:
            raise self._refuse(raw, "a list of anything but written values of one type", "Write the values out, all of one type")
        return Choices(values=values, at=self._at(raw))

    def _call(self, raw: Raw) -> Node:
        if raw.text == "timestamp":
            return self._moment(raw)
        op = _OPS.get(raw.text)
        if op is None:
            raise self._not_allowed(raw, raw.text.replace("_", "") if raw.text.strip("_") != raw.text else raw.text)
        call = Call(op=op, args=tuple(self._node(arg) for arg in raw.args), at=self._at(raw))
        found = misfit(call, self._kinds)
        if found:
            raise self._refuse(raw, *found)
        return call

    def _moment(self, raw: Raw) -> Constant:
        text = raw.args[0].value if len(raw.args) == 1 else None
        if not isinstance(text, str):
            raise self._refuse(raw, "timestamp of anything but written text", _SUCH_AS)
        try:
            moment = datetime.fromisoformat(text).astimezone(UTC) if _MOMENT.fullmatch(text) else None
        except (ValueError, OverflowError):
            moment = None
        if moment is None:
            raise self._refuse(raw, f"{text} is no moment, or has no zone, or is finer than a microsecond", _SUCH_AS)
        return Constant(value=moment, at=self._at(raw))
