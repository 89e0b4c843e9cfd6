"""Somebody works on what waits, and others leave it to her for a while. A claim is no answer, and it ends by itself."""

from __future__ import annotations

import math
from datetime import timedelta

from remit.core import facts as f
from remit.core.action import Action
from remit.core.approval import may_answer
from remit.core.asking import may_answer_for, works_on
from remit.core.types import ProposalId
from remit.errors import AlreadyAnswered, Conflict
from remit.flow.entitle import entitled
from remit.ports import House, Reading, Writing

CLAIM = timedelta(minutes=30)
"""How long a claim holds; claiming again renews it."""


async def claim(house: House, proposal: ProposalId, by: str, *, take_over: bool = False) -> Action:
    """Claim a proposal for half an hour. Raises `AlreadyAnswered`, `NotAllowed`, `Conflict` where somebody else works on it."""
    return await house.store.write(lambda tx: _claim(house, tx, proposal, by, take_over=take_over))


def _claim(house: House, tx: Writing, proposal: ProposalId, by: str, *, take_over: bool) -> Action:
    action, now = tx.existing(proposal), house.clock.now()
    if not may_answer(action.state):
        raise AlreadyAnswered(asked=f"claiming {proposal}", found=f"it is {action.state}", do="Nothing is left to answer")
    entitled(tx, action, by, (may_answer_for(tx.policy().charters[action.use_case]),), approving=False)
    other = claimed_by_other(house, action, by)
    if other and not take_over:
        raise taken(house, action, f"claiming {proposal}")
    due_at = action.due_at or now
    fact = f.Claimed(proposal=proposal, by=by, until=now + CLAIM, due_at=due_at, from_whom=other)
    tx.record(fact, actor=f"person:{by}")
    return tx.existing(proposal)


async def unclaim(house: House, proposal: ProposalId, by: str) -> Action:
    """Let a proposal go that one claimed. Raises `Conflict` for one that is not hers."""
    return await house.store.write(lambda tx: _unclaim(house, tx, proposal, by))


def _unclaim(house: House, tx: Writing, proposal: ProposalId, by: str) -> Action:
    action = tx.existing(proposal)
    if action.claimed_by != by:
        found = f"{action.claimed_by} works on it" if action.claimed_by else "nobody works on it"
        raise Conflict(asked=f"letting go of {proposal}", found=found, do="Only who claimed it lets it go")
    tx.record(f.Unclaimed(proposal=proposal, by=by, due_at=action.due_at or house.clock.now()), actor=f"person:{by}")
    return tx.existing(proposal)


def claimed_by_other(house: House, action: Action, by: str) -> str | None:
    """Return who else works on it now; None where nobody does."""
    holder = works_on(action, house.clock.now())
    return None if holder == by else holder


def refuse_claimed(house: House, reading: Reading, action: Action, by: str, asked: str) -> None:
    """Raise `Conflict` where somebody else works on it; while nobody has an account, names say nothing."""
    if reading.has_people() and claimed_by_other(house, action, by) is not None:
        raise taken(house, action, asked)


def taken(house: House, action: Action, asked: str) -> Conflict:
    """Return the error for what somebody else works on."""
    left = math.ceil(((action.claimed_until or house.clock.now()) - house.clock.now()) / timedelta(minutes=1))
    found = f"{action.claimed_by} works on it, for {left} more minutes at most"
    return Conflict(asked=asked, found=found, do=f"Leave it to her, or take it over: remit claim {action.proposal} --take-over")
