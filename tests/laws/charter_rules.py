"""Random rules of a charter, from a fixed stock: compiling a condition takes longer than deciding by it a hundred times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from random import Random

from remit.core.charter import OperationSpec, RuleSpec
from remit.core.limit_spec import ContactHours
from remit.core.pack import Pack, PackRule, PackVerdict
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
def _compiled(rules: tuple[tuple[str, RuleSpec], ...], packs: tuple[Pack, ...]) -> Rulebook:
    chartered = charter(operations=dict.fromkeys(OPERATIONS, OperationSpec(arguments=())), rules=dict(rules))
    stored = {f"{USE_CASE}/{name}": _stored(spec.when) for name, spec in rules}
    stored |= {f"{pack.pack}/{rule.id}": _stored(rule.when) for pack in packs for rule in pack.rules}
    return compile_rules(chartered, stored, packs)


def rulebook(rules: Rules, operations: Iterable[Operation], packs: tuple[Pack, ...] = ()) -> Rulebook:
    """Compile rules and packs for these operations."""
    compiled = _compiled(tuple(rules.items()), packs) if rules or packs else {}
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


def _pack_rule(random: Random, number: int) -> PackRule:
    verdict: PackVerdict = random.choice(["note", "wait", "wait", "hold", "draft", "block"])
    hours = ContactHours(earliest="09:00", latest="20:00") if verdict == "wait" and random.random() < 0.5 else None
    return PackRule(
        id=f"stock.r{number}",
        operations=random.choice([OPERATIONS[:2], OPERATIONS[:1], OPERATIONS[1:2]]),
        when=random.choice(list(WRITTEN)),
        verdict=verdict,
        unknown=random.choice(["note", "hold", "block"]),
        because="It is written.",
        cites="Art. 1",
        regions=random.choice([(), ("EU",), ("US",), ("US-CA",), ("EU", "US-CA")]),
        contact_hours=hours,
        wait_minutes=random.choice([60, 1440]) if verdict == "wait" and hours is None else None,
    )


def _pack(random: Random) -> Pack:
    rules = tuple(_pack_rule(random, number) for number in range(random.randint(1, 4)))
    return Pack(pack="stock", title="Stock", as_of=date(2026, 11, 1), version=1, about="For tests.", rules=rules)


PACKS = [_pack(Random(seed)) for seed in range(20)]
"""Packs of one to four rules."""
