"""The client an agent uses. If Remit cannot be reached it fails closed: no reply means no action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import msgspec

from remit.errors import ControlPlaneUnreachable, RemitError, from_problem
from remit.sdk.messages import Context, Propose, Reply, Scalar


class Client:
    """Speaks for one agent version. `http` carries the base address and the agent key in its headers."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        """Wrap an open HTTP client; whoever opened it closes it."""
        self._http = http

    async def propose(self, proposal: Propose) -> Reply:
        """Ask for one action. Raises `CallIdReused` when the call id was used with other arguments."""
        return (await self.propose_many([proposal]))[0]

    async def propose_many(self, proposals: Sequence[Propose]) -> list[Reply]:
        """Ask for up to 1,000 actions; replies come in the same order. Bad ones refuse the whole batch, nothing written."""
        body = await self._send("POST", "/api/v1/proposals", content=msgspec.json.encode(list(proposals)))
        return msgspec.json.decode(body, type=list[Reply])

    async def outcome(self, proposal_id: str) -> Reply:
        """Return what became of a proposal so far."""
        return msgspec.json.decode(await self._send("GET", f"/api/v1/proposals/{proposal_id}"), type=Reply)

    async def withdraw(self, proposal_id: str) -> Reply:
        """Take back a proposal that nobody answered yet."""
        return msgspec.json.decode(await self._send("POST", f"/api/v1/proposals/{proposal_id}/withdraw"), type=Reply)

    async def context(
        self,
        use_case: str,
        window: str,
        *,
        where: Mapping[str, Scalar] | None = None,
        after: str | None = None,
        limit: int = 1000,
    ) -> Context:
        """Read one page of a context window: only what the charter lets this agent see."""
        asked = {"where": dict(where or {}), "after": after, "limit": limit}
        body = await self._send("POST", f"/api/v1/context/{use_case}/{window}", content=msgspec.json.encode(asked))
        return msgspec.json.decode(body, type=Context)

    async def _send(self, method: str, path: str, **kwargs: Any) -> bytes:
        try:
            reply = await self._http.request(method, path, **kwargs)
        except httpx.HTTPError as error:
            raise ControlPlaneUnreachable(found=type(error).__name__, do="Take no action and try again later.") from error
        if reply.is_success:
            return reply.content
        raise problem_of(reply)


def problem_of(reply: httpx.Response) -> RemitError:
    """Return the error a refused request stands for."""
    try:
        told = msgspec.json.decode(reply.content, type=dict[str, Any])
    except msgspec.DecodeError:
        return ControlPlaneUnreachable(found=f"status {reply.status_code} without a problem document")
    return from_problem(told)
