"""What happened later comes back: a person reverted it, somebody complained, a deal moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.core import facts as f
from remit.core.approval import outcome_ppm
from remit.core.types import ProposalId
from remit.flow.judge import demote
from remit.ports import House, Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One later event about an action. `loss_ppm` is set by who knows better than the charter what it costs."""

    proposal: ProposalId
    kind: str
    loss_ppm: int | None = None


async def observe(house: House, outcomes: Sequence[Outcome], by: str) -> int:
    """Record outcomes, all or none. Raises `NotFound` for an unknown proposal, `Conflict` for one that never took effect."""
    return await house.store.write(lambda tx: _record(house, tx, outcomes, by))


def _record(house: House, tx: Writing, outcomes: Sequence[Outcome], by: str) -> int:
    for outcome in outcomes:
        observe_one(house, tx, outcome, by)
    return len(outcomes)


def observe_one(house: House, tx: Writing, outcome: Outcome, by: str) -> None:
    """Record one outcome, at what the charter says it costs, and end the level at once where too much went wrong."""
    action = tx.existing(outcome.proposal)
    charter = tx.policy().charters.get(action.use_case)
    loss = outcome.loss_ppm
    if loss is None and charter is not None:
        loss = outcome_ppm(outcome.kind, charter.evidence.outcomes)
    tx.record(f.Observed(proposal=outcome.proposal, kind=outcome.kind, loss_ppm=loss), actor=by)
    demote(house, tx, action)
