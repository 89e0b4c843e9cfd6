"""However often something is asked for, approved, cut off or left without an answer: it happens once."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from remit.cli.door import SERVER
from remit.connectors.sandbox import Sandbox
from remit.flow.adopt import adopt
from remit.wire import PERSON_TOKEN, SANDBOX, SystemClock, installation
from tests.flow.stage import ADA, CRM, KEYS, charter, every_operation, furnish
from tests.journeys.processes import PATIENCE, start, until

ASKED = {"use_case": "crm", "operation": "contact.tag.add", "arguments": {"contact": "c0001", "tag": "vip"}, "call_id": "one"}
AGENT = {"authorization": f"Bearer {KEYS[ADA]}"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Furnish a folder, as of yesterday, in which approvals leave after two seconds."""
    furnish(tmp_path / "data", datetime.now(UTC) - timedelta(days=1))
    with installation(tmp_path / "data") as opened:
        slow = charter(CRM, every_operation(), take_back_seconds=2)
        asyncio.run(adopt(opened.house, {"charter:crm": json.dumps(slow)}, "olga"))
    return tmp_path / "data"


@contextmanager
def served(folder: Path, how: signal.Signals = signal.SIGKILL, **settings: str) -> Iterator[str]:
    """Serve a folder, say where, and end the server in this way."""
    process: subprocess.Popen[str] = start("serve", "--port", "0", "--data-dir", folder, **settings)
    try:
        assert process.stdout
        assert process.stdout.readline().startswith("Serving on")
        yield str(json.loads((folder / SERVER).read_text())["address"])
    finally:
        process.send_signal(how)
        process.communicate(timeout=PATIENCE)


def person(folder: Path, name: str) -> dict[str, str]:
    """Return the headers of somebody at the desk."""
    return {"authorization": f"Bearer {(folder / PERSON_TOKEN).read_text()}", "x-remit-person": name}


def proposed(address: str) -> str:
    """Ask for the tag."""
    reply = httpx.post(f"{address}/api/v1/proposals", json=[ASKED], headers=AGENT)
    return str(reply.json()[0]["proposal_id"])


def shown(folder: Path, address: str, proposal: str) -> Any:
    """Show a proposal."""
    return httpx.get(f"{address}/api/v1/desk/proposals/{proposal}", headers=person(folder, "dana")).json()


def approve(folder: Path, address: str, proposal: str) -> None:
    """Approve it as it is shown."""
    body = {"answer": "approve", "seen": shown(folder, address, proposal)["seen"]}
    reply = httpx.post(f"{address}/api/v1/desk/proposals/{proposal}/answer", json=body, headers=person(folder, "dana"))
    assert reply.status_code == 200, reply.text


def effects(folder: Path) -> list[str]:
    """Return the keys of everything that was ever done to the CRM."""
    with closing(Sandbox.open(folder / SANDBOX, SystemClock())) as crm:
        return list(crm.world.effects())


def ends_as(folder: Path, address: str, proposal: str, state: str) -> None:
    """Wait until a proposal stands there."""
    until(state, lambda: shown(folder, address, proposal)["state"] == state)


async def at_once(address: str, many: int, method: str, path: str, bodies: list[Any], headers: list[dict[str, str]]) -> list[Any]:
    """Send many requests side by side."""
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as http:
        sent = [
            http.request(method, path, json=bodies[at % len(bodies)], headers=headers[at % len(headers)]) for at in range(many)
        ]
        return list(await asyncio.gather(*sent))


def test_a_thousand_identical_proposals_are_one_and_two_approvals_are_one(folder: Path) -> None:
    with served(folder, signal.SIGINT) as address:
        replies = asyncio.run(at_once(address, 1000, "POST", "/api/v1/proposals", [[ASKED]], [AGENT]))
        names = {reply.json()[0]["proposal_id"] for reply in replies}
        assert ({reply.status_code for reply in replies}, len(names)) == ({200}, 1)
        other = [ASKED | {"arguments": {"contact": "c0001", "tag": "gold"}}]
        refused = httpx.post(f"{address}/api/v1/proposals", json=other, headers=AGENT)
        assert (refused.status_code, refused.json()["code"]) == (409, "call_id_reused")
        (proposal,) = names
        body = {"answer": "approve", "seen": shown(folder, address, proposal)["seen"]}
        path = f"/api/v1/desk/proposals/{proposal}/answer"
        people = [person(folder, "dana"), person(folder, "rita")]
        answers = asyncio.run(at_once(address, 20, "POST", path, [body], people))
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
        ends_as(folder, address, proposal, "done")
    assert effects(folder) == [f"{proposal}:1"]


def test_a_kill_between_approval_and_effect_leaves_one_effect(folder: Path) -> None:
    with served(folder) as address:
        proposal = proposed(address)
        approve(folder, address, proposal)
    assert effects(folder) == []
    with served(folder) as address:
        ends_as(folder, address, proposal, "done")
    assert effects(folder) == [f"{proposal}:1"]


def test_a_timeout_after_the_effect_is_looked_up_and_not_tried_again(folder: Path) -> None:
    with served(folder, REMIT_SANDBOX_QUIRKS="lost_answer=1") as address:
        proposal = proposed(address)
        approve(folder, address, proposal)
        ends_as(folder, address, proposal, "unclear")
        assert effects(folder) == [f"{proposal}:1"]
    with served(folder) as address:
        ends_as(folder, address, proposal, "done")
    assert effects(folder) == [f"{proposal}:1"]
