"""Turns answers into observations, and observations into levels: offers what was earned, ends at once what was lost."""

from __future__ import annotations

from datetime import datetime

from remit.core import bar, level, observation, supervision
from remit.core import facts as f
from remit.core.action import Action
from remit.core.approval import FULL_PPM
from remit.core.certificate import early
from remit.core.charter import Charter
from remit.core.deadline import lapses_at
from remit.core.evidence_spec import EvidenceSpec
from remit.core.gate import Reason
from remit.core.level import Circumstances, Earned, Judgement, Lost
from remit.core.lifecycle import State
from remit.core.observation import CERTIFYING, Item, OpenCluster
from remit.core.types import Kind, Level, Operation, UseCaseId, Verdict
from remit.flow.candidate import start_trial
from remit.flow.certify import certify
from remit.flow.circumstances import around, in_portfolio, volume
from remit.ports import AgentKey, House, Reading, Writing

_BY = "remit"


async def judge(house: House) -> list[Judgement]:
    """Close what can be closed, set the QA rates, judge every operation of every agent version. Returns what changed."""
    return await house.store.write(lambda tx: _judge(house, tx))


def _judge(house: House, tx: Writing) -> list[Judgement]:
    now = house.clock.now()
    missed: dict[UseCaseId, int | None] = {}
    for cluster in tx.open_clusters():
        _close(tx, cluster, now, missed)
    promotable, changes = in_portfolio(tx), list[Judgement]()
    for charter in tx.policy().charters.values():
        for operation in charter.operations:
            a_day = volume(tx, charter.id, operation, now)
            _set_rate(tx, charter, operation, a_day)
            entry = tx.policy().entry(operation)
            if entry is None or entry.kind is Kind.DRAFT:
                continue  # writing a draft is always allowed: there is no level to earn
            for key in (key for key in tx.agent_keys(charter.id) if not key.revoked):
                beside = around(tx, charter, operation, key.version, now=now, a_day=a_day, promotable=promotable)
                changes += _judge_one(house, tx, charter, operation, key, beside)
    return changes


def _close(tx: Writing, cluster: OpenCluster, now: datetime, missed: dict[UseCaseId, int | None]) -> None:
    """Close a cluster if it can be. `missed` holds the bounds on what reviewers miss that were reckoned in this judging."""
    spec = tx.policy().charters[cluster.use_case].evidence
    closed = observation.close(spec, cluster.items, opened_at=cluster.opened_at, now=now)
    if closed is None:
        return
    loss_ppm, items = closed
    if cluster.use_case not in missed:
        missed[cluster.use_case] = missed_ppm(tx, cluster.use_case, spec)
    certifying = cluster.cluster.startswith(CERTIFYING)
    known = tx.evidence(cluster.use_case, cluster.operation, cluster.version).confidence
    fact = f.ClusterClosed(
        use_case=cluster.use_case,
        operation=cluster.operation,
        version=cluster.version,
        trial=cluster.trial,
        cluster=cluster.cluster,
        loss_ppm=loss_ppm,
        items=tuple(item.proposal for item in items),
        miss_ppm=missed[cluster.use_case],
        graded=tuple(_graded(tx, item) for item in items) if certifying else (),
        early=certifying and early(known, cluster.opened_at),
    )
    tx.record(fact, actor=_BY)


def missed_ppm(reading: Reading, use_case: UseCaseId, spec: EvidenceSpec) -> int | None:
    """Return the bound on what reviewers of a use case miss, None while too few planted proposals were answered."""
    caught, missed = reading.planted_of(use_case)
    return bar.measured_miss_ppm(spec, caught=caught, missed=missed)


def _graded(tx: Reading, item: Item) -> f.Graded:
    claimed = tx.decision(tx.existing(item.proposal)).given.claimed
    loss = FULL_PPM if item.loss_ppm is None else item.loss_ppm
    return f.Graded(confidence_ppm=claimed.confidence_ppm or 0, loss_ppm=loss)


def _set_rate(tx: Writing, charter: Charter, operation: Operation, a_day: float) -> None:
    """Fix the share drawn for review before any further draw, from the volume so far."""
    statement = tx.policy().risk_statement
    harm_cap = None if statement is None else statement.harm_cap
    rate = supervision.qa_rate_ppm(charter.evidence, actions_per_day=a_day, harm_cap=harm_cap)
    if rate != tx.qa_rate_ppm(charter.id, operation):
        why = f"{a_day:.1f} actions a day"
        tx.record(f.QaRateSet(use_case=charter.id, operation=operation, rate_ppm=rate, why=why), actor=_BY)


def _judge_one(
    house: House, tx: Writing, charter: Charter, operation: Operation, key: AgentKey, beside: Circumstances
) -> list[Judgement]:
    certify(house, tx, charter, operation, key.version)
    grant, evidence = tx.grant(charter.id, operation), tx.evidence(charter.id, operation, key.version)
    judgement = level.judge(grant, evidence, charter, operation, beside)
    match judgement:
        case Earned() if not grant.offered:
            tx.record(_offer(charter.id, operation, key, evidence.trial, judgement), actor=_BY)
        case Lost() if grant.version == key.version:
            _lose(house, tx, charter, operation, key.version, judgement)
        case _:
            return []
    return [judgement]


def _offer(use_case: UseCaseId, operation: Operation, key: AgentKey, trial: int, earned: Earned) -> f.GrantOffered:
    return f.GrantOffered(
        use_case=use_case, operation=operation, version=key.version, trial=trial, level=earned.level, evidence=earned.evidence
    )


def demote(house: House, tx: Writing, action: Action) -> None:
    """End the level of an operation at once where the newest word on one of its actions ends it."""
    charter = tx.policy().charters.get(action.use_case)
    grant = tx.grant(action.use_case, action.operation)
    if charter is None or grant.version != action.version:
        return
    evidence = tx.evidence(action.use_case, action.operation, action.version)
    if cause := level.lost_by(grant, evidence, charter.evidence):
        _lose(house, tx, charter, action.operation, action.version, level.lost(charter, action.operation, evidence, cause))


def demote_stricter(house: House, tx: Writing, before: Charter, after: Charter, operation: Operation) -> None:
    """End a level whose test was made stricter, or another: what it was earned with says nothing about the new one."""
    grant = tx.grant(after.id, operation)
    if bar.loosened(before.evidence, after.evidence) or grant.level < Level.EXECUTE:
        return
    evidence = tx.evidence(after.id, operation, grant.version)
    _lose(house, tx, after, operation, grant.version, level.lost(before, operation, evidence, "tolerance"), begins_anew=False)


def _lose(
    house: House, tx: Writing, charter: Charter, operation: Operation, version: str, lost: Lost, *, begins_anew: bool = True
) -> None:
    """End the level, hold what is on its way out, and start the next trial from nothing."""
    lost_fact = f.LevelLost(
        use_case=charter.id, operation=operation, version=version, level=lost.level, cause=lost.cause, evidence=lost.evidence
    )
    tx.record(lost_fact, actor=_BY)
    due = lapses_at(charter, tx.policy().risk_statement, house.clock.now())
    for action in tx.in_states({State.LEAVING, State.RELEASED}, use_case=charter.id, limit=100_000):
        if action.operation == operation and action.answered_by is None:
            tx.record(_held_again(action, due), actor=_BY)
    if begins_anew:
        start_trial(tx, charter.id, operation, version, actor=_BY)


def _held_again(action: Action, due: datetime) -> f.HeldAgain:
    reason = Reason(code="level_lost", floor=Verdict.HOLD)
    return f.HeldAgain(proposal=action.proposal, reasons=(reason,), seen=action.seen, due_at=due)
