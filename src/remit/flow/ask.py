"""The step every verb shares that needs the gate: gather what it may know, inside the transaction, and ask."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec.structs import replace

from remit.core import context, observation, readiness
from remit.core.attributes import ActionFacts, InnerCall, circumstances_in, without_stale
from remit.core.ceilings import ceilings
from remit.core.charter import Charter
from remit.core.content import with_content
from remit.core.evidence_spec import EvidenceSpec
from remit.core.gate import Claimed, Decision, GateInput, decide
from remit.core.mandate import Standing, judge
from remit.core.policy import CompiledPolicy
from remit.core.reservation import Reserved, reservations
from remit.core.stops import reaching
from remit.core.suite import lacks_suite, suite_digest
from remit.core.supervision import escalated_ppm
from remit.core.types import Image, Level, Operation, ProposalId, UseCaseId, Value, Verdict
from remit.errors import InvalidInput, NotFound
from remit.flow.count import Counted, counted, spans_of
from remit.ports import Call, Connector, Established, House, Reading

PPM = 1_000_000
_CONTENT = msgspec.json.Encoder(order="sorted", enc_hook=dict)  # any mapping is written as a dict


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One action as the gate will be asked about it. `drawn` is None the first time: then the draw is made.

    `own` is what it has taken from limits already: that counts as free for itself.
    `window_digest` is what an agent was shown with the window it names; it is compared when the agent proposes and not again, so
    that a window which changes later does not undo what people have approved.
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
    window_digest: str | None = None
    proposal: ProposalId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The decision with everything that is stored beside it. `reserves` is what it takes from limits if it leaves."""

    decision: Decision
    given: GateInput
    policy_digest: str
    seen: str
    counts: bool
    certifies: bool
    cluster: str
    draw_ppm: int
    reserves: tuple[Reserved, ...] = ()


def connector_call(operation: Operation, arguments: Mapping[str, Value]) -> Call:
    """Return the call as the connected system knows it: without the charter's variant."""
    return Call(operation=Operation(operation.partition(":")[0]), arguments=arguments)


def connected(house: House, name: str) -> Connector:
    """Return a connected system by name. Raises `NotFound` for one that a charter names and nobody connected."""
    found = house.connectors.get(name)
    if found is None:
        there = ", ".join(sorted(house.connectors)) or "none"
        do = "Connect it, or name another in the charter"
        raise NotFound(asked=f"connector {name}", found=f"connector {name} is not connected; connected: {there}", do=do)
    return found


def refuse_problem(established: Established) -> None:
    """Raise `InvalidInput` for what the connected system could never carry out, before anything is written."""
    if established.problem is not None:
        told = _PROBLEM.fullmatch(established.problem)
        raise InvalidInput(**told.groupdict()) if told else InvalidInput(found=established.problem)


_PROBLEM = re.compile(r"Asked: (?P<asked>.*?)\. Found: (?P<found>.*?)\. (?P<do>.*)\.", re.DOTALL)
"""How a connected system says that a call cannot be: what was asked, what was found, what to do."""


def ask_gate(house: House, reading: Reading, question: Question) -> Judged:
    """Ask the gate with facts as they are now and the policy in force."""
    policy = reading.policy()
    charter = policy.charters[question.use_case]
    now = house.clock.now()
    cluster, draw = _draw(house, charter, question, now)
    rate = _rate_ppm(reading, charter.evidence, question)
    place = policy.place(question.use_case, question.operation)
    count = counted(reading, place, spans_of(place, question.agent, question.established, now), question.own)
    given = _given(reading, policy, question, now, count)
    undrawn = decide(given, policy)
    if _takes_part(question, undrawn):
        drawn = draw < rate if question.drawn is None else question.drawn
        given = replace(given, drawn=drawn, draw_rate_ppm=rate)
    decision = decide(given, policy) if given.drawn else undrawn
    asked = decision.verdict in {Verdict.HOLD, Verdict.DRAFT}
    certifiable = asked and not _would_be_allowed(given, policy, Level.EXECUTE)
    certifies = certifiable and _would_be_allowed(given, policy, Level.OPTIMISE)
    return Judged(
        decision=decision,
        given=given,
        policy_digest=policy.digest,
        seen=_seen(house, question, policy.digest),
        counts=asked and (not certifiable or (certifies and given.drawn)),
        certifies=certifies,
        cluster=f"{observation.CERTIFYING}{cluster}" if certifies else cluster,
        draw_ppm=draw,
        reserves=reservations(count.counts, place.entry, given.facts),
    )


def _would_be_allowed(given: GateInput, policy: CompiledPolicy, level: Level) -> bool:
    """Whether it would act at a level, were it not for the draw and the stops: only then does an answer say how good it is."""
    return decide(freed(given, level), policy).verdict is Verdict.ALLOW


def freed(given: GateInput, level: Level) -> GateInput:
    """Return the question as it would be at a level that nothing holds down, with a certificate where there are any."""
    return replace(given, granted=level, certificate=level is Level.OPTIMISE, ceilings=(), drawn=False, stops=())


def _rate_ppm(reading: Reading, spec: EvidenceSpec, question: Question) -> int:
    """Return the share that is drawn now: what was set for the volume, more while answers warn."""
    rate = reading.qa_rate_ppm(question.use_case, question.operation) or round(spec.qa_rate * PPM)
    return escalated_ppm(spec, rate, reading.evidence(question.use_case, question.operation, question.version))


def _draw(house: House, charter: Charter, question: Question, now: datetime) -> tuple[str, int]:
    """Name the cluster by a digest, because its key may hold what an agent wrote, and draw by content."""
    record = str(question.established.record) if question.established.record else None
    cluster = observation.cluster_key(
        charter.evidence.cluster, operation=question.operation, arguments=question.arguments, record=record, at=now
    )
    content = _CONTENT.encode(question.arguments).decode()
    parts = (question.use_case, str(question.trial), cluster, record or "", content)
    return _digest(house, cluster), observation.draw_ppm(house.secret, *parts)


def _takes_part(question: Question, undrawn: Decision) -> bool:
    """Whether a draw is made: for what would be allowed to act. A dry run never draws, so that nobody can look ahead."""
    return not question.dry_run and undrawn.verdict is Verdict.ALLOW and undrawn.reasons[0].code != "draft_area"


def _given(reading: Reading, policy: CompiledPolicy, question: Question, now: datetime, count: Counted) -> GateInput:
    charter, place = policy.charters[question.use_case], policy.place(question.use_case, question.operation)
    grant = reading.grant(question.use_case, question.operation)
    facts = facts_of(question.established, now)
    if count.touches is not None:
        facts = replace(facts, further={**facts.further, "person.touches_7d": count.touches})
    measured = reading.measures(question.use_case) if readiness.asks(charter.readiness) else {}
    spec = charter.operations.get(question.operation)
    mandate = None if spec is None else spec.mandate
    if mandate is not None:
        facts = replace(facts, band_ppm=mandate.step_ppm)
    odd = context.odd_arguments(charter, question.operation, question.arguments)
    facts = context.with_outside(facts, place, odd)
    return GateInput(
        use_case=question.use_case,
        operation=question.operation,
        granted=grant.level,
        odd_arguments=odd,
        ceilings=ceilings(grant, charter, operation=question.operation, version=question.version, now=now, measured=measured),
        facts=with_content(facts, place, question.arguments, policy.brands.get(charter.brand), now.date()),
        claimed=question.claimed,
        certificate=grant.level is Level.OPTIMISE and _certified(reading, question, charter, now),
        stops=_stops(reading, question, charter),
        used={one.limit.name: one.used for one in count.counts},
        window_changed=context.window_changed(charter, question.claimed.window, question.window_digest),
        mandate_breaches=() if mandate is None else judge(mandate, _standing(reading, question, now)),
    )


def _certified(reading: Reading, question: Question, charter: Charter, now: datetime) -> bool:
    """Whether the agent is as sure as its certificate asks for, and the certificate is in force."""
    found, sure = reading.evidence(question.use_case, question.operation, question.version).certificate, question.claimed
    if found is None or sure.confidence_ppm is None or sure.confidence_ppm < found.threshold_ppm:
        return False
    passed = not lacks_suite(charter.suite, reading.suite_result(question.use_case, question.version))
    return passed and found.holds(suite=suite_digest(charter.suite), now=now)


def _standing(reading: Reading, question: Question, now: datetime) -> Standing:
    """Say how the experiment stands and how often it was moved today, this move not counted."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    record = str(question.established.record)
    moves = reading.moves_since(question.use_case, question.operation, record, midnight)
    others = [proposal for proposal in moves if proposal != question.proposal]
    return Standing(experiment=question.established.experiment, moves_today=len(others), today=now.date())


def _stops(reading: Reading, question: Question, charter: Charter) -> tuple[str, ...]:
    stops = reading.stops()
    return reaching(stops, use_case=question.use_case, agent=question.agent, connector=charter.connector) if stops else ()


def facts_of(established: Established, now: datetime) -> ActionFacts:
    """Turn what the connected system established into what the gate may know; what is too old becomes missing.

    How large a step people approved is not for a connected system to say.
    """
    facts = ActionFacts(
        *circumstances_in(established),
        record=str(established.record) if established.record else None,
        field_empty=_empty(established.current),
        inner=_inner(established.inner, now) if established.inner else None,
    )
    if facts.band_ppm is not None:
        facts = replace(facts, band_ppm=None)
    ages = {name: now - read_at for name, read_at in established.read_at.items()} if established.read_at else {}
    return without_stale(facts, ages, None if established.as_of is None else now - established.as_of)


def _empty(current: Image | None) -> bool | None:
    if current is None:
        return None
    for value in current.fields.values():  # noqa: SIM110  # a generator costs more than what it would go through
        if value not in (None, ""):
            return False
    return True


def _inner(calls: Sequence[tuple[Operation, Established]], now: datetime) -> tuple[InnerCall, ...]:
    return tuple(InnerCall(operation=name, facts=facts_of(call, now)) for name, call in calls)


def _seen(house: House, question: Question, policy_digest: str) -> str:
    """Name what a person sees, part by part, so that a later difference can be named too."""
    parts = {
        "arguments": _digest(house, question.arguments),
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
    return not moved(seen, f"arguments={_digest(house, arguments)}")


def _plain(image: Image | None) -> object:
    return None if image is None else {"exists": image.exists, "fields": image.fields}


def _digest(house: House, content: object) -> str:
    """Return a keyed digest: without the instance's secret nobody can guess what a record held."""
    return hmac.digest(house.secret, _CONTENT.encode(content), "sha256").hex()[:16]
