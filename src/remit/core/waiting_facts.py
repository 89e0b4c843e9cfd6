"""The facts about an action that waits for a person: who was asked, and who works on it. None of them answers it."""

from __future__ import annotations

from remit.core.types import Frozen, Moment, OwnerRole, ProposalId


class Reminded(Frozen, frozen=True, kw_only=True):
    """Nobody answered yet, so those who may were reminded: `asked` are their logins. The deadline stays."""

    proposal: ProposalId
    asked: tuple[str, ...]
    due_at: Moment


class Escalated(Frozen, frozen=True, kw_only=True):
    """Still nobody answered, so somebody further was asked, in a role and on a channel of the charter. The deadline stays.

    `asked` are the logins of those who were asked. It approves nothing and gives nobody a right she did not have.
    """

    proposal: ProposalId
    role: OwnerRole
    channel: str
    asked: tuple[str, ...]
    due_at: Moment


class Claimed(Frozen, frozen=True, kw_only=True):
    """Somebody works on it until a moment; others leave it to her. `from_whom`: she took it over."""

    proposal: ProposalId
    by: str
    until: Moment
    due_at: Moment
    from_whom: str | None = None


class Unclaimed(Frozen, frozen=True, kw_only=True):
    """Whoever worked on it let it go."""

    proposal: ProposalId
    by: str
    due_at: Moment


WaitingFact = Reminded | Escalated | Claimed | Unclaimed
"""Every fact about what waits that leaves it waiting."""
