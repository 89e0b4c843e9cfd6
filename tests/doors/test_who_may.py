"""Who may speak at the door: agents with their keys, people with theirs, nobody under a foreign name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from remit.core.types import Answer
from remit.errors import NotAllowed, NotAuthenticated, NotFound, NotInitialised
from remit.flow.adopt import admit
from remit.web.app import build_app
from remit.web.auth import Tokens
from remit.wire import PERSON_TOKEN, SECRET, installation
from tests.changed import replace
from tests.doors.doorway import ADA_KEY, AGENT, DESK, OTTO_KEY, agent, desk, knock, nothing_written, tagging, written_out
from tests.flow.stage import CRM, Stage, tag

OPEN = {"/healthz", "/readyz", "/enter", "/style.css", "/sign-in", "/api/v1/sessions"}
"""What anybody may ask; `/enter` wants a token of its own, the last two a password."""

WRONG = {
    "nothing": {},
    "an empty token": {"authorization": "Bearer "},
    "a wrong token": {"authorization": "Bearer nonsense"},
    "a token that is no text": {"authorization": "Bearer \xe4\xf6"},
    "a name and a password": {"authorization": f"Basic {ADA_KEY}"},
    "a key without a scheme": {"authorization": ADA_KEY},
    "a session of nobody": {"cookie": "remit_session=nonsense"},
    "an empty session": {"cookie": "remit_session="},
    "a name alone": {"x-remit-person": "olga"},
}


def routes(stage: Stage) -> list[tuple[str, str]]:
    """Return method and path of every route that is not open, with something in every gap."""
    paths = {path: ways for path, ways in stage.opened.app.openapi()["paths"].items() if path not in OPEN}
    return [(way.upper(), re.sub(r"\{\w+\}", "x", path)) for path, ways in paths.items() for way in ways]


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
async def test_nobody_gets_in_without_the_right_token(stage: Stage, headers: dict[str, str]) -> None:
    assert len(routes(stage)) > 15
    plain = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    with nothing_written(stage):
        for way, path in routes(stage):
            async with knock(stage.opened) as http:
                reply = await http.request(way, path, headers=plain, content=b"{}")
                assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated"), (way, path)


async def test_an_agent_key_opens_no_desk_and_an_owner_is_no_agent(stage: Stage) -> None:
    with nothing_written(stage):
        for way, path in routes(stage):
            token = ADA_KEY if path.startswith(DESK) or path in {"/", "/metrics"} else stage.opened.person_token
            async with knock(stage.opened, token) as http:
                assert (await http.request(way, path, content=b"{}")).status_code == 401, (way, path)


async def test_a_session_of_the_page_is_no_token(stage: Stage) -> None:
    async with knock(stage.opened) as http:
        await http.get("/enter", params={"token": stage.opened.app.state.tokens.once})
        assert (await http.get("/")).status_code == 200
        for way, path in routes(stage):
            if path != "/":
                assert (await http.request(way, path, content=b"{}")).status_code == 401, (way, path)


@pytest.mark.parametrize("name", [PERSON_TOKEN, SECRET])
def test_a_folder_with_an_empty_key_is_not_opened(furnished: Path, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(furnished, tmp_path / "data"))
    (folder / name).write_text("")
    with pytest.raises(NotInitialised, match="an empty file"), installation(folder):
        pass


async def test_an_application_without_a_token_opens_nothing(stage: Stage) -> None:
    app = build_app(stage.house, Tokens(person="", once=None), stage.opened.app.state.ledger)
    for headers in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer"}):
        async with knock(replace(stage.opened, app=app), **headers) as http:
            assert (await http.get(f"{DESK}/inbox")).status_code == 401
            assert (await http.get("/enter?token=")).status_code == 401


async def test_a_key_works_from_the_moment_it_is_issued(stage: Stage) -> None:
    async with agent(stage, "fresh") as client:
        with pytest.raises(NotAuthenticated):
            await client.propose(tagging())
        await admit(stage.house, agent="eve", version="v1", use_cases=[CRM], key="fresh", by="olga")
        assert (await client.propose(tagging())).state == "held"


async def test_a_key_is_good_for_its_use_cases_alone(stage: Stage) -> None:
    async with agent(stage, OTTO_KEY) as client:
        with nothing_written(stage), pytest.raises(NotAllowed, match="a key for desk"):
            await client.propose(tagging())
        with nothing_written(stage), pytest.raises(NotAllowed):
            await client.context("crm", "now")


async def test_an_agent_sees_and_withdraws_only_its_own(stage: Stage) -> None:
    action = await stage.proposed(tag())
    async with agent(stage, OTTO_KEY) as other, agent(stage) as mine:
        for ask in (other.outcome, other.withdraw):
            with nothing_written(stage), pytest.raises(NotFound):
                await ask(action.proposal)
        assert (await mine.outcome(action.proposal)).state == "held"
        assert (await mine.withdraw(action.proposal)).state == "withdrawn"


async def test_an_agent_cannot_answer_under_a_persons_name(stage: Stage) -> None:
    action = await stage.proposed(tag())
    async with knock(stage.opened, ADA_KEY, **{"x-remit-person": "dana"}) as http:
        body = {"answer": Answer.APPROVE, "seen": action.seen}
        with nothing_written(stage):
            reply = await http.post(f"{DESK}/proposals/{action.proposal}/answer", json=body)
        assert reply.status_code == 401


# --------------------------------------------------------------------------------------------------------------- foreign names

FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:8321",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "",
    "192.0.2.1",
    "testserver",
]
FOREIGN_ORIGINS = ["https://evil.example", "http://localhost:1", "null", "", "http://localhost.evil.example", "file://"]


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
async def test_a_foreign_name_is_refused_whatever_the_token(stage: Stage, host: str) -> None:
    async with desk(stage) as http:
        for path in ("/healthz", "/", f"{DESK}/inbox", "/style.css"):
            assert (await http.get(path, headers={"host": host})).status_code == 421


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
async def test_a_page_from_elsewhere_is_refused_whatever_the_token(stage: Stage, origin: str) -> None:
    with nothing_written(stage):
        async with knock(stage.opened, ADA_KEY) as http:
            reply = await http.post(f"{AGENT}/proposals", json=written_out(tagging()), headers={"origin": origin})
            assert reply.status_code == 421
        async with desk(stage) as http:
            reply = await http.post(f"{DESK}/stops", json={"scope": "everything", "reason": ""}, headers={"origin": origin})
            assert reply.status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:8321", "127.0.0.1:8321", "[::1]", "[::1]:8321"])
async def test_our_own_names_are_answered_with_our_own_origin(stage: Stage, host: str) -> None:
    async with desk(stage) as http:
        assert (await http.get(f"{DESK}/inbox", headers={"host": host, "origin": f"http://{host}"})).status_code == 200


async def test_a_question_before_the_question_is_not_answered_for_others(stage: Stage) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    async with knock(stage.opened) as http:
        reply = await http.options(f"{AGENT}/proposals", headers=asked)
    assert reply.status_code == 421
    assert not [name for name in reply.headers if name.startswith("access-control")]
