"""The gate and its slow second opinion agree, on verdicts and on every reason with its floor."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.gate import GateInput, decide
from remit.core.policy import CompiledPolicy
from tests.core.gate_questions import CHECKED
from tests.laws.random_values import policies, questions
from tests.reference import slow_gate
from tests.reference.slow_gate import SlowGate


def agree(given: GateInput, policy: CompiledPolicy) -> None:
    """Compare the two."""
    fast, slow = decide(given, policy), SlowGate(given, policy)
    assert fast.verdict.name.lower() == slow.verdict()
    assert {(reason.code, reason.floor.name.lower()) for reason in fast.reasons} == slow.reasons()
    assert fast.in_force == slow.level()


@given(st.lists(questions, min_size=15, max_size=30), policies())
def test_two_gates_agree_on_any_questions(asked: list[GateInput], policy: CompiledPolicy) -> None:
    for one in asked:
        agree(one, policy)


@pytest.mark.parametrize("name", CHECKED)
def test_two_gates_agree_where_one_thing_stands_against_it(name: str) -> None:
    policy, asked, _ = CHECKED[name]
    agree(asked, policy)


def test_the_second_opinion_shares_only_words() -> None:
    tree = ast.parse(Path(slow_gate.__file__).read_text(encoding="utf-8"))
    taken = {(node.module, name.name) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names}
    assert {pair for pair in taken if str(pair[0]).startswith("remit")} == {
        ("remit.core.gate", "GateInput"),
        ("remit.core.policy", "CompiledPolicy"),
    }
