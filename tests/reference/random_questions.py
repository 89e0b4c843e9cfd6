"""Random policies and questions by the thousand, from a seed. Written beside the strategies of the laws, which cannot hurry."""

from __future__ import annotations

from random import Random
from typing import Any, TypeVar

from remit.core.catalogue import CatalogueEntry, Condition, Mode, Override, Reach, Stage
from remit.core.charter import OperationSpec, WindowSpec
from remit.core.classify import ActionFacts, InnerCall
from remit.core.gate import Ceiling, Claimed, GateInput
from remit.core.policy import CompiledPolicy
from remit.core.types import ActionClass, Kind, Level, Operation, Reversibility, Risk, UseCaseId
from tests.changed import replace
from tests.core.small_policy import USE_CASE, charter, policy
from tests.laws.charter_rules import OPERATIONS, STOCK, Rules, rulebook

_CLASSES = [ActionClass(risk=risk, reversibility=reversibility) for risk in Risk for reversibility in Reversibility]
_MILD = _CLASSES[0]
_NO_RULES: Rules = {}
_UNUSUAL: dict[str, list[Any]] = {
    "record": [None, "list/2", "contact/12", ""],
    "reach": [None, 0, 2, 3, 4, 10**19],
    "listeners": [None, ("newsletter",), ("other", "newsletter")],
    "field_empty": [None, False],
    "set_by_person": [None, True],
    "suppressed": [None, True],
    "reserved_fields": [None, ("owner",)],
    "owned": [None, True],
    "inside_territory": [None, False],
    "notifies": [None, ("bo",), ("bo", "ann")],
    "seeds_only": [None, False],
    "internal_only": [None, False],
    "feeds": [None, ("list/2",), ("spring", "autumn")],
    "published": [None, True],
    "matches_existing": [None, True],
    "step_ppm": [None, -10, 11, -11, 0],
    "band_ppm": [None, 0],
    "starts_in_minutes": [None, 1439, 1, -5, 2**63],
}
_USUAL: dict[str, Any] = {
    "record": "contact/1",
    "reach": 1,
    "listeners": (),
    "field_empty": True,
    "set_by_person": False,
    "suppressed": False,
    "reserved_fields": (),
    "owned": False,
    "inside_territory": True,
    "notifies": (),
    "seeds_only": True,
    "internal_only": True,
    "feeds": (),
    "published": False,
    "matches_existing": False,
    "step_ppm": 10,
    "band_ppm": 10,
    "starts_in_minutes": 1440,
}
T = TypeVar("T")


def _mostly(random: Random, usual: T, *others: T) -> T:
    return usual if random.random() < 0.8 else random.choice(others)


def random_policy(random: Random) -> CompiledPolicy:
    """Return a policy; its charter has rules three times out of four."""
    operations = _mostly(random, OPERATIONS, (), OPERATIONS[:1], OPERATIONS[1:])
    chartered = charter(
        operations=dict.fromkeys(operations, OperationSpec(arguments=("region",))),
        windows={"people": WindowSpec(kind="contact", fields=_mostly(random, ("job", "region"), (), ("job",)))},
        highest_reach=_mostly(random, 1, 0, 2, 3),
        connector=random.choice(["sandbox", "elsewhere"]),
        rules=random.choice(STOCK) if random.random() < 0.75 else _NO_RULES,
    )
    known = _mostly(random, OPERATIONS[:2], (), OPERATIONS[:1])
    return replace(
        policy(),
        charters={USE_CASE: chartered},
        catalogue={operation: _entry(random, operation) for operation in known},
        rules={USE_CASE: rulebook(chartered.rules, chartered.operations)},
    )


def _entry(random: Random, operation: Operation) -> CatalogueEntry:
    kind = _mostly(random, Kind.ACT, Kind.DRAFT)
    needed = random.sample(list(Condition), random.randint(1, 3))
    if kind is Kind.DRAFT and random.random() < 0.8:
        needed.append(Condition.DRAFT_UNPUBLISHED)
    narrow = _mostly(random, _MILD, None, *_CLASSES)
    return CatalogueEntry(
        operation=operation,
        name=operation,
        kind=kind,
        mode=_mostly(random, Mode.EXECUTE, *Mode),
        wide=random.choice([*_CLASSES, _MILD, _MILD]),
        narrow=narrow,
        narrow_when=tuple(dict.fromkeys(needed)) if narrow else (),
        stage=_mostly(random, Stage.EXECUTE_LOW_RISK, *Stage),
        reach=Reach(narrow_up_to=random.choice([None, 0, 1, 2, 3])),
        contacts_person=random.random() < 0.3,
        guardrails=_mostly(random, {}, {"two_person": "Two people look."}),
        overrides=_mostly(random, {}, {"sandbox": Override(at_least=random.choice(_CLASSES), why="it does more.")}),
    )


def _facts(random: Random, deep: int) -> ActionFacts:
    odd = random.random() * 0.3
    found = {name: random.choice(_UNUSUAL[name]) if random.random() < odd else usual for name, usual in _USUAL.items()}
    return ActionFacts(**found, inner=_calls(random, deep) if random.random() < 0.25 else None)


def _calls(random: Random, deep: int) -> tuple[InnerCall, ...]:
    many = random.randint(0, 2) if deep else 0
    return tuple(InnerCall(operation=random.choice(OPERATIONS), facts=_facts(random, deep - 1)) for _ in range(many))


def _ceiling(random: Random) -> Ceiling:
    return Ceiling(level=random.choice(list(Level)), code=random.choice(["charter", "outside_grant", "version", "expired"]))


def random_question(random: Random) -> GateInput:
    """Return a question to such a policy."""
    return GateInput(
        use_case=USE_CASE if random.random() < 0.97 else UseCaseId("nobody"),
        operation=random.choice([*OPERATIONS, *OPERATIONS[:2]]),
        granted=random.choice([*Level, Level.EXECUTE, Level.OPTIMISE]),
        odd_arguments=_mostly(random, (), (), (), ("password",)),
        ceilings=tuple(_ceiling(random) for _ in range(_mostly(random, 0, 1, 2, 3))),
        facts=_facts(random, 2),
        claimed=Claimed(
            confidence_ppm=random.choice([None, 0, 499_999, 500_000, 2**63]),
            grounds=_mostly(random, (), ("job",), ("region", "job"), ("health",)),
        ),
        certificate=random.random() < 0.5,
        drawn=random.random() < 0.1,
        stops=_mostly(random, (), (), ("everything",)),
    )
