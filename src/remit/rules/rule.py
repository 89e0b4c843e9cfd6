"""One compiled rule: the checked tree with everything it can be turned into, made from its source or from what was stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from remit.rules.cells import Cell, cell
from remit.rules.check import check
from remit.rules.evaluate import Outcome
from remit.rules.explain import Explanation, explain
from remit.rules.kinds import Kind, Schema, read_schema, schema_sha256
from remit.rules.refusal import judge_text
from remit.rules.stored import digest, from_json, to_json, unsound
from remit.rules.to_python import Printed, print_when_asked
from remit.rules.to_sql import print_sql
from remit.rules.tree import Node, attributes, renamed

FORM = 1
"""The form in which rules are stored. Another form is refused, never guessed at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition over declared attributes. Equal sources over equal schemas are equal rules, stored in between or not.

    `names` are the attributes it looks at, in order of first appearance, and `kinds` their types.
    """

    source: str
    schema_sha256: str
    tree: Node
    names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    _printed: Printed = field(repr=False, compare=False)

    def cells(self, mapping: Mapping[str, Any]) -> dict[str, Cell]:
        """Return the cells of the attributes this rule looks at."""
        return {name: cell(kind, mapping, name) for name, kind in zip(self.names, self.kinds, strict=True)}

    def evaluate(self, mapping: Mapping[str, Any]) -> Outcome:
        """Evaluate on plain values by attribute name. Never raises.

        A value that is null, of another type, not finite, beyond 64 bits or without a zone is an error, and so is one that is
        missing; a rule fires on an error that it needs.
        """
        fired = self._printed(tuple(self.cells(mapping).values()))
        return Outcome(fires=bool(fired), error=fired[0][1] if fired else None)

    def explain(self, mapping: Mapping[str, Any], words: Mapping[str, str] = MappingProxyType({})) -> Explanation:
        """Say which comparisons settled the outcome, and the nearest change. Never raises.

        `words` are what people call an attribute, by its name; no two attributes may be called the same.
        """
        cells = {words.get(name, name): found for name, found in self.cells(mapping).items()}
        return explain(renamed(self.tree, words), cells)

    def sql(self, dialect: str = "duckdb") -> str:
        """Return an SQL expression that is true, false, or NULL for an error. Raises `ValueError` for another dialect.

        It reads a column of each attribute's name, and of that name with `__broken` after it where `has` asks about it.
        """
        if dialect != "duckdb":
            raise ValueError(f"There is no dialect {dialect!r}; there is duckdb.")
        return print_sql(self.tree)

    def stored(self) -> dict[str, Any]:
        """Return the rule as JSON values: enough to evaluate it where no front end is installed."""
        told = {
            "form": FORM,
            "source": self.source,
            "source_sha256": hashlib.sha256(self.source.encode()).hexdigest(),
            "schema_sha256": self.schema_sha256,
            "kinds": {name: str(kind) for name, kind in zip(self.names, self.kinds, strict=True)},
            "tree": to_json(self.tree),
        }
        return told | {"sha256": digest(told)}


def compile(source: str, schema: Schema) -> Rule:  # noqa: A001  # the name outside code relies on, and what it does
    """Check and compile a condition. Raises `RuleError` with line, column and what to write instead.

    A source has at most 10,000 characters, a tree at most 50 levels. The schema says the CEL type of each attribute: `bool`,
    `int`, `double`, `string`, `timestamp`, `list(string)` or `list(int)`.
    """
    kinds = read_schema(schema)
    return _rule(source, schema_sha256(kinds), check(source, schema), kinds)


def load(stored: Mapping[str, Any]) -> Rule:
    """Return the rule that was stored. Raises `RuleError` where anything in it does not hold."""
    told = dict(stored)
    if told.keys() != _KEYS or told["form"] != FORM:
        raise unsound(f"it has not the keys of form {FORM}")
    _judge_digests(told)
    kinds = read_schema(told["kinds"])
    rule = _rule(told["source"], told["schema_sha256"], from_json(told["tree"], kinds), kinds)
    if set(rule.names) != set(kinds):  # JSON keeps no order of keys
        raise unsound("its attributes are not those it looks at")
    return rule


_KEYS = {"form", "source", "source_sha256", "schema_sha256", "kinds", "tree", "sha256"}


def _judge_digests(told: Mapping[str, Any]) -> None:
    judge_text(told["source"])
    if not isinstance(told["kinds"], dict) or not isinstance(told["schema_sha256"], str):
        raise unsound("its attributes or the digest of its schema cannot be read")
    if told["source_sha256"] != hashlib.sha256(told["source"].encode()).hexdigest():
        raise unsound("its source is not the one that was stored")
    try:
        found = digest({key: value for key, value in told.items() if key != "sha256"})
    except (TypeError, ValueError, RecursionError):
        found = None
    if told["sha256"] != found:
        raise unsound("it is not what was stored")


def _rule(source: str, schema: str, tree: Node, kinds: Mapping[str, Kind]) -> Rule:
    names = attributes(tree)
    printed = print_when_asked(tree, names)
    return Rule(
        source=source, schema_sha256=schema, tree=tree, names=names, kinds=tuple(kinds[name] for name in names), _printed=printed
    )
