"""The agents' door: what fits is decided, what does not fit is refused whole, and a hold never says why a person looks."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest

from remit.core.lifecycle import State
from remit.core.proposal import LARGEST_BATCH, LARGEST_BYTES
from remit.core.types import Answer
from remit.errors import CallIdReused, Conflict, InvalidInput, NotAllowed, NotFound, RemitError, TooLarge
from remit.flow.stop import order
from remit.sdk.messages import Reply, Usage, Window
from remit.web.agent_api import LARGEST_BODY
from tests.doors.doorway import ADA_KEY, AGENT, DESK, agent, desk, knock, nothing_written, tagging, written_out
from tests.flow.stage import CONTACTS, Stage, person, tag

PROPOSALS = f"{AGENT}/proposals"


async def post(stage: Stage, path: str, body: bytes) -> httpx.Response:
    """Post bytes as Ada and check that nothing was written."""
    async with knock(stage.opened, ADA_KEY) as http:
        with nothing_written(stage):
            return await http.post(path, content=body, headers={"content-type": "application/json"})


# ------------------------------------------------------------------------------------------------------------------- proposing


async def test_a_proposal_is_decided_and_says_where_it_stands(stage: Stage) -> None:
    async with agent(stage) as client:
        reply = await client.propose(tagging(confidence=0.9, grounds=["job"], reason="a good customer", usage=Usage(model="m")))
        assert (reply.verdict, reply.state, [reason.code for reason in reply.reasons]) == ("hold", "held", ["held_for_person"])
        assert (await client.outcome(reply.proposal_id)) == reply
        await stage.say(stage.action(stage.action(reply.proposal_id).proposal))  # type: ignore[arg-type]  # an id is text here
        await stage.leave()
        assert (await client.outcome(reply.proposal_id)).state == "done"


async def test_replies_come_in_the_order_of_what_was_asked(stage: Stage) -> None:
    asked = [tagging(call_id=f"{n}", grounds=["age"] if n % 3 == 0 else [], dry_run=n % 5 == 0) for n in range(30)]
    async with agent(stage) as client:
        replies = await client.propose_many(asked)
    assert [(reply.verdict, bool(reply.proposal_id)) for reply in replies] == [
        ("block" if n % 3 == 0 else "hold", n % 5 != 0) for n in range(30)
    ]


async def test_the_same_call_id_is_the_same_proposal_and_other_arguments_are_refused(stage: Stage) -> None:
    async with agent(stage) as client:
        first = await client.propose(tagging())
        with nothing_written(stage):
            assert await client.propose(tagging()) == first
            with pytest.raises(CallIdReused) as refused:
                await client.propose(tagging(tag="gold"))
    assert all((refused.value.asked, refused.value.found, refused.value.do))


async def test_a_window_that_was_shown_is_named_in_the_proposal(stage: Stage) -> None:
    async with agent(stage) as client:
        seen = await client.context("crm", "now", limit=1)
        reply = await client.propose(tagging(context=seen.window))
    assert reply.state == "held"


async def test_a_dry_run_tells_more_and_writes_nothing(stage: Stage) -> None:
    async with agent(stage) as client:
        with nothing_written(stage):
            reply = await client.propose(tagging(dry_run=True))
    assert (reply.proposal_id, reply.reasons[0].code) == ("", "level_table")
    assert reply.allowed_if == ["the use case had earned level 3 for this operation"]


async def test_a_batch_of_a_thousand_is_decided(stage: Stage) -> None:
    asked = [tagging(call_id=f"{number}", tag=f"t{number}") for number in range(LARGEST_BATCH)]
    async with agent(stage) as client:
        assert {reply.state for reply in await client.propose_many(asked)} == {"held"}
        assert await client.propose_many([]) == []


# -------------------------------------------------------------------------------------------------------- what a hold tells


async def test_an_agent_cannot_tell_a_draw_from_any_other_hold(earned: Stage) -> None:
    async with agent(earned) as client:
        replies = await client.propose_many([tagging(person(n), call_id=f"{n}") for n in range(30)])
        drawn = [reply for reply in replies if reply.state == "held"]
        assert 0 < len(drawn) < 30
        await order(earned.house, "everything", by="dana", reason="")
        stopped = await client.propose(tagging(person(40), call_id="40"))
        earned.world.listen("contact", "tag:gold", "a mailing")
        wide = await client.propose(tagging(person(41), tag="gold", call_id="41"))
    assert len({msgspec.json.encode(msgspec.structs.replace(one, proposal_id="")) for one in (*drawn, stopped, wide)}) == 1


async def test_a_hold_tells_nothing_more_afterwards(earned: Stage) -> None:
    async with agent(earned) as client:
        replies = await client.propose_many([tagging(person(n), call_id=f"{n}") for n in range(30)])
        drawn = next(reply for reply in replies if reply.state == "held")
        for look in (
            client.outcome(drawn.proposal_id),
            client.propose(tagging(person(replies.index(drawn)), call_id=str(replies.index(drawn)))),
        ):
            assert await look == drawn
        gone = await client.withdraw(drawn.proposal_id)
    assert (gone.state, gone.reasons) == ("withdrawn", drawn.reasons)


async def test_a_blocked_proposal_says_why(stage: Stage) -> None:
    async with agent(stage) as client:
        reply = await client.propose(tagging(grounds=["age"]))
    assert [(reason.code, reason.text) for reason in reply.reasons] == [
        ("outside_window", "The agent relied on what it may not see: age.")
    ]


# ----------------------------------------------------------------------------------------------------------------- not fitting

BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "no list": b"{}",
    "a list of nothing": b"[null]",
    "a number that is none": msgspec.json.encode(written_out(tagging())).replace(b'"call_id"', b'"confidence":NaN,"call_id"'),
    "a number without end": msgspec.json.encode(written_out(tagging())).replace(b'"call_id"', b'"confidence":1e999,"call_id"'),
    "an argument that is no number": msgspec.json.encode(written_out(tagging())).replace(b'"vip"', b"NaN"),
    "an argument without end": msgspec.json.encode(written_out(tagging())).replace(b'"vip"', b"-Infinity"),
    "a very large number": msgspec.json.encode(written_out(tagging())).replace(b'"vip"', b"1" + b"0" * 400),
    "half a character": msgspec.json.encode(written_out(tagging())).replace(b"vip", b"\\ud800"),
    "a thousand brackets": b"[" * 100_000,
    "two things": b"[][]",
}
CHANGED: dict[str, dict[str, Any]] = {
    "an unknown entry": {"approve": True},
    "a fact of its own": {"facts": {"reach": 0}},
    "a level of its own": {"level": 4},
    "no use case": {"use_case": None},
    "no call id": {"call_id": None},
    "a call id of the wrong sort": {"call_id": 7},
    "arguments of the wrong sort": {"arguments": ["contact"]},
    "an argument inside an argument": {"arguments": {"contact": {"id": "c0001"}, "tag": "vip"}},
    "a list of numbers": {"arguments": {"contact": "c0001", "tag": [1]}},
    "a confidence of the wrong sort": {"confidence": "sure"},
    "grounds of the wrong sort": {"grounds": "job"},
    "a dry run of the wrong sort": {"dry_run": "yes"},
    "an unknown entry of the window": {"context": {"name": "now", "digest": "x", "rows": []}},
    "an unknown entry of the usage": {"usage": {"dollars": 1}},
    "negative money that is no number": {"usage": {"cost_minor": 1.5}},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_what_is_no_proposal_at_all_is_refused_with_its_place(stage: Stage, body: bytes) -> None:
    reply = await post(stage, PROPOSALS, body)
    problem = reply.json()
    assert (reply.status_code, problem["code"]) == (422, "invalid_input")
    assert all(problem[name] for name in ("title", "asked", "found", "do"))


@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
@pytest.mark.parametrize("place", [0, 1])
async def test_what_does_not_fit_the_message_refuses_the_whole_batch(stage: Stage, changed: dict[str, Any], place: int) -> None:
    batch = written_out(tagging(call_id="good"), tagging("c0002", call_id="also good"))
    batch[place] = {name: got for name, got in (batch[place] | changed).items() if got is not None}
    reply = await post(stage, PROPOSALS, msgspec.json.encode(batch))
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_input")
    assert f"$[{place}]" in reply.json()["found"]


REFUSED: dict[str, tuple[dict[str, Any], type[RemitError]]] = {
    "an unknown use case": ({"use_case": "crn"}, NotFound),
    "another's use case": ({"use_case": "desk"}, NotAllowed),
    "an unknown operation": ({"operation": "contact.teleport"}, InvalidInput),
    "a field of the wrong sort": ({"arguments": {"contact": "c0001", "tag": 7}}, InvalidInput),
    "a confidence above 1": ({"confidence": 1.5}, InvalidInput),
    "an oversized reason": ({"reason": "x" * LARGEST_BYTES}, TooLarge),
    "oversized grounds": ({"grounds": ["x" * LARGEST_BYTES]}, TooLarge),
    "an oversized window": ({"context": Window(name="x" * LARGEST_BYTES, digest="")}, TooLarge),
    "an oversized model": ({"usage": Usage(model="x" * LARGEST_BYTES)}, TooLarge),
}


@pytest.mark.parametrize(("changed", "error"), REFUSED.values(), ids=REFUSED)
async def test_what_is_refused_comes_back_as_the_error_it_is(
    stage: Stage, changed: dict[str, Any], error: type[RemitError]
) -> None:
    async with agent(stage) as client:
        with nothing_written(stage), pytest.raises(error) as refused:
            await client.propose_many([tagging(call_id="good"), msgspec.structs.replace(tagging(), **changed)])
    assert type(refused.value) is error
    assert "Found: " in str(refused.value)


async def test_an_argument_that_no_charter_lists_is_blocked_and_named(stage: Stage) -> None:
    async with agent(stage) as client:
        reply = await client.propose(
            msgspec.structs.replace(tagging(), arguments={"contact": "c0001", "tag": "vip", "colour": "red"})
        )
    assert (reply.verdict, reply.state, reply.reasons[0].code) == ("block", "blocked", "argument_not_in_charter")
    assert "colour" in reply.reasons[0].text


async def test_a_batch_of_a_thousand_and_one_is_refused(stage: Stage) -> None:
    asked = [tagging(call_id=f"{number}") for number in range(LARGEST_BATCH + 1)]
    async with agent(stage) as client:
        with nothing_written(stage), pytest.raises(InvalidInput, match="1001"):
            await client.propose_many(asked)


async def test_a_body_of_many_megabytes_is_refused(stage: Stage) -> None:
    reply = await post(stage, PROPOSALS, b"[" + b" " * LARGEST_BODY + b"]")
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")


# -------------------------------------------------------------------------------------------------------------------- looking


async def test_a_window_is_read_page_by_page(stage: Stage) -> None:
    found, after = [], None
    async with agent(stage) as client:
        while True:
            page = await client.context("crm", "now", where={"job": "clerk"}, after=after, limit=300)
            found += [record.id for record in page.records]
            if (after := page.next) is None:
                break
    assert found == [person(number) for number in range(CONTACTS)]
    assert page.window.name == "now"


LOOKS: dict[str, tuple[bytes, int]] = {
    "no JSON": (b"{", 422),
    "an unknown entry": (b'{"columns": ["name"]}', 422),
    "a filter of the wrong sort": (b'{"where": {"job": {"not": "clerk"}}}', 422),
    "fields of the wrong sort": (b'{"fields": "name"}', 422),
    "a page of nothing": (b'{"limit": 0}', 422),
    "a page of everything": (b'{"limit": 1000000}', 422),
    "a limit that is no number": (b'{"limit": NaN}', 422),
}


@pytest.mark.parametrize(("body", "status"), LOOKS.values(), ids=LOOKS)
async def test_a_look_that_does_not_fit_is_refused(stage: Stage, body: bytes, status: int) -> None:
    reply = await post(stage, f"{AGENT}/context/crm/now", body)
    assert reply.status_code == status
    assert all(reply.json()[name] for name in ("title", "code", "asked", "found", "do"))


BEYOND = {"a filter on a hidden field": {"where": {"name": "N1"}}, "a hidden field": {"fields": ["job", "name"]}}


@pytest.mark.parametrize("body", BEYOND.values(), ids=BEYOND)
async def test_a_look_beyond_the_window_is_refused_and_seen_as_a_violation(stage: Stage, body: dict[str, object]) -> None:
    async with knock(stage.opened, ADA_KEY) as http, desk(stage) as person:
        reply = await http.post(f"{AGENT}/context/crm/now", json=body)
        (found,) = (await person.get(f"{DESK}/violations")).json()
    assert reply.status_code == 403
    assert all(reply.json()[name] for name in ("title", "code", "asked", "found", "do"))
    assert (found["rule"], found["agent"], found["proposal"]) == ("context_refused", "ada", None)


# ---------------------------------------------------------------------------------------------------------------- withdrawing


async def test_only_what_nobody_answered_is_withdrawn(stage: Stage) -> None:
    answered = await stage.say(await stage.proposed(tag()), Answer.REJECT)
    async with agent(stage) as client:
        for proposal, error in ((answered.proposal, Conflict), ("nothing", NotFound), ("../stops", RemitError)):
            with nothing_written(stage), pytest.raises(error):
                await client.withdraw(proposal)
    assert stage.state(answered) is State.REJECTED


async def test_every_reply_is_one_of_the_messages(stage: Stage) -> None:
    async with knock(stage.opened, ADA_KEY) as http:
        reply = await http.post(PROPOSALS, json=written_out(tagging()))
    assert reply.headers["content-type"] == "application/json"
    assert msgspec.json.decode(reply.content, type=list[Reply])[0].state == "held"
