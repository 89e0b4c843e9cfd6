"""Signing in, people and their roles, and agents' keys. A password goes in and never comes out; a key is shown once."""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from remit.core.access import TABLE, Permitted, Verb, in_order, may, roles_for
from remit.core.person import Person, fault_of_password
from remit.core.types import Role, UseCaseId
from remit.errors import InvalidInput, NotAllowed, NotAuthenticated, SignInNeeded
from remit.flow import people
from remit.flow.adopt import admit, revoke
from remit.flow.attend import told
from remit.ports import House
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person as Name
from remit.web.auth import Signed, TheHouse, Who, bearer, needs, tokens_of
from remit.web.passwords import fits, hash_password
from remit.web.signing_in import prove

routes = APIRouter(prefix="/api/v1")
_NAME = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class _SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    login: str
    password: Annotated[str, msgspec.Meta(max_length=10_000)]


class _Admitted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    person: str
    roles: list[Role]
    password: str


class _Password(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    password: str


class _OwnPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    current: str
    password: str


class _Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    agent: _NAME
    version: _NAME
    use_cases: Annotated[list[str], msgspec.Meta(min_length=1)]
    candidate: bool = True


class _Revoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    agent: str
    version: str
    reason: str = ""


# -------------------------------------------------------------------------------------------------------------------- sessions


@routes.post("/sessions")
async def post_session(request: Request, house: TheHouse) -> Response:
    """Trade login and password for a session's token, good for twelve hours."""
    said: _SignIn = await read_body(request, _SignIn)
    token, until = await prove(house, tokens_of(request), said.login, said.password)
    notice = await told(house, said.login)
    with house.store.read() as reading:
        roles = people.existing(reading, said.login).roles
    return answer_json({"token": token, "person": said.login, "roles": roles, "until": until.isoformat(), "notice": notice})


async def _session(request: Request, found: Signed, house: TheHouse) -> Who:
    """Return who is behind a session; the owner's token is none."""
    with house.store.read() as reading:
        known = people.signed_in(reading, bearer(request), house.clock.now())
    if known is None:
        raise SignInNeeded(
            asked=request.url.path, found=f"the token of {found.person}, no session", do="Sign in with `remit login`"
        )
    return found


Session = Annotated[Who, Depends(_session)]


@routes.delete("/sessions")
async def delete_session(request: Request, house: TheHouse, found: Session) -> Response:
    """End this session."""
    await people.sign_out(house, bearer(request))
    return answer_json({"signed_out": found.person})


@routes.post("/sessions/password")
async def post_own_password(request: Request, house: TheHouse, found: Session) -> Response:
    """Change one's own password, and end every session of one's own."""
    said: _OwnPassword = await read_body(request, _OwnPassword)
    patience = tokens_of(request).patience
    patience.begin(found.person, house.clock.now())
    with house.store.read() as reading:
        kept = reading.password_hash(found.person)
    if not await asyncio.to_thread(fits, said.current, kept):
        raise NotAuthenticated("That is not the password so far.", asked="another password", found="a wrong one", do="Try again")
    patience.forget(found.person)
    hashed = await _hashed(said.password, found.person)
    await people.set_password(house, person=found.person, password_hash=hashed, by=found.person, seen=kept)
    return answer_json({"person": found.person})


async def _hashed(password: str, login: str) -> str:
    fault = fault_of_password(password, login)
    if fault:
        raise InvalidInput(asked=f"a password for {login}", found=fault, do="Choose a longer one, such as a few words")
    return await asyncio.to_thread(hash_password, password)


# ---------------------------------------------------------------------------------------------------------------------- people


@routes.get("/desk/me", dependencies=[needs(Verb.LOOK)])
async def get_me(house: TheHouse, found: Signed) -> Response:
    """Say who is speaking, in which roles, and what she may do."""
    with house.store.read() as reading:
        accounts, statement = reading.has_people(), reading.policy().risk_statement
    allowed = [verb for verb in Verb if isinstance(may(found.roles, verb, statement), Permitted)]
    return answer_json({"person": found.person, "roles": found.roles, "may": allowed, "accounts": accounts})


@routes.get("/desk/roles", dependencies=[needs(Verb.LOOK)])
async def get_roles(house: TheHouse) -> Response:
    """Show the table: which roles may do what, under the policy in force."""
    with house.store.read() as reading:
        statement = reading.policy().risk_statement
    return answer_json({str(verb): in_order(roles_for(verb, statement)) for verb in TABLE})


@routes.get("/desk/people", dependencies=[needs(Verb.LOOK)])
async def get_people(house: TheHouse) -> Response:
    """List who has an account, and her roles."""
    with house.store.read() as reading:
        return answer_json([_shown(one) for one in reading.people()])


def _shown(found: Person) -> dict[str, Any]:
    return {"person": found.name, "roles": found.roles}


@routes.post("/desk/people", dependencies=[needs(Verb.MANAGE_PEOPLE)])
async def post_person(request: Request, house: TheHouse, by: Name) -> Response:
    """Give somebody an account. From the first one on, people sign in."""
    said: _Admitted = await read_body(request, _Admitted)
    hashed = await _hashed(said.password, said.person)
    await people.admit_person(house, person=said.person, roles=said.roles, password_hash=hashed, by=by)
    return _one(house, said.person)


def _one(house: House, name: str) -> Response:
    with house.store.read() as reading:
        return answer_json(_shown(people.existing(reading, name)))


@routes.delete("/desk/people/{name}", dependencies=[needs(Verb.MANAGE_PEOPLE)])
async def delete_person(name: str, house: TheHouse, by: Name) -> Response:
    """End somebody's account and sessions."""
    await people.let_go(house, person=name, by=by)
    return answer_json({"person": name, "left": True})


@routes.put("/desk/people/{name}/roles/{role}", dependencies=[needs(Verb.MANAGE_PEOPLE)])
async def put_role(name: str, role: Role, house: TheHouse, by: Name) -> Response:
    """Give somebody a role."""
    await people.give_role(house, person=name, role=role, by=by)
    return _one(house, name)


@routes.delete("/desk/people/{name}/roles/{role}", dependencies=[needs(Verb.MANAGE_PEOPLE)])
async def delete_role(name: str, role: Role, house: TheHouse, by: Name) -> Response:
    """Take a role from somebody."""
    await people.take_role(house, person=name, role=role, by=by)
    return _one(house, name)


@routes.post("/desk/people/{name}/password", dependencies=[needs(Verb.MANAGE_PEOPLE)])
async def post_password(request: Request, name: str, house: TheHouse, by: Name) -> Response:
    """Set somebody else's password anew, and end her sessions; the ledger says who did."""
    said: _Password = await read_body(request, _Password)
    if name == by:
        raise NotAllowed(asked="setting your own password", found="without the one so far", do="Use `remit user password`")
    await people.set_password(house, person=name, password_hash=await _hashed(said.password, name), by=by)
    return answer_json({"person": name})


# ------------------------------------------------------------------------------------------------------------------------ keys


@routes.get("/desk/keys", dependencies=[needs(Verb.LOOK)])
async def get_keys(house: TheHouse) -> Response:
    """List the keys that were issued: whose, for what, and whether they still open anything."""
    with house.store.read() as reading:
        keys = reading.issued_keys()
    shown = [
        {
            "agent": one.agent,
            "version": one.version,
            "use_cases": one.use_cases,
            "revoked": one.revoked,
            "digest": one.key_digest[:12],
        }
        for one in keys
    ]
    return answer_json(shown)


@routes.post("/desk/keys", dependencies=[needs(Verb.ISSUE_KEYS)])
async def post_key(request: Request, house: TheHouse, by: Name) -> Response:
    """Issue the key of an agent version. It is in this reply and nowhere else."""
    said: _Key = await read_body(request, _Key)
    key = secrets.token_urlsafe(32)
    use_cases = [UseCaseId(name) for name in dict.fromkeys(said.use_cases)]
    await admit(house, agent=said.agent, version=said.version, use_cases=use_cases, key=key, by=by, candidate=said.candidate)
    return answer_json({"agent": said.agent, "version": said.version, "use_cases": use_cases, "key": key})


@routes.post("/desk/keys/revoke", dependencies=[needs(Verb.ISSUE_KEYS)])
async def post_revoked(request: Request, house: TheHouse, by: Name) -> Response:
    """End the key of an agent version at once."""
    said: _Revoked = await read_body(request, _Revoked)
    await revoke(house, agent=said.agent, version=said.version, by=by, reason=said.reason)
    return answer_json({"agent": said.agent, "version": said.version, "revoked": True})
