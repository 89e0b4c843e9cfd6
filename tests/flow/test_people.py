"""People come, change and go; sessions run out by the clock; no password is ever written down."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from remit.core.facts import KeyIssued, PasswordSet, PersonAdmitted, PersonLeft, RolesChanged
from remit.core.person import Person
from remit.core.types import Role, UseCaseId
from remit.errors import Conflict, InvalidInput, NotAllowed, NotAuthenticated, NotFound, RemitError
from remit.flow.people import (
    SESSION,
    admit_person,
    give_role,
    let_go,
    set_password,
    sign_in,
    sign_out,
    signed_in,
    take_role,
)
from remit.ports import House, Writing
from tests.flow.stage import Stage

HASH = "what is kept of a password"


async def admitted(stage: Stage, person: str = "dana", *roles: Role) -> None:
    """Give somebody an account."""
    await admit_person(stage.house, person=person, roles=roles or [Role.REVIEWER], password_hash=HASH, by="olga")


def found(stage: Stage, token: str) -> Person | None:
    """Return who is signed in with a token now."""
    with stage.house.store.read() as reading:
        return signed_in(reading, token, stage.clock.now())


def people(stage: Stage) -> list[Person]:
    """Return everybody with an account."""
    with stage.house.store.read() as reading:
        return reading.people()


async def test_one_transaction_sees_who_came_and_changed_in_it(stage: Stage) -> None:
    def work(tx: Writing) -> list[object]:
        before = [tx.has_people(), tx.person("dana"), tx.issuers("eve", "1")]
        tx.record(PersonAdmitted(person="dana", roles=(Role.RISK,)), actor="person:olga")
        key = KeyIssued(agent="eve", version="1", use_cases=(UseCaseId("crm"),), key_digest="d")
        tx.record(key, actor="person:dana")
        came = [tx.has_people(), tx.person("dana"), tx.issuers("eve", "1")]
        tx.record(RolesChanged(person="dana", roles=(Role.DATA,)), actor="person:olga")
        return [*before, *came, tx.person("dana")]

    told = await stage.house.store.write(work)
    dana = Person(name="dana", roles=(Role.RISK,))
    assert told == [False, None, frozenset(), True, dana, frozenset({"dana"}), Person(name="dana", roles=(Role.DATA,))]


async def test_a_person_comes_changes_and_goes(stage: Stage) -> None:
    await admitted(stage, "dana", Role.REVIEWER, Role.RISK, Role.REVIEWER)
    assert people(stage) == [Person(name="dana", roles=(Role.RISK, Role.REVIEWER))]
    assert await give_role(stage.house, person="dana", role=Role.ADMIN, by="olga") == (Role.RISK, Role.REVIEWER, Role.ADMIN)
    assert await take_role(stage.house, person="dana", role=Role.RISK, by="olga") == (Role.REVIEWER, Role.ADMIN)
    await let_go(stage.house, person="dana", by="olga")
    assert people(stage) == []
    with stage.house.store.read() as reading:
        assert reading.person("dana") == Person(name="dana", roles=(), left=True)
        assert reading.password_hash("dana") is None
        assert reading.has_people(), "from the first one on, people sign in"
    told = [fact for fact in stage.facts() if isinstance(fact, PersonAdmitted | RolesChanged | PersonLeft)]
    assert [type(fact) for fact in told] == [PersonAdmitted, RolesChanged, RolesChanged, PersonLeft]


async def test_who_left_may_come_back(stage: Stage) -> None:
    await admitted(stage)
    await let_go(stage.house, person="dana", by="olga")
    await admitted(stage, "dana", Role.VIEWER)
    assert people(stage) == [Person(name="dana", roles=(Role.VIEWER,))]


async def test_a_role_she_has_already_or_never_had_changes_nothing(stage: Stage) -> None:
    await admitted(stage)
    before = stage.written()
    await give_role(stage.house, person="dana", role=Role.REVIEWER, by="olga")
    await take_role(stage.house, person="dana", role=Role.ADMIN, by="olga")
    assert stage.written() == before


Try = Callable[[House], Coroutine[Any, Any, Any]]
REFUSED: dict[str, tuple[Try, type[RemitError]]] = {
    "a second account": (lambda h: admit_person(h, person="dana", roles=[Role.RISK], password_hash="x", by="olga"), Conflict),
    "a bad login": (lambda h: admit_person(h, person="Dana", roles=[Role.RISK], password_hash="x", by="olga"), InvalidInput),
    "no role": (lambda h: admit_person(h, person="eve", roles=[], password_hash="x", by="olga"), InvalidInput),
    "her last role": (lambda h: take_role(h, person="dana", role=Role.REVIEWER, by="olga"), Conflict),
    "a role for nobody": (lambda h: give_role(h, person="eve", role=Role.RISK, by="olga"), NotFound),
    "a role for herself": (lambda h: give_role(h, person="dana", role=Role.RISK, by="dana"), NotAllowed),
    "a role from herself": (lambda h: take_role(h, person="dana", role=Role.RISK, by="dana"), NotAllowed),
    "leaving herself": (lambda h: let_go(h, person="dana", by="dana"), NotAllowed),
    "letting nobody go": (lambda h: let_go(h, person="eve", by="olga"), NotFound),
    "a password for nobody": (lambda h: set_password(h, person="eve", password_hash="x", by="olga"), NotFound),
    "her own without the old one": (lambda h: set_password(h, person="dana", password_hash="x", by="dana"), NotAllowed),
    "her own with another old one": (
        lambda h: set_password(h, person="dana", password_hash="x", by="dana", seen="y"),
        Conflict,
    ),
    "signing in with another hash": (lambda h: sign_in(h, person="dana", token="t", seen="y"), NotAuthenticated),
    "signing in as nobody": (lambda h: sign_in(h, person="eve", token="t", seen="y"), NotAuthenticated),
}


@pytest.mark.parametrize(("attempt", "error"), REFUSED.values(), ids=REFUSED)
async def test_what_may_not_be_changes_nothing(stage: Stage, attempt: Try, error: type[RemitError]) -> None:
    await admitted(stage)
    before = stage.written(), people(stage)
    with pytest.raises(error):
        await attempt(stage.house)
    assert (stage.written(), people(stage)) == before
    assert found(stage, "t") is None


# -------------------------------------------------------------------------------------------------------------------- sessions


async def test_a_session_ends_by_the_clock(stage: Stage) -> None:
    await admitted(stage)
    until = await sign_in(stage.house, person="dana", token="t", seen=HASH)
    assert until == stage.clock.now() + SESSION
    stage.clock.move(seconds=SESSION.total_seconds() - 1)
    assert found(stage, "t") == Person(name="dana", roles=(Role.REVIEWER,))
    stage.clock.move(seconds=1)
    assert found(stage, "t") is None


async def test_a_session_that_is_over_is_forgotten_when_the_next_begins(stage: Stage) -> None:
    await admitted(stage)
    await sign_in(stage.house, person="dana", token="old", seen=HASH)
    stage.clock.move(hours=13)
    await sign_in(stage.house, person="dana", token="new", seen=HASH)
    stage.clock.moment -= SESSION
    assert found(stage, "old") is None
    assert found(stage, "new")


async def test_signing_out_ends_one_session(stage: Stage) -> None:
    await admitted(stage)
    for token in ("one", "two"):
        await sign_in(stage.house, person="dana", token=token, seen=HASH)
    await sign_out(stage.house, "one")
    await sign_out(stage.house, "one")
    assert (found(stage, "one"), bool(found(stage, "two"))) == (None, True)


async def test_a_role_changes_in_sessions_that_run(stage: Stage) -> None:
    await admitted(stage)
    await sign_in(stage.house, person="dana", token="t", seen=HASH)
    await give_role(stage.house, person="dana", role=Role.RISK, by="olga")
    assert found(stage, "t") == Person(name="dana", roles=(Role.RISK, Role.REVIEWER))


@pytest.mark.parametrize("how", ["leaves", "password"])
async def test_who_leaves_or_gets_another_password_is_signed_out_everywhere(stage: Stage, how: str) -> None:
    await admitted(stage)
    await admitted(stage, "ines", Role.ADMIN)
    for token, person in (("one", "dana"), ("two", "dana"), ("hers", "ines")):
        await sign_in(stage.house, person=person, token=token, seen=HASH)
    if how == "leaves":
        await let_go(stage.house, person="dana", by="ines")
    else:
        await set_password(stage.house, person="dana", password_hash="another", by="ines")
        assert stage.facts_of(PasswordSet) == [PasswordSet(person="dana")]
    assert [bool(found(stage, token)) for token in ("one", "two", "hers")] == [False, False, True]


async def test_one_changes_her_own_password_with_the_old_one(stage: Stage) -> None:
    await admitted(stage)
    await set_password(stage.house, person="dana", password_hash="another", by="dana", seen=HASH)
    with stage.house.store.read() as reading:
        assert reading.password_hash("dana") == "another"


async def test_neither_a_token_nor_a_hash_stands_in_a_fact(stage: Stage) -> None:
    await admitted(stage)
    await sign_in(stage.house, person="dana", token="the very secret token", seen=HASH)
    assert HASH not in str(stage.facts())
    assert b"the very secret token" not in (stage.folder / "remit.db").read_bytes()
    assert b"the very secret token" not in (stage.folder / "remit.db-wal").read_bytes()
