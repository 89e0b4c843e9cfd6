"""Recorded questions, decided again: heard as each policy would have heard them, and counted in pairs."""

from __future__ import annotations

from typing import Any

import pytest

from remit.core.change import Direction
from remit.core.charter import OperationSpec
from remit.core.gate import Ceiling, GateInput
from remit.core.limit_spec import LimitSpec
from remit.core.policy import CompiledPolicy
from remit.core.replay import EXAMPLES, Recorded, Replay, as_heard, lasting_block, replay
from remit.core.types import Level, ProposalId, UseCaseId, Value, Verdict
from tests.changed import replace
from tests.core.small_policy import OPERATION, USE_CASE, asked, charter, policy

OK, HOLD, BLOCK = Verdict.ALLOW, Verdict.HOLD, Verdict.BLOCK


def recorded(given: GateInput | None = None, arguments: dict[str, Value] | None = None) -> Recorded:
    """Record a question."""
    return Recorded(proposal=ProposalId("p"), given=given or asked(), arguments=arguments)


def under(**changes: Any) -> CompiledPolicy:
    """Return the smallest policy with its charter changed."""
    return policy(charters={USE_CASE: charter(**changes)})


def test_pairs_are_counted_and_those_that_move_are_named() -> None:
    found = replay([recorded() for _ in range(9)], policy(), under(highest_level=Level.RECOMMEND))
    assert (found.pairs, found.decided, found.direction) == ({(OK, HOLD): 9}, 9, Direction.TIGHTER)
    assert len(found.examples) == EXAMPLES
    assert (found.examples[0].now, found.examples[0].then, found.examples[0].because.code) == (OK, HOLD, "ceiling_charter")


def test_what_stays_is_counted_and_not_named() -> None:
    found = replay([recorded()], policy(), under(title="Another"))
    assert (found.pairs, found.examples, found.direction) == ({(OK, OK): 1}, (), Direction.NEITHER)


def test_two_pages_count_as_one_replay() -> None:
    one = replay([recorded()], policy(), under(highest_level=Level.OFF, starts_at=Level.OFF))
    other = replay([recorded(asked(granted=Level.OFF)), recorded()], policy(), under(highest_level=Level.RECOMMEND))
    both = one + other
    assert (one.use_cases, both.use_cases) == ({USE_CASE: 1}, {USE_CASE: 3})
    assert both.pairs == {(OK, BLOCK): 1, (BLOCK, BLOCK): 1, (OK, HOLD): 1}
    assert [example.then for example in both.examples] == [BLOCK, HOLD]
    assert (Replay(pairs={}).decided, Replay(pairs={}).direction) == (0, Direction.NEITHER)


def test_a_replay_may_go_both_ways() -> None:
    given = [recorded(asked(ceilings=(Ceiling(level=Level.RECOMMEND, code="charter"),))), recorded(arguments={"tag": "vip"})]
    operations = {OPERATION: OperationSpec(arguments=("tag",))}
    found = replay(given, under(highest_level=Level.RECOMMEND), under(operations=operations))
    assert found.direction is Direction.LOOSER
    assert found.pairs == {(HOLD, OK): 1, (BLOCK, OK): 1}


def test_a_policy_hears_its_own_ceiling_and_not_that_of_another() -> None:
    told = asked(ceilings=(Ceiling(level=Level.ASSIST, code="charter"), Ceiling(level=Level.RECOMMEND, code="version")))
    heard = as_heard(recorded(told), under(highest_level=Level.RECOMMEND))
    assert [(one.code, one.level) for one in heard.ceilings] == [("charter", 2), ("version", 2)]
    assert [one.code for one in as_heard(recorded(told), under()).ceilings] == ["version"]


@pytest.mark.parametrize(
    ("arguments", "odd"),
    [
        pytest.param(None, ("was odd",), id="not known any more: as it was"),
        pytest.param({"region": "north"}, (), id="listed"),
        pytest.param({"region": "west"}, ("another value of region",), id="another value"),
        pytest.param({"tag": "vip"}, ("tag",), id="not listed"),
    ],
)
def test_arguments_are_looked_at_again_where_they_are_known(arguments: dict[str, Value] | None, odd: tuple[str, ...]) -> None:
    assert as_heard(recorded(asked(odd_arguments=("was odd",)), arguments), policy()).odd_arguments == odd


def test_a_use_case_that_nobody_knows_is_heard_as_it_was() -> None:
    given = asked(use_case=UseCaseId("nobody"))
    assert as_heard(recorded(given, {"tag": "vip"}), policy()) == given


def test_only_what_lasts_blocks_what_waits() -> None:
    limit = LimitSpec(counts="actions", at_most=0, window="1 day", verdict="block")
    assert lasting_block(recorded(), policy()) == ()
    assert lasting_block(recorded(), under(highest_level=Level.RECOMMEND)) == ()
    assert lasting_block(recorded(), under(limits={"none": limit})) == ()
    blocked = lasting_block(recorded(), under(limits={"none": limit}, operations={}))
    assert {reason.code for reason in blocked} >= {"operation_not_in_charter"}
    unknown = lasting_block(recorded(), replace(policy(), charters={}))
    assert unknown[0].code == "unknown_use_case"
