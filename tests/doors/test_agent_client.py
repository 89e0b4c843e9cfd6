"""The client that agents use: without a clear answer there is no action, whatever stands at the other end."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import httpx
import pytest

from remit.errors import CallIdReused, ControlPlaneUnreachable, RemitError
from remit.sdk.client import Client
from tests.doors.doorway import agent, answering, tagging
from tests.flow.stage import Stage

REPLY: dict[str, Any] = {"verdict": "allow", "proposal_id": "1", "state": "leaving", "reasons": []}
UNCLEAR: dict[str, tuple[str, str, str]] = {
    "a hang-up": ("", "", ""),
    "an error without a word": ("500 Internal Server Error", "", "text/plain"),
    "an error of something in between": ("502 Bad Gateway", "<h1>Bad gateway</h1>", "text/html"),
    "an error that is no mapping": ("500 Internal Server Error", "[]", "application/json"),
    "another address": ("302 Found", "", "text/plain"),
    "nothing at all": ("204 No Content", "", "text/plain"),
    "a page": ("200 OK", "<h1>Welcome</h1>", "text/html"),
    "no replies": ("200 OK", "[]", "application/json"),
    "a reply that is no list": ("200 OK", json.dumps(REPLY), "application/json"),
    "too many replies": ("200 OK", json.dumps([REPLY, REPLY]), "application/json"),
    "half a reply": ("200 OK", json.dumps([{"verdict": "allow"}]), "application/json"),
    "a verdict nobody knows": ("200 OK", json.dumps([REPLY | {"verdict": "yes"}]), "application/json"),
    "a reply cut off": ("200 OK", json.dumps([REPLY])[:-5], "application/json"),
}


@pytest.mark.parametrize(("status", "body", "kind"), UNCLEAR.values(), ids=UNCLEAR)
async def test_without_a_clear_answer_nothing_may_be_done(status: str, body: str, kind: str) -> None:
    async with answering(status, body, kind) as server, httpx.AsyncClient(base_url=server.address) as http:
        with pytest.raises(ControlPlaneUnreachable):
            await Client(http).propose(tagging())
    assert len(server.heard) == 1, "it does not try again by itself"


@pytest.mark.parametrize("name", sorted(set(UNCLEAR) - {"a reply that is no list"}))
async def test_without_a_clear_answer_nothing_is_known(name: str) -> None:
    async with answering(*UNCLEAR[name]) as server, httpx.AsyncClient(base_url=server.address) as http:
        client = Client(http)
        for look in (client.outcome("1"), client.withdraw("1"), client.context("crm", "now")):
            with pytest.raises(ControlPlaneUnreachable):
                await look


async def test_where_nobody_listens_nothing_may_be_done() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=address) as http:
            with pytest.raises(ControlPlaneUnreachable, match="Take no action"):
                await Client(http).propose(tagging())


async def test_who_does_not_answer_in_time_did_not_answer() -> None:
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            pass
        writer.close()
        await writer.wait_closed()
        gone.set()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, httpx.AsyncClient(base_url=address, timeout=0.1) as http:
        with pytest.raises(ControlPlaneUnreachable, match="Timeout"):
            await Client(http).propose(tagging())
        await gone.wait()


async def test_a_problem_comes_back_as_the_error_it_is(stage: Stage) -> None:
    async with agent(stage) as client:
        await client.propose(tagging())
        with pytest.raises(CallIdReused) as refused:
            await client.propose(tagging(tag="gold"))
    assert (refused.value.asked, refused.value.do) == ("call id one", "Use a fresh call id")


async def test_a_problem_of_a_newer_server_is_an_error_all_the_same() -> None:
    body = json.dumps({"code": "from_the_future", "title": "No.", "status": 499, "asked": "this", "found": 7})
    async with answering("499 No", body) as server, httpx.AsyncClient(base_url=server.address) as http:
        with pytest.raises(RemitError, match=r"^No\. Asked: this\. Found: 7\.$"):
            await Client(http).propose(tagging())
