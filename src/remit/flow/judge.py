"""Turns answers into observations, and observations into levels: offers what was earned, ends at once what was lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from remit.core import facts as f
from remit.core import level, observation
from remit.core.action import Action
from remit.core.charter import Charter
from remit.core.deadline import lapses_at
from remit.core.gate import Reason
from remit.core.level import Earned, Judgement, Lost
from remit.core.lifecycle import State
from remit.core.observation import OpenCluster
from remit.core.types import Kind, Operation, UseCaseId, Verdict
from remit.ports import AgentKey, House, Reading, Writing

_BY = "remit"
_VOLUME_DAYS = 14


async def judge(house: House) -> list[Judgement]:
    """Close what can be closed, set the QA rates, judge every operation of every agent version. Returns what changed."""
    return await house.store.write(lambda tx: _judge(house, tx))


def _judge(house: House, tx: Writing) -> list[Judgement]:
    now = house.clock.now()
    for cluster in tx.open_clusters():
        _close(tx, cluster, now)
    changes = []
    for charter in tx.policy().charters.values():
        for operation in charter.operations:
            _set_rate(tx, charter, operation, now)
            for key in (key for key in tx.agent_keys(charter.id) if not key.revoked):
                changes += _judge_one(house, tx, charter, operation, key)
    return changes


def _close(tx: Writing, cluster: OpenCluster, now: datetime) -> None:
    charter = tx.policy().charters[cluster.use_case]
    closed = observation.close(charter.evidence.cluster, cluster.items, opened_at=cluster.opened_at, now=now)
    if closed is None:
        return
    loss_ppm, items = closed
    fact = f.ClusterClosed(
        use_case=cluster.use_case,
        operation=cluster.operation,
        version=cluster.version,
        trial=cluster.trial,
        cluster=cluster.cluster,
        loss_ppm=loss_ppm,
        items=items,
    )
    tx.record(fact, actor=_BY)


def _set_rate(tx: Writing, charter: Charter, operation: Operation, now: datetime) -> None:
    """Fix the share drawn for review before any further draw, from the volume so far."""
    a_day = tx.proposed_since(charter.id, operation, now - timedelta(days=_VOLUME_DAYS)) / _VOLUME_DAYS
    statement = tx.policy().risk_statement
    harm_cap = None if statement is None else statement.harm_cap
    rate = level.qa_rate_ppm(charter.evidence, actions_per_day=a_day, harm_cap=harm_cap)
    if rate != tx.qa_rate_ppm(charter.id, operation):
        why = f"{a_day:.1f} actions a day"
        tx.record(f.QaRateSet(use_case=charter.id, operation=operation, rate_ppm=rate, why=why), actor=_BY)


def _judge_one(house: House, tx: Writing, charter: Charter, operation: Operation, key: AgentKey) -> list[Judgement]:
    entry = tx.policy().entry(operation)
    if entry is None or entry.kind is Kind.DRAFT:
        return []  # writing a draft is always allowed: there is no level to earn
    grant = tx.grant(charter.id, operation)
    judgement = level.judge(grant, tx.evidence(charter.id, operation, key.version), charter, operation)
    match judgement:
        case Earned() if not grant.offered:
            tx.record(_offer(tx, charter.id, operation, key, judgement), actor=_BY)
        case Lost() if grant.version == key.version:
            _lose(house, tx, charter, operation, key, judgement)
        case _:
            return []
    return [judgement]


def _offer(tx: Reading, use_case: UseCaseId, operation: Operation, key: AgentKey, earned: Earned) -> f.GrantOffered:
    trial = tx.evidence(use_case, operation, key.version).trial
    return f.GrantOffered(
        use_case=use_case, operation=operation, version=key.version, trial=trial, level=earned.level, evidence=earned.evidence
    )


def _lose(house: House, tx: Writing, charter: Charter, operation: Operation, key: AgentKey, lost: Lost) -> None:
    """End the level, hold what is on its way out, and start the next trial from nothing."""
    lost_fact = f.LevelLost(
        use_case=charter.id, operation=operation, version=key.version, level=lost.level, cause=lost.cause, evidence=lost.evidence
    )
    tx.record(lost_fact, actor=_BY)
    due = lapses_at(charter, tx.policy().risk_statement, house.clock.now())
    for action in tx.in_states({State.LEAVING, State.RELEASED}, use_case=charter.id, limit=100_000):
        if action.operation == operation and action.answered_by is None:
            tx.record(_held_again(action, due), actor=_BY)
    trial = tx.latest_trial(charter.id, operation) + 1
    tx.record(f.TrialStarted(use_case=charter.id, operation=operation, version=key.version, trial=trial), actor=_BY)


def _held_again(action: Action, due: datetime) -> f.HeldAgain:
    reason = Reason(code="level_lost", floor=Verdict.HOLD)
    return f.HeldAgain(proposal=action.proposal, reasons=(reason,), seen=action.seen, due_at=due)
