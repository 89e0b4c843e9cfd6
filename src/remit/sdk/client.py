"""The client an agent uses. If Remit cannot be reached it fails closed: no reply means no action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import httpx
import msgspec

from remit.errors import ControlPlaneUnreachable, RemitError, from_problem
from remit.sdk.messages import Context, Correction, Propose, Reply, Scalar

T = TypeVar("T")
_DO_NOTHING = "Take no action and try again later."


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
        replies = _decoded(body, list[Reply])
        if len(replies) != len(proposals):
            raise ControlPlaneUnreachable(found=f"{len(replies)} replies to {len(proposals)} proposals", do=_DO_NOTHING)
        return replies

    async def outcome(self, proposal_id: str) -> Reply:
        """Return what became of a proposal so far."""
        return _decoded(await self._send("GET", f"/api/v1/proposals/{proposal_id}"), Reply)

    async def withdraw(self, proposal_id: str) -> Reply:
        """Take back a proposal that nobody answered yet."""
        return _decoded(await self._send("POST", f"/api/v1/proposals/{proposal_id}/withdraw"), Reply)

    async def context(
        self,
        use_case: str,
        window: str,
        *,
        where: Mapping[str, Scalar] | None = None,
        after: str | None = None,
        limit: int = 1000,
        fields: Sequence[str] = (),
    ) -> Context:
        """Read one page of a context window: only what the charter lets this agent see, or only these fields of it."""
        asked = {"where": dict(where or {}), "after": after, "limit": limit, "fields": list(fields)}
        body = await self._send("POST", f"/api/v1/context/{use_case}/{window}", content=msgspec.json.encode(asked))
        return _decoded(body, Context)

    async def corrections(self, use_case: str, operation: str, like: Mapping[str, Scalar], *, limit: int = 5) -> list[Correction]:
        """Return what people made of proposals most like this one, the most alike first: examples for the context of a model."""
        asked = {"use_case": use_case, "operation": operation, "like": dict(like), "limit": limit}
        body = await self._send("POST", "/api/v1/corrections", content=msgspec.json.encode(asked))
        return _decoded(body, list[Correction])

    async def _send(self, method: str, path: str, **kwargs: Any) -> bytes:
        try:
            reply = await self._http.request(method, path, **kwargs)
        except httpx.HTTPError as error:
            raise ControlPlaneUnreachable(found=type(error).__name__, do=_DO_NOTHING) from error
        if reply.is_success:
            return reply.content
        raise problem_of(reply)


def _decoded(body: bytes, kind: type[T]) -> T:
    """Read a reply strictly: what cannot be read is no answer."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ControlPlaneUnreachable(found="a reply that cannot be read", do=_DO_NOTHING) from error


def problem_of(reply: httpx.Response) -> RemitError:
    """Return the error a refused request stands for."""
    try:
        told = msgspec.json.decode(reply.content, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ControlPlaneUnreachable(found=f"status {reply.status_code} without a problem document", do=_DO_NOTHING)
    return from_problem(told)
