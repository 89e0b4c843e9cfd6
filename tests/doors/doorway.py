"""How tests knock: HTTP in process, raw or through the client that agents use, as whoever they say they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from remit.sdk.client import Client
from remit.sdk.messages import Propose
from remit.wire import Installation
from tests.flow.stage import ADA, KEYS, OTTO, Stage

ADA_KEY, OTTO_KEY = KEYS[ADA], KEYS[OTTO]
AGENT, DESK = "/api/v1", "/api/v1/desk"


def knock(opened: Installation, token: str | None = None, **headers: str) -> httpx.AsyncClient:
    """Open an HTTP client to the application in this process; an error that no handler caught is raised here."""
    bearer = {} if token is None else {"authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(opened.app)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", headers={**bearer, **headers})


@asynccontextmanager
async def agent(stage: Stage, key: str = ADA_KEY) -> AsyncIterator[Client]:
    """Open the client that agents use."""
    async with knock(stage.opened, key) as http:
        yield Client(http)


@asynccontextmanager
async def desk(stage: Stage, name: str = "dana") -> AsyncIterator[httpx.AsyncClient]:
    """Open a client with the owner's token, under a person's name."""
    async with knock(stage.opened, stage.opened.person_token, **{"x-remit-person": name}) as http:
        yield http


def tagging(contact: str = "c0001", tag: str = "vip", call_id: str = "one", **more: Any) -> Propose:
    """Ask for a tag as an agent would."""
    return Propose(
        use_case="crm", operation="contact.tag.add", arguments={"contact": contact, "tag": tag}, call_id=call_id, **more
    )


def written_out(*proposals: Propose, **changed: Any) -> list[dict[str, Any]]:
    """Write proposals as plain JSON values, with some entries changed or (None) left out."""
    plain = [{**msgspec.to_builtins(one), **changed} for one in proposals]
    return [{name: value for name, value in one.items() if value is not None} for one in plain]


@dataclass(kw_only=True)
class Answering:
    """A real server on this machine that answers every request with the same bytes, and remembers what it was sent."""

    reply: bytes
    port: int = 0
    heard: list[bytes] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read what comes first and answer."""
        self.heard.append(await reader.read(65_536))
        writer.write(self.reply)
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def answering(status: str, body: str = "", kind: str = "application/json") -> AsyncIterator[Answering]:
    """Start a server that always says the same; an empty status hangs up without a word."""
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body.encode())}\r\nconnection: close\r\n\r\n"
    found = Answering(reply=(head + body).encode() if status else b"")
    server = await asyncio.start_server(found.answer, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    async with server:
        yield found


@contextmanager
def nothing_written(stage: Stage) -> Iterator[None]:
    """Check that what happens in between leaves no fact and no effect."""
    before = stage.written()
    yield
    assert stage.written() == before
