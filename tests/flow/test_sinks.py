"""Notices go to a real mail server and a real Slack-compatible webhook; while those are down nothing is lost, or doubled."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from remit.connectors.channels import Channels
from remit.core import facts as f
from remit.core.notice import Letter
from remit.core.types import Role
from remit.errors import InvalidInput
from remit.flow.adopt import adopt
from remit.flow.escalate import escalate
from remit.flow.notify import deliver
from tests.changed import replace
from tests.flow.letters import MAIL, people, wish
from tests.flow.stage import CRM, Stage, documents, person, tag

ESCALATION = [{"after_hours": 8, "role": "risk", "channel": "ops"}]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(kw_only=True)
class Sinks:
    """A mail server and a webhook on this machine, which can be up or down; what they took stays."""

    mail_port: int = field(default_factory=free_port)
    hook_port: int = field(default_factory=free_port)
    mails: list[tuple[str, str]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Take a mail."""
        self.mails.append((envelope.rcpt_tos[0], str(message_from_bytes(envelope.content)["Subject"])))
        return "250 taken"

    def channels(self) -> Channels:
        """Return the channels that lead here."""
        mail = f"mailto://127.0.0.1:{self.mail_port}?from=remit@example.com&to={{address}}&mode=insecure"
        return Channels({"mail": mail, "ops": f"mmost://127.0.0.1:{self.hook_port}/a-token-nobody-may-read"})

    @contextmanager
    def up(self) -> Iterator[None]:
        """Let both listen."""
        mail = Controller(self, hostname="127.0.0.1", port=self.mail_port)
        posts = self.posts

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Take a message as Slack's webhooks do."""
                posts.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        hook = ThreadingHTTPServer(("127.0.0.1", self.hook_port), Hook)
        thread = threading.Thread(target=hook.serve_forever)
        mail.start()
        thread.start()
        try:
            yield
        finally:
            mail.stop()
            hook.shutdown()
            thread.join()
            hook.server_close()


@pytest.fixture
async def sinks(stage: Stage) -> Sinks:
    """Let there be people, each told by mail, and a path that ends in a channel."""
    told = documents()
    told[f"charter:{CRM}"] = json.dumps(json.loads(told[f"charter:{CRM}"]) | {"escalation": ESCALATION})
    await adopt(stage.house, told, "olga")
    await people(stage, dana=Role.REVIEWER, ravi=Role.RISK)
    found = Sinks()
    stage.house = replace(stage.house, notifier=found.channels())
    for name in ("dana", "ravi"):
        await wish(stage, name, MAIL)
    return found


async def minutes(stage: Stage, many: int) -> None:
    """Let minutes pass, each with what the runner does in it."""
    for _ in range(many):
        stage.clock.move(minutes=1)
        await escalate(stage.house)
        await deliver(stage.house, "http://remit.example.com")


async def test_an_hour_without_sinks_loses_nothing_and_doubles_nothing(stage: Stage, sinks: Sinks) -> None:
    for number in range(4):
        await stage.proposed(tag(person(number)))
    stage.clock.move(hours=4)
    with sinks.up():
        await minutes(stage, 2)
    stage.clock.move(hours=4)
    await minutes(stage, 60)
    assert len(sinks.mails) == 1
    assert sinks.posts == []
    with stage.house.store.read() as reading:
        waiting = reading.notices(limit=10, only_open=True)
    assert {(one.person, one.tries) for one in waiting} == {("ravi", 6), ("", 6)}
    assert all("could not be reached" in one.detail for one in waiting), "what failed is there for everybody to see"
    with sinks.up():
        await minutes(stage, 70)
    assert sinks.mails == [
        ("dana@example.com", "Remit: 4 proposals of The crm of the tests still wait"),
        ("ravi@example.com", "Remit: nobody answers 4 proposals of The crm of the tests"),
    ]
    assert len(sinks.posts) == 1
    assert "http://remit.example.com" in sinks.posts[0]["text"]
    assert len(stage.facts_of(f.NoticeSent)) == len(stage.facts_of(f.NoticeWritten)) == 3
    assert "a-token-nobody-may-read" not in repr(stage.facts())


async def test_a_channel_that_is_gone_says_so_and_is_waited_for(stage: Stage, sinks: Sinks) -> None:
    stage.house = replace(stage.house, notifier=Channels({}))
    await stage.proposed(tag())
    stage.clock.move(hours=5)
    await minutes(stage, 1)
    [failed] = stage.facts_of(f.NoticeFailed)
    assert failed.detail == "there is no channel mail any more"
    stage.house = replace(stage.house, notifier=sinks.channels())
    with sinks.up():
        await minutes(stage, 2)
    assert len(sinks.mails) == 1


def test_an_address_nobody_can_read_names_its_channel_and_not_itself() -> None:
    with pytest.raises(InvalidInput, match="channel ops") as raised:
        Channels({"ops": "no such scheme, and a secret"})
    assert "secret" not in str(raised.value)


async def test_whatever_a_service_raises_the_letter_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> bool:
        raise KeyError("a secret")

    monkeypatch.setattr("apprise.Apprise.notify", broken)
    found = await Channels({"ops": "mmost://127.0.0.1:9/token"}).send("ops", "", Letter(subject="a", body="b"))
    assert found == "the channel failed (KeyError)"


async def test_a_letter_that_was_refused_is_said_to_be() -> None:
    port = free_port()
    found = Channels({"ops": f"mmost://127.0.0.1:{port}/token"})
    assert "could not be reached" in await found.send("ops", "", Letter(subject="a", body="b"))
