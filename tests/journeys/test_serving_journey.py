"""One process serves; every other one goes through it: proposals, answers, stops and undos, and then a kill in the middle."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from remit.connectors.sandbox import Sandbox
from remit.connectors.sandbox_world import SandboxWorld
from remit.core.types import Record
from remit.flow.adopt import adopt
from remit.wire import AGENT_KEY, MONITOR_FILE, PERSON_TOKEN, SANDBOX, SystemClock, installation, packaged_documents
from tests.journeys.processes import PATIENCE, Ended, remit, start, until

ASKED = ("propose", "--use-case", "score", "--operation", "contact.tag.add", "tag=not-now", "--json")
ANNA = "c00001"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = remit("init", "--contacts", "20", "--data-dir", tmp_path / "data", "--json")
    assert made.told["made"] is True
    with installation(tmp_path / "data") as opened:
        asyncio.run(adopt(opened.house, {"charter:score": hasty()}, "dana"))
    return tmp_path / "data"


def hasty() -> str:
    """Write the charter that ships with a take-back window of a second, so that nobody waits long."""
    return json.dumps({**json.loads(packaged_documents()["charter:score"]), "take_back_seconds": 1})


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a folder on a free port; give the process and the address it printed."""
    process = start("serve", "--port", "0", "--data-dir", folder)
    try:
        assert process.stdout
        said = process.stdout.readline()
        assert said.startswith("Serving on http://127.0.0.1:"), said + (process.stderr.read() if process.stderr else "")
        yield process, said.split()[2]
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


@contextmanager
def crm(folder: Path) -> Iterator[SandboxWorld]:
    """Look into the CRM as a colleague would: from another process than the one that serves."""
    with closing(Sandbox.open(folder / SANDBOX, SystemClock())) as opened:
        yield opened.world


def tagged(folder: Path) -> bool:
    """Whether the contact carries the tag."""
    with crm(folder) as world:
        return "tag:not-now" in world.record(Record(kind="contact", id=ANNA)).fields


def effects(folder: Path) -> list[str]:
    """Return the keys of everything that was ever done to the CRM."""
    with crm(folder) as world:
        return list(world.effects())


def state(folder: Path, proposal: str) -> str:
    """Ask the running server where a proposal stands."""
    address = json.loads((folder / "server.json").read_text())["address"]
    token = (folder / PERSON_TOKEN).read_text()
    reply = httpx.get(f"{address}/api/v1/desk/proposals/{proposal}", headers={"authorization": f"Bearer {token}"})
    return str(reply.json()["state"])


def test_commands_go_through_the_process_that_serves(folder: Path) -> None:
    def command(*arguments: object) -> Any:
        return remit(*arguments, "--data-dir", folder, "--json").told

    with served(folder) as (process, address):
        proposal = command(*ASKED[:-1], f"contact={ANNA}")["proposal_id"]
        assert [item["proposal"] for item in command("inbox")] == [proposal]
        assert command("stop", "all", "--reason", "a doubt")["waiting"] == 1
        assert command("answer", proposal, "approve", "--as", "dana")["state"] == "leaving"
        until("the stop", lambda: state(folder, proposal) == "stopped")
        assert effects(folder) == []
        assert command("stop", "lift", "everything", "--as", "ines")["lifted"] is False
        assert command("stop", "lift", "everything", "--as", "ravi")["held_again"] == 1
        assert command("answer", proposal, "approve", "--as", "dana")["state"] == "leaving"
        until("the effect", lambda: state(folder, proposal) == "done")
        assert (tagged(folder), len(effects(folder))) == (True, 1)
        command("undo", proposal, "--reason", "wrong", "--as", "dana")
        until("the undo", lambda: state(folder, proposal) == "undone")
        assert (tagged(folder), len(effects(folder))) == (False, 2)
        assert httpx.get(address, follow_redirects=False).status_code == 303
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE) == 0
    assert not (folder / "server.json").exists()
    assert all(finding["sound"] for finding in command("doctor"))


def test_a_server_that_was_killed_is_followed_by_one_that_finishes_its_work(folder: Path) -> None:
    with served(folder) as (process, _):
        key = (folder / AGENT_KEY).read_text()
        proposal = remit(*ASKED, f"contact={ANNA}", "--key", key, "--data-dir", folder).told["proposal_id"]
        assert remit("answer", proposal, "approve", "--data-dir", folder, "--json").told["state"] in {"leaving", "done"}
        process.kill()
        process.wait(timeout=PATIENCE)
    assert (folder / "server.json").exists(), "it had no time to tidy up"
    with served(folder):
        until("the effect", lambda: state(folder, proposal) == "done")
        second = remit("serve", "--port", "0", "--data-dir", folder)
        assert (second.status, "process" in second.err) == (6, True)
    assert len(effects(folder)) == 1
    doctor: Ended = remit("doctor", "--data-dir", folder, "--json")
    assert all(finding["sound"] for finding in doctor.told)


def writing() -> str:
    """Write the charter that ships, for letters instead of tags: with time to say no, and without the packs."""
    plain = json.loads(packaged_documents()["charter:score"])
    packs = [name.removeprefix("pack:") for name in packaged_documents() if name.startswith("pack:")]
    operations = {"email.one_to_one.send": {"arguments": ["contact", "subject", "body"]}}
    without = dict.fromkeys(packs, "Only the opt-out is looked at here.")
    return json.dumps({**plain, "take_back_seconds": 10, "operations": operations, "packs": {"without": without}})


def test_an_opt_out_while_the_server_was_dead_is_never_contacted(folder: Path) -> None:
    with installation(folder) as opened:
        asyncio.run(adopt(opened.house, {"charter:score": writing()}, "dana"))
    wanted = ("propose", "--use-case", "score", "--operation", "email.one_to_one.send", "subject=Hello", "body=A word", "--json")
    with served(folder) as (process, _):
        proposal = remit(*wanted, f"contact={ANNA}", "--data-dir", folder).told["proposal_id"]
        assert remit("answer", proposal, "approve", "--data-dir", folder, "--json").told["state"] == "leaving"
        process.kill()
        process.wait(timeout=PATIENCE)
    with crm(folder) as world:
        world.edit(Record(kind="contact", id=ANNA), {"email_opt_out": True}, by="person:anna")
    with served(folder):
        until("the gate", lambda: state(folder, proposal) == "blocked")
    assert effects(folder) == []


def test_a_monitor_reads_what_a_server_measures(folder: Path) -> None:
    with served(folder):
        address = json.loads((folder / "server.json").read_text())["address"]
        assert remit(*ASKED, f"contact={ANNA}", "--data-dir", folder).status == 0
        until("readiness", lambda: httpx.get(f"{address}/readyz").status_code == 200)
        token = (folder / MONITOR_FILE).read_text()
        shown = httpx.get(f"{address}/metrics", headers={"authorization": f"Bearer {token}"}).text
        assert httpx.get(f"{address}/metrics").status_code == 401
    assert 'remit_decisions_total{verdict="draft"} 1.0' in shown or 'remit_decisions_total{verdict="hold"} 1.0' in shown
