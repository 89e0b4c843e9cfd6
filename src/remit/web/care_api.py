"""Reviewer care at the person's door: one's own figures, later those of others, cases to plant, and whose answers count again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from remit.core.access import Verb
from remit.core.care import OTHERS_SEE_AFTER, CareFigures, figures
from remit.core.types import Operation, UseCaseId
from remit.flow.attend import TEAM, count_again
from remit.flow.plant import Case, care_of, keep_cases, plant
from remit.ports import Reading
from remit.sdk import messages
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, TheHouse, needs

routes = APIRouter(prefix="/api/v1/desk/care")


class _Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    use_case: str
    operation: str
    arguments: dict[str, messages.Scalar]
    why: str


class _Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    note: str


@routes.get("/mine", dependencies=[needs(Verb.LOOK)])
async def get_mine(house: TheHouse, by: Person) -> Response:
    """Show one's own figures, up to now, with what is looked at; nobody else sees them before."""
    with house.store.read() as reading:
        care, now = care_of(reading), house.clock.now()
        own = _of(reading, [by], now - timedelta(days=care.keep_days), now) if care.mode == "individual" else []
    return answer_json({"mode": care.mode, "notice": care.notice(), "mine": own[0] if own else None})


@routes.get("", dependencies=[needs(Verb.LOOK_AFTER)])
async def get_care(house: TheHouse) -> Response:
    """Show the figures of a week ago and before: of each person, of the team alone, or none, as the risk statement says."""
    with house.store.read() as reading:
        care, until = care_of(reading), house.clock.now() - OTHERS_SEE_AFTER
        since = until - timedelta(days=care.keep_days)
        names = [one.name for one in reading.people()] if care.mode == "individual" else []
        found = _of(reading, names, since, until)
        team = [] if care.mode == "off" else _of(reading, [TEAM], since, until)
    told = {"mode": care.mode, "until": until.isoformat(), "notice": care.notice()}
    return answer_json(told | {"people": found, "team": team[0] if team else None})


def _of(reading: Reading, names: Sequence[str], since: datetime, until: datetime) -> list[dict[str, Any]]:
    answers = reading.answerings(since, until)
    return [
        _shown(
            figures(name, (one for one in answers if name in {TEAM, one.by}), discounted=reading.is_discounted(name)),
        )
        for name in names
    ]


def _shown(one: CareFigures) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(one)
    return found | {"a_day": round(one.a_day, 1)}


@routes.get("/cases", dependencies=[needs(Verb.LOOK_AFTER)])
async def get_cases(house: TheHouse) -> Response:
    """List the cases, each with the proposal it became, if it was planted."""
    with house.store.read() as reading:
        return answer_json([msgspec.to_builtins(one) for one in reading.cases()])


@routes.post("/cases", dependencies=[needs(Verb.LOOK_AFTER)])
async def post_cases(request: Request, house: TheHouse, by: Person) -> Response:
    """Keep cases that are known to be bad, to be planted now and then; all or none."""
    said: list[_Case] = await read_body(request, list[_Case])
    cases = [
        Case(use_case=UseCaseId(one.use_case), operation=Operation(one.operation), arguments=one.arguments, why=one.why)
        for one in said
    ]
    return answer_json({"kept": await keep_cases(house, cases, by)})


@routes.post("/plant", dependencies=[needs(Verb.LOOK_AFTER)])
async def post_plant(house: TheHouse) -> Response:
    """Plant the next case of each use case now."""
    with house.store.read() as reading:
        due = list(reading.next_cases().values())
    return answer_json({"planted": [await plant(house, case) for case in due]})


@routes.post("/people/{name}/count", dependencies=[needs(Verb.LOOK_AFTER)])
async def post_count(request: Request, name: str, house: TheHouse, by: Person) -> Response:
    """Let somebody's answers count again, with a note of what was talked about; `team` are those of all."""
    said: _Count = await read_body(request, _Count)
    await count_again(house, TEAM if name == "team" else name, by=by, note=said.note)
    return answer_json({"person": name, "counts": True})
