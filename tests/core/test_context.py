"""Whether a proposal stays inside what its charter lists."""

from __future__ import annotations

import pytest

from remit.core.charter import OperationSpec, RuleSpec
from remit.core.context import odd_arguments, with_outside
from remit.core.types import Operation, Value
from tests.core.small_policy import ESTABLISHED, OPERATION, USE_CASE, charter, policy

CHARTER = charter(
    operations={OPERATION: OperationSpec(arguments=("contact", "region", "note"), values={"region": ("north", None), "note": ()})}
)
ASKED: dict[str, tuple[dict[str, Value], tuple[str, ...]]] = {
    "all listed": ({"contact": "1", "region": "north"}, ()),
    "nothing": ({}, ()),
    "any value where no list is given": ({"contact": ["a", "b"]}, ()),
    "a listed null": ({"region": None}, ()),
    "an argument that is not listed": ({"password": "x"}, ("password",)),
    "a value that is not listed": ({"region": "moon"}, ("another value of region",)),
    "a list that allows nothing": ({"note": "x"}, ("another value of note",)),
    "in the order of names": ({"z": 1, "region": "moon", "a": 1}, ("a", "another value of region", "z")),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_the_charter_does_not_list_is_named(name: str) -> None:
    arguments, wanted = ASKED[name]
    found = odd_arguments(CHARTER, OPERATION, arguments)
    assert found == wanted


def test_what_the_agent_wrote_is_not_repeated() -> None:
    told = " ".join(odd_arguments(CHARTER, OPERATION, {"region": "anna@example.com"}))
    assert "region" in told
    assert "anna" not in told


def test_an_operation_outside_the_charter_has_no_list_to_stray_from() -> None:
    assert odd_arguments(CHARTER, Operation("email.send"), {"anything": 1}) == ()


def test_what_a_call_writes_beside_its_charter_is_a_fact_where_a_rule_looks_at_it() -> None:
    looks = RuleSpec(when="size(data.outside_write_list) > 0", verdict="hold", because="It writes more than is listed.")
    asks, other = (policy(charters={USE_CASE: charter(rules=rules)}) for rules in ({"looks": looks}, {}))
    told = with_outside(ESTABLISHED, asks.place(USE_CASE, OPERATION), ("password",))
    assert told.further == {**ESTABLISHED.further, "data.outside_write_list": ("password",)}
    assert with_outside(ESTABLISHED, other.place(USE_CASE, OPERATION), ("password",)) is ESTABLISHED
