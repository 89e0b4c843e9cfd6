"""Finds the door for a command: the running server's where one serves this folder, else one opened in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from remit.errors import InvalidInput, NotInitialised
from remit.runner.local import drain
from remit.sdk.client import problem_of
from remit.wire import PERSON_TOKEN, installation

SERVER = "server.json"
_WAIT_SECONDS = 30


@asynccontextmanager
async def door(folder: Path, token: str) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client that carries this token. Without a running server, what is due is carried out before and after."""
    headers = {"authorization": f"Bearer {token}"}
    address = await running(folder)
    if address is not None:
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=_WAIT_SECONDS) as client:
            yield client
        return
    with installation(folder) as opened:
        await drain(opened.house)
        transport = httpx.ASGITransport(opened.app)
        async with httpx.AsyncClient(base_url="http://localhost", transport=transport, headers=headers) as client:
            yield client
        await drain(opened.house)


async def running(folder: Path) -> str | None:
    """Return the address of the server that serves this folder, None when none answers."""
    try:
        address = str(json.loads((folder / SERVER).read_text())["address"])
    except (OSError, ValueError, KeyError):
        return None
    try:
        async with httpx.AsyncClient(timeout=2) as client:
            return address if (await client.get(f"{address}/healthz")).is_success else None
    except httpx.HTTPError:
        return None  # a server that died leaves its file behind


def ask(folder: Path, method: str, path: str, *, body: object = None, person: str = "owner", token: str | None = None) -> Any:
    """Send one request and return the decoded reply. Raises the error that the door named."""
    return asyncio.run(_ask(folder, method, path, body, person, token or person_token(folder)))


async def _ask(folder: Path, method: str, path: str, body: object, person: str, token: str) -> Any:
    headers = {"x-remit-person": person, "content-type": "application/json"}
    content = None if body is None else _encoded(body)
    async with door(folder, token) as client:
        reply = await client.request(method, path, content=content, headers=headers)
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
