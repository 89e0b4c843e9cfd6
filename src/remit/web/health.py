"""Whether the process lives, whether it can do its work, and what it has measured.

The first two say nothing that anybody must not know. The measurements are for a monitor with the token made for it, and for
people who may look.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response

from remit.core.access import Verb
from remit.errors import NotFound, StoreUnavailable
from remit.ports import House
from remit.ports.telemetry_port import Pulse, Signs
from remit.web.agent_api import answer_json
from remit.web.auth import TheHouse, bearer, refuse_unless, tokens_of, who

routes = APIRouter()
_WRITE_SECONDS = 2
SILENCE = timedelta(seconds=30)
"""After so long without a round the runner counts as gone."""
UNSEALED = timedelta(minutes=1)
"""After so long without a checkpoint over it a fact counts as left behind; sealing goes on every five seconds."""


def signs_of(request: Request) -> Signs:
    """Return the signs of life of this application's runner."""
    found: Signs = request.app.state.signs
    return found


@routes.get("/healthz")
async def get_health() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@routes.get("/readyz")
async def get_readiness(request: Request, house: TheHouse) -> Response:
    """Say whether it can do its work, check by check; status 503 where it cannot."""
    checks = dict(await _checks(house, signs_of(request)))
    ready = not any(checks.values())
    told = [{"check": name, "ok": not fault, "found": fault} for name, fault in checks.items()]
    reply = answer_json({"ready": ready, "checks": told})
    reply.status_code = 200 if ready else 503
    return reply


async def _checks(house: House, signs: Signs) -> list[tuple[str, str]]:
    try:
        with house.store.read() as reading:
            pulse = reading.pulse()
    except StoreUnavailable:
        return [("store", "it cannot be read")]
    return [("store", await _writer_fault(house)), *_signs(pulse, signs, house.clock.now())]


async def _writer_fault(house: House) -> str:
    """Ask the writer to do nothing, durably."""
    try:
        await asyncio.wait_for(house.store.write(lambda _: None), _WRITE_SECONDS)
    except (TimeoutError, StoreUnavailable):
        return "it cannot be written to"
    return ""


def _signs(pulse: Pulse, signs: Signs, now: datetime) -> Iterator[tuple[str, str]]:
    silent = signs.beat_at is None or now - signs.beat_at > SILENCE
    yield "runner", signs.trouble or ("it does not go round" if silent else "")
    left = pulse.oldest_unsealed is not None and now - pulse.oldest_unsealed > UNSEALED
    yield "sealing", signs.sealing or ("facts are left without a checkpoint" if left else "")


@routes.get("/metrics")
async def get_metrics(request: Request, house: TheHouse) -> Response:
    """Return everything measured, for a monitor."""
    if not _is_monitor(request):
        refuse_unless(who(request), Verb.LOOK, house)
    with house.store.read() as reading:
        pulse = reading.pulse()
    shown = house.telemetry.exposition(pulse, house.clock.now())
    if shown is None:
        raise NotFound(asked="/metrics", found="nothing is measured here", do="Ask a running `remit serve`")
    kind, text = shown
    return Response(text, media_type=kind)


def _is_monitor(request: Request) -> bool:
    monitor = tokens_of(request).monitor
    return bool(monitor) and hmac.compare_digest(monitor.encode(), bearer(request).encode())
