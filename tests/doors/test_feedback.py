"""Feedback as lessons: what was asked for, what was used and why; only what is in force, page by page, and no reviewer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from remit.core.types import Answer, Record
from remit.flow.erase import Wish, erase
from remit.flow.review import take_back
from tests.changed import replace
from tests.doors.doorway import DESK, desk
from tests.doors.terminal import Remit
from tests.flow.stage import Stage, person, tag


async def lessons(stage: Stage, **asked: Any) -> dict[str, Any]:
    async with desk(stage, "dana") as http:
        found: dict[str, Any] = (await http.get(f"{DESK}/feedback", params=asked)).json()
    return found


async def edited(stage: Stage, number: int = 0) -> str:
    """Let a tag be approved as another."""
    action = await stage.proposed(tag(person(number), "vip", call_id=f"call {number}"))
    arguments = {"contact": person(number), "tag": "gold"}
    await stage.say(action, Answer.APPROVE_EDITED, "rita", edited=arguments, reason_code="wrong_word")
    return str(action.proposal)


async def test_an_edit_teaches_what_was_and_what_became_of_it(stage: Stage) -> None:
    proposal = await edited(stage)
    (one,) = (await lessons(stage))["lessons"]
    assert (one["proposal"], one["answer"], one["reason"]) == (proposal, "approve_edited", "wrong_word")
    assert (one["draft"]["tag"], one["final"]["tag"], one["edit_share"]) == ("vip", "gold", 0.411765)
    assert one["input"]["operation"] == "contact.tag.add"
    assert "rita" not in json.dumps(one)


async def test_why_the_agent_asked_is_told_also_after_an_edit(stage: Stage) -> None:
    action = await stage.proposed(replace(tag(), reason="She asked for it."))
    await stage.say(action, Answer.APPROVE_EDITED, "rita", edited={"contact": "c0001", "tag": "gold"})
    (one,) = (await lessons(stage))["lessons"]
    assert one["input"]["claim"] == "She asked for it."


async def test_an_approval_ends_as_it_was_and_a_rejection_as_nothing(stage: Stage) -> None:
    good, bad = [await stage.proposed(tag(person(at), call_id=f"call {at}")) for at in range(2)]
    await stage.say(good)
    await stage.say(bad, Answer.REJECT, reason_code="off_brand")
    first, second = (await lessons(stage))["lessons"]
    assert (first["final"] == first["draft"], first["edit_share"]) == (True, None)
    assert (second["final"], second["reason"]) == (None, "off_brand")


async def test_only_an_answer_in_force_teaches(stage: Stage) -> None:
    back, later = [await stage.proposed(tag(person(at), call_id=f"call {at}")) for at in range(2)]
    await stage.say(back)
    await take_back(stage.house, back.proposal, "dana")
    await stage.say(later, Answer.LATER)
    assert (await lessons(stage))["lessons"] == []
    await stage.say(stage.action(back.proposal), Answer.REJECT)
    assert [one["answer"] for one in (await lessons(stage))["lessons"]] == ["reject"]


async def test_what_was_erased_is_left_out_and_counted(stage: Stage) -> None:
    await edited(stage, 0)
    kept = await edited(stage, 1)
    await erase(stage.house, Wish(record=Record(kind="contact", id=person(0)), by="ravi"))
    found = await lessons(stage)
    assert ([one["proposal"] for one in found["lessons"]], found["erased"]) == ([kept], 1)


async def test_pages_follow_one_another_without_a_gap(stage: Stage) -> None:
    every = [await edited(stage, at) for at in range(5)]
    found: list[str] = []
    after: int | None = 0
    while after is not None:
        page = await lessons(stage, after=after, limit=2)
        found += [one["proposal"] for one in page["lessons"]]
        after = page["next"]
    assert found == every


async def test_an_unknown_use_case_is_named_with_those_there_are(stage: Stage) -> None:
    problem = await lessons(stage, use_case="crmm")
    assert (problem["code"], "crm" in problem["found"]) == ("not_found", True)


@pytest.fixture
def prepared(about_three: Path) -> Path:
    return about_three


def test_the_command_writes_a_lesson_a_line_and_says_what_they_are(remit: Remit, tmp_path: Path) -> None:
    proposal = remit("inbox", "--json").told[0]["proposal"]
    remit("answer", proposal, "reject", "--reason", "off_brand", "--note", "Never say cheap.")
    file = tmp_path / "lessons.jsonl"
    assert "1 lessons: 1 reject" in remit("feedback", "export", "--out", file).out
    (line,) = file.read_text().splitlines()
    assert (json.loads(line)["note"], json.loads(line)["final"]) == ("Never say cheap.", None)
    assert remit("feedback", "export", "--out", file, "--json").problem["code"] == "conflict"
    told = remit("feedback", "export", "--out", tmp_path / "none.jsonl", "--use-case", "nothing", "--json")
    assert (told.problem["code"], (tmp_path / "none.jsonl").exists()) == ("not_found", False)
