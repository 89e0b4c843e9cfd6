"""People declare a version a candidate: its evidence counts from now on, and from nothing."""

from __future__ import annotations

from remit.core import facts as f
from remit.core.types import Operation, UseCaseId
from remit.errors import Conflict, NotFound
from remit.flow.explain_level import charter_of
from remit.ports import House, Writing


async def begin_trial(house: House, use_case: UseCaseId, version: str, *, by: str) -> list[Operation]:
    """Begin a trial of every operation for a version that is admitted. Returns the operations.

    Raises `NotFound` for a version without a key, `Conflict` for one whose trial runs: its evidence would be thrown away.
    """
    return await house.store.write(lambda tx: _begin(tx, use_case, version, by))


def _begin(tx: Writing, use_case: UseCaseId, version: str, by: str) -> list[Operation]:
    charter = charter_of(tx, use_case)
    known = sorted({key.version for key in tx.agent_keys(use_case) if not key.revoked})
    if version not in known:
        found = f"these versions have a key: {', '.join(known) or 'none'}"
        raise NotFound(asked=f"a trial of version {version}", found=found, do="Issue its key with `remit key issue --no-trial`")
    fresh = [one for one in charter.operations if not tx.evidence(use_case, one, version).trial]
    if not fresh:
        do = "Leave it; a declared version stays a candidate until its evidence ends"
        raise Conflict(asked=f"a trial of version {version}", found="it is a candidate already", do=do)
    for operation in fresh:
        start_trial(tx, use_case, operation, version, actor=f"person:{by}")
    return fresh


def start_trial(tx: Writing, use_case: UseCaseId, operation: Operation, version: str, *, actor: str) -> None:
    """Start the next trial of an operation from nothing."""
    trial = tx.latest_trial(use_case, operation) + 1
    tx.record(f.TrialStarted(use_case=use_case, operation=operation, version=version, trial=trial), actor=actor)
