"""Who may do what: every cell of the table written out, and a reason that says who can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.access import TABLE, Permitted, Refused, Verb, in_order, may, may_settle, may_sign_as, one_of, roles_for
from remit.core.types import OwnerRole, Role
from tests.core.written_statement import statement

CELLS: dict[Verb, str] = {
    # .................. marketing ai_platf business risk  data  finance reviewer viewer admin
    Verb.LOOK: "          yes       yes      yes      yes   yes   yes     yes      yes    yes",
    Verb.ANSWER: "        yes       own      own      own   own   own     yes      no     no",
    Verb.TAKE_BACK: "     yes       own      own      own   own   own     yes      no     no",
    Verb.UNDO: "          yes       no       no       no    no    no      yes      no     no",
    Verb.STOP: "          yes       yes      yes      yes   yes   yes     yes      no     yes",
    Verb.LIFT_STOP: "     no        no       yes      yes   no    no      no       no     no",
    Verb.SETTLE_UNCLEAR: "yes       yes      no       no    no    no      yes      no     no",
    Verb.SIGN_GRANT: "    no        no       yes      yes   no    no      no       no     no",
    Verb.ADOPT_POLICY: "  yes       no       no       no    no    no      no       no     no",
    Verb.SIGN_POLICY: "   no        no       yes      yes   no    no      no       no     no",
    Verb.RECORD_MEASURE: "yes       no       no       no    yes   yes     no       no     no",
    Verb.SETTLE_VIOLATION: "own     own      yes      yes   own   own     no       no     no",
    Verb.MANAGE_PEOPLE: " no        no       no       no    no    no      no       no     yes",
    Verb.ISSUE_KEYS: "    no        yes      no       no    no    no      no       no     yes",
    Verb.EXPORT: "        yes       no       no       yes   yes   yes     no       no     no",
    Verb.ERASE: "         no        no       no       yes   yes   no      no       no     no",
    Verb.VERIFY_LEDGER: " yes       yes      yes      yes   yes   yes     yes      no     yes",
    Verb.ROTATE_LEDGER_KEY: "no     no       no       yes   no    no      no       no     yes",
    Verb.SET_ABSENCE: "   own       own      own      own   own   own     own      own    yes",
    Verb.IMPORT_DATA: "   yes       no       no       no    yes   yes     no       no     no",
    Verb.LOOK_AFTER: "    no        no       yes      yes   no    no      no       no     no",
    Verb.REPORT: "        yes       yes      yes      yes   yes   yes     yes      no     yes",
    Verb.DRILL: "         yes       yes      yes      yes   no    no      no       no     yes",
    Verb.BE_TOLD: "       yes       yes      yes      yes   yes   yes     yes      yes    yes",
}
EVERY_CELL = [(verb, role, cell != "no") for verb, line in CELLS.items() for role, cell in zip(Role, line.split(), strict=True)]


def test_the_table_is_written_out_whole() -> None:
    assert len(EVERY_CELL) == len(Verb) * len(Role)
    assert set(TABLE) == set(Verb)


@pytest.mark.parametrize(("verb", "role", "permitted"), EVERY_CELL, ids=str)
def test_every_cell_of_the_table(verb: Verb, role: Role, permitted: bool) -> None:
    assert isinstance(may([role], verb), Permitted) is permitted


@given(st.sets(st.sampled_from(Role)), st.sets(st.sampled_from(Role)), st.sampled_from(Verb))
def test_a_further_role_never_takes_anything_away(held: set[Role], more: set[Role], verb: Verb) -> None:
    if isinstance(may(held, verb), Permitted):
        assert isinstance(may(held | more, verb), Permitted)


@pytest.mark.parametrize("verb", Verb)
def test_nobody_without_a_role_may_anything(verb: Verb) -> None:
    assert isinstance(may([], verb), Refused)


def test_an_admin_approves_nothing() -> None:
    for verb in (Verb.ANSWER, Verb.SIGN_GRANT, Verb.SIGN_POLICY, Verb.ADOPT_POLICY, Verb.LIFT_STOP, Verb.UNDO):
        assert isinstance(may([Role.ADMIN], verb), Refused)


def test_every_verb_has_somebody_who_may() -> None:
    assert all(roles_for(verb) for verb in Verb)


def test_a_refusal_says_who_can() -> None:
    assert may([Role.VIEWER], Verb.LIFT_STOP) == Refused(
        reason="only line_of_business or risk may lift stop", who_can=(Role.LINE_OF_BUSINESS, Role.RISK)
    )
    assert may([Role.VIEWER], Verb.MANAGE_PEOPLE) == Refused(reason="only an admin may manage people", who_can=(Role.ADMIN,))


def test_a_permission_names_the_roles_that_give_it() -> None:
    assert may([Role.VIEWER, Role.REVIEWER, Role.MARKETING_OPS], Verb.ANSWER) == Permitted(by=(Role.MARKETING_OPS, Role.REVIEWER))


def test_who_signs_a_grant_says_the_risk_statement() -> None:
    stated = statement(grants_need=["data", "finance"])
    assert isinstance(may([Role.FINANCE], Verb.SIGN_GRANT, stated), Permitted)
    assert isinstance(may([Role.RISK], Verb.SIGN_GRANT, stated), Refused)
    assert isinstance(may([Role.FINANCE], Verb.SIGN_POLICY, stated), Refused)


@pytest.mark.parametrize("held", Role)
@pytest.mark.parametrize("owner", OwnerRole)
def test_a_violation_is_settled_by_whom_it_belongs_to_or_by_who_may_settle_all(held: Role, owner: OwnerRole) -> None:
    permitted = held.value == owner.value or held in {Role.LINE_OF_BUSINESS, Role.RISK}
    assert isinstance(may_settle([held], owner), Permitted) is permitted


@pytest.mark.parametrize("held", Role)
@pytest.mark.parametrize("role", OwnerRole)
def test_a_person_signs_only_in_a_role_she_holds(held: Role, role: OwnerRole) -> None:
    assert isinstance(may_sign_as([held], role), Permitted) is (held.value == role.value)


def test_every_owner_is_a_role() -> None:
    assert {role.value for role in OwnerRole} < {role.value for role in Role}


def test_roles_are_named_in_the_order_of_the_table() -> None:
    assert in_order({Role.ADMIN, Role.DATA, Role.RISK}) == (Role.RISK, Role.DATA, Role.ADMIN)
    assert one_of([Role.ADMIN, Role.RISK, Role.DATA]) == "risk, data or an admin"
