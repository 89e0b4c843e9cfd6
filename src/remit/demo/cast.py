"""Who plays in the story: the agents with their keys, the people, and what each agent may do."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import httpx

from remit.agents.audience import AudienceAgent
from remit.agents.desk import Agent
from remit.agents.enrich import EnrichAgent
from remit.agents.follow_up import FollowUpAgent
from remit.agents.nurture import NurtureAgent
from remit.agents.score import ScoreAgent
from remit.core.types import UseCaseId
from remit.demo.world import STORY_STARTS
from remit.flow.adopt import admit
from remit.ports import House
from remit.sdk.client import Client

if TYPE_CHECKING:
    from fastapi import FastAPI

REVIEWER = "rosa"
SIGNERS = (("ines", "line_of_business"), ("ravi", "risk"))
OWNER = "olga"


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One agent version with its client."""

    name: str
    agent: Agent
    client: Client
    http: httpx.AsyncClient


def agents(*, past_until: str, seed: int, stale_from: date | None) -> dict[str, Agent]:
    """Return the five agents of the story by use case, in the order in which they work."""
    return {
        "enrich": EnrichAgent(past_until=past_until, seed=seed, stale_from=stale_from),
        "score": ScoreAgent(past_until=past_until, seed=seed),
        "follow_up": FollowUpAgent(),
        "nurture": NurtureAgent(),
        "audience": AudienceAgent(opening=STORY_STARTS),
    }


def key_of(secret: bytes, name: str) -> str:
    """Return an agent's key: derived, so that a story that was cut off goes on with the same ones."""
    return hmac.new(secret, f"agent key {name}".encode(), hashlib.sha256).hexdigest()


def seat(house: House, app: FastAPI, cast: dict[str, Agent]) -> list[Player]:
    """Give each agent a client to the application, with its key and no privilege."""
    found = []
    for name, agent in cast.items():
        headers = {"authorization": f"Bearer {key_of(house.secret, name)}"}
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost", headers=headers)
        found.append(Player(name=name, agent=agent, client=Client(http), http=http))
    return found


async def admit_all(house: House, cast: dict[str, Agent]) -> None:
    """Declare every agent version a candidate, once."""
    for name, agent in cast.items():
        with house.store.read() as reading:
            known = {key.version for key in reading.agent_keys(UseCaseId(name))}
        if agent.fingerprint() not in known:
            key = key_of(house.secret, name)
            await admit(house, agent=name, version=agent.fingerprint(), use_cases=[UseCaseId(name)], key=key, by=OWNER)
