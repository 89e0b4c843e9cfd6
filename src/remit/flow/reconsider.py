"""A new policy is put to everything that waits: what it blocks is blocked now, and the rest is asked again when it leaves.

It goes batch by batch, so that a stop never waits behind it; a batch that was done is written down, so a crash loses none.
"""

from __future__ import annotations

from collections.abc import Sequence

from remit.core import facts as f
from remit.core.lifecycle import State
from remit.core.replay import Recorded, lasting_block
from remit.core.types import ProposalId
from remit.ports import House, Writing

BATCH = 200
_BY = "remit"
_WAITING = (State.HELD, State.DRAFTED, State.LEAVING, State.STOPPED)
_FIRST = ProposalId("")


async def reconsider(house: House) -> int:
    """Put the policy in force to what has not met it yet. Returns how many proposals were blocked; 0 when none is left."""
    blocked = 0
    while _left(house):
        blocked += await house.store.write(_next)
    return blocked


def _left(house: House) -> bool:
    with house.store.read() as reading:
        return reading.reconsidering() is not None


def _next(tx: Writing) -> int:
    found = tx.reconsidering()
    return 0 if found is None else reconsider_batch(tx, tx.policy_documents()[0], found[1])


def reconsider_batch(tx: Writing, number: int, after: ProposalId = _FIRST) -> int:
    """Put the policy in force to the next batch, and write down how far that went. Returns how many were blocked."""
    wanted = tx.waiting(_WAITING, after=after, limit=BATCH)
    if not wanted and after == _FIRST:
        return 0
    blocked = sum(_decide_again(tx, proposal) for proposal in _fetched(tx, wanted))
    last, finished = wanted[-1] if wanted else after, len(wanted) < BATCH
    told = f.Reconsidered(number=number, last=last, looked_at=len(wanted), blocked=blocked, finished=finished)
    tx.record(told, actor=_BY)
    return blocked


def _fetched(tx: Writing, wanted: Sequence[ProposalId]) -> Sequence[ProposalId]:
    tx.fetch(wanted)
    return wanted


def _decide_again(tx: Writing, proposal: ProposalId) -> bool:
    action = tx.existing(proposal)
    arguments = tx.content(action.content, "arguments")
    reasons = lasting_block(Recorded(proposal=proposal, given=tx.decision(action).given, arguments=arguments), tx.policy())
    if reasons:
        tx.record(f.Blocked(proposal=proposal, reasons=reasons), actor=_BY)
    return bool(reasons)
