"""Somebody with an account: her roles, and what a login and a password have to be. It knows no password."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from remit.core.access import in_order
from remit.core.facts import PersonAdmitted, PersonLeft, RolesChanged
from remit.core.types import Role

OWNER = "owner"
"""Who acts with the owner's token of the data folder; nobody else may be called so."""

SHORTEST, LONGEST = 12, 1000
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._+@-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who has, or had, an account. Who left holds no role, and stays known: her name stands in the ledger."""

    name: str
    roles: tuple[Role, ...]
    left: bool = False


def fold_person(before: Person | None, fact: PersonAdmitted | RolesChanged | PersonLeft) -> Person:
    """Return the person after a fact about her."""
    match fact:
        case PersonAdmitted() | RolesChanged():
            return Person(name=fact.person, roles=in_order(fact.roles))
        case PersonLeft():
            return replace(before or Person(name=fact.person, roles=()), roles=(), left=True)


def fault_of_login(login: str) -> str | None:
    """Say what is wrong with a login, None when it will do. Look-alike letters would let one person pass for another."""
    if not _LOGIN.fullmatch(login):
        return "a login has 1 to 64 of a-z, 0-9, . _ + @ - and begins with a letter or a digit"
    return f"{login} is whoever holds the data folder" if login == OWNER else None


def fault_of_password(password: str, login: str) -> str | None:
    """Say what is wrong with a password, None when it will do. Length is what counts, so nothing else is asked for."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"a password has {SHORTEST} to {LONGEST} characters, this one has {len(password)}"
    if login in password.lower() and len(password) < SHORTEST + len(login):
        return "the password is hardly more than the login"
    return "the password is one character over and over" if len(set(password)) == 1 else None


def with_role(roles: Collection[Role], role: Role) -> tuple[Role, ...]:
    """Return roles and one more."""
    return in_order({*roles, role})


def without_role(roles: Collection[Role], role: Role) -> tuple[Role, ...]:
    """Return roles and one less."""
    return in_order(set(roles) - {role})
