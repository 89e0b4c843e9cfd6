"""People with accounts behind the door: each with a real password, each signed in for real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import httpx

from remit.core.types import Role
from remit.flow.people import admit_person
from remit.web.passwords import hash_password
from tests.doors.doorway import knock
from tests.flow.stage import Stage

CAST = {f"{role}-person".replace("_", "-"): role for role in Role}
"""One person for each role, called after it."""


def password(login: str) -> str:
    """Return somebody's password."""
    return f"a long walk with {login[::-1]}"


@cache
def kept(login: str) -> str:
    """Return what is kept of it; worked out once, because that takes a while on purpose."""
    return hash_password(password(login))


async def account(stage: Stage, login: str, *roles: Role) -> None:
    """Give somebody an account."""
    await admit_person(stage.house, person=login, roles=roles, password_hash=kept(login), by="olga")


async def token_of(stage: Stage, login: str) -> str:
    """Sign somebody in and return her token."""
    async with knock(stage.opened) as http:
        reply = await http.post("/api/v1/sessions", json={"login": login, "password": password(login)})
    assert reply.status_code == 200, reply.text
    return str(reply.json()["token"])


@asynccontextmanager
async def signed_in(stage: Stage, login: str) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client that carries somebody's session."""
    async with knock(stage.opened, await token_of(stage, login)) as http:
        yield http
