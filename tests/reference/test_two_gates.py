"""The gate and its slow second opinion agree, on verdicts and on every reason with its floor."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.gate import GateInput, decide
from remit.core.policy import CompiledPolicy
from remit.core.rulebook import SCHEMA
from remit.core.types import Verdict
from remit.rules import compile as compile_rule
from tests.core.gate_questions import CHECKED
from tests.laws.random_values import policies, questions
from tests.reference import slow_gate, written_conditions
from tests.reference.random_questions import random_policy, random_question
from tests.reference.slow_gate import SlowGate, strictest
from tests.reference.written_conditions import WRITTEN

NORMAL_SEEDS, SOAK_SEEDS = 20, 200
POLICIES, QUESTIONS = 100, 50
"""A seed is 100 policies with 50 questions each: 100,000 questions in the normal run, 1,000,000 in the long one."""


def agree(given: GateInput, policy: CompiledPolicy) -> set[str]:
    """Compare the two; return the codes that were given."""
    fast, slow = decide(given, policy), SlowGate(given, policy)
    reasons = slow.reasons()
    assert {(reason.code, reason.floor.name.lower()) for reason in fast.reasons} == reasons, given
    assert fast.verdict.name.lower() == strictest(reasons), given
    told = {(reason.values["rule"], reason.code, reason.floor.name.lower()) for reason in fast.reasons if "rule" in reason.values}
    assert told == set(slow.fired()), given
    assert fast.in_force == slow.level()
    assert fast.wait_minutes == slow.wait(), given
    return {reason.code for reason in fast.reasons} | {f"verdict {fast.verdict.name}", f"form {fast.classified.form}"}


def compare(seed: int) -> Counter[str]:
    """Compare them on the questions of one seed; return how often what was met."""
    random, met = Random(seed), Counter[str]()
    for _ in range(POLICIES):
        policy = random_policy(random)
        for _ in range(QUESTIONS):
            met.update(agree(random_question(random), policy))
    return met


@pytest.mark.parametrize("seed", range(NORMAL_SEEDS))
def test_two_gates_agree_on_thousands_of_questions(seed: int) -> None:
    met = compare(seed)
    assert min(met[f"verdict {verdict.name}"] for verdict in Verdict) > 100, "the questions have become too much alike"
    assert min(met[code] for code in MET) > 10


MET = ("rule", "rule_not_evaluated", "draft_area", "form narrow", "form wide", "form unknown", "catalogue_approve", "suppressed")


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(NORMAL_SEEDS, SOAK_SEEDS))
def test_two_gates_agree_on_a_million_questions(seed: int) -> None:
    compare(seed)


@pytest.mark.parametrize("when", sorted(WRITTEN))
def test_every_written_condition_is_one_of_the_rule_language(when: str) -> None:
    assert compile_rule(when, SCHEMA).source == when


@given(st.lists(questions, min_size=15, max_size=30), policies())
def test_two_gates_agree_on_any_questions(asked: list[GateInput], policy: CompiledPolicy) -> None:
    for one in asked:
        agree(one, policy)


@pytest.mark.parametrize("name", CHECKED)
def test_two_gates_agree_where_one_thing_stands_against_it(name: str) -> None:
    policy, asked, _ = CHECKED[name]
    agree(asked, policy)


@pytest.mark.parametrize("module", [slow_gate, written_conditions], ids=["gate", "conditions"])
def test_the_second_opinion_shares_only_words(module: ModuleType) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    taken = {(node.module, name.name) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names}
    taken |= {("", name.name) for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    shared = {("remit.core.gate", "GateInput"), ("remit.core.policy", "CompiledPolicy")}
    own = {("tests.reference.written_conditions", "BROKEN"), ("tests.reference.written_conditions", "WRITTEN")}
    assert {pair for pair in taken if {"remit", "tests"} & set(".".join(map(str, pair)).split("."))} <= shared | own
