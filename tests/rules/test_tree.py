"""The shape of a condition: what its operations are called, how deep it is, and what it is with other names."""

from __future__ import annotations

import pytest

from remit import rules
from remit.errors import RuleError
from remit.rules.tree import MAX_DEPTH, Attribute, Call, Choices, Constant, Has, Op, attributes, depth, renamed

LEVEL, TWO = Attribute(name="level", at=0), Constant(value=2, at=9)
SAME = Call(op=Op.EQ, args=(LEVEL, TWO), at=6)
BOTH = Call(op=Op.AND, args=(SAME, Has(name="facts.reach", at=15)), at=11)


def test_an_operation_is_called_what_cel_calls_it() -> None:
    names = ["&&", "||", "!", "==", "!=", "<", "<=", ">", ">=", "in", "startsWith", "endsWith", "contains", "size"]
    assert [op.value for op in Op] == names


def test_a_tree_is_as_deep_as_its_deepest_branch() -> None:
    assert [depth(node) for node in (TWO, LEVEL, SAME, BOTH)] == [1, 1, 2, 3]
    assert depth(Call(op=Op.OR, args=(BOTH, LEVEL), at=0)) == depth(Call(op=Op.OR, args=(LEVEL, BOTH), at=0)) == 4
    assert depth(Call(op=Op.SIZE, args=(), at=0)) == 1


def test_the_front_end_reads_no_deeper_than_a_stored_tree_may_be() -> None:
    deepest = " == ".join(["human"] * 32)
    assert MAX_DEPTH == 50
    assert depth(rules.compile(deepest, {"human": "bool"}).tree) == 32 < MAX_DEPTH
    with pytest.raises(RuleError, match="nested too deeply"):
        rules.compile(f"{deepest} == human", {"human": "bool"})


def test_a_tree_with_other_names_differs_in_nothing_else() -> None:
    told = renamed(BOTH, {"level": "rank", "facts.reach": "reach"})
    assert told == Call(
        op=Op.AND,
        args=(Call(op=Op.EQ, args=(Attribute(name="rank", at=0), TWO), at=6), Has(name="reach", at=15)),
        at=11,
    )
    assert attributes(told) == ("rank", "reach")
    assert renamed(BOTH, {}) == renamed(BOTH, {"tags": "labels"}) == BOTH
    choices = Choices(values=(1, 2), at=3)
    assert renamed(choices, {"level": "rank"}) is choices
