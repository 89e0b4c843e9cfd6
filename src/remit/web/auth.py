"""Who is speaking: an agent by its key, a person by a token or a session. And from where: only names we serve."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Request

from remit.errors import NotAuthenticated
from remit.flow.adopt import key_digest
from remit.ports import AgentKey, House

COOKIE = "remit_session"


@dataclass(slots=True, kw_only=True)
class Tokens:
    """The owner's token (commands), the one-time token of the printed address, and the sessions it opened."""

    person: str
    once: str | None
    sessions: set[str] = field(default_factory=set)

    def enter(self, token: str) -> str | None:
        """Trade the one-time token for a session, once. Returns None for a wrong or spent token."""
        if self.once is None or not hmac.compare_digest(self.once.encode(), token.encode()):
            return None
        self.once = None
        session = secrets.token_urlsafe(32)
        self.sessions.add(session)
        return session


def house_of(request: Request) -> House:
    """Return the house this application was built for."""
    found: House = request.app.state.house
    return found


def tokens_of(request: Request) -> Tokens:
    """Return the tokens of this application."""
    found: Tokens = request.app.state.tokens
    return found


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def agent(request: Request) -> AgentKey:
    """Return the agent version whose key came with the request. Raises `NotAuthenticated`."""
    with house_of(request).store.read() as reading:
        found = reading.agent_key(key_digest(_bearer(request)))
    if found is None:
        raise NotAuthenticated(asked=request.url.path, found="no valid agent key", do="Send `Authorization: Bearer KEY`")
    return found


def person(request: Request) -> str:
    """Return the person behind the request: the owner's token names her in `X-Remit-Person`, percent-encoded.

    Raises `NotAuthenticated`.
    """
    token = tokens_of(request).person
    if token and hmac.compare_digest(token.encode(), _bearer(request).encode()):  # an empty file is nobody's token
        return unquote(request.headers.get("x-remit-person") or "owner")
    raise NotAuthenticated(asked=request.url.path, found="no valid token", do="Use the `remit` command on this machine")


def visitor(request: Request) -> None:
    """Admit a browser session to the page. Raises `NotAuthenticated`."""
    if request.cookies.get(COOKIE) not in tokens_of(request).sessions:
        raise NotAuthenticated(asked=request.url.path, found="no session", do="Open the address that `remit serve` printed")


Agent = Annotated[AgentKey, Depends(agent)]
Person = Annotated[str, Depends(person)]
TheHouse = Annotated[House, Depends(house_of)]
