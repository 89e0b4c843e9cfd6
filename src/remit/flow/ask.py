"""The step every verb shares that needs the gate: gather what it may know, inside the transaction, and ask."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

from remit.core import context, level, observation
from remit.core.attributes import ActionFacts, Circumstances, InnerCall, without_stale
from remit.core.charter import Charter
from remit.core.gate import Claimed, Decision, GateInput, decide
from remit.core.reservation import Reserved, reservations
from remit.core.types import Image, Level, Operation, UseCaseId, Value, Verdict
from remit.errors import InvalidInput
from remit.flow.count import Counted, counted, spans_of
from remit.ports import Call, Established, House, Reading

PPM = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One action as the gate will be asked about it. `drawn` is None the first time: then the draw is made.

    `own` is what it has taken from limits already: that counts as free for itself.
    """

    use_case: UseCaseId
    operation: Operation
    arguments: Mapping[str, Value]
    agent: str
    version: str
    trial: int
    claimed: Claimed
    established: Established
    drawn: bool | None = None
    dry_run: bool = False
    own: tuple[Reserved, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The decision with everything that is stored beside it. `reserves` is what it takes from limits if it leaves."""

    decision: Decision
    given: GateInput
    policy_digest: str
    seen: str
    counts: bool
    cluster: str
    draw_ppm: int
    reserves: tuple[Reserved, ...] = ()


def connector_call(operation: Operation, arguments: Mapping[str, Value]) -> Call:
    """Return the call as the connected system knows it: without the charter's variant."""
    return Call(operation=Operation(operation.partition(":")[0]), arguments=arguments)


def refuse_problem(established: Established) -> None:
    """Raise `InvalidInput` for what the connected system could never carry out, before anything is written."""
    if established.problem is not None:
        raise InvalidInput(established.problem)


def ask_gate(house: House, reading: Reading, question: Question) -> Judged:
    """Ask the gate with facts as they are now and the policy in force."""
    policy = reading.policy()
    charter = policy.charters[question.use_case]
    now = house.clock.now()
    cluster, draw = _draw(house, charter, question, now)
    rate = reading.qa_rate_ppm(question.use_case, question.operation) or round(charter.evidence.qa_rate * PPM)
    place = policy.place(question.use_case, question.operation)
    count = counted(reading, place, spans_of(place, question.agent, question.established, now), question.own)
    given = _given(reading, charter, question, now, count)
    undrawn = decide(given, policy)
    if _takes_part(question, undrawn):
        drawn = draw < rate if question.drawn is None else question.drawn
        given = replace(given, drawn=drawn, draw_rate_ppm=rate)
    decision = decide(given, policy) if given.drawn else undrawn
    held = decision.verdict in {Verdict.HOLD, Verdict.DRAFT}
    would = decide(replace(given, granted=max(given.granted, Level.EXECUTE), ceilings=(), drawn=False, stops=()), policy)
    return Judged(
        decision=decision,
        given=given,
        policy_digest=policy.digest,
        seen=_seen(house, question, policy.digest),
        counts=held and would.verdict is Verdict.ALLOW,
        cluster=cluster,
        draw_ppm=draw,
        reserves=reservations(count.counts, place.entry, given.facts),
    )


def _draw(house: House, charter: Charter, question: Question, now: datetime) -> tuple[str, int]:
    """Name the cluster by a digest, because its key may hold what an agent wrote, and draw by content."""
    record = str(question.established.record) if question.established.record else None
    cluster = observation.cluster_key(
        charter.evidence.cluster, operation=question.operation, arguments=question.arguments, record=record, at=now
    )
    content = json.dumps(dict(question.arguments), sort_keys=True)
    parts = (question.use_case, str(question.trial), cluster, record or "", content)
    return _digest(house, cluster), observation.draw_ppm(house.secret, *parts)


def _takes_part(question: Question, undrawn: Decision) -> bool:
    """Whether a draw is made: for what would be allowed to act. A dry run never draws, so that nobody can look ahead."""
    return not question.dry_run and undrawn.verdict is Verdict.ALLOW and undrawn.reasons[0].code != "draft_area"


def _given(reading: Reading, charter: Charter, question: Question, now: datetime, count: Counted) -> GateInput:
    grant = reading.grant(question.use_case, question.operation)
    facts = facts_of(question.established, now)
    if count.touches is not None:
        facts = replace(facts, further={**facts.further, "person.touches_7d": count.touches})
    return GateInput(
        use_case=question.use_case,
        operation=question.operation,
        granted=grant.level,
        odd_arguments=context.odd_arguments(charter, question.operation, question.arguments),
        ceilings=level.ceilings(grant, charter, operation=question.operation, version=question.version, now=now),
        facts=facts,
        claimed=question.claimed,
        stops=applicable_stops(reading.stops(), question.use_case),
        used={one.limit.name: one.used for one in count.counts},
    )


def applicable_stops(stops: tuple[str, ...], use_case: UseCaseId) -> tuple[str, ...]:
    """Return the stops that reach a use case."""
    return tuple(scope for scope in stops if scope in {"everything", f"use_case:{use_case}"})


def facts_of(established: Established, now: datetime) -> ActionFacts:
    """Turn what the connected system established into what the gate may know; what is too old becomes missing."""
    current = established.current
    facts = ActionFacts(
        record=str(established.record) if established.record else None,
        field_empty=None if current is None else all(value in (None, "") for value in current.fields.values()),
        inner=tuple(InnerCall(operation=name, facts=facts_of(call, now)) for name, call in established.inner) or None,
        **{name: getattr(established, name) for name in _CIRCUMSTANCES},
    )
    ages = {name: now - read_at for name, read_at in established.read_at.items()}
    return without_stale(facts, ages, None if established.as_of is None else now - established.as_of)


_CIRCUMSTANCES = tuple(one.name for one in fields(Circumstances))


def _seen(house: House, question: Question, policy_digest: str) -> str:
    """Name what a person sees, part by part, so that a later difference can be named too."""
    parts = {
        "arguments": _digest(house, dict(question.arguments)),
        "record": _digest(house, _plain(question.established.current)),
        "policy": policy_digest[:12],
        "reach": str(question.established.reach),
    }
    return " ".join(f"{name}={value}" for name, value in parts.items())


def moved(before: str, now: str) -> tuple[str, ...]:
    """Name the parts that differ between two `seen` strings; what a string does not name differs."""
    old, new = (dict(part.partition("=")[::2] for part in text.split()) for text in (before, now))
    return tuple(name for name in new if old.get(name) != new[name])


def same_arguments(house: House, seen: str, arguments: Mapping[str, Value]) -> bool:
    """Whether a `seen` string was made for these arguments."""
    return not moved(seen, f"arguments={_digest(house, dict(arguments))}")


def _plain(image: Image | None) -> object:
    return None if image is None else {"exists": image.exists, "fields": dict(image.fields)}


def _digest(house: House, content: object) -> str:
    """Return a keyed digest: without the instance's secret nobody can guess what a record held."""
    return hmac.new(house.secret, json.dumps(content, sort_keys=True).encode(), hashlib.sha256).hexdigest()[:16]
