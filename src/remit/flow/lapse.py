"""Deadlines pass: what nobody answered lapses and is not carried out. Nothing is ever approved by time."""

from __future__ import annotations

from datetime import datetime

from remit.core import facts as f
from remit.core.lifecycle import WAITS
from remit.flow.escalate import ask_further
from remit.flow.judge import demote
from remit.ports import House, Writing

_MOST = 1000


async def lapse(house: House) -> int:
    """Let overdue proposals lapse. Returns how many did."""
    now = house.clock.now()
    with house.store.read() as reading:
        if not reading.due(WAITS, now, limit=1):
            return 0
    return await house.store.write(lambda tx: _lapse(house, tx, now))


def _lapse(house: House, tx: Writing, now: datetime) -> int:
    overdue = tx.due(WAITS, now, limit=_MOST)
    ask_further(house, tx, overdue, now)  # a server that slept through the steps still leaves a fact of each
    for action in overdue:
        tx.record(f.Lapsed(proposal=action.proposal), actor="remit")
        demote(house, tx, action)
    return len(overdue)
