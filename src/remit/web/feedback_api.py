"""What people said of proposals, for whoever writes the prompts, at the person's door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response

from remit.core.access import Verb
from remit.core.action import Action
from remit.core.facts import Answered, Entry
from remit.core.lesson import Told, lesson, teaches
from remit.core.lifecycle import PLANTED
from remit.core.prompt_change import prompt_changes
from remit.core.types import UseCaseId
from remit.flow.learn import corrections, made_of
from remit.ports import Reading
from remit.web.agent_api import answer_json
from remit.web.auth import TheHouse, needs
from remit.web.naming import use_case_in

routes = APIRouter(prefix="/api/v1/desk/feedback")
_MOST = 1000


@routes.get("", dependencies=[needs(Verb.EXPORT)])
async def get_feedback(
    house: TheHouse,
    use_case: str | None = None,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = _MOST,
) -> Response:
    """List lessons, oldest first, of the `limit` answers after a fact; `next` is where to go on, None at the end."""
    with house.store.read() as reading:
        wanted = use_case_in(reading, use_case, "feedback")
        answers = reading.facts(after=after, limit=limit, kinds=["Answered"])
        told = [_lesson(reading, *one) for one in _in_force(reading, answers, wanted)]
    lessons = [one for one in told if one is not None]
    following = answers[-1].seq if len(answers) == limit else None
    return answer_json({"lessons": lessons, "erased": len(told) - len(lessons), "next": following})


@routes.get("/groups", dependencies=[needs(Verb.LOOK)])
async def get_groups(house: TheHouse, use_case: str | None = None) -> Response:
    """Group the newest corrections by reason, each group with what people changed most and a change of the prompt to try."""
    with house.store.read() as reading:
        wanted = use_case_in(reading, use_case, "feedback")
        found = prompt_changes(corrections(reading, wanted, None, limit=_MOST))
    return answer_json([msgspec.to_builtins(one) for one in found])


def _in_force(reading: Reading, answers: Sequence[Entry], use_case: UseCaseId | None) -> Iterator[tuple[Action, Entry, Answered]]:
    for one in answers:
        if isinstance(one.fact, Answered):
            action = reading.existing(one.fact.proposal)
            newest = reading.latest_answer(action.proposal)
            planted = action.state in PLANTED
            if not planted and use_case in {None, action.use_case} and teaches(action, newest, one, one.fact.answer):
                yield action, one, one.fact


def _lesson(reading: Reading, action: Action, at: Entry, fact: Answered) -> dict[str, Any] | None:
    """Return one lesson; None where what it was about was erased."""
    made = made_of(reading, action, at, fact)
    if made is None:
        return None
    told = Told(claim=reading.claim(action.proposal) or "", note=made.note)
    return lesson(action, at, fact, told=told, draft=made.draft, edited=made.edited)
