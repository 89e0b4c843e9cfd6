"""Admits people, changes what they may do, lets them go, and keeps who is signed in. It never sees a password."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from remit.core import facts as f
from remit.core.person import Person, fault_of_login, with_role, without_role
from remit.core.types import Role
from remit.errors import Conflict, InvalidInput, NotAllowed, NotAuthenticated, NotFound
from remit.ports import House, Reading, Writing
from remit.ports.people_port import Session

SESSION = timedelta(hours=12)
"""How long somebody stays signed in."""


async def admit_person(house: House, *, person: str, roles: Sequence[Role], password_hash: str, by: str) -> None:
    """Give somebody an account and roles. From the first one on, people sign in."""
    await house.store.write(lambda tx: _admit(tx, person, tuple(roles), password_hash, by))


def _admit(tx: Writing, person: str, roles: tuple[Role, ...], password_hash: str, by: str) -> None:
    fault = fault_of_login(person)
    if fault:
        raise InvalidInput(asked=f"an account for {person}", found=fault, do="Choose another login")
    if not roles:
        raise InvalidInput(asked=f"an account for {person}", found="no role", do="Give at least one; see `remit role list`")
    known = tx.person(person)
    if known and not known.left:
        raise Conflict(asked=f"an account for {person}", found="there is one", do="Change it with `remit role` or `remit user`")
    tx.record(f.PersonAdmitted(person=person, roles=with_role(roles, roles[0])), actor=f"person:{by}")
    tx.keep_password(person, password_hash)


async def give_role(house: House, *, person: str, role: Role, by: str) -> tuple[Role, ...]:
    """Give somebody a role. Returns the roles she holds then."""
    return await house.store.write(lambda tx: _change(tx, person, with_role(_other(tx, person, by).roles, role), by))


async def take_role(house: House, *, person: str, role: Role, by: str) -> tuple[Role, ...]:
    """Take a role from somebody. Returns the roles she holds then; the last one is not taken."""
    return await house.store.write(lambda tx: _change(tx, person, without_role(_other(tx, person, by).roles, role), by))


def _change(tx: Writing, person: str, roles: tuple[Role, ...], by: str) -> tuple[Role, ...]:
    if not roles:
        do = f"Give another role first, or let go of {person} with `remit user remove`"
        raise Conflict(asked=f"taking a role from {person}", found="it is the last one", do=do)
    if roles != existing(tx, person).roles:
        tx.record(f.RolesChanged(person=person, roles=roles), actor=f"person:{by}")
    return roles


def _other(tx: Reading, person: str, by: str) -> Person:
    """Return somebody else than who asks: nobody makes herself more, or herself less, than another admin made her."""
    if person == by:
        raise NotAllowed(asked=f"{by} changing {person}", found="your own account", do="Ask another admin")
    return existing(tx, person)


def existing(reading: Reading, person: str) -> Person:
    """Return somebody who is admitted. Raises `NotFound`."""
    found = reading.person(person)
    if found is None or found.left:
        raise NotFound(asked=f"the account of {person}", found="no such account", do="See `remit user list`")
    return found


async def let_go(house: House, *, person: str, by: str) -> None:
    """End somebody's account and sessions. What she did stays under her name."""
    await house.store.write(lambda tx: _let_go(tx, person, by))


def _let_go(tx: Writing, person: str, by: str) -> None:
    _other(tx, person, by)
    tx.record(f.PersonLeft(person=person), actor=f"person:{by}")
    tx.drop_password(person)
    tx.drop_sessions(person)
    tx.drop_wishes(person)


async def set_password(house: House, *, person: str, password_hash: str, by: str, seen: str | None = None) -> None:
    """Set somebody's password and end her sessions. `seen`: the hash that the old password was found to fit."""
    await house.store.write(lambda tx: _set_password(tx, person, password_hash, by, seen))


def _set_password(tx: Writing, person: str, password_hash: str, by: str, seen: str | None) -> None:
    if seen is None:
        _other(tx, person, by)
    elif tx.password_hash(person) != seen:
        raise Conflict(asked=f"another password for {person}", found="it was changed meanwhile", do="Try again")
    tx.record(f.PasswordSet(person=person), actor=f"person:{by}")
    tx.keep_password(person, password_hash)
    tx.drop_sessions(person)


def token_digest(token: str) -> str:
    """Return how a session's token is kept. Tokens are 256 random bits, so a plain hash hides them."""
    return hashlib.sha256(token.encode()).hexdigest()


async def sign_in(house: House, *, person: str, token: str, seen: str) -> datetime:
    """Begin a session. `seen`: the hash that the password was found to fit. Returns when it ends."""
    return await house.store.write(lambda tx: _sign_in(house, tx, person, token, seen))


def _sign_in(house: House, tx: Writing, person: str, token: str, seen: str) -> datetime:
    if tx.password_hash(person) != seen:  # changed, or gone, while the password was looked at
        raise NotAuthenticated(asked=f"signing in as {person}", found="the account changed meanwhile", do="Try again")
    session = Session(person=person, until=house.clock.now() + SESSION)
    tx.keep_session(token_digest(token), session)
    return session.until


async def sign_out(house: House, token: str) -> None:
    """End the session of a token, if it has one."""
    await house.store.write(lambda tx: tx.drop_session(token_digest(token)))


def signed_in(reading: Reading, token: str, now: datetime) -> Person | None:
    """Return who is behind a session's token; None where there is no session, or it is over."""
    session = reading.session(token_digest(token))
    if session is None or session.until <= now:
        return None
    found = reading.person(session.person)
    return None if found is None or found.left else found
