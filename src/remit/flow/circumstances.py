"""What a judgement takes into account beside the evidence: volume, the suite, the class, the other use cases."""

from __future__ import annotations

from datetime import datetime, timedelta

from remit.core import bar, supervision
from remit.core.charter import Charter
from remit.core.level import Circumstances, Grant
from remit.core.standing import only_certified
from remit.core.suite import lacks_suite
from remit.core.types import Level, Operation, UseCaseId
from remit.evidence.portfolio import Portfolio
from remit.ports import Reading

VOLUME_DAYS = 14
"""The volume of an operation is that of so many days."""

Candidate = tuple[UseCaseId, Operation, str]


def volume(reading: Reading, use_case: UseCaseId, operation: Operation, now: datetime) -> float:
    """Return how many of an operation are asked for a day."""
    return reading.proposed_since(use_case, operation, now - timedelta(days=VOLUME_DAYS)) / VOLUME_DAYS


def around(
    reading: Reading,
    charter: Charter,
    operation: Operation,
    version: str,
    *,
    now: datetime,
    a_day: float,
    promotable: set[Candidate] | None,
) -> Circumstances:
    """Gather it for one operation and version. `a_day` is its volume, `promotable` what `in_portfolio` returned."""
    return Circumstances(
        now=now,
        unsupervised="" if supervision.supervisable(charter.evidence, actions_per_day=a_day) else _too_few(charter, a_day),
        suite=lacks_suite(charter.suite, reading.suite_result(charter.id, version)),
        only_certified=only_certified(reading.policy().place(charter.id, operation)),
        in_portfolio=promotable is None or (charter.id, operation, version) in promotable,
    )


def _too_few(charter: Charter, a_day: float) -> str:
    needed = supervision.actions_to_supervise(charter.evidence)
    return (
        f"too few actions to supervise: {a_day:.1f} a day, and it takes {needed:.1f} to notice within "
        f"{charter.evidence.detect_days} days that it got worse"
    )


def in_portfolio(reading: Reading) -> set[Candidate] | None:
    """Return whose evidence is enough for level 3 among all that are judged together; None where each is judged alone.

    With more operations and versions than the number that was fixed beforehand nothing is promised, so none is promoted.
    """
    statement = reading.policy().risk_statement
    spec = None if statement is None else statement.portfolio
    if spec is None:
        return None
    candidates = _candidates(reading)
    if len(candidates) > spec.size:
        return set()
    frozen = {number: _frozen(reading.grant(*one[:2]), one[2]) for number, one in enumerate(candidates)}
    portfolio = Portfolio(spec.size, spec.alpha, {number: value for number, value in frozen.items() if value is not None})
    newly = portfolio.look({number: _e_value(reading, one) for number, one in enumerate(candidates)})
    return {candidates[number] for number in newly}


def _candidates(reading: Reading) -> list[Candidate]:
    return sorted(
        (charter.id, operation, key.version)
        for charter in reading.policy().charters.values()
        for operation in charter.operations
        for key in reading.agent_keys(charter.id)
        if not key.revoked and reading.evidence(charter.id, operation, key.version).trial
    )


def _e_value(reading: Reading, one: Candidate) -> float:
    evidence = reading.evidence(*one)
    return bar.e_value(evidence.log_wealth, evidence.trial)


def _frozen(grant: Grant, version: str) -> float | None:
    """Return the wealth that a level in force was earned with."""
    return grant.frozen if grant.level >= Level.EXECUTE and grant.version == version else None
