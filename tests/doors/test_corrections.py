"""An agent asks what people made of proposals like its own: the most alike first, its own use case only, and it is recorded."""

from __future__ import annotations

import pytest

from remit.core import facts as f
from remit.core.types import Answer, Operation, ProposalId, Record
from remit.errors import InvalidInput, NotAllowed, NotFound
from remit.flow.erase import Wish, erase
from remit.flow.learn import Wanted, learn
from tests.changed import replace
from tests.doors.doorway import DESK, agent, desk
from tests.doors.terminal import Remit
from tests.flow.stage import ADA, CRM, Stage, ask, person
from tests.flow.stage import DESK as DRAFTS

NOTE = Operation("note.create")


async def noted(stage: Stage, number: int, text: str, better: str | None = None) -> str:
    """Let a note be approved as another, or rejected."""
    action = await stage.proposed(ask(NOTE, CRM, f"note {number}", contact=person(number), text=text))
    if better is None:
        await stage.say(action, Answer.REJECT, reason_code="off_brand", note="not like this")
    else:
        edited = {"contact": person(number), "text": better}
        await stage.say(action, Answer.APPROVE_EDITED, edited=edited, reason_code="tone")
    return str(action.proposal)


def wanted(text: str, **more: object) -> Wanted:
    """Ask for corrections of a note like this one."""
    return replace(Wanted(use_case=CRM, operation=NOTE, like={"text": text}), **more)


async def test_the_most_alike_come_first_with_what_became_of_them(stage: Stage) -> None:
    await noted(stage, 1, "the rate of a loan", "the rate of your loan")
    await noted(stage, 2, "weather is fine today")
    await stage.say(await stage.proposed(ask(NOTE, CRM, "good", contact=person(3), text="a loan is a loan")))
    async with agent(stage) as client:
        first, second = await client.corrections("crm", "note.create", {"contact": "c1", "text": "rate of the loan"})
    assert (first.draft["text"], (first.final or {})["text"]) == ("the rate of a loan", "the rate of your loan")
    assert (second.final, second.reason_code, second.note) == (None, "off_brand", "not like this")
    [fact] = stage.facts_of(f.LessonsRead)
    assert (fact.agent, fact.operation, len(fact.about)) == ("ada", "note.create", 2)


async def test_no_agent_sees_what_was_made_of_another_use_case(stage: Stage) -> None:
    with pytest.raises(NotAllowed, match="a key for crm"):
        await learn(stage.house, ADA, wanted("x", use_case=DRAFTS))
    with pytest.raises(NotFound, match="no such charter"):
        await learn(stage.house, ADA, wanted("x", use_case="nothing"))
    with pytest.raises(InvalidInput, match="1 to 20"):
        await learn(stage.house, ADA, wanted("x", limit=21))


async def test_what_was_erased_teaches_nobody(stage: Stage) -> None:
    await noted(stage, 1, "call her", "call her later")
    await noted(stage, 2, "call him", "call him later")
    await erase(stage.house, Wish(record=Record(kind="contact", id=person(1)), by="ravi"))
    found = await learn(stage.house, ADA, wanted("call"))
    assert [one.draft["text"] for one in found] == ["call him"]


async def test_an_edit_whose_words_are_gone_teaches_nobody(stage: Stage) -> None:
    proposal = await noted(stage, 1, "call her", "call her later")
    fact = stage.action(ProposalId(proposal)).content
    await stage.house.store.write(lambda tx: tx.drop_contents([], [fact]))
    assert await learn(stage.house, ADA, wanted("call")) == []


async def test_groups_say_what_to_change_in_the_prompt(stage: Stage) -> None:
    for number in range(3):
        await noted(stage, number, "cheap\nbye", "good value\nbye")
    await noted(stage, 9, "spam")
    async with desk(stage, "dana") as http:
        first, second = (await http.get(f"{DESK}/feedback/groups", params={"use_case": "crm"})).json()
    assert (first["reason"], first["corrections"], first["swaps"][0]["gone"], first["swaps"][0]["times"]) == (
        "tone",
        3,
        "cheap",
        3,
    )
    assert "do not write: cheap Write instead: good value" in first["suggestion"]
    assert (second["reason"], second["refused"]) == ("off_brand", 1)


def test_groups_are_read_on_the_command_line(remit: Remit) -> None:
    assert remit("feedback", "groups").out.strip() == "Nobody corrected anything."
    assert remit("feedback", "groups", "--use-case", "nothing", "--json").problem["code"] == "not_found"
