"""What a store tells about changes of policy: a part of the reading port, which is told in the words of the core alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from remit.core.lifecycle import State
from remit.core.policy_offer import PolicyOffer
from remit.core.readiness import Measures
from remit.core.replay import Recorded
from remit.core.types import ProposalId, UseCaseId


class PolicyHistory(Protocol):
    """Named queries. Every one is a plain read."""

    def policy_offers(self) -> list[PolicyOffer]:
        """Return what is offered, oldest first; also what is stale by now."""

    def reconsidering(self) -> tuple[int, ProposalId] | None:
        """Return which policy has not yet been put to all that waits, and after which proposal to go on."""

    def waiting(self, states: Collection[State], *, after: str, limit: int) -> list[ProposalId]:
        """Return the proposals in these states in the order of their ids, after one of them."""

    def measures(self, use_case: UseCaseId) -> Measures:
        """Return the newest measure of each thing that was measured for a use case."""

    def recorded(self, since: datetime, *, after: int = 0, limit: int = 1000) -> tuple[list[Recorded], int]:
        """Return decisions since a moment, in order, with the number of the last fact seen; 0 when there are no more."""

    def count_recorded(self, since: datetime) -> int:
        """Count the decisions since a moment."""
