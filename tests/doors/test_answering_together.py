"""Answering and undoing many, at the door and by command: shown first, each by itself, taken back together."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from remit.core.facts import Answered
from remit.core.lifecycle import State
from remit.core.types import Answer
from remit.runner.local import drain
from remit.wire import AGENT_KEY
from tests.doors.doorway import ADA_KEY, DESK, agent, desk, nothing_written, tagging
from tests.doors.terminal import Remit
from tests.flow.stage import DESK as DRAFTING
from tests.flow.stage import OTTO, CountedIds, FrozenClock, Stage, furnish, opened, person, tag


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Furnish a folder whose take-back window is open for a while on the real clock."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    furnish(folder)
    (folder / AGENT_KEY).write_text(ADA_KEY)
    return folder


def looked(found: dict[str, Any]) -> list[dict[str, str]]:
    """Say of every proposal what was seen of it."""
    return [{"proposal": one["proposal"], "seen": one["seen"]} for one in found["proposals"]]


async def test_alike_ones_are_shown_answered_and_taken_back(stage: Stage) -> None:
    held = [await stage.proposed(tag(person(number))) for number in range(3)]
    async with desk(stage, "dana") as http:
        found = (await http.get(f"{DESK}/proposals/{held[0].proposal}/similar")).json()
        assert "contact.tag.add of crm by ada version v1" in found["alike"]
        done = (await http.post(f"{DESK}/answers", json={"answer": "approve", "proposals": looked(found)})).json()
        assert (done["refused"], {one["state"] for one in done["outcomes"]}) == (0, {"leaving"})
        names = [one.proposal for one in held]
        back = (await http.post(f"{DESK}/take-backs", json={"proposals": [*names, "nothing"]})).json()
    assert [one.get("state") or one["problem"]["code"] for one in back["outcomes"]] == ["held"] * 3 + ["not_found"]
    assert {fact.batch for fact in stage.facts_of(Answered)} == {done["batch"]}


@pytest.mark.parametrize("proposals", [[], [{"proposal": f"p{at}", "seen": ""} for at in range(51)]], ids=["none", "too many"])
async def test_too_many_are_refused_whole(stage: Stage, proposals: list[dict[str, str]]) -> None:
    async with desk(stage, "dana") as http:
        with nothing_written(stage):
            reply = await http.post(f"{DESK}/answers", json={"answer": "reject", "proposals": proposals})
    assert (reply.status_code, reply.json()["do"]) == (422, "Give 1 to 50")


async def test_an_edit_is_shown_word_by_word_with_its_size(stage: Stage) -> None:
    action = await stage.proposed(tag())
    async with desk(stage, "dana") as http:
        body = {"answer": "approve_edited", "seen": action.seen, "edited": {"contact": "c0001", "tag": "gold"}}
        shown = (await http.post(f"{DESK}/proposals/{action.proposal}/answer", json=body)).json()
    (changed,) = shown["edit"]["changed"]
    assert (changed["before"], changed["after"], shown["edit"]["share"]) == ("vip", "gold", 0.411765)


async def test_a_draft_tells_the_steps_to_do_it_by_hand(stage: Stage) -> None:
    action = await stage.proposed(tag(use_case=DRAFTING), OTTO)
    async with desk(stage, "dana") as http:
        (item,) = (await http.get(f"{DESK}/inbox")).json()
    assert (item["state"], item["by_hand"][0]) == ("drafted", "Open contact/c0001 in sandbox.")
    assert "values shown" in item["by_hand"][1]
    assert action.state is State.DRAFTED


async def test_who_is_missing_is_told(stage: Stage) -> None:
    from tests.flow.test_answering import BOTH, rule  # noqa: PLC0415  # the same charter as there

    await rule(stage, **BOTH)
    action = await stage.say(await stage.proposed(tag()), by="rita")
    async with desk(stage, "dana") as http:
        shown = (await http.get(f"{DESK}/proposals/{action.proposal}")).json()
    assert ([one["by"] for one in shown["approvals"]], shown["missing"]) == (["rita"], ["a reviewer"])


SAID: dict[str, tuple[Answer, dict[str, Any]]] = {
    "a rejection": (Answer.REJECT, {"reason_code": "off_brand", "note": "Never vip."}),
    "a return": (Answer.RETURN, {"note": "Which one?"}),
    "an edit": (Answer.APPROVE_EDITED, {"edited": {"contact": "c0001", "tag": "gold"}}),
}


@pytest.mark.parametrize("name", SAID)
async def test_an_agent_learns_what_a_person_said(stage: Stage, name: str) -> None:
    answer, more = SAID[name]
    async with agent(stage) as client:
        reply = await client.propose(tagging())
        assert (await client.outcome(reply.proposal_id)).feedback is None
        await stage.say(stage.action(stage.action(reply.proposal_id).proposal), answer, **more)  # type: ignore[arg-type]  # an id is text
        told = await client.outcome(reply.proposal_id)
    assert told.feedback is not None
    assert (told.feedback.answer, told.feedback.note) == (answer, more.get("note", ""))
    assert told.edited_arguments == more.get("edited")


async def test_what_was_taken_back_was_never_said(stage: Stage) -> None:
    action = await stage.approved(tag())
    async with desk(stage, "dana") as http, agent(stage) as client:
        assert (await client.outcome(action.proposal)).feedback is not None
        await http.post(f"{DESK}/proposals/{action.proposal}/take-back")
        assert (await client.outcome(action.proposal)).feedback is None


# ------------------------------------------------------------------------------------------------------------------- by command


def propose(remit: Remit, contact: str, *more: str) -> str:
    """Propose a tag and return the proposal."""
    said = remit(
        "propose", "--use-case", "crm", "--operation", "contact.tag.add", f"contact={contact}", *(more or ("tag=vip",)), "--json"
    )
    assert said.status == 0, said.err
    return str(said.told["proposal_id"])


def test_a_command_answers_what_is_alike(remit: Remit) -> None:
    first, *_ = [propose(remit, person(number)) for number in range(3)]
    said = remit("answer", first, "approve", "--similar", "--yes", "--as", "dana")
    assert said.status == 0, said.err
    assert "3 alike: contact.tag.add of crm" in said.out
    assert "3 done, 0 refused" in said.out


def test_a_command_asks_before_it_answers_many(remit: Remit) -> None:
    first = propose(remit, "c0001")
    for more in ([], ["--json"]):
        said = remit("answer", first, "approve", "--similar", *more)
        assert said.status == 2
        assert "--yes" in said.err
    assert remit("inbox", "--json").told[0]["state"] == "held"


def test_a_command_edits_one_at_a_time(remit: Remit) -> None:
    said = remit("answer", propose(remit, "c0001"), "approve_edited", "--edit", "tag=gold", "--similar", "--json")
    assert said.problem["do"] == "Edit one at a time"


def test_a_command_takes_several_back(remit: Remit) -> None:
    names = [propose(remit, person(number)) for number in range(2)]
    for name in names:
        assert remit("answer", name, "approve", "--as", "dana", "--json").told["state"] == "leaving"
    said = remit("take-back", *names, "--as", "dana")
    assert "Taken back: 2 done, 0 refused" in said.out
    assert [one["state"] for one in remit("inbox", "--json").told] == ["held", "held"]


# ------------------------------------------------------------------------------------------------------------------ undoing many


async def test_a_selection_is_foreseen_and_undone(stage: Stage) -> None:
    began = stage.clock.now().isoformat()
    done = [await stage.done(tag(person(number))) for number in range(3)]
    async with desk(stage, "dana") as http:
        chosen = {"use_case": "crm", "operation": "contact.tag.add", "since": began}
        assert (await http.post(f"{DESK}/undos/preview", json=chosen)).json()["undos"][0]["back"] == ["tag:vip"]
        reply = (await http.post(f"{DESK}/undos", json=chosen | {"reason": "wrong"})).json()
    assert (reply["refused"], {one["state"] for one in reply["outcomes"]}) == (0, {"undoing"})
    await drain(stage.house)
    assert {stage.state(one) for one in done} == {State.UNDONE}


@pytest.mark.parametrize(
    "chosen", [{}, {"proposals": ["p"], "use_case": "crm"}, {"proposals": ["p"], "version": "v1"}, {"since": "2026-01-01"}]
)
async def test_what_to_undo_is_named_in_one_way(stage: Stage, chosen: dict[str, Any]) -> None:
    async with desk(stage, "dana") as http:
        with nothing_written(stage):
            assert (await http.post(f"{DESK}/undos", json=chosen)).status_code == 422


def test_a_command_undoes_a_selection_after_a_look(remit: Remit, folder: Path) -> None:
    with opened(folder, clock=FrozenClock(), ids=CountedIds(900_000)) as stage:
        done = [asyncio.run(stage.done(tag(person(number)))) for number in range(2)]
    foreseen = remit("undo", "--use-case", "crm", "--preview")
    assert "2 would go back, 0 cannot" in foreseen.out
    assert "back go tag:vip" in foreseen.out
    assert remit("undo", "--use-case", "crm", "--json").problem["do"] == "Say --yes"
    said = remit("undo", *(one.proposal for one in done), "--yes")
    assert "2 done, 0 refused" in said.out
    assert "Nothing of that" in remit("undo", "--use-case", "crm", "--preview").out
