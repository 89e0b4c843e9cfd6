"""Who has to sign a change of policy, and when an offered one may come into force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.core.change import Change, Direction
from remit.core.policy import CompiledPolicy
from remit.core.risk_statement import RiskStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOffer:
    """A change that waits for signatures. `number` is the one it gets; `documents` are those that differ."""

    number: int
    digest: str
    documents: Mapping[str, str]
    by: str
    direction: Direction
    offered_at: datetime
    signed_by: tuple[str, ...] = ()


SIGNATURES = 2

SANDBOX = "sandbox"
"""The connector that touches nothing real."""


def on_sandbox_alone(changes: Iterable[Change], before: CompiledPolicy, after: CompiledPolicy) -> bool:
    """Whether every use case that the changes loosen works on the sandbox, before and after. What concerns all concerns each."""
    loosened = {change.use_case for change in changes if change.direction.loosens}
    charters = [*before.charters.values(), *after.charters.values()]
    return all(one.connector == SANDBOX for one in charters if None in loosened or one.id in loosened)


def needs_two(changes: Iterable[Change], direction: Direction, before: CompiledPolicy, after: CompiledPolicy) -> bool:
    """Whether two people have to sign. Not the first policy, not what loosens nothing, and not what is played on the sandbox."""
    if before.number == 0 or not direction.loosens:
        return False
    return not on_sandbox_alone(changes, before, after)


def ripens_at(offer: PolicyOffer, statement: RiskStatement | None) -> datetime | None:
    """Return when waiting stands in for the second signature; None where the risk statement in force has no such rule."""
    if statement is None or statement.small_team is None or not offer.signed_by:
        return None
    return offer.offered_at + timedelta(hours=statement.small_team.wait_hours)


def complete(offer: PolicyOffer) -> bool:
    """Whether two different people have signed."""
    return len(set(offer.signed_by)) >= SIGNATURES


def stale(offer: PolicyOffer, in_force: int) -> bool:
    """Whether another policy came into force since the offer was made."""
    return offer.number != in_force + 1
