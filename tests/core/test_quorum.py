"""Whose approval it takes: places for roles, one person in each, seated where it serves best."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.charter import ApprovalSpec
from remit.core.quorum import USUAL, Approval, Place, approvals_of, demands, in_words, may_speak, missing, places
from remit.core.types import Role
from tests.core.small_policy import action

R = Role
RISK, DATA, FINANCE = frozenset({R.RISK}), frozenset({R.DATA}), frozenset({R.FINANCE})

ROLES = st.frozensets(st.sampled_from([R.RISK, R.DATA, R.FINANCE, R.REVIEWER]), min_size=1, max_size=3)
PLACES = st.lists(ROLES, max_size=4).map(tuple)
PEOPLE = st.lists(ROLES, max_size=4).map(
    lambda held: tuple(Approval(by=f"p{at}", roles=tuple(sorted(roles))) for at, roles in enumerate(held))
)

ASKED = {
    "nothing written": (ApprovalSpec(), False, (USUAL,)),
    "any of two": (ApprovalSpec(any_of=(R.RISK, R.DATA)), False, (RISK | DATA,)),
    "all of two": (ApprovalSpec(all_of=(R.RISK, R.DATA)), False, (RISK, DATA)),
    "all and any": (ApprovalSpec(all_of=(R.RISK,), any_of=(R.DATA,)), False, (RISK, DATA)),
    "two reviewers": (ApprovalSpec(all_of=(R.REVIEWER, R.REVIEWER)), False, (frozenset({R.REVIEWER}),) * 2),
    "two people for the gravest": (ApprovalSpec(), True, (USUAL, USUAL)),
    "a second one beside risk": (ApprovalSpec(all_of=(R.RISK,)), True, (RISK, RISK | USUAL)),
    "two named are two": (ApprovalSpec(all_of=(R.RISK, R.DATA)), True, (RISK, DATA)),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_charter_names_the_approvals_it_takes(name: str) -> None:
    spec, two_people, wanted = ASKED[name]
    assert places(spec, two_people=two_people) == wanted


def test_the_usual_approvers_are_those_whose_work_it_is() -> None:
    assert frozenset({R.MARKETING_OPS, R.REVIEWER}) == USUAL


def _slow_missing(needed: tuple[Place, ...], approvals: tuple[Approval, ...]) -> int:
    """Try every seating there is and return how many places stay empty in the best."""
    seats = [*approvals, *[None] * len(needed)]
    return min(
        sum(one is None or place.isdisjoint(one.roles) for place, one in zip(needed, order, strict=False))
        for order in permutations(seats, len(needed))
    )


@given(PLACES, PEOPLE)
def test_everybody_sits_where_it_serves_best(needed: tuple[Place, ...], approvals: tuple[Approval, ...]) -> None:
    assert len(missing(needed, approvals)) == _slow_missing(needed, approvals)


@given(PLACES, PEOPLE)
def test_one_person_never_fills_two_places(needed: tuple[Place, ...], approvals: tuple[Approval, ...]) -> None:
    assert len(needed) - len(missing(needed, approvals)) <= len({one.by for one in approvals})


@given(PLACES, PEOPLE, ROLES)
def test_a_further_approval_never_makes_more_missing(
    needed: tuple[Place, ...], approvals: tuple[Approval, ...], roles: frozenset[Role]
) -> None:
    more = (*approvals, Approval(by="another", roles=tuple(roles)))
    assert len(missing(needed, more)) <= len(missing(needed, approvals))


@given(PLACES, PLACES, PEOPLE)
def test_what_satisfies_the_stricter_satisfies_the_milder(
    much: tuple[Place, ...], little: tuple[Place, ...], approvals: tuple[Approval, ...]
) -> None:
    if demands(much, little) and not missing(much, approvals):
        assert not missing(little, approvals)


@given(PLACES)
def test_everything_demands_as_much_as_itself(needed: tuple[Place, ...]) -> None:
    assert demands(needed, needed)
    assert demands((*needed, RISK), needed)


def test_a_second_answer_of_one_person_counts_once() -> None:
    twice = (Approval(by="ann", roles=(R.RISK,)), Approval(by="ann", roles=(R.RISK, R.DATA)))
    assert missing((RISK, DATA), twice) in {(RISK,), (DATA,)}


def test_what_is_missing_is_said_in_words() -> None:
    assert in_words((RISK, USUAL)) == "risk and marketing_ops or a reviewer"


def test_who_is_asked_for_may_also_reject() -> None:
    assert may_speak((RISK,)) == RISK | USUAL


def test_an_action_approved_before_roles_were_kept_counts_as_approved_by_one_who_might() -> None:
    (old,) = approvals_of(action(answered_by="ann"))
    assert (old.by, missing((USUAL,), (old,)), len(missing((USUAL, USUAL), (old,)))) == ("ann", (), 1)
    assert approvals_of(action()) == ()
