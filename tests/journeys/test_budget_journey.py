"""One budget, many processes, one running server: whoever comes too late is told so, and nothing is overspent."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from remit.cli.door import SERVER
from remit.flow.adopt import adopt
from remit.wire import PERSON_TOKEN, installation
from tests.flow.stage import ADA, CRM, KEYS, charter, every_operation, furnish
from tests.journeys.processes import PATIENCE, environment, remit, start, until

COUPON = {"name": "Spring", "codes": 40, "value_minor": 500, "expires": "2099-05-01"}
BUDGET = {"counts": "spend_minor", "at_most": 130_000, "window": "1 day", "each": "organisation"}
DRAFTS = {"counts": "actions", "at_most": 25, "window": "1 day", "operations": ["email.draft.create"]}
MAIL = {"segment": "clerks", "subject": "Hello", "body": "We miss you"}

PROPOSER = """
import json, sys, httpx
address, key, name, many, operation, arguments = sys.argv[1:]
with httpx.Client(base_url=address, headers={"authorization": f"Bearer {key}"}, timeout=60) as http:
    for number in range(int(many)):
        call = {"use_case": "crm", "operation": operation, "arguments": json.loads(arguments), "call_id": f"{name} {number}"}
        reply = http.post("/api/v1/proposals", json=[call])
        print(reply.json()[0]["verdict"], reply.json()[0]["proposal_id"])
"""
APPROVER = """
import sys, httpx
address, token, name, *proposals = sys.argv[1:]
headers = {"authorization": f"Bearer {token}", "x-remit-person": name}
with httpx.Client(base_url=address, headers=headers, timeout=60) as http:
    for proposal in proposals:
        seen = http.get(f"/api/v1/desk/proposals/{proposal}").json()["seen"]
        reply = http.post(f"/api/v1/desk/proposals/{proposal}/answer", json={"answer": "approve", "seen": seen})
        print(reply.json().get("code", reply.json().get("state")))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Furnish a folder with a budget of money and one of drafts."""
    furnish(tmp_path / "data")
    limited = charter(CRM, every_operation(), limits={"budget": BUDGET, "drafts": DRAFTS}, take_back_seconds=0)
    with installation(tmp_path / "data") as opened:
        asyncio.run(adopt(opened.house, {"charter:crm": json.dumps(limited)}, "olga"))
    return tmp_path / "data"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the folder, and say where."""
    process = start("serve", "--data-dir", folder, "--port", "0")
    try:
        until("the server", (folder / SERVER).exists)
        yield str(json.loads((folder / SERVER).read_text())["address"])
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def together(program: str, *each: tuple[str, ...]) -> list[str]:
    """Run a program as often as there are arguments, all at once, and return every line they printed."""
    command = [sys.executable, "-c", program]
    running = [
        subprocess.Popen([*command, *one], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for one in each
    ]
    lines: list[str] = []
    for process in running:
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        lines += out.splitlines()
    return lines


def used(folder: Path, limit: str) -> int:
    """Ask how much of a limit is used."""
    found: list[dict[str, Any]] = remit("limits", "crm", "--data-dir", folder, "--json").told
    (one,) = [one for one in found if one["limit"] == limit]
    return sum(count["used"] for count in one["used"])


def test_processes_that_share_a_limit_never_pass_it(folder: Path) -> None:
    key = KEYS[ADA]
    with served(folder) as address:
        drafts = together(
            PROPOSER, *((address, key, f"writer {n}", "10", "email.draft.create", json.dumps(MAIL)) for n in range(4))
        )
        assert sorted(line.split()[0] for line in drafts) == ["allow"] * 25 + ["hold"] * 15
        held = together(PROPOSER, *((address, key, f"buyer {n}", "5", "coupon.create", json.dumps(COUPON)) for n in range(4)))
        assert {line.split()[0] for line in held} == {"hold"}
        proposals, token = [line.split()[1] for line in held], (folder / PERSON_TOKEN).read_text()
        first = together(APPROVER, *((address, token, "rita", *proposals[start::4]) for start in range(4)))
        assert set(first) == {"held"}, "it takes two people"
        answers = together(APPROVER, *((address, token, "dana", *proposals[start::4]) for start in range(4)))
        assert answers.count("limit_reached") == len(proposals) - 6
        assert used(folder, "crm/budget") == 120_000
        assert used(folder, "crm/drafts") == 25
    told = remit("doctor", "--data-dir", folder, "--json").told
    assert [one for one in told if not one["sound"]] == []
