"""People with accounts: what a login and a password have to be, and how facts make a person."""

from __future__ import annotations

import pytest

from remit.core.facts import PersonAdmitted, PersonLeft, RolesChanged, subject_of
from remit.core.person import Person, fault_of_login, fault_of_password, fold_person, with_role, without_role
from remit.core.types import Role

GOOD_LOGINS = ["dana", "d", "7of9", "dana.k", "dana@example.org", "a" * 64, "dana+desk", "d-n_a"]
BAD_LOGINS = [  # the fourth has a Cyrillic letter
    "",
    "Dana",
    "jürgen",
    "d\u0430na",
    "da na",
    ".dana",
    "-dana",
    "@dana",
    "a" * 65,
    "dana\n",
    "dana/x",
    "da\u200bna",
    "owner",
]


@pytest.mark.parametrize("login", GOOD_LOGINS)
def test_a_plain_login_will_do(login: str) -> None:
    assert fault_of_login(login) is None


@pytest.mark.parametrize("login", BAD_LOGINS, ids=ascii)
def test_a_login_that_could_pass_for_another_is_refused(login: str) -> None:
    assert fault_of_login(login)


def test_nobody_is_called_what_the_owner_is_called() -> None:
    assert "whoever holds the data folder" in (fault_of_login("owner") or "")


PASSWORDS = {
    "twelve characters": ("correct hors", True),
    "eleven characters": ("correct hor", False),
    "none": ("", False),
    "a thousand": ("ab" * 500, True),
    "a thousand and one": ("ab" * 500 + "a", False),
    "one character": ("z" * 20, False),
    "hardly more than the login": ("dana-dana-12", False),
    "the login in capitals": ("DANA12345678", False),
    "the login among much else": ("dana likes long walks", True),
    "no letters of ours": ("это длинный пароль", True),
    "spaces": (" ab" * 4, True),
}


@pytest.mark.parametrize(("password", "will_do"), PASSWORDS.values(), ids=PASSWORDS)
def test_a_password_is_long_and_not_the_login(password: str, will_do: bool) -> None:
    assert (fault_of_password(password, "dana") is None) is will_do


ADMITTED = PersonAdmitted(person="dana", roles=(Role.REVIEWER, Role.RISK))
DANA = Person(name="dana", roles=(Role.RISK, Role.REVIEWER))


def test_a_person_is_what_the_facts_say() -> None:
    assert fold_person(None, ADMITTED) == DANA
    assert fold_person(DANA, RolesChanged(person="dana", roles=(Role.VIEWER,))) == Person(name="dana", roles=(Role.VIEWER,))


def test_who_left_stays_known_without_a_role() -> None:
    gone = Person(name="dana", roles=(), left=True)
    assert fold_person(DANA, PersonLeft(person="dana")) == gone
    assert fold_person(None, PersonLeft(person="dana")) == gone
    assert fold_person(gone, ADMITTED) == DANA


def test_a_role_is_held_once() -> None:
    assert with_role([Role.RISK], Role.RISK) == (Role.RISK,)
    assert with_role([Role.ADMIN], Role.RISK) == (Role.RISK, Role.ADMIN)
    assert without_role([Role.ADMIN, Role.RISK], Role.RISK) == (Role.ADMIN,)
    assert without_role([Role.ADMIN], Role.RISK) == (Role.ADMIN,)


def test_a_fact_about_a_person_is_about_her() -> None:
    assert subject_of(ADMITTED) == subject_of(PersonLeft(person="dana")) == "dana"
