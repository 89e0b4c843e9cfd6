"""What an agent may ask for: proposing, looking, withdrawing."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from remit.core.prompt_change import Correction
from remit.core.proposal import Ask
from remit.core.types import Operation, ProposalId, UseCaseId, Verdict
from remit.errors import InvalidInput, NotFound, TooLarge
from remit.flow.learn import Wanted, learn
from remit.flow.propose import Answer, current, propose
from remit.flow.review import withdraw
from remit.flow.see import Look, see
from remit.sdk import messages
from remit.web.auth import Agent, TheHouse
from remit.web.showing import reply, said

LARGEST_BODY = 32 * 1024 * 1024
routes = APIRouter(prefix="/api/v1")
_ENCODER = msgspec.json.Encoder()


class _Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    where: dict[str, messages.Scalar] = {}
    fields: list[str] = []
    after: str | None = None
    limit: int = 1000


class _Like(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    use_case: str
    operation: str
    like: dict[str, messages.Scalar]
    limit: int = 5


@cache
def reader(kind: Any) -> msgspec.json.Decoder[Any]:
    """Return what decodes a body of this type strictly; made once, because making it costs more than a small body."""
    return msgspec.json.Decoder(kind)


async def read_body(request: Request, kind: Any) -> Any:
    """Decode a request body strictly. Raises `InvalidInput` that names the place at fault, `TooLarge` for a large one."""
    body = await request.body()
    if len(body) > LARGEST_BODY:
        raise TooLarge(asked=f"at most {LARGEST_BODY} bytes", found=f"{len(body)}", do="Send smaller batches")
    try:
        return reader(kind).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(asked=request.url.path, found=str(error), do="Correct the request body") from error


def answer_json(value: object) -> Response:
    """Answer with JSON."""
    return Response(_ENCODER.encode(value), media_type="application/json")


@routes.post("/proposals")
async def post_proposals(request: Request, house: TheHouse, key: Agent) -> Response:
    """Decide one proposal or a batch of up to 1,000; a malformed one refuses the whole batch."""
    asked: list[messages.Propose] = await read_body(request, list[messages.Propose])
    with house.telemetry.span("propose", {"remit.agent": key.agent, "remit.proposals": len(asked)}) as span:
        answers = await propose(house, key, [ask_of(one) for one in asked])
        span.set("remit.held", sum(answer.verdict is Verdict.HOLD for answer in answers))
    return answer_json([reply(answer, dry_run=one.dry_run) for answer, one in zip(answers, asked, strict=True)])


def ask_of(message: messages.Propose) -> Ask:
    """Turn a message into what the core checks and the gate decides."""
    window = message.context
    return Ask(
        use_case=UseCaseId(message.use_case),
        operation=Operation(message.operation),
        arguments=message.arguments,
        call_id=message.call_id,
        confidence=message.confidence,
        grounds=tuple(message.grounds),
        reason=message.reason,
        window=window.name if window else None,
        window_digest=window.digest if window else None,
        usage=message.usage,
        dry_run=message.dry_run,
        on_behalf_of=message.on_behalf_of,
        not_before=message.not_before,
        shadow=message.shadow,
        pair=message.pair,
    )


@routes.get("/proposals/{proposal}")
async def get_proposal(proposal: str, house: TheHouse, key: Agent) -> Response:
    """Say where one of the agent's own proposals stands."""
    with house.store.read() as reading:
        action = reading.existing(ProposalId(proposal))
        if action.agent != key.agent:
            raise NotFound(asked=f"proposal {proposal}", found="no such proposal of yours", do="Check the id")
        standing, heard = current(reading, action), said(reading, action)
    return answer_json(reply(standing, dry_run=False, said=heard))


@routes.post("/proposals/{proposal}/withdraw")
async def post_withdraw(proposal: str, house: TheHouse, key: Agent) -> Response:
    """Take back a proposal that nobody answered yet."""
    action = await withdraw(house, ProposalId(proposal), key.agent)
    with house.store.read() as reading:
        decided = reading.decision(action)
    standing = Answer(verdict=decided.verdict, proposal=action.proposal, state=action.state, reasons=decided.reasons)
    return answer_json(reply(standing, dry_run=False))


@routes.post("/corrections")
async def post_corrections(request: Request, house: TheHouse, key: Agent) -> Response:
    """Show what people made of proposals most like one that the agent is about to make."""
    said: _Like = await read_body(request, _Like)
    wanted = Wanted(use_case=UseCaseId(said.use_case), operation=Operation(said.operation), like=said.like, limit=said.limit)
    return answer_json([_correction(one) for one in await learn(house, key, wanted)])


def _correction(one: Correction) -> messages.Correction:
    final = None if one.final is None else dict(one.final)
    return messages.Correction(operation=one.operation, reason_code=one.reason, note=one.note, draft=dict(one.draft), final=final)


@routes.post("/context/{use_case}/{window}")
async def post_context(request: Request, use_case: str, window: str, house: TheHouse, key: Agent) -> Response:
    """Read one page of a context window."""
    look: _Look = await read_body(request, _Look)
    asked = Look(window=window, fields=tuple(look.fields), where=look.where, after=look.after, limit=look.limit)
    with house.telemetry.span("context", {"remit.agent": key.agent}) as span:
        page = await see(house, key, UseCaseId(use_case), asked)
        span.set("remit.records", len(page.rows))
    shown = messages.Context(
        window=messages.Window(name=page.window, digest=page.digest),
        as_of=page.as_of.isoformat(),
        records=[messages.ContextRecord(id=row.id, fields=dict(row.fields), stale=row.stale) for row in page.rows],
        next=page.after,
        version=page.version,
        stale=page.stale,
        freshness=f"{page.stale} of {len(page.rows)} records are stale" if page.stale else "",
    )
    return answer_json(shown)
