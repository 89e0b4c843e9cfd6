"""A person calls an action off before it starts. She does not say that it was wrong, so the evidence has no answer from her."""

from __future__ import annotations

from remit.core import facts as f
from remit.core.action import Action
from remit.core.quorum import places
from remit.core.types import ProposalId
from remit.flow.answered import refuse_prose
from remit.flow.entitle import entitled
from remit.ports import House, Writing


async def cancel(house: House, proposal: ProposalId, *, by: str, reason_code: str = "", note: str = "") -> Action:
    """Call an action off. Raises `Conflict` once it has started, `NotAllowed` for who may not answer it."""
    refuse_prose(reason_code)

    def work(tx: Writing) -> Action:
        action = tx.existing(proposal)
        needed = places(tx.policy().charters[action.use_case].approval, two_people=False)
        entitled(tx, action, by, needed, approving=False)
        called_off = f.Cancelled(proposal=proposal, by=by, reason_code=reason_code)
        tx.record(called_off, actor=f"person:{by}", contents={"note": note} if note else {})
        return tx.existing(proposal)

    return await house.store.write(work)
