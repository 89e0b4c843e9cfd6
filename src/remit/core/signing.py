"""Whether an offered level has the signatures it needs. Nobody's level begins by time alone: somebody signed first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.core.person import Person
from remit.core.risk_statement import RiskStatement
from remit.core.types import OwnerRole

SIGNERS = (OwnerRole.LINE_OF_BUSINESS, OwnerRole.RISK)
"""Who signs a level where no risk statement says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed an open offer, in which role, when."""

    by: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Begins:
    """The level begins now. `signed_by` names who signed, and says so where waiting stood in for the others."""

    signed_by: tuple[str, ...]
    waited_hours: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Signatures are missing; where the policy lets a small team wait instead, `begins_at` is when that is over."""

    missing: tuple[OwnerRole, ...]
    begins_at: datetime | None = None


def signers(statement: RiskStatement | None) -> tuple[OwnerRole, ...]:
    """Return the roles that have to sign a level, each once."""
    return SIGNERS if statement is None else tuple(dict.fromkeys(statement.grants_need))


def still_valid(signatures: Sequence[Signature], people: Sequence[Person] | None) -> list[Signature]:
    """Return the signatures of those who still hold the role they signed in; all of them where nobody has an account."""
    if people is None:
        return list(signatures)
    held = {(person.name, str(role)) for person in people for role in person.roles}
    return [one for one in signatures if (one.by, one.role) in held]


def standing(signatures: Sequence[Signature], statement: RiskStatement | None, now: datetime) -> Begins | Waits:
    """Say whether a level begins with the signatures it has by now, under the policy of now."""
    needed = signers(statement)
    counted = _counted(signatures, needed)
    names = tuple(one.by for one in counted)
    missing = tuple(role for role in needed if role not in {one.role for one in counted})
    if not missing:
        return Begins(signed_by=names)
    small_team = statement.small_team if statement else None
    if small_team is None or not counted:
        return Waits(missing=missing)
    begins_at = counted[0].at + timedelta(hours=small_team.wait_hours)
    if now < begins_at:
        return Waits(missing=missing, begins_at=begins_at)
    return Begins(signed_by=(*names, waiting(small_team.wait_hours)), waited_hours=small_team.wait_hours)


def _counted(signatures: Sequence[Signature], needed: Sequence[str]) -> list[Signature]:
    """Return what counts, oldest first: one signature a person and one a role, and only in the roles that are needed."""
    found: list[Signature] = []
    for one in sorted(signatures, key=lambda one: (one.at, one.by)):
        taken = any(one.by == other.by or one.role == other.role for other in found)
        if one.role in needed and not taken:
            found.append(one)
    return found


def waiting(hours: int) -> str:
    """Name the waiting that stands where a second name would."""
    return f"{hours} hours of waiting, as the small-team policy allows"


def in_words(signatures: Sequence[Signature], found: Begins | Waits) -> str:
    """Tell where an offer stands, in a sentence for people."""
    signed = ", ".join(f"{one.by} as {one.role}" for one in signatures)
    missing = " and ".join(found.missing) if isinstance(found, Waits) else ""
    if isinstance(found, Begins):
        return f"signed by {', '.join(found.signed_by)}; begins now"
    if not signatures:
        return f"waits for {missing}"
    alone = f"; begins {found.begins_at:%Y-%m-%d %H:%M} UTC with one signature (small team)" if found.begins_at else ""
    return f"signed by {signed}; waits for {missing}{alone}"
