"""Agents and people who work against a running server and write down what they asked and what they were told, line by line.

A server that dies in the middle of an answer is no reason to stop: agents ask again under the same call id, people look again.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

DESK = "/api/v1/desk"


@dataclass(kw_only=True)
class Load:
    """Everybody who works, where the server is at the moment, and when to stop."""

    folder: Path
    key: str
    token: str
    seed: int
    address: str = ""
    over: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    @property
    def journals(self) -> list[Path]:
        """Return what everybody wrote down."""
        return sorted(self.folder.glob("*.journal"))

    def begin(self) -> None:
        """Let three agents and three people work."""
        self.folder.mkdir()
        for number in range(3):
            self._start(f"agent{number}", number, _agent)
            self._start(f"person{number}", 100 + number, _person)

    def end(self) -> None:
        """Let everybody finish what they are about."""
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=60)
            assert not thread.is_alive()

    def _start(self, name: str, number: int, work: Callable[[Client], None]) -> None:
        client = Client(load=self, name=name, random=random.Random(self.seed * 1000 + number))
        thread = threading.Thread(target=work, args=(client,), name=name)
        self.threads.append(thread)
        thread.start()


@dataclass(kw_only=True)
class Client:
    """One of them, with a journal."""

    load: Load
    name: str
    random: random.Random
    count: int = 0

    def ask(self, method: str, path: str, body: object = None, *, token: str) -> Any:
        """Send a request; None where no answer came, the problem where it was refused."""
        headers = {"authorization": f"Bearer {token}", "x-remit-person": self.name}
        try:
            with httpx.Client(base_url=self.load.address, timeout=10) as http:
                reply = http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError:
            self.load.over.wait(0.05)
            return None
        return reply.json()

    def wish(self, what: str, method: str, path: str, body: object = None, *, token: str, **told: Any) -> Any:
        """Ask for something that has to be remembered, and write down both what was asked and what was told."""
        self._write({"what": what, "said": "asked", **told})
        reply = self.ask(method, path, body, token=token)
        if reply is not None:
            whole = reply[0] if isinstance(reply, list) and reply else reply
            ok = isinstance(whole, dict) and "code" not in whole
            found = {"proposal": whole["proposal_id"]} if ok and "proposal_id" in whole else {}
            self._write({"what": what, "said": "told", "ok": ok, **told, **found})
        return reply

    def _write(self, entry: dict[str, Any]) -> None:
        with (self.load.folder / f"{self.name}.journal").open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(entry) + "\n")


def _agent(client: Client) -> None:
    """Ask for tags and tasks, each until an answer came; withdraw one now and then."""
    while not client.load.over.is_set():
        client.count += 1
        call = f"{client.name} {client.count}"
        contact, tag = f"c{client.random.randrange(30):04}", f"{client.name}x{client.count}"
        tagging = client.random.random() < 0.7
        asked = {"contact": contact, "tag": tag} if tagging else {"contact": contact, "title": call, "due": "2099-01-01"}
        operation = "contact.tag.add" if tagging else "task.create"
        body = [{"use_case": "crm", "operation": operation, "arguments": asked, "call_id": call, "confidence": 0.9}]
        told = {"call_id": call, **(asked if tagging else {})}
        reply = None
        while reply is None and not client.load.over.is_set():
            reply = client.wish("propose", "POST", "/api/v1/proposals", body, token=client.load.key, **told)
        if reply and reply[0]["state"] == "held" and client.random.random() < 0.05:
            proposal = reply[0]["proposal_id"]
            path = f"/api/v1/proposals/{proposal}/withdraw"
            client.wish("withdraw", "POST", path, token=client.load.key, proposal=proposal)


def _person(client: Client) -> None:
    """Answer what is held, take some of it back, undo some of what was done."""
    answered: list[str] = []
    while not client.load.over.is_set():
        held = client.ask("GET", f"{DESK}/inbox?limit=40", token=client.load.token)
        for item in client.random.sample(held, min(4, len(held))) if isinstance(held, list) else []:
            answer = client.random.choices(["approve", "reject", "later"], [8, 1, 1])[0]
            body = {"answer": answer, "seen": item["seen"], "reason_code": ""}
            _about(client, item["proposal"], "answer", body, answer=answer)
            answered.append(item["proposal"])
        if answered and client.random.random() < 0.5:
            chosen = client.random.choice(answered[-30:])
            what, path, wanted = client.random.choice([("take back", "take-back", None), ("undo", "undo", {"reason": ""})])
            _about(client, chosen, path, wanted, what=what)


def _about(client: Client, proposal: str, path: str, body: object, what: str = "", **told: Any) -> None:
    place = f"{DESK}/proposals/{proposal}/{path}"
    client.wish(what or path, "POST", place, body, token=client.load.token, proposal=proposal, **told)
