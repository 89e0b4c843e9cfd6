"""What a person does with many at once: see what is alike, answer it under one batch, take approvals back."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response

from remit.core.access import Verb
from remit.core.types import Answer, ProposalId
from remit.flow.answered import Given
from remit.flow.review import answer_together, take_back_each
from remit.flow.together import similar
from remit.web import showing
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, TheHouse, needs

routes = APIRouter(prefix="/api/v1/desk")


class _Looked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A proposal with the string that was shown with it."""

    proposal: str
    seen: str
    seconds_seen: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None = None


class _Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    answer: Answer
    proposals: list[_Looked]
    reason_code: str = ""
    note: str = ""


class _TakeBacks(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    proposals: list[str]


@routes.get("/proposals/{proposal}/similar", dependencies=[needs(Verb.LOOK)])
async def get_similar(proposal: str, house: TheHouse) -> Response:
    """Show what is held and like a proposal, what stands out first."""
    found = similar(house, ProposalId(proposal))
    with house.store.read() as reading:
        return answer_json(showing.similar(reading, found))


@routes.post("/answers", dependencies=[needs(Verb.ANSWER)])
async def post_answers(request: Request, house: TheHouse, by: Person) -> Response:
    """Answer up to 50 proposals alike, each by itself; what is refused is told beside what was done."""
    said: _Answers = await read_body(request, _Answers)
    given = [_given(said, one, by) for one in said.proposals]
    batch, outcomes = await answer_together(house, given)
    return answer_json({"batch": batch} | showing.outcomes([one.proposal for one in given], outcomes))


def _given(said: _Answers, one: _Looked, by: str) -> Given:
    return Given(
        proposal=ProposalId(one.proposal),
        answer=said.answer,
        by=by,
        seen=one.seen,
        reason_code=said.reason_code,
        note=said.note,
        seconds_seen=one.seconds_seen,
    )


@routes.post("/take-backs", dependencies=[needs(Verb.TAKE_BACK)])
async def post_take_backs(request: Request, house: TheHouse, by: Person) -> Response:
    """Take many approvals back, each by itself, while their windows are open."""
    said: _TakeBacks = await read_body(request, _TakeBacks)
    outcomes = await take_back_each(house, [ProposalId(one) for one in said.proposals], by)
    return answer_json(showing.outcomes(said.proposals, outcomes))
