"""Accounts at the door: who may what with real sessions, wrong passwords, sessions that end, and no accounts at all."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.routing import APIRoute

from remit.core.access import Permitted, Verb, may
from remit.core.facts import Answered, PasswordSet, StopOrdered
from remit.core.types import Role
from remit.flow.people import let_go, take_role
from remit.web.auth import verbs_of
from tests.doors.doorway import ADA_KEY, DESK, agent, desk, knock, nothing_written, tagging
from tests.doors.sessions_of import CAST, account, password, signed_in, token_of
from tests.flow.stage import Stage, tag

SESSIONS = "/api/v1/sessions"


def desk_routes(stage: Stage) -> list[APIRoute]:
    """Return every route by which a person does something."""
    included = [getattr(one, "original_router", None) for one in stage.opened.app.router.routes]
    found = [route for router in included if router for route in router.routes if isinstance(route, APIRoute)]
    return [route for route in found if route.path.startswith(DESK)]


# ----------------------------------------------------------------------------------------------------------------- who may what


def test_every_route_of_people_names_one_verb(stage: Stage) -> None:
    served = {path for path in stage.opened.app.openapi()["paths"] if path.startswith(DESK)}
    assert {route.path for route in desk_routes(stage)} == served
    named = {f"{route.methods} {route.path}": verbs_of(route.dependencies) for route in desk_routes(stage)}
    assert not {path: verbs for path, verbs in named.items() if len(verbs) != 1}


ASKED: dict[str, tuple[Verb, str, str, Any]] = {
    "inbox": (Verb.LOOK, "GET", "/inbox", None),
    "ledger": (Verb.LOOK, "GET", "/ledger", None),
    "people": (Verb.LOOK, "GET", "/people", None),
    "answer": (Verb.ANSWER, "POST", "/proposals/none/answer", {"answer": "approve", "seen": ""}),
    "similar": (Verb.LOOK, "GET", "/proposals/none/similar", None),
    "answer many": (Verb.ANSWER, "POST", "/answers", {"answer": "reject", "proposals": [{"proposal": "none", "seen": ""}]}),
    "take back many": (Verb.TAKE_BACK, "POST", "/take-backs", {"proposals": ["none"]}),
    "take back": (Verb.TAKE_BACK, "POST", "/proposals/none/take-back", {}),
    "undo": (Verb.UNDO, "POST", "/proposals/none/undo", {"reason": ""}),
    "undo preview": (Verb.UNDO, "POST", "/undos/preview", {"proposals": ["none"]}),
    "undo many": (Verb.UNDO, "POST", "/undos", {"proposals": ["none"]}),
    "outcomes": (Verb.RECORD_MEASURE, "POST", "/outcomes", [{"proposal": "none", "kind": "reply"}]),
    "stop": (Verb.STOP, "POST", "/stops", {"scope": "nothing", "reason": ""}),
    "lift": (Verb.LIFT_STOP, "POST", "/stops/lift", {"scope": "everything", "reason": ""}),
    "cancel": (Verb.ANSWER, "POST", "/proposals/none/cancel", {}),
    "unclear": (Verb.LOOK, "GET", "/unclear", None),
    "connectors": (Verb.LOOK, "GET", "/connectors", None),
    "verdict": (Verb.SETTLE_UNCLEAR, "POST", "/proposals/none/verdict", {"happened": True}),
    "sign": (Verb.SIGN_GRANT, "POST", "/signatures", {"use_case": "crm", "operation": "none", "role": "risk"}),
    "adopt": (Verb.ADOPT_POLICY, "POST", "/policy", {"documents": {}}),
    "sign a policy": (Verb.SIGN_POLICY, "POST", "/policy/signatures", {"offer": "none"}),
    "measure": (Verb.RECORD_MEASURE, "POST", "/measures", {"use_case": "nothing", "what": "data_quality"}),
    "limits": (Verb.LOOK, "GET", "/limits", None),
    "a level": (Verb.LOOK, "GET", "/levels/nothing", None),
    "replay": (Verb.LOOK, "GET", "/evidence/nothing/replay", None),
    "compare": (Verb.LOOK, "GET", "/evidence/nothing/comparison?operation=x&version=y", None),
    "begin a trial": (Verb.ISSUE_KEYS, "POST", "/evidence/nothing/trials", {"version": "v1"}),
    "suite": (Verb.LOOK, "GET", "/suites/nothing", None),
    "run a suite": (Verb.ISSUE_KEYS, "POST", "/suites/nothing", {"version": "v1", "replies": {}}),
    "policies": (Verb.LOOK, "GET", "/policy", None),
    "one policy": (Verb.LOOK, "GET", "/policy/1", None),
    "the document of a pack": (Verb.LOOK, "GET", "/packs/none/document", None),
    "settle": (Verb.SETTLE_VIOLATION, "POST", "/violations/none/settle", {"note": "none"}),
    "violations": (Verb.LOOK, "GET", "/violations", None),
    "register": (Verb.EXPORT, "GET", "/register", None),
    "feedback": (Verb.EXPORT, "GET", "/feedback", None),
    "erase": (Verb.ERASE, "POST", "/erasures", {"kind": "contact", "id": "nobody"}),
    "admit": (Verb.MANAGE_PEOPLE, "POST", "/people", {"person": "Nobody", "roles": ["risk"], "password": "twelve letters"}),
    "let go": (Verb.MANAGE_PEOPLE, "DELETE", "/people/nobody", None),
    "give": (Verb.MANAGE_PEOPLE, "PUT", "/people/nobody/roles/risk", None),
    "take": (Verb.MANAGE_PEOPLE, "DELETE", "/people/nobody/roles/risk", None),
    "reset": (Verb.MANAGE_PEOPLE, "POST", "/people/nobody/password", {"password": "twelve letters"}),
    "issue": (Verb.ISSUE_KEYS, "POST", "/keys", {"agent": "eve", "version": "1", "use_cases": ["nothing"]}),
    "revoke": (Verb.ISSUE_KEYS, "POST", "/keys/revoke", {"agent": "eve", "version": "1"}),
    "verify": (Verb.VERIFY_LEDGER, "POST", "/ledger/verify", None),
    "checkpoint": (Verb.VERIFY_LEDGER, "POST", "/ledger/checkpoint", None),
    "export": (Verb.EXPORT, "POST", "/ledger/exports", None),
    "claim": (Verb.ANSWER, "POST", "/proposals/none/claim", {}),
    "let go of a claim": (Verb.ANSWER, "POST", "/proposals/none/unclaim", {}),
    "absences": (Verb.LOOK, "GET", "/absences", None),
    "be away": (Verb.SET_ABSENCE, "PUT", "/absences/nobody", {"until": "2020-01-01T00:00:00Z"}),
    "be back": (Verb.SET_ABSENCE, "DELETE", "/absences/nobody", None),
    "channels": (Verb.LOOK, "GET", "/channels", None),
    "notices": (Verb.LOOK, "GET", "/notices", None),
    "wishes": (Verb.BE_TOLD, "GET", "/wishes", None),
    "import": (Verb.IMPORT_DATA, "POST", "/imports", {"what": "nothing"}),
    "imports": (Verb.LOOK, "GET", "/imports", None),
    "history": (Verb.LOOK, "GET", "/history", None),
    "cases of a suite": (Verb.EXPORT, "GET", "/history/nothing/cases", None),
    "care": (Verb.LOOK_AFTER, "GET", "/care", None),
    "one's own care": (Verb.LOOK, "GET", "/care/mine", None),
    "cases": (Verb.LOOK_AFTER, "POST", "/care/cases", [{"use_case": "nothing", "operation": "x", "arguments": {}, "why": "x"}]),
    "count again": (Verb.LOOK_AFTER, "POST", "/care/people/nobody/count", {"note": "x"}),
    "incidents": (Verb.LOOK, "GET", "/incidents", None),
    "open an incident": (Verb.REPORT, "POST", "/incidents", {"use_case": "nothing", "title": "x"}),
    "note an incident": (Verb.REPORT, "POST", "/incidents/none/notes", {"note": "x"}),
    "close an incident": (Verb.SETTLE_VIOLATION, "POST", "/incidents/none/close", {"note": "x"}),
    "report a violation": (Verb.REPORT, "POST", "/violations", {"proposal": "none", "rule": "x", "note": "x"}),
    "drills": (Verb.LOOK, "GET", "/drills", None),
    "drill an escalation": (Verb.DRILL, "POST", "/drills/escalation/nothing", None),
    "drill a stop": (Verb.DRILL, "POST", "/drills/stop/nothing", None),
    "another key": (Verb.ROTATE_LEDGER_KEY, "POST", "/ledger/key", {"replaces": "none"}),
}
"""Something for every verb that has a route, that changes nothing also for those who may."""


@pytest.mark.parametrize("login", CAST)
async def test_each_role_may_at_the_door_what_the_table_says(stage: Stage, login: str) -> None:
    for name, role in CAST.items():
        await account(stage, name, role)
    async with signed_in(stage, login) as http:
        for name, (verb, way, path, body) in ASKED.items():
            with nothing_written(stage):
                reply = await http.request(way, f"{DESK}{path}", json=body)
            told = reply.json()
            refused = reply.status_code == 403 and told["asked"] == f"{verb.replace('_', ' ')} as {login}"
            assert refused is not isinstance(may([CAST[login]], verb), Permitted), (name, told)
            if refused:
                assert login in told["found"]
                assert told["do"].startswith("Only ")


def test_what_is_asked_covers_every_verb_that_has_a_route(stage: Stage) -> None:
    routed = {verb for route in desk_routes(stage) for verb in verbs_of(route.dependencies)}
    assert {verb for verb, *_ in ASKED.values()} == routed


async def test_what_a_person_does_carries_the_name_of_her_session(stage: Stage) -> None:
    action = await stage.proposed(tag())
    await account(stage, "dana", Role.REVIEWER)
    async with signed_in(stage, "dana") as http:
        body = {"answer": "approve", "seen": action.seen}
        assert (await http.post(f"{DESK}/proposals/{action.proposal}/answer", json=body)).status_code == 200
        assert (await http.post(f"{DESK}/stops", json={"scope": "everything", "reason": ""})).status_code == 200
    assert (stage.facts_of(Answered)[-1].by, stage.facts_of(StopOrdered)[-1].by) == ("dana", "dana")


async def test_a_session_acts_under_no_other_name(stage: Stage) -> None:
    await account(stage, "dana", Role.REVIEWER)
    token = await token_of(stage, "dana")
    for name, status in (("dana", 200), ("ines", 401), ("", 200)):
        async with knock(stage.opened, token, **{"x-remit-person": name}) as http:
            assert (await http.get(f"{DESK}/inbox")).status_code == status, name


async def test_a_role_that_is_taken_is_gone_from_sessions_that_run(stage: Stage) -> None:
    await account(stage, "dana", Role.REVIEWER, Role.VIEWER)
    action = await stage.proposed(tag())
    async with signed_in(stage, "dana") as http:
        await take_role(stage.house, person="dana", role=Role.REVIEWER, by="olga")
        with nothing_written(stage):
            reply = await http.post(f"{DESK}/proposals/{action.proposal}/answer", json={"answer": "approve", "seen": action.seen})
        assert reply.status_code == 403


async def test_who_may_what_is_told(stage: Stage) -> None:
    await account(stage, "dana", Role.VIEWER)
    async with signed_in(stage, "dana") as http:
        assert (await http.get(f"{DESK}/me")).json() == {
            "person": "dana",
            "roles": ["viewer"],
            "may": ["look", "set_absence", "be_told"],
            "accounts": True,
        }
        assert (await http.get(f"{DESK}/roles")).json()["undo"] == ["marketing_ops", "reviewer"]


# ------------------------------------------------------------------------------------------------------------ with and without


async def test_without_accounts_the_owners_token_names_anybody_and_may_everything(stage: Stage) -> None:
    async with desk(stage, "dana") as http:
        told = (await http.get(f"{DESK}/me")).json()
        assert (told["person"], told["accounts"], set(told["may"])) == ("dana", False, set(Verb))
    async with knock(stage.opened, stage.opened.person_token, **{"x-remit-user": "olga"}) as http:
        assert (await http.get(f"{DESK}/me")).json()["person"] == "olga"


async def test_with_accounts_a_told_name_is_refused_and_told_to_sign_in(stage: Stage) -> None:
    await account(stage, "dana", Role.REVIEWER)
    async with desk(stage, "dana") as http:
        for path in ("/inbox", "/me", "/ledger"):
            told = (await http.get(f"{DESK}{path}")).json()
            assert (told["status"], told["code"]) == (401, "sign_in_needed")
            assert "remit login" in told["do"]


async def test_with_accounts_the_owners_token_is_an_admin_called_owner(stage: Stage) -> None:
    await account(stage, "dana", Role.REVIEWER)
    for headers in ({}, {"x-remit-person": "owner"}, {"x-remit-user": "olga"}):
        async with knock(stage.opened, stage.opened.person_token, **headers) as http:
            told = (await http.get(f"{DESK}/me")).json()
            assert (told["person"], told["roles"]) == ("owner", ["admin"])
            assert "answer" not in told["may"]
            assert "stop" in told["may"]


async def test_when_everybody_left_a_told_name_is_still_nobody(stage: Stage) -> None:
    await account(stage, "dana", Role.REVIEWER)
    await let_go(stage.house, person="dana", by="olga")
    async with desk(stage, "dana") as http:
        assert (await http.get(f"{DESK}/inbox")).status_code == 401


async def test_an_agents_key_never_answers(stage: Stage) -> None:
    await account(stage, "dana", Role.REVIEWER)
    action = await stage.proposed(tag())
    async with knock(stage.opened, ADA_KEY) as http:
        with nothing_written(stage):
            reply = await http.post(f"{DESK}/proposals/{action.proposal}/answer", json={"answer": "approve", "seen": action.seen})
        assert reply.status_code == 401
    async with signed_in(stage, "dana") as http:
        assert (await http.post("/api/v1/proposals", json=[])).status_code == 401, "nor is a person an agent"


# -------------------------------------------------------------------------------------------------------------------- sessions


async def test_a_session_ends_after_twelve_hours(stage: Stage) -> None:
    await account(stage, "dana", Role.VIEWER)
    async with signed_in(stage, "dana") as http:
        stage.clock.move(hours=12, seconds=-1)
        assert (await http.get(f"{DESK}/inbox")).status_code == 200
        stage.clock.move(seconds=1)
        told = (await http.get(f"{DESK}/inbox")).json()
    assert (told["code"], told["found"]) == ("sign_in_needed", "no session, or one that is over")


async def test_a_session_is_ended_by_whoever_holds_it(stage: Stage) -> None:
    await account(stage, "dana", Role.VIEWER)
    async with signed_in(stage, "dana") as http:
        assert (await http.delete(SESSIONS)).json() == {"signed_out": "dana"}
        assert (await http.get(f"{DESK}/inbox")).status_code == 401
        assert (await http.delete(SESSIONS)).status_code == 401
    async with knock(stage.opened, stage.opened.person_token) as http:
        assert (await http.delete(SESSIONS)).status_code == 401, "the owner's token is no session"


async def test_who_was_removed_may_nothing_from_the_next_request_on(stage: Stage) -> None:
    await account(stage, "dana", Role.VIEWER)
    await account(stage, "ines", Role.ADMIN)
    async with signed_in(stage, "dana") as dana, signed_in(stage, "ines") as ines:
        assert (await ines.delete(f"{DESK}/people/dana")).json() == {"person": "dana", "left": True}
        assert (await dana.get(f"{DESK}/inbox")).status_code == 401
        assert (await dana.post(SESSIONS, json={"login": "dana", "password": password("dana")})).status_code == 401
        assert (await ines.delete(f"{DESK}/people/ines")).status_code == 403


# ------------------------------------------------------------------------------------------------------------------- passwords


async def test_a_wrong_login_and_a_wrong_password_are_refused_alike(stage: Stage) -> None:
    await account(stage, "dana", Role.VIEWER)
    told = []
    async with knock(stage.opened) as http:
        for login, given in (
            ("dana", "a wrong password"),
            ("eve", password("dana")),
            ("", ""),
            ("dana", ""),
            ("\u0000", "x" * 9999),
        ):
            with nothing_written(stage):
                reply = await http.post(SESSIONS, json={"login": login, "password": given})
            assert reply.status_code == 401
            told.append(reply.json())
    assert all(one == told[0] for one in told)


async def test_after_three_wrong_passwords_each_try_waits_longer(stage: Stage) -> None:
    await account(stage, "dana", Role.VIEWER)
    await account(stage, "ines", Role.VIEWER)

    async def attempt(given: str, login: str = "dana") -> tuple[int, str]:
        async with knock(stage.opened) as http:
            reply = await http.post(SESSIONS, json={"login": login, "password": given})
            return reply.status_code, str(reply.json().get("do"))

    assert [(await attempt("wrong"))[0] for _ in range(3)] == [401, 401, 401]
    assert await attempt(password("dana")) == (429, "Try again in 1 seconds")
    assert (await attempt(password("ines"), "ines"))[0] == 200, "others are not concerned"
    stage.clock.move(seconds=1)
    assert (await attempt("wrong"))[0] == 401
    assert await attempt("wrong") == (429, "Try again in 2 seconds")
    stage.clock.move(seconds=2)
    assert (await attempt(password("dana")))[0] == 200
    assert [(await attempt("wrong"))[0] for _ in range(3)] == [401, 401, 401], "the right one ended it"
    assert [(await attempt("wrong", "eve"))[0] for _ in range(4)] == [401, 401, 401, 429], "whether there is an account or not"


async def test_one_changes_her_own_password(stage: Stage) -> None:
    await account(stage, "dana", Role.VIEWER)
    async with signed_in(stage, "dana") as http:
        wrong = {"current": "a wrong password", "password": "another long one"}
        assert (await http.post(f"{SESSIONS}/password", json=wrong)).status_code == 401
        short = {"current": password("dana"), "password": "short"}
        assert (await http.post(f"{SESSIONS}/password", json=short)).status_code == 422
        right = {"current": password("dana"), "password": "another long one"}
        assert (await http.post(f"{SESSIONS}/password", json=right)).json() == {"person": "dana"}
        assert (await http.get(f"{DESK}/inbox")).status_code == 401, "every session of hers ended"
        assert (await http.post(SESSIONS, json={"login": "dana", "password": password("dana")})).status_code == 401
        assert (await http.post(SESSIONS, json={"login": "dana", "password": "another long one"})).status_code == 200


async def test_an_admin_sets_anothers_password_and_not_her_own(stage: Stage) -> None:
    await account(stage, "dana", Role.VIEWER)
    await account(stage, "ines", Role.ADMIN)
    body = {"password": "another long one"}
    async with signed_in(stage, "ines") as http:
        assert (await http.post(f"{DESK}/people/dana/password", json=body)).status_code == 200
        assert (await http.post(f"{DESK}/people/ines/password", json=body)).status_code == 403
        assert (await http.post(SESSIONS, json={"login": "dana", **body})).status_code == 200
    assert stage.facts_of(PasswordSet) == [PasswordSet(person="dana")]


async def test_no_password_stands_in_the_ledger_or_in_the_file(stage: Stage) -> None:
    async with desk(stage) as http:
        body = {"person": "dana", "roles": ["reviewer"], "password": "Grünkohl und Pinkel"}
        assert (await http.post(f"{DESK}/people", json=body)).json() == {"person": "dana", "roles": ["reviewer"]}
        composed = {"login": "dana", "password": "Gru\u0308nkohl und Pinkel"}
        reply = await http.post(SESSIONS, json=composed)
    assert reply.status_code == 200, "whatever way a keyboard writes it"
    for name in ("remit.db", "remit.db-wal"):
        content = (stage.folder / name).read_bytes()
        assert "Grünkohl".encode() not in content
        assert reply.json()["token"].encode() not in content
    with stage.house.store.read() as reading:
        kept = reading.password_hash("dana") or ""
    assert kept.startswith("$argon2id$")
    assert kept not in str(stage.facts())


# ------------------------------------------------------------------------------------------------------------------------ keys


async def test_a_key_is_shown_once_and_revoked_at_once(stage: Stage) -> None:
    await account(stage, "noor", Role.AI_PLATFORM)
    asked = {"agent": "eve", "version": "v1", "use_cases": ["crm", "crm"]}
    async with signed_in(stage, "noor") as http:
        issued = (await http.post(f"{DESK}/keys", json=asked)).json()
        assert issued["use_cases"] == ["crm"]
        assert (await http.post(f"{DESK}/keys", json=asked)).json()["code"] == "conflict"
        assert (await http.post(f"{DESK}/keys", json=asked | {"version": "v2", "use_cases": []})).status_code == 422
        assert issued["key"] not in (await http.get(f"{DESK}/keys")).text + (await http.get(f"{DESK}/ledger?limit=1000")).text
        async with agent(stage, issued["key"]) as client:
            assert (await client.propose(tagging())).state == "held"
        assert (await http.post(f"{DESK}/keys/revoke", json={"agent": "eve", "version": "v1"})).status_code == 200
        listed = [(one["agent"], one["revoked"]) for one in (await http.get(f"{DESK}/keys")).json()]
        assert listed == [("ada", False), ("eve", True), ("otto", False)]
    async with knock(stage.opened, issued["key"]) as http:
        assert (await http.post("/api/v1/proposals", json=[])).status_code == 401
