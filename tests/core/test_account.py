"""A decision told in full: reasons in words, a rule's with value against limit, and what would have let it pass."""

from __future__ import annotations

from typing import Any

import pytest

from remit.core.account import Account, account, tell
from remit.core.charter import RuleSpec
from remit.core.classify import ActionFacts
from remit.core.gate import Claimed, Reason, decide
from remit.core.policy import CompiledPolicy
from remit.core.types import Level, Verdict
from tests.core.small_policy import ESTABLISHED, USE_CASE, asked, charter, policy


def ruled(**conditions: str) -> CompiledPolicy:
    """Return a policy whose charter holds an action back under these conditions."""
    rules = {
        name.replace("_", "-"): RuleSpec(when=when, verdict="hold", because="It is so.") for name, when in conditions.items()
    }
    return policy(charters={USE_CASE: charter(rules=rules, highest_reach=10_000)})


def told(rules: CompiledPolicy, **changes: Any) -> Account:
    """Tell of an action to which nothing stands but these rules."""
    return account(asked(**changes), rules)


def reaching(reach: int | None) -> ActionFacts:
    """Return established facts, with this reach."""
    plain = {name: getattr(ESTABLISHED, name) for name in ("listeners", "field_empty", "set_by_person", "suppressed")}
    return ActionFacts(reach=reach, **plain)


def test_a_rule_is_told_with_value_against_limit_and_what_would_have_let_it_pass() -> None:
    found = told(ruled(crowd="reach > 500"), facts=reaching(812))
    assert [one.text for one in found.told] == ["It is so. (Rule crowd: reach 812 > 500.)"]
    assert found.allowed_if == ("reach were at most 500",)


def test_several_rules_are_told_each_with_its_own_part() -> None:
    found = told(
        ruled(crowd="reach > 500", unsure="claimed.confidence_ppm < 900000"),
        facts=reaching(812),
        claimed=Claimed(confidence_ppm=100_000),
    )
    assert [one.text for one in found.told] == [
        "It is so. (Rule crowd: reach 812 > 500.)",
        "It is so. (Rule unsure: the agent's confidence in millionths 100000 < 900000.)",
    ]
    assert found.allowed_if == ("reach were at most 500", "the agent's confidence in millionths were at least 900000")


def test_a_rule_beside_another_obstacle_names_both_ways_out() -> None:
    found = told(ruled(crowd="reach > 500"), facts=reaching(812), granted=Level.RECOMMEND)
    assert found.allowed_if == ("the use case had earned level 3 for this operation", "reach were at most 500")


def test_a_rule_that_cannot_be_evaluated_names_what_is_missing_once() -> None:
    found = told(ruled(far="starts_in_minutes < 60"), facts=reaching(1))
    assert [one.text for one in found.told] == [
        "The rule far could not be evaluated, so it counts: starts_in_minutes is missing."
    ]
    assert found.allowed_if == ("minutes until it starts were known and at least 60",)


def test_nothing_is_unlocked_where_one_obstacle_stays() -> None:
    found = told(ruled(crowd="reach > 500"), facts=reaching(812), drawn=True)
    assert found.allowed_if == ()


def test_what_is_told_is_decided() -> None:
    rules = ruled(crowd="reach > 500")
    for reach in (None, 1, 812):
        given = asked(facts=reaching(reach))
        assert account(given, rules).decision == decide(given, rules)


def test_an_allowed_action_is_told_with_the_reason_that_allowed_it() -> None:
    found = told(ruled(crowd="reach > 500"))
    assert [(one.code, one.floor) for one in found.told] == [("level_table", Verdict.ALLOW)]
    assert found.allowed_if == ()


@pytest.mark.parametrize("floor", [Verdict.HOLD, Verdict.BLOCK])
def test_a_reason_that_asks_for_nothing_is_left_out_behind_one_that_does(floor: Verdict) -> None:
    harder, table = Reason(code="stopped", floor=floor, values={"scope": "everything"}), decide(asked(), policy()).reasons[0]
    assert [one.code for one in tell((harder, table))] == ["stopped"]


def test_a_rule_is_told_in_its_own_words_where_nobody_can_say_what_it_saw() -> None:
    reason = Reason(code="rule", floor=Verdict.HOLD, values={"rule": "crowd", "says": "It is so."})
    assert [one.text for one in tell((reason,))] == ["It is so. (Rule crowd.)"]
