"""What the front end never says today is read or refused all the same: its tree is judged, not trusted."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from remit.errors import RuleError
from remit.rules.checked_wire import Checked, Raw
from remit.rules.kinds import Kind
from remit.rules.presence import Swapped
from remit.rules.subset import Subset
from remit.rules.tree import MAX_DEPTH, Attribute, Node

ONLY = "Use only &&, ||, !, ==, !=, <, <=, >, >=, in, startsWith, endsWith, contains, size, has and timestamp."


def read(root: Raw, source: str = "human", positions: Mapping[int, int] | None = None) -> Node:
    checked = Checked(root=root, references={1: "human", 2: "nobody"}, positions=dict(positions or {}))
    return Subset(source, {"human": Kind.BOOL}, Swapped(source=source), checked).root()


@pytest.mark.parametrize("what", ["ident", "select"])
def test_a_name_is_what_it_refers_to_however_it_was_put_together(what: str) -> None:
    assert read(Raw(id=1, what=what)) == Attribute(name="human", at=0)


def test_a_node_without_a_place_stands_at_the_beginning() -> None:
    assert read(Raw(id=1, what="ident"), "h(uman") == Attribute(name="human", at=0)
    assert read(Raw(id=1, what="ident"), "h human", {1: 2}) == Attribute(name="human", at=2)


NOON = Raw(id=3, what="const", value="2026-01-31T12:00:00Z")
MOMENT = 'Write a moment with its zone, such as timestamp("2026-01-31T00:00:00Z").'
REFUSED: list[tuple[str, Raw, str, str]] = [
    ("a node of no kind", Raw(id=1, what=""), "this is not allowed in a condition", ONLY),
    ("a kind nobody knows", Raw(id=1, what="ternary"), "this is not allowed in a condition", ONLY),
    ("no reference", Raw(id=9, what="ident"), "this is no attribute", "Name an attribute, and put text in quotes."),
    ("another name", Raw(id=2, what="ident"), "nobody is no attribute", "Name an attribute, and put text in quotes."),
    ("no value", Raw(id=1, what="const"), "no finite number", "Write one that a double can hold."),
    ("a function", Raw(id=1, what="call", text="X_b"), "X_b is not allowed in a condition", ONLY),
    ("an operator", Raw(id=1, what="call", text="_^_"), "^ is not allowed in a condition", ONLY),
    ("a moment of nothing", Raw(id=1, what="call", text="timestamp"), "timestamp of anything but written text", MOMENT),
    (
        "a moment in two parts",
        Raw(id=1, what="call", text="timestamp", args=(NOON, NOON)),
        "timestamp of anything but written text",
        MOMENT,
    ),
    ("a macro without a word", Raw(id=1, what="comprehension"), "this is not allowed in a condition", ONLY),
]


@pytest.mark.parametrize(("root", "found", "do"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_whatever_is_not_ours_is_refused_by_what_it_is(root: Raw, found: str, do: str) -> None:
    with pytest.raises(RuleError) as caught:
        read(root, "+human")
    assert caught.value.message.split("\n")[0] == f"Line 1, column 1: {found}."
    assert caught.value.do == do


def test_a_tree_that_is_too_deep_is_answered_with_what_to_do() -> None:
    deep = Raw(id=1, what="ident")
    for _ in range(MAX_DEPTH):
        deep = Raw(id=3, what="call", text="!_", args=(deep,))
    with pytest.raises(RuleError) as caught:
        read(deep)
    assert caught.value.do == "Split it into several rules."
