"""Stops a scope at once, and lifts a stop when two people agree, at a level they choose; people look before anything starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit.core import facts as f
from remit.core.deadline import lapses_at
from remit.core.lifecycle import State
from remit.core.stops import EVERYTHING, LiftWish, Resumes, Scope, StaysStopped, covers, resume, ripe, scope_of
from remit.core.types import Level, Operation, UseCaseId
from remit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from remit.flow.entitle import roles_of
from remit.flow.stopped import is_stopped, reaches
from remit.ports import House, Reading, Writing

_WAITING = {State.HELD, State.DRAFTED, State.LEAVING, State.RELEASED, State.STOPPED}
_MOST = 100_000
_BY = "remit"


async def order(house: House, scope: str, *, by: str, reason: str) -> dict[str, int]:
    """Stop a scope: nothing in it starts any more.

    Returns how many actions are in flight and will finish, how many wait and will not start, how many undos wait too.
    """
    return await house.store.write(lambda tx: _order(tx, scope, by, reason))


def _order(tx: Writing, scope: str, by: str, reason: str) -> dict[str, int]:
    _check(tx, scope)
    tx.record(f.StopOrdered(scope=scope, by=by, reason=reason), actor=f"person:{by}")
    return {
        "in_flight": _count(tx, scope, {State.STARTED}),
        "waiting": _count(tx, scope, _WAITING),
        "undos": _count(tx, scope, {State.UNDOING}),
    }


def _count(tx: Reading, scope: str, states: set[State]) -> int:
    return sum(reaches(tx, scope, action) for action in tx.in_states(states, limit=_MOST))


def _check(reading: Reading, scope: str) -> None:
    charters = reading.policy().charters.values()
    known = [EVERYTHING, *(scope_of(Scope.USE_CASE, one.id) for one in sorted(charters, key=lambda one: one.id))]
    known += [scope_of(Scope.CONNECTOR, name) for name in sorted({one.connector for one in charters})]
    known += [scope_of(Scope.AGENT, name) for name in sorted({key.agent for key in reading.issued_keys()})]
    if scope not in known:
        raise InvalidInput(asked=f"a stop of {scope}", found="no such scope", do=f"Choose {', '.join(known)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """What became of a wish to lift. `outcome` says whether the scope goes on; then `held_again` actions wait for a person."""

    outcome: Resumes | StaysStopped
    held_again: int = 0


async def lift(
    house: House, scope: str, *, by: str, reason: str, level: Level = Level.RECOMMEND, break_glass: bool = False
) -> Lifted:
    """Agree to lift a stop, to go on at most at a level. The second person's wish lifts it. What it caught is held again.

    Raises `NotFound` where nothing is stopped, `Conflict` for a second wish of one person, `NotAllowed` for another's glass.
    """
    wanted = f.StopLiftAsked(scope=scope, by=by, reason=reason, level=level)
    return await house.store.write(lambda tx: _lift(house, tx, wanted, break_glass=break_glass))


def _lift(house: House, tx: Writing, wanted: f.StopLiftAsked, *, break_glass: bool) -> Lifted:
    if wanted.scope not in tx.stops():
        raise NotFound(asked=f"lifting the stop of {wanted.scope}", found="it is not stopped", do="See `remit stop list`")
    now, wish, statement = house.clock.now(), tx.lift_wishes().get(wanted.scope), tx.policy().risk_statement
    asked = LiftWish(by=wanted.by, level=wanted.level, at=now)
    outcome = resume(wish, asked, roles_of(tx, wanted.by), statement, break_glass=break_glass)
    if isinstance(outcome, Resumes):
        return _go_on(house, tx, wanted, outcome)
    if break_glass:
        named = "nobody" if statement is None or statement.break_glass is None else statement.break_glass
        do = f"The risk statement names {named} for that; without it two people agree"
        raise NotAllowed(asked=f"{wanted.by} lifting {wanted.scope} alone", found="not your role", do=do)
    if wish is not None:
        do = "Somebody else has to agree, with the same command"
        raise Conflict(asked=f"lifting the stop of {wanted.scope}", found=f"{wish.by} asked already", do=do)
    tx.record(wanted, actor=f"person:{wanted.by}")
    return Lifted(outcome=outcome)


async def lift_waited(house: House) -> int:
    """Lift what one person wanted lifted for as long as the small-team policy asks for. Returns how many stops ended."""
    with house.store.read() as reading:
        if not list(_ripe(house, reading)):
            return 0
    return await house.store.write(lambda tx: _lift_waited(house, tx))


def _lift_waited(house: House, tx: Writing) -> int:
    ended = list(_ripe(house, tx))
    for wanted, outcome in ended:
        _go_on(house, tx, wanted, outcome)
    return len(ended)


def _ripe(house: House, reading: Reading) -> Iterator[tuple[f.StopLiftAsked, Resumes]]:
    for scope, wish in reading.lift_wishes().items():
        outcome = ripe(wish, reading.policy().risk_statement, house.clock.now())
        if outcome is not None:
            yield f.StopLiftAsked(scope=scope, by=wish.by, reason="", level=wish.level), outcome


def _go_on(house: House, tx: Writing, wanted: f.StopLiftAsked, outcome: Resumes) -> Lifted:
    """Lift the stop, lower what runs above the chosen level, and hold again what the stop caught."""
    lifted = f.StopLifted(
        scope=wanted.scope,
        by=wanted.by,
        reason=wanted.reason,
        level=outcome.level,
        agreed_by=outcome.agreed_by,
        break_glass=outcome.by_glass,
        waited_hours=outcome.waited_hours,
    )
    tx.record(lifted, actor=f"person:{wanted.by}")
    for use_case, operation in _above(tx, wanted.scope, outcome.level):
        _lower(tx, use_case, operation, outcome.level)
    freed = [action for action in tx.in_states({State.STOPPED}, limit=_MOST) if not is_stopped(tx, action)]
    for action in freed:
        due = lapses_at(tx.policy().charters[action.use_case], tx.policy().risk_statement, house.clock.now())
        tx.record(f.Unhalted(proposal=action.proposal, due_at=due), actor=_BY)
    return Lifted(outcome=outcome, held_again=len(freed))


def _above(reading: Reading, scope: str, level: Level) -> list[tuple[UseCaseId, Operation]]:
    """Return the operations in a scope whose level is higher than the chosen one."""
    found = []
    for charter in reading.policy().charters.values():
        keys = reading.agent_keys(charter.id)
        for operation in charter.operations:
            grant = reading.grant(charter.id, operation)
            its = {key.agent for key in keys if key.version == grant.version}
            if grant.level > level and covers(scope, use_case=charter.id, agents=its, connector=charter.connector):
                found.append((charter.id, operation))
    return found


def _lower(tx: Writing, use_case: UseCaseId, operation: Operation, level: Level) -> None:
    grant = tx.grant(use_case, operation)
    lost = f.LevelLost(
        use_case=use_case, operation=operation, version=grant.version, level=level, cause="resumed_lower", evidence={}
    )
    tx.record(lost, actor=_BY)
