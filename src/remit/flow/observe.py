"""What happened later comes back: a person reverted it, somebody complained, a deal moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.core import facts as f
from remit.core.types import ProposalId
from remit.ports import House, Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One later event about an action. `loss_ppm` is set where it shows that the action was wrong."""

    proposal: ProposalId
    kind: str
    loss_ppm: int | None = None


async def observe(house: House, outcomes: Sequence[Outcome], by: str) -> int:
    """Record outcomes, all or none. Raises `NotFound` for an unknown proposal, `Conflict` for one that never took effect."""
    return await house.store.write(lambda tx: _record(tx, outcomes, by))


def _record(tx: Writing, outcomes: Sequence[Outcome], by: str) -> int:
    for outcome in outcomes:
        tx.existing(outcome.proposal)
        tx.record(f.Observed(proposal=outcome.proposal, kind=outcome.kind, loss_ppm=outcome.loss_ppm), actor=by)
    return len(outcomes)
