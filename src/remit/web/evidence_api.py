"""Levels explained, trials, suites, comparisons and replays at the person's door."""

from __future__ import annotations

import asyncio

import msgspec
from fastapi import APIRouter, Request, Response

from remit.core.access import Verb
from remit.core.comparison import compare
from remit.core.suite import suite_digest
from remit.core.types import Operation, UseCaseId
from remit.flow.candidate import begin_trial
from remit.flow.explain_level import charter_of, explain
from remit.flow.replay_evidence import replay_evidence
from remit.flow.run_suite import Reply, run_suite
from remit.sdk import messages
from remit.web import showing_evidence as showing
from remit.web.agent_api import answer_json, read_body
from remit.web.auth import Person, TheHouse, needs

routes = APIRouter(prefix="/api/v1/desk")


class _Trial(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: str


class _Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    arguments: dict[str, messages.Scalar] | None = None
    confidence: float | None = None


class _Suite(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: str
    replies: dict[str, _Reply]


@routes.get("/levels/{use_case}", dependencies=[needs(Verb.LOOK)])
async def get_level(use_case: str, house: TheHouse, operation: str | None = None) -> Response:
    """Explain the levels of a use case, or of one operation: what holds them down, and how far the next one is."""
    found = explain(house, UseCaseId(use_case), None if operation is None else Operation(operation))
    with house.store.read() as reading:
        return answer_json(showing.explained(reading, house.clock.now(), found))


@routes.post("/evidence/{use_case}/trials", dependencies=[needs(Verb.ISSUE_KEYS)])
async def post_trial(request: Request, use_case: str, house: TheHouse, by: Person) -> Response:
    """Declare a version a candidate: its evidence counts from now on."""
    said: _Trial = await read_body(request, _Trial)
    operations = await begin_trial(house, UseCaseId(use_case), said.version, by=by)
    return answer_json({"use_case": use_case, "version": said.version, "operations": operations})


@routes.get("/evidence/{use_case}/replay", dependencies=[needs(Verb.LOOK)])
async def get_replay(use_case: str, house: TheHouse) -> Response:
    """Reckon every judgement of a use case again from the ledger."""
    found = await asyncio.to_thread(replay_evidence, house, UseCaseId(use_case))  # a year takes a while, and the gate goes on
    return answer_json(showing.replayed(found))


@routes.get("/evidence/{use_case}/comparison", dependencies=[needs(Verb.LOOK)])
async def get_comparison(use_case: str, house: TheHouse, operation: str, version: str) -> Response:
    """Compare what a version would do with what the version in use did."""
    with house.store.read() as reading:
        charter = charter_of(reading, UseCaseId(use_case))
        pairs = reading.shadow_pairs(charter.id, Operation(operation), version)
        return answer_json(showing.comparison(reading, compare(pairs)))


@routes.get("/suites/{use_case}", dependencies=[needs(Verb.LOOK)])
async def get_suite(use_case: str, house: TheHouse) -> Response:
    """Show the golden cases of a use case, and how each version did on them."""
    with house.store.read() as reading:
        charter = charter_of(reading, UseCaseId(use_case))
        versions = sorted({key.version for key in reading.agent_keys(charter.id) if not key.revoked})
        suite = suite_digest(charter.suite)
        results = [showing.result(version, reading.suite_result(charter.id, version), suite) for version in versions]
    return answer_json({"use_case": use_case, "suite": suite, "cases": charter.suite, "versions": results})


@routes.post("/suites/{use_case}", dependencies=[needs(Verb.ISSUE_KEYS)])
async def post_suite(request: Request, use_case: str, house: TheHouse, by: Person) -> Response:
    """Grade a version's replies to the golden cases, and write down how it did."""
    said: _Suite = await read_body(request, _Suite)
    replies = {name: Reply(arguments=one.arguments, confidence=one.confidence) for name, one in said.replies.items()}
    return answer_json(showing.report(await run_suite(house, UseCaseId(use_case), said.version, replies, by=by)))
