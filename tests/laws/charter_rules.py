"""Random rules of a charter, from a fixed stock: compiling a condition takes longer than deciding by it a hundred times."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random

from remit.core.charter import OperationSpec, RuleSpec
from remit.core.rulebook import SCHEMA, Rulebook, compile_rules
from remit.core.types import Operation
from remit.rules import compile as compile_rule
from tests.core.small_policy import USE_CASE, charter
from tests.reference.written_conditions import WRITTEN

OPERATIONS = tuple(Operation(name) for name in ("contact.enrich", "email.send", "contact.enrich:region", "contact.teleport"))
Rules = Mapping[str, RuleSpec]


@cache
def _stored(when: str) -> Mapping[str, object]:
    return compile_rule(when, SCHEMA).stored()


@cache
def _compiled(rules: tuple[tuple[str, RuleSpec], ...]) -> Rulebook:
    chartered = charter(operations=dict.fromkeys(OPERATIONS, OperationSpec(arguments=())), rules=dict(rules))
    return compile_rules(chartered, {f"{USE_CASE}/{name}": _stored(spec.when) for name, spec in rules})


def rulebook(rules: Rules, operations: Mapping[Operation, OperationSpec]) -> Rulebook:
    """Compile rules for these operations."""
    compiled = _compiled(tuple(rules.items())) if rules else {}
    return {operation: compiled[operation] for operation in operations if operation in compiled}


def _random_rule(random: Random) -> RuleSpec:
    return RuleSpec(
        when=random.choice(list(WRITTEN)),
        verdict=random.choice(["hold", "hold", "draft", "block"]),
        because="It is written.",
        operations=random.choice([(), (), (OPERATIONS[0],), OPERATIONS[1:3]]),
    )


def _stock() -> list[Rules]:
    random = Random(41)
    return [{f"r{number}": _random_rule(random) for number in range(1 + many % 4)} for many in range(60)]


STOCK: list[Rules] = _stock()
"""Charters' rules, one to four at a time."""
