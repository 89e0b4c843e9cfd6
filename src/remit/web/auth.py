"""Who is speaking: an agent by its key, a person by her session, the owner of the data folder by its token.

While nobody has an account, the owner's token names any person. From the first account on it names nobody but `owner`, an
admin, and people sign in.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from remit.core.access import ALL_ROLES, Refused, Verb, in_order, in_words, may, one_of
from remit.core.person import OWNER
from remit.core.types import Role
from remit.errors import NotAllowed, NotAuthenticated, SignInNeeded
from remit.flow.adopt import key_digest
from remit.flow.people import signed_in
from remit.ports import AgentKey, House, Reading
from remit.web.passwords import Patience

COOKIE = "remit_session"


@dataclass(slots=True, kw_only=True)
class Tokens:
    """The owner's token (commands), the one-time token of the printed address with the sessions it opened, and a monitor's."""

    person: str
    once: str | None
    monitor: str = ""
    sessions: set[str] = field(default_factory=set)
    patience: Patience = field(default_factory=Patience)

    def enter(self, token: str) -> str | None:
        """Trade the one-time token for a session, once. Returns None for a wrong or spent token."""
        if self.once is None or not hmac.compare_digest(self.once.encode(), token.encode()):
            return None
        self.once = None
        session = secrets.token_urlsafe(32)
        self.sessions.add(session)
        return session


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who is speaking, and in which roles."""

    person: str
    roles: tuple[Role, ...]


def house_of(request: Request) -> House:
    """Return the house this application was built for."""
    found: House = request.app.state.house
    return found


def tokens_of(request: Request) -> Tokens:
    """Return the tokens of this application."""
    found: Tokens = request.app.state.tokens
    return found


def bearer(request: Request) -> str:
    """Return the token that came with the request, empty when none did."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def agent(request: Request) -> AgentKey:
    """Return the agent version whose key came with the request. Raises `NotAuthenticated`."""
    with house_of(request).store.read() as reading:
        found = reading.agent_key(key_digest(bearer(request)))
    if found is None:
        raise NotAuthenticated(asked=request.url.path, found="no valid agent key", do="Send `Authorization: Bearer KEY`")
    return found


def who(request: Request) -> Who:
    """Return who is behind the request. Raises `NotAuthenticated`, or `SignInNeeded` where people have accounts."""
    token, house = bearer(request), house_of(request)
    with house.store.read() as reading:
        if _is_owner(request, token):
            return _owner(request, reading)
        found = signed_in(reading, token, house.clock.now()) if token else None
        if found is None:
            raise nobody(request, reading)
    return _under_her_name(request, Who(person=found.name, roles=found.roles))


def _is_owner(request: Request, token: str) -> bool:
    owner = tokens_of(request).person
    return bool(owner) and hmac.compare_digest(owner.encode(), token.encode())  # an empty file is nobody's token


def _owner(request: Request, reading: Reading) -> Who:
    """Return whom the owner's token names: anybody while there is no account, `owner` alone from then on.

    A name is sent percent-encoded: in `X-Remit-Person` where somebody gave one, in `X-Remit-User` where the command filled
    in the user of the machine. The second gives way where people have accounts, so that the owner can always stop and repair.
    """
    if reading.has_people():
        return _under_her_name(request, Who(person=OWNER, roles=(Role.ADMIN,)))
    name = request.headers.get("x-remit-person") or request.headers.get("x-remit-user") or OWNER
    return Who(person=unquote(name), roles=in_order(ALL_ROLES))


def _under_her_name(request: Request, found: Who) -> Who:
    """Refuse a request under another name: who speaks is who signed in."""
    named = unquote(request.headers.get("x-remit-person") or found.person)
    if named != found.person:
        raise SignInNeeded(
            "People have accounts here, so a name alone is not enough.",
            asked=f"acting as {named}",
            found=f"the token of {found.person}",
            do=f"Sign in as {named} with `remit login`; without a name you act as {found.person}, who is {_all(found.roles)}",
        )
    return found


def _all(roles: tuple[Role, ...]) -> str:
    return " and ".join(one_of([role]) for role in roles) or "nobody"


def nobody(request: Request, reading: Reading) -> NotAuthenticated:
    """Return the error for a request without a person: it says how to come in."""
    if reading.has_people():
        do = "Sign in: with `remit login`, on the page /sign-in, or with POST /api/v1/sessions"
        return SignInNeeded(asked=request.url.path, found="no session, or one that is over", do=do)
    return NotAuthenticated(asked=request.url.path, found="no valid token", do="Use the `remit` command on this machine")


Signed = Annotated[Who, Depends(who)]
TheHouse = Annotated[House, Depends(house_of)]


def person(found: Signed) -> str:
    """Return the name of the person behind the request."""
    return found.person


def refuse_unless(found: Who, verb: Verb, house: House) -> None:
    """Raise `NotAllowed` with who can, unless one of her roles lets her do this."""
    if verb is Verb.SIGN_GRANT:  # the only one that the policy has a say in
        with house.store.read() as reading:
            answer = may(found.roles, verb, reading.policy().risk_statement)
    else:
        answer = may(found.roles, verb)
    if isinstance(answer, Refused):
        held = f"{found.person} is {', '.join(found.roles) or 'nothing any more'}"
        do = f"{answer.reason[:1].upper()}{answer.reason[1:]}. {_way_out(house, answer)}"
        raise NotAllowed(asked=f"{in_words(verb)} as {found.person}", found=held, do=do)


def _way_out(house: House, refused: Refused) -> str:
    """Say how to come to somebody who may: where nobody is, an admin makes one; the owner of the data folder is one."""
    with house.store.read() as reading:
        people = reading.people()
    if any(set(one.roles) & set(refused.who_can) for one in people):
        return "Ask one, or sign in as one with `remit login`"
    if Role.ADMIN in refused.who_can:
        return "Nobody with an account is one; the owner of the data folder is, after `remit logout`"
    return "Nobody is one yet: an admin makes one with `remit user add` or `remit role give`"


def _check_of(verb: Verb) -> Callable[..., None]:
    def check(found: Signed, house: TheHouse) -> None:
        refuse_unless(found, verb, house)

    return check


_CHECKS = {verb: _check_of(verb) for verb in Verb}


def needs(verb: Verb) -> Any:
    """Return the one dependency by which a route says what a person does there: `dependencies=[needs(Verb.STOP)]`."""
    return Depends(_CHECKS[verb])


def verbs_of(dependencies: list[Dependency]) -> list[Verb]:
    """Return the verbs among a route's dependencies; a test holds every route of people to exactly one."""
    asked = [one.dependency for one in dependencies]
    return [verb for verb, check in _CHECKS.items() if check in asked]


Agent = Annotated[AgentKey, Depends(agent)]
Person = Annotated[str, Depends(person)]
