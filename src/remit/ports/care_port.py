"""What reviewer care needs of the store: cases to plant, how planted ones ended, whose answers do not count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from remit.core.care import Answering
from remit.core.types import Operation, ProposalId, UseCaseId, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedCase:
    """A kept case: something known to be bad, and why. `planted` is the proposal it became, or why none; None while it waits."""

    case: str
    use_case: UseCaseId
    operation: Operation
    arguments: Mapping[str, Value]
    why: str
    by: str
    planted: str | None = None


class CareReading(Protocol):
    """Named queries about reviewers' answers."""

    def cases(self) -> list[SeedCase]:
        """Return every kept case, in the order in which they came."""

    def next_cases(self) -> Mapping[UseCaseId, SeedCase]:
        """Return the case of each use case that is planted next; a use case without one is left out."""

    def answers_since_planted(self, use_case: UseCaseId) -> tuple[str, int]:
        """Return the latest planted proposal of a use case (empty before the first), and how many were answered since."""

    def planted_ends(self, person: str | None) -> tuple[int, int]:
        """Return how many planted proposals were caught and missed since answers counted (again); of all, without a person."""

    def why_planted(self, proposal: ProposalId) -> str:
        """Return what is wrong with a planted proposal, empty for any other, or where it was erased."""

    def is_discounted(self, person: str) -> bool:
        """Whether answers are no evidence for now; the empty name is the team's."""

    def was_told(self, person: str) -> str:
        """Return of which mode a person was told, empty where she never was."""

    def answerings(self, since: datetime, until: datetime) -> list[Answering]:
        """Return every answer between two moments as care looks at it, oldest first."""


class CareWriting(CareReading, Protocol):
    """What a transaction keeps of cases beside the facts: a case that was in a fact could be found before it is planted."""

    def keep_cases(self, cases: Sequence[SeedCase]) -> None:
        """Keep cases."""

    def mark_planted(self, case: str, what: str) -> None:
        """Keep which proposal a case became, or why none, so that it is not planted again."""
