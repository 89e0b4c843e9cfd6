"""Explains a level: what is granted and in force, what holds it down, how far the next one is, and what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from remit.core import level
from remit.core.approval import FULL_PPM
from remit.core.certificate import Certificate, Confidence, Worth, worth
from remit.core.charter import Charter
from remit.core.facts import Entry
from remit.core.level import Circumstances, Evidence
from remit.core.prospect import Prospect, prospect
from remit.core.types import Kind, Operation, UseCaseId
from remit.errors import NotFound
from remit.flow.circumstances import VOLUME_DAYS, Candidate, around, in_portfolio, volume
from remit.ports import House, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One operation. `worth` is what stated confidences were worth, by version.

    `history` is every change of its level, oldest first.
    """

    use_case: UseCaseId
    operation: Operation
    a_day: float
    prospects: tuple[Prospect, ...]
    worth: dict[str, list[Worth]]
    certificates: dict[str, Certificate]
    qa_rate_ppm: int
    history: Sequence[Entry]


def explain(house: House, use_case: UseCaseId, operation: Operation | None = None) -> list[Explained]:
    """Explain the operations of a use case. Raises `NotFound` for what the policy does not know."""
    with house.store.read() as reading:
        charter = charter_of(reading, use_case)
        if operation is not None and operation not in charter.operations:
            known = ", ".join(sorted(charter.operations))
            raise NotFound(
                asked=f"operation {operation} of {use_case}", found=f"these operations: {known}", do="Name one of them"
            )
        wanted = charter.operations if operation is None else [operation]
        now, promotable = house.clock.now(), in_portfolio(reading)
        return [_explain(reading, charter, one, now, promotable) for one in wanted]


def charter_of(reading: Reading, use_case: UseCaseId) -> Charter:
    """Return the charter of a use case. Raises `NotFound` that names those there are."""
    charters = reading.policy().charters
    if use_case not in charters:
        known = ", ".join(sorted(charters)) or "none"
        raise NotFound(asked=f"use case {use_case}", found=f"these charters: {known}", do="Name one of them")
    return charters[use_case]


def _explain(
    reading: Reading, charter: Charter, operation: Operation, now: datetime, promotable: set[Candidate] | None
) -> Explained:
    versions = dict.fromkeys(key.version for key in reading.agent_keys(charter.id) if not key.revoked)
    found = {version: reading.evidence(charter.id, operation, version) for version in versions}
    entry, a_day = reading.policy().entry(operation), volume(reading, charter.id, operation, now)
    beside = partial(around, reading, charter, operation, now=now, a_day=a_day, promotable=promotable)
    earns = entry is not None and entry.kind is not Kind.DRAFT  # writing a draft is always allowed
    return Explained(
        use_case=charter.id,
        operation=operation,
        a_day=a_day,
        prospects=tuple(_prospect(reading, charter, operation, found[one], beside(one), now) for one in versions)
        if earns
        else (),
        worth={version: worth(one.confidence or Confidence()) for version, one in found.items()},
        certificates={version: one.certificate for version, one in found.items() if one.certificate},
        qa_rate_ppm=reading.qa_rate_ppm(charter.id, operation) or round(charter.evidence.qa_rate * FULL_PPM),
        history=reading.level_history(charter.id, operation),
    )


def _prospect(
    reading: Reading, charter: Charter, operation: Operation, evidence: Evidence, beside: Circumstances, now: datetime
) -> Prospect:
    grant = reading.grant(charter.id, operation)
    judged = level.judge(grant, evidence, charter, operation, beside)
    since = max(now - timedelta(days=VOLUME_DAYS), evidence.since or now)
    days = max((now - since) / timedelta(days=1), 1.0)
    per_day = reading.closed_since(charter.id, operation, evidence.version, since) / days
    return prospect(grant, evidence, charter.evidence, judged, per_day=per_day)
