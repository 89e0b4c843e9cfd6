"""Many rules as one printed function over shared cells, for whoever decides often. Whose rules they are is not asked here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from remit.errors import RuleError
from remit.rules.cells import Cell, cell
from remit.rules.kinds import Kind
from remit.rules.rule import Rule
from remit.rules.to_python import Fired, Overlooking, Printed, print_many, print_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Rules in their order, and the attributes any of them looks at."""

    rules: tuple[Rule, ...]
    names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    _printed: Printed = field(repr=False, compare=False)

    def cells(self, mapping: Mapping[str, Any]) -> tuple[Cell, ...]:
        """Return one cell for each name, in their order. Never raises."""
        return tuple([cell(kind, mapping, name) for name, kind in zip(self.names, self.kinds, strict=True)])

    def fired(self, cells: Sequence[Cell]) -> list[Fired]:
        """Return the number of every rule that fires, with its error if it has one, in the order of the rules. Never raises.

        The cells MUST come from `cells` of this bundle; where they do not fit its names, every rule fires.
        """
        return self._printed(cells)

    def over(self, path_of: Callable[[str], str]) -> Overlooking:
        """Return a function that fetches the values from an object by itself, each under the dotted path of its name."""
        sources = {name: (kind, path_of(name)) for name, kind in zip(self.names, self.kinds, strict=True)}
        return print_over([rule.tree for rule in self.rules], sources)

    def evaluate(self, mapping: Mapping[str, Any]) -> list[Fired]:
        """Return what fires on plain values by attribute name. Never raises."""
        return self._printed(self.cells(mapping))


def bundle(rules: Sequence[Rule]) -> Bundle:
    """Print rules into one function. Raises `RuleError` where two of them declare one attribute with two types."""
    kinds: dict[str, Kind] = {}
    for rule in rules:
        for name, kind in zip(rule.names, rule.kinds, strict=True):
            if kinds.setdefault(name, kind) is not kind:
                raise RuleError(
                    f"The attribute {name} is {kinds[name]} in one rule and {kind} in another.", do="Check both under one schema."
                )
    printed = print_many([rule.tree for rule in rules], tuple(kinds))
    return Bundle(rules=tuple(rules), names=tuple(kinds), kinds=tuple(kinds.values()), _printed=printed)
