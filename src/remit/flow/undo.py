"""Somebody wants effects gone: the wish is recorded here, `execute` carries it out like any attempt."""

from __future__ import annotations

from collections.abc import Sequence

from remit.core import facts as f
from remit.core.lifecycle import State
from remit.core.types import ProposalId
from remit.errors import Conflict
from remit.ports import House, Writing


async def undo(house: House, proposals: Sequence[ProposalId], by: str, reason: str = "") -> int:
    """Ask for the undo of done actions, all or none. Raises `NotFound` or `Conflict` for one that cannot be undone."""
    return await house.store.write(lambda tx: _ask(tx, proposals, by, reason))


def _ask(tx: Writing, proposals: Sequence[ProposalId], by: str, reason: str) -> int:
    for proposal in proposals:
        action = tx.existing(proposal)
        if action.state is not State.DONE:
            raise Conflict(asked=f"undo of {proposal}", found=f"it is {action.state}", do="Only what is done can be undone")
        if tx.content(action.done or "", "before") is None:
            found = "its content was erased, so nobody knows what was there before"
            raise Conflict(asked=f"undo of {proposal}", found=found, do="Change the record by hand in the connected system")
        tx.record(f.UndoAsked(proposal=proposal, by=by, reason=reason), actor=f"person:{by}")
    return len(proposals)
