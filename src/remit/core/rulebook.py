"""The rules of a charter, compiled: which of them look at an operation, as one printed function per operation.

Rules are checked when a policy is adopted; what was checked is stored with the policy, so that whoever loads it later needs no
front end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import Any

from remit.core.attributes import ATTRIBUTES
from remit.core.catalogue import base_of
from remit.core.charter import Charter, RuleSpec
from remit.core.limit_spec import ContactHours
from remit.core.pack import Pack, PackRule
from remit.core.regions import countries_of, may_meet, meets
from remit.core.types import Operation, Verdict
from remit.errors import RuleError
from remit.rules import Fired, Rule, bundle, compile, load  # noqa: A004  # the rules' own word for it

SCHEMA: Mapping[str, str] = {name: attribute.cel for name, attribute in ATTRIBUTES.items()}
"""What a rule may look at: every attribute by name, with its CEL type."""

Stored = Mapping[str, Mapping[str, object]]
"""Checked rules by `USE_CASE/RULE` or `PACK/RULE`, as `Rule.stored` gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A rule as the gate applies it: its own floor, the one where it cannot be evaluated, and for whom it is there.

    `regions` are codes of countries and states; without any it is there for everybody. `pack` is empty for a charter's own rule.
    `shows` is an attribute whose value people read with it.
    """

    id: str
    when: str
    floor: Verdict
    unknown: Verdict
    because: str
    cites: str = ""
    pack: str = ""
    regions: frozenset[str] = frozenset()
    suggest: str = ""
    shows: str = ""
    contact_hours: ContactHours | None = None
    wait_minutes: int = 0

    def concerns(self, region: str | None) -> bool:
        """Whether the rule is there for somebody who lives in this region; who lives nobody knows where is meant by all."""
        return not self.regions or region is None or meets(self.regions, region)

    def waits(self, local_minute: int | None) -> int:
        """Return for how many minutes what it fires on must not leave."""
        if self.contact_hours is None or local_minute is None:
            return self.wait_minutes
        return self.contact_hours.wait_minutes(local_minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRules:
    """The rules that look at one operation: the charter's in their order, then those of the packs.

    `fired` returns what fires on a gate input: the number of each rule, with its error if it has one. It never raises.
    `looks_at` are the attributes that any of them needs, for whoever has to find them out.
    """

    applied: tuple[Applied, ...]
    rules: tuple[Rule, ...]
    fired: Callable[[object], list[Fired]] = field(repr=False, compare=False)
    looks_at: frozenset[str] = frozenset()


Rulebook = Mapping[Operation, OperationRules]


def compile_rules(charter: Charter, stored: Stored, packs: Iterable[Pack] = ()) -> Rulebook:
    """Compile the rules that look at a charter's operations. Raises `RuleError` that names the rule, with line and column."""
    chosen = [pack for pack in packs if pack.pack not in charter.packs.without]
    return {operation: _of(operation, charter, chosen, stored) for operation in charter.operations}


def _of(operation: Operation, charter: Charter, packs: Iterable[Pack], stored: Stored) -> OperationRules:
    own = [
        (f"{charter.id}/{name}", _own(name, spec)) for name, spec in charter.rules.items() if _looks(operation, spec.operations)
    ]
    shared = [
        (f"{pack.pack}/{rule.id}", _shared(pack, rule))
        for pack in packs
        for rule in pack.rules
        if base_of(operation) in rule.operations and may_meet(rule.regions, charter.packs.regions)
    ]
    named = [*own, *shared]
    bundled = bundle([_rule(key, one, stored) for key, one in named])
    return OperationRules(
        applied=tuple(one for _, one in named),
        rules=bundled.rules,
        fired=bundled.over(path_of),
        looks_at=frozenset(bundled.names) | _for_whom(one for _, one in named),
    )


def _for_whom(rules: Iterable[Applied]) -> frozenset[str]:
    return frozenset({"person.region"} if any(rule.regions for rule in rules) else ())


def _looks(operation: Operation, operations: tuple[Operation, ...]) -> bool:
    return not operations or operation in operations


def _own(name: str, spec: RuleSpec) -> Applied:
    floor = Verdict[spec.verdict.upper()]
    return Applied(id=name, when=spec.when, floor=floor, unknown=floor, because=spec.because, cites=spec.cites)


def _shared(pack: Pack, rule: PackRule) -> Applied:
    return Applied(
        id=rule.id,
        when=rule.when,
        floor=FLOORS[rule.verdict],
        unknown=FLOORS[rule.unknown],
        because=rule.because,
        cites=rule.cites,
        pack=pack.pack,
        regions=countries_of(rule.regions),
        suggest=rule.suggest,
        shows=rule.shows,
        contact_hours=rule.contact_hours,
        wait_minutes=rule.wait_minutes or 0,
    )


FLOORS: Mapping[str, Verdict] = {
    "note": Verdict.ALLOW,
    "wait": Verdict.ALLOW,
    "hold": Verdict.HOLD,
    "draft": Verdict.DRAFT,
    "block": Verdict.BLOCK,
}
"""What the verdicts of packs ask for at least; a note and a wait ask for nothing."""


def _rule(key: str, applied: Applied, stored: Stored) -> Rule:
    known = stored.get(key)
    if known is not None and known.get("source") == applied.when:
        return load(known)
    try:
        return compiled(applied.when)
    except RuleError as error:
        kind = f"pack {applied.pack}" if applied.pack else f"charter {key.partition('/')[0]}"
        raise RuleError(
            f"Rule {applied.id}: {error.message}", asked=kind, do=error.do, line=error.line, column=error.column
        ) from error


@lru_cache(maxsize=4096)
def compiled(when: str) -> Rule:
    """Check one condition; the same one stands in many charters, and a policy is compiled several times while it is adopted."""
    return compile(when, SCHEMA)


def forget_checked() -> None:
    """Forget every condition that was checked, as if the process had just begun."""
    compiled.cache_clear()


def store_rules(charters: Iterable[Charter], packs: Iterable[Pack]) -> str:
    """Return the checked rules of all charters and packs as JSON text, to be kept with the policy."""
    wanted = {f"{charter.id}/{name}": _own(name, spec) for charter in charters for name, spec in charter.rules.items()}
    wanted |= {f"{pack.pack}/{rule.id}": _shared(pack, rule) for pack in packs for rule in pack.rules}
    return json.dumps({key: _rule(key, one, {}).stored() for key, one in wanted.items()}, sort_keys=True)


def path_of(name: str) -> str:
    """Say where a gate input holds an attribute: a claim as it is called, a fact among the facts."""
    if name.startswith("claimed."):
        return name
    return f"facts.further[{name}]" if "." in name else f"facts.{name}"


def known_of(given: object) -> dict[str, Any]:
    """Return what a rule may look at in a gate input, by name; what could not be had is left out."""
    further: Mapping[str, Any] = attrgetter("facts.further")(given)
    seen = {name: attrgetter(path)(given) for name in SCHEMA if not (path := path_of(name)).endswith("]")}
    return {name: value for name, value in {**further, **seen}.items() if value is not None}
