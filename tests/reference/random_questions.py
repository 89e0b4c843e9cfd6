"""Random policies and questions by the thousand, from a seed. Written beside the strategies of the laws, which cannot hurry."""

from __future__ import annotations

from random import Random
from typing import Any, TypeVar

from remit.core.catalogue import CatalogueEntry, Condition, Mode, Override, Reach, Stage
from remit.core.charter import Charter, OperationSpec, PackChoice, WindowSpec
from remit.core.classify import ActionFacts, InnerCall
from remit.core.gate import Ceiling, Claimed, GateInput
from remit.core.limit_spec import ContactHours, LimitSpec
from remit.core.mandate import Breach
from remit.core.pack import Pack
from remit.core.policy import CompiledPolicy
from remit.core.risk_statement import RiskStatement, class_name
from remit.core.types import ActionClass, Kind, Level, Operation, Reversibility, Risk, UseCaseId
from tests.changed import replace
from tests.core.bounded_questions import statement
from tests.core.small_policy import USE_CASE, charter, policy
from tests.laws.charter_rules import OPERATIONS, PACKS, STOCK, Rules, rulebook

_CLASSES = [ActionClass(risk=risk, reversibility=reversibility) for risk in Risk for reversibility in Reversibility]
_MILD = _CLASSES[0]
_NO_RULES: Rules = {}
_SELDOM = 0.03
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
        operations=dict.fromkeys(operations, _spec(random)),
        windows={"people": WindowSpec(kind="contact", fields=_mostly(random, ("job", "region"), (), ("job",)))},
        highest_reach=_mostly(random, 1, 0, 2, 3),
        connector=random.choice(["sandbox", "elsewhere"]),
        rules=random.choice(STOCK) if random.random() < 0.75 else _NO_RULES,
        **_bounds(random),
    )
    packs = _packs(random)
    known = _mostly(random, OPERATIONS[:2], (), OPERATIONS[:1])
    return replace(
        policy(),
        charters={USE_CASE: chartered},
        catalogue={operation: _entry(random, operation) for operation in known},
        rules={USE_CASE: rulebook(chartered.rules, chartered.operations, _chosen(packs, chartered))},
        packs=packs,
        risk_statement=_mostly(random, None, _statement(random)),
    )


def _spec(random: Random) -> OperationSpec:
    return OperationSpec(arguments=("region",), lowest_confidence=_mostly(random, None, 0.5))


def _bounds(random: Random) -> dict[str, Any]:
    without = PackChoice(without=_mostly(random, {}, {"stock": "It is not ours."}))
    return {
        "limits": _limits(random),
        "highest_share": _mostly(random, None, 0.1, 1.0),
        "contact_hours": _mostly(random, None, ContactHours(earliest="08:00", latest="20:00")),
        "packs": without,
    }


def _limits(random: Random) -> dict[str, LimitSpec]:
    many = _mostly(random, 0, 1, 2)
    return {f"limit{number}": _limit(random) for number in range(many)}


def _limit(random: Random) -> LimitSpec:
    return LimitSpec(
        counts=random.choice(["actions", "reach", "spend_minor", "touches"]),
        at_most=_mostly(random, 10, 0, 1, 3),
        window=random.choice(["1 day", "7 days", "30 minutes"]),
        operations=_mostly(random, (), OPERATIONS[:1], OPERATIONS[2:]),
        verdict=random.choice(["hold", "block"]),
    )


def _statement(random: Random) -> RiskStatement:
    names = random.sample([class_name(one) for one in _CLASSES], 4)
    return statement(
        highest_level={name: random.choice(list(Level)) for name in names},
        otherwise=random.choice([Level.RECOMMEND, Level.OPTIMISE]),
        limits=_limits(random),
        contact_hours=_mostly(random, None, ContactHours(earliest="10:00", latest="18:00")),
    )


def _chosen(packs: dict[str, Pack], chartered: Charter) -> tuple[Pack, ...]:
    return tuple(pack for name, pack in packs.items() if name not in chartered.packs.without)


def _packs(random: Random) -> dict[str, Pack]:
    return {} if random.random() < 0.75 else {"stock": random.choice(PACKS)}


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
    return ActionFacts(**found, further=_further(random), inner=_calls(random, deep) if random.random() < 0.25 else None)


def _further(random: Random) -> dict[str, Any]:
    known = {
        "person.region": _mostly(random, "DE", "", "US-CA", "US-NY", "US", "JP"),
        "person.local_minute": _mostly(random, 600, 480, 479, 1200, 1199, 1440, -1),
        "audience.reachable": _mostly(random, 100, 0, 9, 10, 11),
        "money.spend_minor": _mostly(random, 1, 0, 5, -1),
    }
    return {name: told for name, told in known.items() if random.random() < 0.95}


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
            window=_mostly(random, None, "people", "people", "people", "nowhere"),
        ),
        mandate_breaches=(Breach(bound="moves", found="5", limit="4"),) if random.random() < _SELDOM else (),
        window_changed=("its fields",) if random.random() < _SELDOM else (),
        certificate=random.random() < 0.5,
        drawn=random.random() < 0.1,
        stops=_mostly(random, (), (), ("everything",)),
        used={name: _mostly(random, 0, 1, 2, 9) for name in _COUNTED if random.random() < 0.97},
    )


_COUNTED = [f"{source}/limit{number}" for source in ("risk_statement", USE_CASE) for number in range(2)]
