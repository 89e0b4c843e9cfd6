"""What judging needs of the store: levels, what is known, clusters that are open, versions side by side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from remit.core.action import Action
from remit.core.facts import Entry, GrantOffered
from remit.core.level import Evidence, Grant
from remit.core.observation import OpenCluster
from remit.core.suite import SuiteResult
from remit.core.types import Operation, UseCaseId


class LevelReading(Protocol):
    """Named queries about levels and evidence."""

    def latest_offer(self, use_case: UseCaseId, operation: Operation) -> GrantOffered:
        """Return the newest offer for an operation."""

    def grant(self, use_case: UseCaseId, operation: Operation) -> Grant:
        """Return the level in the hands of an operation."""

    def evidence(self, use_case: UseCaseId, operation: Operation, version: str) -> Evidence:
        """Return the evidence of a version's latest trial; its number is 0 where nobody declared the version a candidate."""

    def latest_trial(self, use_case: UseCaseId, operation: Operation) -> int:
        """Return the number of the operation's latest trial over all versions, 0 before the first."""

    def suite_result(self, use_case: UseCaseId, version: str) -> SuiteResult | None:
        """Return how a version did when it was last tried on the golden cases, None before it ever was."""

    def qa_rate_ppm(self, use_case: UseCaseId, operation: Operation) -> int | None:
        """Return the share drawn for review, None before it was ever set."""

    def open_clusters(self, *, limit: int = 100_000) -> list[OpenCluster]:
        """Return clusters that are not closed, with their gradable items."""

    def proposed_since(self, use_case: UseCaseId, operation: Operation, since: datetime) -> int:
        """Count the proposals of an operation since a moment."""

    def closed_since(self, use_case: UseCaseId, operation: Operation, version: str, since: datetime) -> int:
        """Count the observations of a version whose cluster opened since a moment."""

    def level_history(self, use_case: UseCaseId, operation: Operation) -> list[Entry]:
        """Return every fact that moved the level of an operation, or its trials and certificates, oldest first."""

    def evidence_facts(self, use_case: UseCaseId) -> Iterator[Entry]:
        """Walk every fact that the evidence of a use case rests on, in order."""

    def planted_of(self, use_case: UseCaseId) -> tuple[int, int]:
        """Return how many planted proposals of a use case were ever caught and missed."""

    def newest_beside(self, use_case: UseCaseId, operation: Operation, record: str | None, version: str) -> Action | None:
        """Return the newest proposal about a record by another version than this one, shadows and planted ones left out."""

    def shadow_pairs(self, use_case: UseCaseId, operation: Operation, version: str) -> list[tuple[Action, Action]]:
        """Return every shadow of a version with the proposal it stands beside, oldest first."""
