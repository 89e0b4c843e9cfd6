"""What packs ask that nobody tells: rules that keep every action of a use case back, whatever the level it has earned.

A rule is tried on everything that could be told. Where it fires on all of it, no proposal ever passes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

from remit.core.attributes import ATTRIBUTES
from remit.core.catalogue import base_of
from remit.core.charter import Charter
from remit.core.charter_finding import Finding, Surroundings
from remit.core.content import told_by_texts
from remit.core.field_map import FieldMap
from remit.core.pack import Pack, PackRule
from remit.core.regions import countries_of, may_meet, meets
from remit.core.rulebook import FLOORS, compiled
from remit.core.types import Operation, Verdict

WITHOUT_MAP = frozenset({"person.touches_7d", "money.spend_minor"})
"""What Remit counts itself, and what every connected system says of a call; everything else about people a map has to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """A rule that keeps back every action of an operation: at least by which verdict, for want of what, for whom."""

    operation: Operation
    verdict: Verdict
    wanting: tuple[str, ...]
    regions: tuple[str, ...] = ()


def pack_findings(charter: Charter, beside: Surroundings) -> Iterator[Finding]:
    """Yield one finding for every pack that keeps back all that an operation proposes."""
    for pack in beside.packs.values():
        found = [] if pack.pack in charter.packs.without else list(barred(charter, pack, beside.maps.get(charter.connector)))
        if found:
            yield Finding(code="pack_bars_all", way=("operations",), found=_found(charter, pack, found), do=_do(charter, pack))


def barred(charter: Charter, pack: Pack, field_map: FieldMap | None) -> Iterator[Barred]:
    """Yield the rules of a pack that fire on every action of an operation, because nobody tells what they look at."""
    for operation, spec in charter.operations.items():
        told = _told(charter, spec.arguments, field_map)
        for rule in pack.rules:
            if base_of(operation) in rule.operations and may_meet(rule.regions, charter.packs.regions):
                wanting = tuple(sorted(set(_NAME.findall(rule.when)) & ATTRIBUTES.keys() - told))
                verdict = mildest(rule, frozenset(wanting)) if wanting else Verdict.ALLOW
                if verdict > Verdict.ALLOW:
                    yield Barred(operation=operation, verdict=verdict, wanting=wanting, regions=_for_whom(charter, rule, told))


_NAME = re.compile(r"\b[a-z]+\.[a-z0-9_]+\b")


def _told(charter: Charter, arguments: tuple[str, ...], field_map: FieldMap | None) -> frozenset[str]:
    """Return which dotted attributes anybody could tell of an action; what an agent claims counts, for it can say anything."""
    claimed = {name for name in ATTRIBUTES if name.startswith("claimed.")}
    mapped = frozenset() if field_map is None else field_map.attributes.keys()
    return WITHOUT_MAP | claimed | mapped | told_by_texts(arguments, branded=bool(charter.brand))


def _for_whom(charter: Charter, rule: PackRule, told: frozenset[str]) -> tuple[str, ...]:
    """Return the regions whose people alone are meant; none where it is everybody, or nobody can tell who lives where."""
    codes, here = countries_of(rule.regions), countries_of(charter.packs.regions)
    everybody = not codes or "person.region" not in told or (here and all(meets(codes, code) for code in here))
    return () if everybody else rule.regions


@lru_cache(maxsize=4096)
def mildest(rule: PackRule, wanting: frozenset[str]) -> Verdict:
    """Return the mildest verdict of a rule over everything that could be told, where some attributes are told by nobody."""
    checked = compiled(rule.when)
    domains = [[None] if name in wanting else _values(ATTRIBUTES[name].cel, rule.when) for name in checked.names]
    if prod(map(len, domains)) > _MOST:
        return Verdict.ALLOW  # too many to try: nothing is said
    found = Verdict.BLOCK
    for values in product(*domains):
        outcome = checked.evaluate({name: one for name, one in zip(checked.names, values, strict=True) if one is not None})
        verdict = (FLOORS[rule.unknown] if outcome.error else FLOORS[rule.verdict]) if outcome.fires else Verdict.ALLOW
        found = min(found, verdict)
        if found is Verdict.ALLOW:
            break
    return found


_MOST = 5000
_ANY_NUMBERS = (0, 1, 10**12)


def _values(cel: str, when: str) -> list[object]:
    """Return values of a type that stand for all others in a condition: what it names itself, and what it does not name."""
    texts = ["", "x", *re.findall(r'"([^"]*)"', when)]
    match cel:
        case "bool":
            return [None, True, False]
        case "int":
            return [None, *_ANY_NUMBERS, *map(int, re.findall(r"\b\d+\b", when))]
        case "list(string)":
            return [None, (), *((one,) for one in texts)]
        case _:
            return [None, *texts]


def _found(charter: Charter, pack: Pack, found: list[Barred]) -> str:
    named = ", ".join(dict.fromkeys(one.operation for one in found))
    wanting = ", ".join(dict.fromkeys(name for one in found for name in one.wanting))
    worst = max(one.verdict for one in found)
    regions = {region for one in found for region in one.regions}
    whom = f" for people in {', '.join(sorted(regions))}" if regions and all(one.regions for one in found) else ""
    told = f"the pack {pack.pack} looks at {named}; on {charter.connector} nobody tells {wanting}"
    return f"{told}, so every such action{whom} would be {_DONE[worst]}, whatever its level"


_DONE: Mapping[Verdict, str] = {Verdict.HOLD: "held", Verdict.DRAFT: "drafted", Verdict.BLOCK: "blocked"}


def _do(charter: Charter, pack: Pack) -> str:
    return f"Let a map of {charter.connector} tell what it can, or leave {pack.pack} out under `packs` / `without`, with a reason"
