"""Finds the door for a command: the running server's where one serves this folder, else one opened in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from remit.cli.options import keep_days, settings, who
from remit.cli.session_file import signed_in
from remit.errors import ControlPlaneUnreachable, InvalidInput, NotInitialised
from remit.flow.execute import recover
from remit.runner.local import drain
from remit.sdk.client import problem_of
from remit.store.sqlite import holder
from remit.wire import PERSON_TOKEN, installation

SERVER = "server.json"
_WAIT_SECONDS = 30


@asynccontextmanager
async def door(folder: Path, token: str, *, first: bool = False) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client that carries this token. Without a running server, what is due is carried out before and after.

    A request that keeps something back comes `first`: else it would come too late.
    """
    headers = {b"authorization": b"Bearer " + token.encode()}
    address = await running(folder)
    if address is not None:
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=_WAIT_SECONDS) as client:
            yield client
        return
    with installation(folder, quirks=settings().sandbox_quirks) as opened:
        opened.app.state.keep_days = keep_days()
        opened.app.state.link = settings().link or opened.app.state.link
        if not first:
            await recover(opened.house)
            await drain(opened.house)
        transport = httpx.ASGITransport(opened.app)
        async with httpx.AsyncClient(base_url="http://localhost", transport=transport, headers=headers) as client:
            yield client
        await drain(opened.house)


async def running(folder: Path) -> str | None:
    """Return the address of the server that serves this folder, None when none answers."""
    try:
        left = json.loads((folder / SERVER).read_text())
        address, process = str(left["address"]), int(left["process"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if holder(folder) != f"process {process}":
        return None  # that server ended: whoever answers there now is a stranger, and must not hear our token
    try:
        async with httpx.AsyncClient(timeout=2) as client:
            return address if (await client.get(f"{address}/healthz")).is_success else None
    except httpx.HTTPError:
        return None


def ask(
    folder: Path,
    method: str,
    path: str,
    *,
    body: object = None,
    person: str | None = None,
    token: str | None = None,
    first: bool = False,
) -> Any:
    """Send one request and return the decoded reply. Raises the error that the door named.

    Without a token of its own it carries that of whoever is signed in, else the owner's, which names a `person`.
    """
    session = None if token else signed_in(folder)
    chosen = token or session or person_token(folder)
    return asyncio.run(_ask(folder, method, path, body, named(person, signed_in=bool(session)), chosen, first=first))


def named(person: str | None, *, signed_in: bool) -> dict[str, str]:
    """Send a name as given, or as filled in by us: the second means nothing where people have accounts."""
    if person is None:
        return {}
    if person == who(None):
        return {} if signed_in else {"x-remit-user": quote(person)}
    return {"x-remit-person": quote(person)}


async def _ask(folder: Path, method: str, path: str, body: object, named: dict[str, str], token: str, *, first: bool) -> Any:
    headers = {**named, "content-type": "application/json"}
    content = None if body is None else _encoded(body)
    async with door(folder, token, first=first) as client:
        try:
            reply = await client.request(method, path, content=content, headers=headers)
        except httpx.HTTPError as error:
            do = "See with `remit inbox` and `remit ledger show` what was recorded, then try again"
            raise ControlPlaneUnreachable(asked=path, found=type(error).__name__, do=do) from error
    if not reply.is_success:
        raise problem_of(reply)
    return reply.json()


def _encoded(body: object) -> bytes:
    try:
        return json.dumps(body, allow_nan=False).encode()
    except ValueError as error:
        raise InvalidInput(asked="this request", found="a number that is not finite", do="Give finite numbers") from error


def person_token(folder: Path) -> str:
    """Read the owner's token. Raises `NotInitialised`."""
    try:
        return (folder / PERSON_TOKEN).read_text()
    except OSError as error:
        raise NotInitialised(
            asked=f"the installation in {folder}", found=error.strerror or "nothing", do="Run `remit init`"
        ) from error
