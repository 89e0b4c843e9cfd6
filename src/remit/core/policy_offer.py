"""Who has to sign a change of policy, and when an offered one may come into force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.core.change import Change, Direction
from remit.core.policy import CompiledPolicy
from remit.core.risk_statement import RiskStatement
from remit.errors import Conflict, InvalidInput, NotFound


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

SHORTEST = 8
"""How many characters of a digest name a policy. Fewer are a slip of the hand, and a signature must not follow from one."""

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


def named(offers: Sequence[PolicyOffer], wanted: str, in_force: int) -> PolicyOffer:
    """Return the offer with this number or beginning of a digest; one that is stale only where no other is meant.

    Raises `InvalidInput` for too short a beginning, `NotFound` for none, `Conflict` for several.
    """
    meant = [one for one in offers if str(one.number) == wanted or begins(one.digest, wanted)]
    if not meant and 0 < len(wanted) < SHORTEST and not wanted.isdigit():
        do = f"Give its number or at least {SHORTEST} characters of its digest; see `remit policy offers`"
        raise InvalidInput(asked=f"the offered policy {wanted}", found=f"{len(wanted)} of the 64 characters of a digest", do=do)
    if not meant:
        raise NotFound(asked=f"the offered policy {wanted}", found="no such offer", do="See `remit policy offers`")
    fresh = [one for one in meant if not stale(one, in_force)] or meant[-1:]
    if len(fresh) > 1:
        names = ", ".join(one.digest[:12] for one in fresh)
        raise Conflict(asked=f"the offered policy {wanted}", found=f"several: {names}", do="Name one by its digest")
    return fresh[0]


def begins(digest: str, wanted: str) -> bool:
    """Whether somebody named a digest by enough of its beginning."""
    return len(wanted) >= SHORTEST and digest.startswith(wanted)
