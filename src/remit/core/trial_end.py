"""What a change of policy costs in evidence: which trials end, what they had collected, and what is needed anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit.core.bar import answers_needed, same_test
from remit.core.charter import Charter
from remit.core.level import Evidence
from remit.core.policy import CompiledPolicy
from remit.core.types import Operation, UseCaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEnd:
    """A trial that ends: observations that count no more, and the clean answers it takes to clear the bar from nothing."""

    use_case: UseCaseId
    operation: Operation
    version: str
    observations: int
    answered: int
    answers_needed: int | None


def begun_anew(before: Charter, after: Charter) -> list[Operation]:
    """Return the operations whose evidence under the old charter is none under the new one."""
    kept = before.operations if same_test(before.evidence, after.evidence) else ()
    return [operation for operation in after.operations if operation not in kept]


def ended_trials(before: CompiledPolicy, after: CompiledPolicy) -> Iterator[tuple[UseCaseId, Operation]]:
    """Return every operation whose trial a change ends: it begins anew, or its operation is no longer allowed."""
    for name, charter in before.charters.items():
        kept = after.charters.get(name)
        anew = () if kept is None else begun_anew(charter, kept)
        for operation in charter.operations:
            if kept is None or operation in anew or operation not in kept.operations:
                yield name, operation


def cost(evidence: Evidence, use_case: UseCaseId, operation: Operation, after: CompiledPolicy, trial: int) -> TrialEnd | None:
    """Say what the end of a trial costs; None where it had collected nothing. `trial` is the number of the next one."""
    if not evidence.answered and not evidence.observations:
        return None
    charter = after.charters.get(use_case)
    goes_on = charter is not None and operation in charter.operations
    return TrialEnd(
        use_case=use_case,
        operation=operation,
        version=evidence.version,
        observations=evidence.observations,
        answered=evidence.answered,
        answers_needed=answers_needed(charter.evidence, {}, trial) if charter is not None and goes_on else None,
    )
