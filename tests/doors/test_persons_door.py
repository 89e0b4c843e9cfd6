"""The people's door: looking, answering, taking back, undoing, stopping, signing, verifying; each refusal says what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from remit.core.facts import Answered, GrantSigned, StopOrdered
from remit.core.lifecycle import State
from remit.core.types import Record
from remit.flow.judge import judge
from remit.runner.local import drain
from tests.changed import replace
from tests.doors.doorway import DESK, desk, nothing_written
from tests.flow.stage import CONTACTS, CRM, Stage, ask, person, tag


@pytest_asyncio.fixture
async def dana(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with desk(stage) as http:
        yield http


async def say(http: httpx.AsyncClient, proposal: str, answer: str, **more: Any) -> httpx.Response:
    """Answer a proposal as it is shown now."""
    shown = (await http.get(f"{DESK}/proposals/{proposal}")).json()
    return await http.post(f"{DESK}/proposals/{proposal}/answer", json={"answer": answer, "seen": shown["seen"], **more})


async def problem(reply: httpx.Response, status: int, code: str) -> None:
    """Check that a reply is a problem document that says everything."""
    told = reply.json()
    assert (reply.status_code, told["status"], told["code"]) == (status, status, code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert all(told[name] for name in ("title", "asked", "found", "do")), told


# --------------------------------------------------------------------------------------------------------------------- looking


async def test_the_inbox_shows_what_waits_and_why_oldest_first(stage: Stage, dana: httpx.AsyncClient) -> None:
    assert (await dana.get(f"{DESK}/inbox")).json() == []
    first = await stage.proposed(tag())
    stage.clock.move(minutes=1)
    second = await stage.proposed(ask("note.create", contact="c0002", text="call <b>back</b>"))
    shown = (await dana.get(f"{DESK}/inbox")).json()
    assert [item["proposal"] for item in shown] == [first.proposal, second.proposal]
    assert shown[0]["arguments"] == {"contact": "c0001", "tag": "vip"}
    assert shown[1]["arguments"]["text"] == "call <b>back</b>"
    assert (shown[0]["state"], shown[0]["confidence"], shown[0]["why"][0]["code"]) == ("held", 0.9, "level_table")
    assert len((await dana.get(f"{DESK}/inbox?limit=1")).json()) == 1


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "many", "1.5", ""])
@pytest.mark.parametrize("path", ["inbox", "ledger"])
async def test_a_limit_that_makes_no_sense_is_a_problem_like_any_other(dana: httpx.AsyncClient, path: str, limit: str) -> None:
    await problem(await dana.get(f"{DESK}/{path}", params={"limit": limit}), 422, "invalid_input")


@pytest.mark.parametrize("after", ["-1", "1" + "0" * 30, "now"])
async def test_a_place_in_the_ledger_that_cannot_be_is_a_problem(dana: httpx.AsyncClient, after: str) -> None:
    await problem(await dana.get(f"{DESK}/ledger", params={"after": after}), 422, "invalid_input")


async def test_a_path_that_does_not_exist_is_a_problem_like_any_other(dana: httpx.AsyncClient) -> None:
    await problem(await dana.get(f"{DESK}/nothing"), 404, "not_found")
    await problem(await dana.get("/api/v2/proposals"), 404, "not_found")
    reply = await dana.delete(f"{DESK}/inbox")
    assert (reply.status_code, reply.headers["content-type"]) == (405, "application/problem+json")


async def test_an_unknown_proposal_is_not_found(dana: httpx.AsyncClient) -> None:
    await problem(await dana.get(f"{DESK}/proposals/nothing"), 404, "not_found")
    for path in ("take-back", "undo"):
        await problem(await dana.post(f"{DESK}/proposals/nothing/{path}", json={"reason": ""}), 404, "not_found")
    answer = {"answer": "approve", "seen": ""}
    await problem(await dana.post(f"{DESK}/proposals/nothing/answer", json=answer), 404, "not_found")


# ------------------------------------------------------------------------------------------------------------------- answering


async def test_an_answer_carries_the_name_of_who_gave_it(stage: Stage) -> None:
    for name, number in (("dana", 1), ("", 2)):
        action = await stage.proposed(tag(person(number)))
        async with desk(stage, name) as http:
            assert (await say(http, action.proposal, "approve", seconds_seen=4)).json()["state"] == "leaving"
    assert [fact.by for fact in stage.facts_of(Answered)] == ["dana", "owner"]


async def test_an_edit_is_carried_out(stage: Stage, dana: httpx.AsyncClient) -> None:
    action = await stage.proposed(tag())
    reply = await say(dana, action.proposal, "approve_edited", edited={"contact": "c0001", "tag": "gold"})
    assert reply.json()["arguments"] == {"contact": "c0001", "tag": "gold"}
    await stage.leave()
    assert stage.has_tag(name="gold")


async def test_a_second_answer_is_refused(stage: Stage, dana: httpx.AsyncClient) -> None:
    action = await stage.proposed(tag())
    await say(dana, action.proposal, "approve")
    with nothing_written(stage):
        await problem(await say(dana, action.proposal, "reject"), 409, "already_answered")


async def test_what_changed_since_it_was_seen_is_refused_and_shown_again(stage: Stage, dana: httpx.AsyncClient) -> None:
    action = await stage.proposed(tag())
    stage.world.edit(Record(kind="contact", id="c0001"), {"tag:vip": True})
    await problem(await say(dana, action.proposal, "approve"), 409, "changed_since_seen")
    assert (await say(dana, action.proposal, "approve")).status_code == 200


ANSWERS: dict[str, tuple[dict[str, Any], int]] = {
    "no such answer": ({"answer": "perhaps"}, 422),
    "an answer to a draft": ({"answer": "used"}, 422),
    "an edit without arguments": ({"answer": "approve_edited"}, 422),
    "arguments without an edit": ({"edited": {"contact": "c0001", "tag": "gold"}}, 422),
    "an edit of the wrong sort": ({"answer": "approve_edited", "edited": ["gold"]}, 422),
    "an edit that cannot be done": ({"answer": "approve_edited", "edited": {"contact": "c0001"}}, 422),
    "an unknown entry": ({"by": "olga"}, 422),
    "nothing seen": ({"seen": None}, 422),
    "nonsense seen": ({"seen": "nonsense"}, 409),
    "seconds that are none": ({"seconds_seen": "long"}, 422),
    "seconds before now": ({"seconds_seen": -1}, 422),
    "seconds without end": ({"seconds_seen": 2**60}, 422),
    "an edit too large to keep": ({"answer": "approve_edited", "edited": {"contact": "c0001", "balance": 2**60}}, 422),
}


@pytest.mark.parametrize(("changed", "status"), ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_that_does_not_fit_lets_nothing_leave(
    stage: Stage, dana: httpx.AsyncClient, changed: dict[str, Any], status: int
) -> None:
    action = await stage.proposed(tag())
    body = {"answer": "approve", "seen": action.seen} | changed
    reply = await dana.post(f"{DESK}/proposals/{action.proposal}/answer", json=body)
    assert reply.status_code == status, reply.json()
    assert reply.json()["title"]
    await stage.leave()
    assert (stage.state(action), stage.world.effects()) == (State.HELD, {})


async def test_a_take_back_and_an_undo(stage: Stage, dana: httpx.AsyncClient) -> None:
    action = await stage.approved(tag())
    assert (await dana.post(f"{DESK}/proposals/{action.proposal}/take-back")).json()["state"] == "held"
    with nothing_written(stage):
        await problem(await dana.post(f"{DESK}/proposals/{action.proposal}/take-back"), 409, "conflict")
        await problem(await dana.post(f"{DESK}/proposals/{action.proposal}/undo", json={}), 409, "conflict")
    done = await stage.done(tag("c0002"))
    assert (await dana.post(f"{DESK}/proposals/{done.proposal}/undo", json={"reason": "wrong"})).json()["state"] == "undoing"
    await drain(stage.house)
    assert stage.state(done) is State.UNDONE


async def test_outcomes_are_recorded(stage: Stage, dana: httpx.AsyncClient) -> None:
    done = await stage.done(tag())
    outcome = {"proposal": done.proposal, "kind": "reverted", "loss_ppm": 1_000_000}
    assert (await dana.post(f"{DESK}/outcomes", json=[outcome])).json() == {"recorded": 1}
    for wrong in ({"loss_ppm": -1}, {"loss_ppm": 1_000_001}, {"loss_ppm": 0.5}, {"why": ""}):
        with nothing_written(stage):
            await problem(await dana.post(f"{DESK}/outcomes", json=[outcome, outcome | wrong]), 422, "invalid_input")


# -------------------------------------------------------------------------------------------------------------------- stopping


async def test_a_stop_is_ordered_listed_and_lifted(stage: Stage, dana: httpx.AsyncClient) -> None:
    action = await stage.approved(tag())
    order = {"scope": "everything", "reason": "a doubt"}
    assert (await dana.post(f"{DESK}/stops", json=order)).json()["waiting"] == 1
    assert (await dana.get(f"{DESK}/stops")).json() == [{"scope": "everything", "lift_wanted": None}]
    await stage.leave()
    assert stage.state(action) is State.STOPPED
    assert (await dana.post(f"{DESK}/stops/lift", json=order)).json()["lifted"] is False
    async with desk(stage, "ravi") as http:
        assert (await http.post(f"{DESK}/stops/lift", json=order)).json()["held_again"] == 1
    with nothing_written(stage):
        await problem(await dana.post(f"{DESK}/stops/lift", json=order), 404, "not_found")
        await problem(await dana.post(f"{DESK}/stops", json=order | {"scope": "all"}), 422, "invalid_input")
        await problem(await dana.post(f"{DESK}/stops", json={"reason": "a doubt"}), 422, "invalid_input")
    assert stage.facts_of(StopOrdered)[-1].by == "dana"


# --------------------------------------------------------------------------------------------------------------------- levels


async def test_a_violation_is_listed_and_settled_once(stage: Stage, dana: httpx.AsyncClient) -> None:
    await stage.reply(replace(tag(), grounds=("age",)))
    (found,) = (await dana.get(f"{DESK}/violations?open=true&use_case=crm")).json()
    told = (found["rule"], found["severity"], found["owner"], found["settled_at"])
    assert told == ("outside_window", "high", "marketing_ops", None)
    settle = f"{DESK}/violations/{found['violation']}/settle"
    settled = await dana.post(settle, json={"note": "Told the team."})
    assert (settled.status_code, settled.json()["settled_by"]) == (200, "dana")
    assert (await dana.post(settle, json={"note": "Again."})).status_code == 409
    assert (await dana.get(f"{DESK}/violations?open=true")).json() == []
    assert [one["violation"] for one in (await dana.get(f"{DESK}/violations?use_case=crm")).json()] == [found["violation"]]
    assert (await dana.get(f"{DESK}/violations?use_case=desk")).json() == []


async def test_two_people_sign_and_one_does_not_sign_twice(stage: Stage) -> None:
    for number in range(CONTACTS - 12, CONTACTS):
        await stage.approved(tag(person(number)))
    await stage.leave()
    await judge(stage.house)
    signature = {"use_case": "crm", "operation": "contact.tag.add", "role": "risk"}
    async with desk(stage, "ines") as ines, desk(stage, "ravi") as ravi:
        assert await offered(ines) == (2, True)
        assert (await ines.post(f"{DESK}/signatures", json=signature)).json() == {"begun": False}
        again = signature | {"role": "line_of_business"}
        await problem(await ines.post(f"{DESK}/signatures", json=again), 409, "conflict")
        await problem(await ravi.post(f"{DESK}/signatures", json=signature | {"role": "king"}), 422, "invalid_input")
        assert (await ravi.post(f"{DESK}/signatures", json=again)).json() == {"begun": True}
        assert await offered(ravi) == (3, False)
        await problem(await ravi.post(f"{DESK}/signatures", json=again), 404, "not_found")
    assert [fact.by for fact in stage.facts_of(GrantSigned)] == ["ines", "ravi"]


async def offered(http: httpx.AsyncClient) -> tuple[int, bool]:
    """Return the level of tagging and whether a higher one is offered."""
    shown = (await http.get(f"{DESK}/levels")).json()
    return next(
        (one["level"], one["offered"]) for one in shown if (one["use_case"], one["operation"]) == ("crm", "contact.tag.add")
    )


# ---------------------------------------------------------------------------------------------------------------------- ledger


async def test_the_ledger_is_read_in_order_and_verifies(stage: Stage, dana: httpx.AsyncClient) -> None:
    await stage.done(tag())
    facts, after = [], 0
    while page := (await dana.get(f"{DESK}/ledger", params={"after": after, "limit": 10})).json():
        facts += page
        after = page[-1]["seq"]
    assert [one["seq"] for one in facts] == list(range(1, len(stage.facts()) + 1))
    assert [one["kind"] for one in facts][-2:] == ["Started", "Done"]
    report = (await dana.post(f"{DESK}/ledger/verify")).json()
    assert (report["kind"], report["facts"], report["sealed"]) == ("verified", len(facts), len(facts))


async def test_no_content_stands_in_the_ledger(stage: Stage, dana: httpx.AsyncClient) -> None:
    await stage.done(ask("note.create", CRM, "one", contact="c0001", text="Anna asked for a quote"))
    await say(dana, (await stage.proposed(tag())).proposal, "reject", note="Anna hates tags")
    shown = (await dana.get(f"{DESK}/ledger", params={"limit": 1000})).text
    assert "Answered" in shown
    assert "Anna" not in shown
