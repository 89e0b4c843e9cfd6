"""The record of processing activities at the person's door."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request, Response

from remit.core.access import Verb
from remit.core.register import register
from remit.web.agent_api import answer_json
from remit.web.auth import TheHouse, needs

routes = APIRouter(prefix="/api/v1/desk/register")


@routes.get("", dependencies=[needs(Verb.EXPORT)])
async def get_register(request: Request, house: TheHouse) -> Response:
    """List what is done with data, use case by use case, under the policy in force."""
    with house.store.read() as reading:
        policy = reading.policy()
    found = register(policy, request.app.state.keep_days)
    return answer_json({"policy": policy.number, "activities": [asdict(one) for one in found]})
