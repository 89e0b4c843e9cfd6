"""Random single changes of random policies, for the laws about what a change does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from remit.core.catalogue import CatalogueEntry, Condition, Mode, Override, Reach, Stage
from remit.core.charter import Charter, OperationSpec, PackChoice, RuleSpec, WindowSpec
from remit.core.limit_spec import ContactHours, LimitSpec
from remit.core.pack import Pack
from remit.core.policy import CompiledPolicy
from remit.core.risk_statement import RiskStatement, class_name
from remit.core.types import ActionClass, Kind, Level, Operation, Reversibility, Risk
from tests.changed import replace
from tests.core.bounded_questions import statement
from tests.core.small_policy import USE_CASE
from tests.laws.charter_rules import OPERATIONS, PACKS, STOCK, rulebook

CLASSES = [ActionClass(risk=risk, reversibility=reversibility) for risk in Risk for reversibility in Reversibility]
HOURS = [None, *(ContactHours(earliest=early, latest=late) for early in ("08:00", "10:00") for late in ("18:00", "20:00"))]
Move = Callable[[Random, CompiledPolicy], CompiledPolicy]


def moved(random: Random, policy: CompiledPolicy) -> CompiledPolicy:
    """Change one thing, now and then two."""
    for _ in range(random.choice([1, 1, 1, 2])):
        policy = MOVES[random.choice(list(MOVES))](random, policy)
    return again(policy)


def again(policy: CompiledPolicy) -> CompiledPolicy:
    """Compile the rules anew, and forget what was worked out for the old policy."""
    books = {}
    for name, chartered in policy.charters.items():
        packs = tuple(pack for key, pack in policy.packs.items() if key not in chartered.packs.without)
        books[name] = rulebook(chartered.rules, chartered.operations, packs)
    return replace(policy, rules=books)


def _charter(policy: CompiledPolicy, **changes: Any) -> CompiledPolicy:
    return replace(policy, charters={USE_CASE: replace(_chartered(policy), **changes)})


def _chartered(policy: CompiledPolicy) -> Charter:
    return policy.charters[USE_CASE]


def _field(name: str, *values: Any) -> Move:
    return lambda random, policy: _charter(policy, **{name: random.choice(values)})


def _operation(random: Random, policy: CompiledPolicy) -> CompiledPolicy:
    operations = dict(_chartered(policy).operations)
    name = Operation(random.choice(OPERATIONS))
    if name in operations and random.random() < 0.3:
        del operations[name]
    else:
        operations[name] = OperationSpec(
            arguments=random.choice([("region",), (), ("region", "tag")]),
            values=random.choice([{}, {"region": ("north",)}, {"region": ("north", "south")}]),
            highest_level=random.choice(list(Level)),
            lowest_confidence=random.choice([None, 0.5, 0.9]),
        )
    return _charter(policy, operations=operations)


def _window(random: Random, policy: CompiledPolicy) -> CompiledPolicy:
    windows = dict(_chartered(policy).windows)
    fields = random.choice([("job",), ("job", "region"), ("job", "region", "health"), ()])
    if random.random() < 0.5:
        windows["people"] = WindowSpec(kind="contact", fields=fields, delay_hours=random.choice([0, 24]))
    elif windows.pop("late", None) is None:
        windows["late"] = WindowSpec(kind="contact", fields=fields)
    return _charter(policy, windows=windows)


def _rule(random: Random, policy: CompiledPolicy) -> CompiledPolicy:
    rules = dict(_chartered(policy).rules)
    stock = random.choice(STOCK)
    if rules and random.random() < 0.6:
        name = random.choice(list(rules))
        verdict = random.choice(["hold", "draft", "block"])
        operations = random.choice([(), OPERATIONS[:1], OPERATIONS[1:3]])
        if random.random() < 0.3:
            del rules[name]
        else:
            changed: dict[str, Any] = random.choice(
                [{"verdict": verdict}, {"operations": operations}, {"because": "Said better."}]
            )
            rules[name] = replace(rules[name], **changed)
    else:
        rules = {**stock, **rules}
    return _charter(policy, rules=kept(rules))


def kept(rules: Mapping[str, RuleSpec]) -> dict[str, RuleSpec]:
    """Return at most four rules, in the order of their names, so that few have to be compiled."""
    return {name: rules[name] for name in sorted(rules)[:4]}


def _limits(random: Random, limits: Mapping[str, LimitSpec]) -> dict[str, LimitSpec]:
    found = dict(limits)
    name = random.choice(["limit0", "limit1"])
    if name in found and random.random() < 0.3:
        del found[name]
        return found
    before = found.get(name, LimitSpec(counts=random.choice(["actions", "touches", "spend_minor"]), at_most=3, window="1 day"))
    changed: dict[str, Any] = random.choice(
        [
            {"at_most": random.choice([0, 1, 10])},
            {"verdict": random.choice(["hold", "block"])},
            {"operations": random.choice([(), OPERATIONS[:1], OPERATIONS[:2]])},
            {"window": random.choice(["30 minutes", "2 days", "7 days"])},
            {"counts": random.choice(["actions", "touches", "reach"])},
        ]
    )
    return {**found, name: replace(before, **changed)}


def _charter_limit(random: Random, policy: CompiledPolicy) -> CompiledPolicy:
    return _charter(policy, limits=_limits(random, _chartered(policy).limits))


def _statement(random: Random, policy: CompiledPolicy) -> CompiledPolicy:
    before = policy.risk_statement
    if before is None or random.random() < 0.2:
        return replace(policy, risk_statement=None if before is not None else _some_statement(random))
    changed: dict[str, Any] = random.choice(
        [
            {"limits": _limits(random, before.limits)},
            {"contact_hours": random.choice(HOURS)},
            {"otherwise": random.choice(list(Level))},
            {"highest_level": {**before.highest_level, class_name(random.choice(CLASSES)): random.choice(list(Level))}},
            {"organisation": "Another"},
        ]
    )
    return replace(policy, risk_statement=replace(before, **changed))


def _some_statement(random: Random) -> RiskStatement:
    orderly = {class_name(CLASSES[0]): Level.OPTIMISE, class_name(CLASSES[1]): Level.EXECUTE}
    odd = {class_name(random.choice(CLASSES)): random.choice(list(Level)) for _ in range(3)}
    return statement(highest_level=random.choice([orderly, odd]), contact_hours=random.choice(HOURS))


def _pack(random: Random, policy: CompiledPolicy) -> CompiledPolicy:
    before = policy.packs.get("stock")
    if before is None or random.random() < 0.3:
        return replace(policy, packs={} if before is not None else {"stock": random.choice(PACKS)})
    return replace(policy, packs={"stock": _changed_pack(random, before)})


def _changed_pack(random: Random, before: Pack) -> Pack:
    rules = list(before.rules)
    at = random.randrange(len(rules))
    changed: dict[str, Any] = random.choice(
        [
            {"verdict": random.choice(["note", "hold", "draft", "block"])},
            {"unknown": random.choice(["note", "hold", "block"])},
            {"regions": random.choice([(), ("EU",), ("EEA",), ("US",), ("US-CA",)])},
            {"operations": random.choice([OPERATIONS[:2], OPERATIONS[:1]])},
            {"because": "Said better."},
        ]
    )
    rules[at] = replace(rules[at], **changed)
    return replace(before, rules=tuple(rules), version=before.version + 1)


def _catalogue(random: Random, policy: CompiledPolicy) -> CompiledPolicy:
    known = dict(policy.catalogue)
    if not known or random.random() < 0.15:
        return policy
    name = random.choice(list(known))
    if random.random() < 0.15:
        del known[name]
    else:
        known[name] = _changed_entry(random, known[name])
    return replace(policy, catalogue=known)


def _changed_entry(random: Random, before: CatalogueEntry) -> CatalogueEntry:
    conditions = tuple(random.sample(list(Condition), 2))
    narrow = random.choice([None, CLASSES[0], CLASSES[1], *CLASSES])
    grown = tuple(dict.fromkeys((*before.narrow_when, *conditions[:1])))
    fewer = before.narrow_when[:-1] or before.narrow_when
    override = Override(at_least=random.choice(CLASSES), why="It does more.")
    changed: dict[str, Any] = random.choice(
        [
            {"wide": random.choice(CLASSES)},
            {"narrow": narrow, "narrow_when": (before.narrow_when or conditions) if narrow else ()},
            {"narrow_when": grown if before.narrow else ()},
            {"narrow_when": fewer},
            {"reach": Reach(narrow_up_to=random.choice([None, 0, 1, 2, 3]))},
            {"mode": random.choice(list(Mode))},
            {"stage": random.choice(list(Stage))},
            {"kind": random.choice(list(Kind))},
            {"contacts_person": random.random() < 0.5},
            {"overrides": random.choice([{}, {"sandbox": override}])},
            {"guardrails": random.choice([{}, {"two_person": "Two people look."}])},
        ]
    )
    return replace(before, **changed)


MOVES: dict[str, Move] = {
    "operation": _operation,
    "another operation": _operation,
    "window": _window,
    "rule": _rule,
    "another rule": _rule,
    "limit": _charter_limit,
    "statement": _statement,
    "another statement": _statement,
    "pack": _pack,
    "catalogue": _catalogue,
    "more of the catalogue": _catalogue,
    "even more of the catalogue": _catalogue,
    "highest level": _field("highest_level", *Level),
    "reach": _field("highest_reach", 0, 1, 2, 3),
    "share": _field("highest_share", None, 0.1, 0.5, 1.0),
    "hours": _field("contact_hours", *HOURS),
    "left out": _field("packs", PackChoice(), PackChoice(without={"stock": "It is not ours."})),
    "title": _field("title", "Another", "One more"),
    "connector": _field("connector", "sandbox", "elsewhere"),
    "no operations": _field("operations", {}),
}
"""What may move, by name."""
