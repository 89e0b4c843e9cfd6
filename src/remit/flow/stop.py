"""Stops a scope at once, and lifts a stop so that nothing starts without a further look."""

from __future__ import annotations

from datetime import timedelta

from remit.core import facts as f
from remit.core.lifecycle import State
from remit.errors import InvalidInput, NotFound
from remit.flow.ask import applicable_stops
from remit.ports import House, Reading, Writing

_WAITING = {State.HELD, State.DRAFTED, State.LEAVING, State.RELEASED, State.STOPPED}


async def order(house: House, scope: str, *, by: str, reason: str) -> dict[str, int]:
    """Stop a scope: nothing in it starts any more. Returns how many actions are in flight and how many will not start."""
    return await house.store.write(lambda tx: _order(tx, scope, by, reason))


def _order(tx: Writing, scope: str, by: str, reason: str) -> dict[str, int]:
    _check(tx, scope)
    tx.record(f.StopOrdered(scope=scope, by=by, reason=reason), actor=f"person:{by}")
    return {
        "in_flight": len([a for a in tx.in_states({State.STARTED}, limit=100_000) if applicable_stops((scope,), a.use_case)]),
        "waiting": len([a for a in tx.in_states(_WAITING, limit=100_000) if applicable_stops((scope,), a.use_case)]),
    }


def _check(reading: Reading, scope: str) -> None:
    known = ["everything", *(f"use_case:{name}" for name in sorted(reading.policy().charters))]
    if scope not in known:
        raise InvalidInput(asked=f"a stop of {scope}", found="no such scope", do=f"Choose {', '.join(known)}")


async def lift(house: House, scope: str, *, by: str, reason: str) -> int:
    """Lift a stop. What it caught is held again for a person; returns how many that are."""
    return await house.store.write(lambda tx: _lift(house, tx, scope, by, reason))


def _lift(house: House, tx: Writing, scope: str, by: str, reason: str) -> int:
    if scope not in tx.stops():
        raise NotFound(asked=f"lifting the stop of {scope}", found="it is not stopped", do="See `remit stop list`")
    tx.record(f.StopLifted(scope=scope, by=by, reason=reason), actor=f"person:{by}")
    remaining = tx.stops()
    freed = [a for a in tx.in_states({State.STOPPED}, limit=100_000) if not applicable_stops(remaining, a.use_case)]
    for action in freed:
        hours = tx.policy().charters[action.use_case].deadline_hours
        due = house.clock.now() + timedelta(hours=hours)
        tx.record(f.Unhalted(proposal=action.proposal, due_at=due), actor="remit")
    return len(freed)
