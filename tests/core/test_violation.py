"""Which refusals are violations, how grave they are, and whose."""

from __future__ import annotations

import pytest

from remit.core.gate import Reason, decide
from remit.core.reasons import SENTENCES
from remit.core.types import OwnerRole, Verdict
from remit.core.violation import CONTEXT_REFUSED, PACK, SEVERITY, Broken, Severity, broken, owner_of
from tests.changed import replace
from tests.core.gate_questions import CHECKED
from tests.core.small_policy import charter

OPS = OwnerRole.MARKETING_OPS
FOUND: dict[str, list[tuple[str, Severity]]] = {
    "operation outside the charter": [("operation_not_in_charter", Severity.MEDIUM)],
    "odd argument": [("argument_not_in_charter", Severity.LOW)],
    "grounds outside every window": [("outside_window", Severity.HIGH)],
    "suppressed person": [("suppressed", Severity.HIGH)],
    "suppression unknown": [],
    "a rule of a pack": [("pack mail-law: mail.opted_out", Severity.HIGH)],
    "a rule of a pack that cannot be evaluated": [],
    "a rule of the charter": [],
    "a window that has changed since": [],
    "money spent": [],
    "no such use case": [],
    "a draft at level 0": [],
    "nothing stands against it": [],
}


@pytest.mark.parametrize("name", FOUND)
def test_what_the_gate_blocks_is_a_violation_where_a_rule_was_broken(name: str) -> None:
    policy, given, _ = CHECKED[name]
    found = broken(decide(given, policy).reasons, policy.charters.get(given.use_case))
    assert found == tuple(Broken(rule=rule, severity=severity, owner=OPS) for rule, severity in FOUND[name])


@pytest.mark.parametrize("floor", [Verdict.ALLOW, Verdict.HOLD, Verdict.DRAFT])
def test_what_is_only_held_or_drafted_breaks_nothing(floor: Verdict) -> None:
    assert broken([Reason(code=code, floor=floor, values={"rule": "x"}) for code in SENTENCES], charter()) == ()


def test_a_rule_of_the_charter_that_blocks_is_named() -> None:
    reason = Reason(code="rule", floor=Verdict.BLOCK, values={"rule": "owned", "says": "Never."})
    (found,) = broken([reason], charter())
    assert (found.rule, found.severity) == ("rule: owned", Severity.MEDIUM)


def test_every_rule_that_is_broken_is_a_violation_of_its_own() -> None:
    codes = ["suppressed", "outside_window", "stopped", "argument_not_in_charter"]
    found = broken([Reason(code=code, floor=Verdict.BLOCK) for code in codes], None)
    assert [one.rule for one in found] == ["suppressed", "outside_window", "argument_not_in_charter"]


def test_a_violation_belongs_to_the_owner_of_the_use_case_else_to_marketing_operations() -> None:
    assert owner_of(replace(charter(), owner_role=OwnerRole.RISK)) is OwnerRole.RISK
    assert owner_of(charter()) is owner_of(None) is OPS


def test_the_table_names_codes_that_there_are() -> None:
    assert set(SEVERITY) - {CONTEXT_REFUSED, PACK} <= set(SENTENCES)
