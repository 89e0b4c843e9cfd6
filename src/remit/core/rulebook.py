"""The rules of a charter, compiled: which of them look at an operation, as one printed function per operation.

Rules are checked when a policy is adopted; what was checked is stored with the policy, so that whoever loads it later needs no
front end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from remit.core.attributes import ATTRIBUTES
from remit.core.charter import Charter, RuleSpec
from remit.core.types import Operation
from remit.errors import RuleError
from remit.rules import Fired, Rule, bundle, compile, load  # noqa: A004  # the rules' own word for it

SCHEMA: Mapping[str, str] = {name: attribute.cel for name, attribute in ATTRIBUTES.items()}
"""What a rule may look at: every attribute by name, with its CEL type."""

Stored = Mapping[str, Mapping[str, object]]
"""Checked rules by `USE_CASE/RULE`, as `Rule.stored` gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRules:
    """The rules that look at one operation, in their charter's order.

    `fired` returns what fires on a gate input: the number of each rule, with its error if it has one. It never raises.
    """

    ids: tuple[str, ...]
    specs: tuple[RuleSpec, ...]
    rules: tuple[Rule, ...]
    fired: Callable[[object], list[Fired]] = field(repr=False, compare=False)


Rulebook = Mapping[Operation, OperationRules]


def compile_rules(charter: Charter, stored: Stored) -> Rulebook:
    """Compile a charter's rules by operation. Raises `RuleError` that names the rule, with line and column."""
    rules = {name: _rule(charter, name, spec, stored) for name, spec in charter.rules.items()}
    return {operation: _of(operation, charter, rules) for operation in charter.operations}


def _rule(charter: Charter, name: str, spec: RuleSpec, stored: Stored) -> Rule:
    known = stored.get(f"{charter.id}/{name}")
    if known is not None and known.get("source") == spec.when:
        return load(known)
    try:
        return compile(spec.when, SCHEMA)
    except RuleError as error:
        raise RuleError(
            f"Rule {name}: {error.message}",
            asked=f"charter {charter.id}",
            do=error.do,
            line=error.line,
            column=error.column,
        ) from error


def _of(operation: Operation, charter: Charter, rules: Mapping[str, Rule]) -> OperationRules:
    chosen = [name for name, spec in charter.rules.items() if not spec.operations or operation in spec.operations]
    bundled = bundle([rules[name] for name in chosen])
    specs = tuple(charter.rules[name] for name in chosen)
    return OperationRules(ids=tuple(chosen), specs=specs, rules=bundled.rules, fired=bundled.over(path_of))


def path_of(name: str) -> str:
    """Say where a gate input holds an attribute: a claim as it is called, a fact among the facts."""
    return name if name.startswith("claimed.") else f"facts.{name}"


def store_rules(charters: Iterable[Charter]) -> str:
    """Return the checked rules of all charters as JSON text, to be kept with the policy."""
    checked = {
        f"{charter.id}/{name}": _rule(charter, name, spec, {}).stored()
        for charter in charters
        for name, spec in charter.rules.items()
    }
    return json.dumps(checked, sort_keys=True)
