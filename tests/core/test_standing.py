"""Every ceiling of an operation is listed with its reason, and what binds comes first."""

from __future__ import annotations

from typing import Any

import pytest

from remit.core.catalogue import CatalogueEntry, Condition, Mode, Stage
from remit.core.charter import OperationSpec, ReadinessSpec
from remit.core.level import Evidence, Grant
from remit.core.policy import CompiledPolicy
from remit.core.standing import Standing, lacking, standing
from remit.core.types import Kind, Level, Operation, UseCaseId
from tests.changed import replace
from tests.core.bounded_questions import statement
from tests.core.small_policy import CLASSES, NOON, OPERATION, USE_CASE, charter, entry, policy

EARNED = Grant(level=Level.EXECUTE, version="v1")


def seen(
    known: CompiledPolicy, grant: Grant = EARNED, *, operation: Operation = OPERATION, use_case: str = USE_CASE, **more: Any
) -> Standing:
    """Return where an operation stands at noon."""
    plain: dict[str, Any] = {"now": NOON, "measured": {}, "versions": ["v1"], "stops": ()}
    return standing(known.place(UseCaseId(use_case), operation), grant, **{**plain, **more})


def chartered(*entries: CatalogueEntry, **changes: Any) -> CompiledPolicy:
    """Return the smallest policy with its charter changed."""
    return policy(*entries, charters={USE_CASE: charter(**changes)})


LISTED: dict[str, tuple[CompiledPolicy, dict[str, Any], int, list[tuple[str, int, bool]]]] = {
    "nothing": (policy(), {}, 3, []),
    "the charter": (chartered(highest_level=Level.RECOMMEND), {}, 2, [("charter", 2, True)]),
    "the charter, above the grant": (chartered(highest_level=Level.EXECUTE), {}, 3, [("charter", 3, False)]),
    "one operation of the charter": (
        chartered(operations={OPERATION: OperationSpec(arguments=(), highest_level=Level.ASSIST)}),
        {},
        1,
        [("charter", 1, True)],
    ),
    "an operation outside it": (
        chartered(operations={}),
        {},
        2,
        [("outside_grant", 2, True)],
    ),
    "the risk statement": (
        replace(policy(), risk_statement=statement(highest_level={"low, easy": Level.RECOMMEND})),
        {},
        2,
        [("risk_statement", 2, True)],
    ),
    "a risk statement that caps nothing": (replace(policy(), risk_statement=statement()), {}, 3, []),
    "a class that never runs alone": (policy(entry(wide=CLASSES["high, easy"])), {}, 3, [("class", 2, True)]),
    "a class that needs a certificate": (policy(entry(wide=CLASSES["medium, easy"])), {}, 3, [("class", 2, True)]),
    "a class in its milder form": (
        policy(entry(wide=CLASSES["high, easy"], narrow=CLASSES["low, easy"], narrow_when=(Condition.UNOWNED,))),
        {},
        3,
        [],
    ),
    "a draft of any class": (policy(entry(wide=CLASSES["high, easy"], kind=Kind.DRAFT, mode=Mode.DRAFT_ONLY)), {}, 3, []),
    "people alone": (policy(entry(stage=Stage.HUMAN_ONLY)), {}, 3, [("catalogue", 2, True)]),
    "a person carries it out": (policy(entry(mode=Mode.DRAFT_ONLY)), {}, 3, [("catalogue", 1, True)]),
    "a person is asked": (policy(entry(mode=Mode.APPROVE)), {}, 3, [("catalogue", 2, True)]),
    "an operation nobody knows": (
        chartered(operations={Operation("a.b"): OperationSpec(arguments=())}),
        {"operation": Operation("a.b")},
        3,
        [("catalogue", 2, True)],
    ),
    "what was not measured": (
        chartered(readiness=ReadinessSpec(data_quality=0.9, undo_proven=True)),
        {},
        2,
        [("data_quality", 2, True), ("readiness", 2, True)],
    ),
    "a grant that ended": (policy(), {"grant": replace(EARNED, until=NOON)}, 2, [("expired", 2, True)]),
    "another version": (policy(), {"versions": ["v1", "v2"]}, 3, [("version", 2, False)]),
    "another version at level 2": (
        policy(),
        {"versions": ["v1", "v2"], "grant": Grant(level=Level.RECOMMEND)},
        2,
        [],
    ),
    "a stop": (policy(), {"stops": ("everything",)}, 3, [("stop", 0, True)]),
    "several, the lowest first": (
        chartered(highest_level=Level.EXECUTE, readiness=ReadinessSpec(undo_proven=True)),
        {"stops": ("use_case:enrich",)},
        2,
        [("stop", 0, True), ("readiness", 2, False), ("charter", 3, False)],
    ),
    "a use case nobody knows": (policy(), {"use_case": "nobody"}, 3, []),
}


@pytest.mark.parametrize("name", LISTED)
def test_all_that_holds_a_level_down_is_listed_and_what_binds_comes_first(name: str) -> None:
    known, more, in_force, wanted = LISTED[name]
    found = seen(known, **more)
    assert [(one.code, int(one.level), one.binds) for one in found.ceilings] == wanted
    assert int(found.in_force) == in_force
    assert all(one.sentence.endswith(".") and one.sentence[0].isupper() for one in found.ceilings)


LACKING: dict[str, tuple[CompiledPolicy, Grant, dict[str, Evidence], tuple[str, ...]]] = {
    "clean observations": (
        policy(),
        Grant(level=Level.RECOMMEND),
        {"v1": Evidence(losses={0: 14}), "v2": Evidence()},
        (
            "Level 3 takes 73 more clean observations; there are 14 so far by version v1.",
            "Level 3 takes 87 more clean observations; there are 0 so far by version v2.",
        ),
    ),
    "no agent": (
        policy(),
        Grant(level=Level.RECOMMEND),
        {},
        ("Level 3 takes 87 more clean observations; there are 0 so far; no agent has a key for it.",),
    ),
    "drafts": (
        policy(),
        Grant(level=Level.ASSIST),
        {"v1": Evidence(answered=3)},
        ("Level 2 takes 17 more answered drafts; there are 3 so far by version v1.",),
    ),
    "the charter's highest level": (chartered(highest_level=Level.RECOMMEND), Grant(level=Level.RECOMMEND), {}, ()),
    "an offer": (policy(), Grant(level=Level.RECOMMEND, offered=True), {}, ()),
    "a level that was earned": (policy(), EARNED, {}, ()),
    "a level that is off": (policy(), Grant(level=Level.OFF), {}, ()),
    "a draft": (
        policy(entry(kind=Kind.DRAFT)),
        Grant(level=Level.RECOMMEND),
        {},
        ("Writing a draft is always allowed, so there is no level to earn.",),
    ),
}


@pytest.mark.parametrize("name", LACKING)
def test_what_evidence_the_next_level_still_takes_is_told(name: str) -> None:
    known, grant, by_version, wanted = LACKING[name]
    assert lacking(known.place(UseCaseId(USE_CASE), OPERATION), grant, by_version) == wanted
