"""One compiled rule: the checked tree with everything it can be turned into."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from remit.rules.cells import Cell, cell
from remit.rules.check import Schema, check
from remit.rules.explain import Explanation, explain
from remit.rules.to_python import print_many
from remit.rules.to_sql import print_sql
from remit.rules.tree import Kind, Node, attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Whether a rule fires, and the error that made it fire, if one did."""

    fires: bool
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition over declared attributes. Equal sources over equal schemas are equal rules."""

    source: str
    schema: Mapping[str, str]
    tree: Node
    names: tuple[str, ...]
    _printed: Callable[[Sequence[Any]], list[tuple[int, str | None]]] = field(repr=False, compare=False)

    def cells(self, mapping: Mapping[str, Any]) -> dict[str, Cell]:
        """Return the cells of the attributes this rule looks at."""
        return {name: cell(Kind(self.schema[name].replace(" ", "")), mapping, name) for name in self.names}

    def evaluate(self, mapping: Mapping[str, Any]) -> Outcome:
        """Evaluate on plain values by attribute name. What is missing, null, of another type or not finite is an error cell."""
        fired = self._printed(tuple(self.cells(mapping).values()))
        return Outcome(fires=bool(fired), error=fired[0][1] if fired else None)

    def explain(self, mapping: Mapping[str, Any]) -> Explanation:
        """Say which comparisons settled the outcome, and the nearest change."""
        return explain(self.tree, self.cells(mapping))

    def sql(self, dialect: str = "duckdb") -> str:
        """Return an SQL expression that is true, false, or NULL for an error. Raises `ValueError` for another dialect."""
        if dialect != "duckdb":
            msg = f"dialect {dialect!r} is not known; there is duckdb"
            raise ValueError(msg)
        return print_sql(self.tree)


def compile(source: str, schema: Schema) -> Rule:  # noqa: A001  # the name outside code relies on, and what it does
    """Check and compile a condition. Raises `RuleError` with line and column."""
    tree = check(source, schema)
    names = attributes(tree)
    return Rule(source=source, schema=dict(schema), tree=tree, names=names, _printed=print_many([tree], names))
