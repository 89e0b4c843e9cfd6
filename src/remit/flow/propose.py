"""An agent asks for actions: each is checked, established, decided and recorded, or the whole batch is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from remit.core import facts as f
from remit.core.action import Action
from remit.core.approval import leaves_at
from remit.core.context import stays_inside
from remit.core.deadline import lapses_at
from remit.core.gate import Claimed, Decision, Reason
from remit.core.lifecycle import State
from remit.core.policy import CompiledPolicy
from remit.core.proposal import LARGEST_BATCH, Ask, check
from remit.core.reasons import allowed_if
from remit.core.types import ProposalId, Value, Verdict
from remit.errors import CallIdReused, InvalidInput, NotAllowed, NotFound
from remit.flow.ask import Judged, Question, ask_gate, connector_call, refuse_problem, same_arguments
from remit.flow.count import fetch_counts
from remit.flow.flag import flag
from remit.flow.look_up import Wanted, establish
from remit.flow.shadow import compared, pair_of
from remit.ports import AgentKey, Established, House, Reading, Writing

PPM = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one ask. `proposal` is None for a dry run."""

    verdict: Verdict
    proposal: ProposalId | None
    state: State
    reasons: tuple[Reason, ...]
    allowed_if: tuple[str, ...] = ()


async def propose(house: House, key: AgentKey, asks: Sequence[Ask]) -> list[Answer]:
    """Decide a batch. Raises before anything is written when one ask is malformed, unknown or out of scope."""
    if len(asks) > LARGEST_BATCH:
        raise InvalidInput(asked=f"at most {LARGEST_BATCH} proposals at once", found=str(len(asks)), do="Send smaller batches")
    with house.store.read() as reading:
        policy = reading.policy()
    for ask in asks:
        admit(policy, key, ask, house.clock.now())
    established = await establish_all(house, policy, asks)
    for ask, found in zip(asks, established, strict=True):
        if stays_inside(policy.charters[ask.use_case], ask.operation, ask.arguments):
            refuse_problem(found)  # what goes beyond the charter is blocked and recorded, whether it could be carried out or not
    answers = await house.store.write(partial(_all, house, key, list(zip(asks, established, strict=True))))
    for answer, ask in zip(answers, asks, strict=True):
        if not ask.dry_run:
            house.telemetry.decided(answer.verdict)
    if any(answer.state is State.LEAVING for answer in answers):
        house.ring()
    return answers


def admit(policy: CompiledPolicy, key: AgentKey, ask: Ask, now: datetime) -> None:
    """Raise where an ask is malformed, unknown, or not for this key."""
    check(ask, now)
    if ask.use_case not in policy.charters:
        known = ", ".join(sorted(policy.charters)) or "none"
        raise NotFound(
            asked=f"use case {ask.use_case}", found=f"these charters: {known}", do="Name one of them, or adopt a charter"
        )
    if ask.use_case not in key.use_cases:
        raise NotAllowed(
            asked=f"use case {ask.use_case}", found=f"a key for {', '.join(key.use_cases)}", do="Use that use case's key"
        )
    if policy.entry(ask.operation) is None:
        known = ", ".join(sorted(policy.catalogue))
        raise InvalidInput(
            asked=f"operation {ask.operation}", found="no such operation in the catalogue", do=f"Choose from {known}"
        )


async def establish_all(house: House, policy: CompiledPolicy, asks: Sequence[Ask]) -> list[Established]:
    """Look up what each ask touches, before the transaction, one request per connected system."""
    found: dict[int, Established] = {}
    by_connector: dict[str, list[int]] = {}
    for index, ask in enumerate(asks):
        by_connector.setdefault(policy.charters[ask.use_case].connector, []).append(index)
    for name, indexes in by_connector.items():
        found.update(zip(indexes, await establish(house, policy, name, [_wanted(asks[index]) for index in indexes]), strict=True))
    return [found[index] for index in range(len(asks))]


def _all(house: House, key: AgentKey, pairs: Sequence[tuple[Ask, Established]], tx: Writing) -> list[Answer]:
    """Decide one after the other: each sees what those before it took from the limits."""
    policy = tx.policy()
    tx.fetch_calls(key.agent, [ask.call_id for ask, _ in pairs])
    group = ((policy.place(ask.use_case, ask.operation), key.agent, found) for ask, found in pairs)
    fetch_counts(tx, group, house.clock.now())
    return [decide_one(house, tx, key, *pair) for pair in pairs]


def _wanted(ask: Ask) -> Wanted:
    return Wanted(use_case=ask.use_case, operation=ask.operation, call=connector_call(ask.operation, ask.arguments))


def decide_one(
    house: House, tx: Writing, key: AgentKey, ask: Ask, established: Established, *, held: bool | None = None
) -> Answer:
    """Decide one ask and record it. With `held` it counts as drawn for review, whatever the draw says."""
    earlier = tx.by_call(key.agent, ask.call_id)
    if earlier is not None and not ask.dry_run:
        return _repeat(house, tx, ask, earlier)
    trial = tx.evidence(ask.use_case, ask.operation, key.version).trial
    pair = pair_of(tx, key, ask, str(established.record) if established.record else None)
    question = _question(key, ask, established, trial)
    if pair is not None:
        question = replace(question, dry_run=True)  # no draw: else an agent could look ahead with shadows
    judged = ask_gate(house, tx, question if held is None else replace(question, drawn=held))
    if pair is not None:
        judged = replace(judged, counts=False, certifies=False)
    if ask.dry_run:
        return _answer(judged.decision, None, _state(judged))
    proposal = ProposalId(house.ids.new())
    actor = f"agent:{key.agent}"
    tx.record(_proposed(proposal, key, ask, judged, trial, pair), actor=actor, contents=_contents(ask))
    decided = _decided(house, tx, proposal, ask, judged, pair)
    tx.record(decided, actor="remit")
    action = tx.existing(proposal)
    if pair is None:
        flag(house, tx, action, decided.reasons)
    return _answer(judged.decision, proposal, action.state)


def claimed_in(ask: Ask) -> Claimed:
    """Return what an agent says of its own proposal, as the gate takes it."""
    confidence = None if ask.confidence is None else round(ask.confidence * PPM)
    return Claimed(confidence_ppm=confidence, grounds=tuple(sorted(ask.grounds)), window=ask.window)


def _question(key: AgentKey, ask: Ask, established: Established, trial: int) -> Question:
    return Question(
        use_case=ask.use_case,
        operation=ask.operation,
        arguments=ask.arguments,
        agent=key.agent,
        version=key.version,
        trial=trial,
        claimed=claimed_in(ask),
        established=established,
        window_digest=ask.window_digest,
        dry_run=ask.dry_run,
    )


def _repeat(house: House, tx: Reading, ask: Ask, earlier: Action) -> Answer:
    """Answer a repeated call id as the first time; refuse it when anything else is asked, also after a person's edit."""
    same = (earlier.use_case, earlier.operation) == (ask.use_case, ask.operation)
    same = same and (earlier.pair is not None) == (ask.shadow or ask.pair is not None)
    if not same or not same_arguments(house, tx.decision(earlier).seen, ask.arguments):
        raise CallIdReused(asked=f"call id {ask.call_id}", found=f"proposal {earlier.proposal}", do="Use a fresh call id")
    return current(tx, earlier)


def current(reading: Reading, action: Action) -> Answer:
    """Say where a recorded proposal stands."""
    decided = reading.decision(action)
    return Answer(verdict=decided.verdict, proposal=action.proposal, state=action.state, reasons=decided.reasons)


def _proposed(proposal: ProposalId, key: AgentKey, ask: Ask, judged: Judged, trial: int, pair: Action | None) -> f.Proposed:
    return f.Proposed(
        proposal=proposal,
        use_case=ask.use_case,
        operation=ask.operation,
        agent=key.agent,
        version=key.version,
        call_id=ask.call_id,
        trial=trial,
        cluster=judged.cluster,
        draw_ppm=judged.draw_ppm,
        record=judged.given.facts.record,
        window=ask.window,
        window_digest=ask.window_digest,
        on_behalf_of=ask.on_behalf_of,
        not_before=ask.not_before,
        pair=None if pair is None else pair.proposal,
    )


def _contents(ask: Ask) -> Mapping[str, Mapping[str, Value] | str]:
    return {"arguments": dict(ask.arguments)} | ({"reason": ask.reason} if ask.reason else {})


def _decided(house: House, tx: Reading, proposal: ProposalId, ask: Ask, judged: Judged, pair: Action | None) -> f.Decided:
    leaves = judged.decision.verdict is Verdict.ALLOW and pair is None
    return f.Decided(
        proposal=proposal,
        verdict=judged.decision.verdict,
        reasons=judged.decision.reasons,
        given=judged.given,
        policy_digest=judged.policy_digest,
        seen=judged.seen,
        counts=judged.counts,
        due_at=_due(house.clock.now(), tx, ask, judged, leaves=leaves),
        reserved=judged.reserves if leaves else (),
        certifies=judged.certifies,
        shadow=None if pair is None else compared(house, tx, pair, ask),
    )


def _due(now: datetime, tx: Reading, ask: Ask, judged: Judged, *, leaves: bool) -> datetime:
    """Return when it leaves: as soon as it may if allowed, else at its deadline it lapses."""
    if leaves:
        return leaves_at(judged.decision, now, not_before=ask.not_before)
    policy = tx.policy()
    return lapses_at(policy.charters[judged.given.use_case], policy.risk_statement, now)


_STATES = {Verdict.ALLOW: State.LEAVING, Verdict.HOLD: State.HELD, Verdict.DRAFT: State.DRAFTED, Verdict.BLOCK: State.BLOCKED}


def _state(judged: Judged) -> State:
    return _STATES[judged.decision.verdict]


def _answer(decision: Decision, proposal: ProposalId | None, state: State) -> Answer:
    unlocks = tuple(allowed_if(decision))
    return Answer(verdict=decision.verdict, proposal=proposal, state=state, reasons=decision.reasons, allowed_if=unlocks)
