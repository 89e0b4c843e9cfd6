"""What is said of a change of policy holds for every question: the lattice never calls tighter what lets something through."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.change import Direction, union
from remit.core.gate import GateInput, decide
from remit.core.policy import CompiledPolicy
from remit.core.policy_change import compare, direction_of
from remit.core.replay import Recorded, as_heard, replay
from remit.core.types import ProposalId, Value
from tests.changed import replace
from tests.laws.policy_moves import again, moved
from tests.laws.random_values import policies, questions
from tests.reference.random_questions import random_policy, random_question

D = Direction
QUESTIONS, POLICIES, SEEDS = 40, 60, 6
ARGUMENTS: list[dict[str, Value] | None] = [None, {}, {"region": "north"}, {"region": "south"}, {"tag": "vip"}]


def recorded(random: Random, given: GateInput) -> Recorded:
    """Record a question, with or without its arguments."""
    return Recorded(proposal=ProposalId("p"), given=given, arguments=random.choice(ARGUMENTS))


def hold_to(direction: Direction, before: CompiledPolicy, after: CompiledPolicy, one: Recorded) -> None:
    """Check one question against what was said of the change."""
    now, then = (decide(as_heard(one, policy), policy).verdict for policy in (before, after))
    if direction in {D.TIGHTER, D.NEITHER}:
        assert then >= now, compare(before, after)
    if direction in {D.LOOSER, D.NEITHER}:
        assert then <= now, compare(before, after)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_tighter_policy_is_milder_to_any_question_and_no_looser_one_stricter(seed: int) -> None:
    random, met = Random(seed), Counter[Direction]()
    for _ in range(POLICIES):
        before = again(random_policy(random))
        after = moved(random, before)
        direction = direction_of(compare(before, after))
        met[direction] += 1
        for _ in range(QUESTIONS):
            hold_to(direction, before, after, recorded(random, random_question(random)))
    assert min(met[one] for one in D) > 0, "the changes have become too much alike"


@given(policies(), st.integers(0, 2**32), st.lists(questions, min_size=5, max_size=20))
def test_tighter_is_never_milder_and_neither_changes_nothing(before: CompiledPolicy, seed: int, asked: list[GateInput]) -> None:
    random = Random(seed)
    before = again(before)
    after = moved(random, before)
    direction = direction_of(compare(before, after))
    for one in asked:
        hold_to(direction, before, after, recorded(random, one))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_way_back_is_the_other_way(seed: int) -> None:
    random = Random(seed)
    for _ in range(POLICIES):
        before = random_policy(random)
        after = moved(random, before)
        there, back = direction_of(compare(before, after)), direction_of(compare(after, before))
        assert back is there.opposite


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_policy_against_itself_changes_nothing(seed: int) -> None:
    policy = random_policy(Random(seed))
    assert compare(policy, replace(policy, number=9, digest="e" * 64)) == ()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_replay_never_contradicts_what_was_said_of_the_change(seed: int) -> None:
    random = Random(seed)
    for _ in range(POLICIES):
        before = again(random_policy(random))
        after = moved(random, before)
        rows = [recorded(random, random_question(random)) for _ in range(QUESTIONS)]
        said, found = direction_of(compare(before, after)), replay(rows, before, after)
        assert found.decided == QUESTIONS
        assert union([said, found.direction]) in {said, D.BOTH}
        assert said is D.BOTH or union([said, found.direction]) is said
