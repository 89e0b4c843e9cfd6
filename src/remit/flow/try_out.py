"""Walks an escalation path, or orders a stop, to see that they hold. Only a path that was walked counts as tested."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from remit.core import facts as f
from remit.core.asking import askable, may_answer_for
from remit.core.charter import Charter
from remit.core.deadline import Step, waiting
from remit.core.drill import MOST_SECONDS, QUARTER, DrillKind, LastDrill, Walked, passed
from remit.core.gate import Claimed
from remit.core.notice import NoticeKind, Occasion, drill_letter
from remit.core.readiness import PPM
from remit.core.stops import Scope, scope_of
from remit.core.types import Role, UseCaseId
from remit.core.violation import owner_of
from remit.errors import Conflict, NotFound
from remit.flow.ask import Question, ask_gate
from remit.flow.notify import announce
from remit.flow.stop import order
from remit.ports import AgentKey, Established, House, Reading, Writing

_LOOK_EVERY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What a drill found, step by step."""

    what: DrillKind
    use_case: UseCaseId
    passed: bool
    steps: tuple[str, ...]


def _charter(reading: Reading, use_case: UseCaseId) -> Charter:
    found = reading.policy().charters.get(use_case)
    if found is None:
        known = ", ".join(sorted(reading.policy().charters))
        raise NotFound(asked=f"a drill for {use_case}", found=f"these charters: {known}", do="Name one of them")
    return found


async def drill_escalation(house: House, use_case: UseCaseId, *, by: str, link: str) -> Drill:
    """Ask everybody on the path of a use case, as a drill, and write down whether each step reached somebody.

    It passes for a quarter where every step did: then, and only then, the path counts as tested.
    """
    now = house.clock.now()
    with house.store.read() as reading:
        charter = _charter(reading, use_case)
        path = waiting(charter, reading.policy().risk_statement).steps
        asked = [(step, _people(reading, charter, step, now)) for step in path]
    walked = [await _walk(house, charter, step, people, link) for step, people in asked]
    found = Drill(what=DrillKind.ESCALATION, use_case=use_case, passed=passed(walked), steps=tuple(str(step) for step in walked))
    await house.store.write(lambda tx: _record(tx, found, by, now))
    return found


def _people(reading: Reading, charter: Charter, step: Step, now: datetime) -> tuple[str, ...]:
    roles = may_answer_for(charter) if step.role is None else frozenset((Role(step.role),))
    return askable(reading.people(), roles, reading.absences(), now)


async def _walk(house: House, charter: Charter, step: Step, people: Sequence[str], link: str) -> Walked:
    """Send the drill to everybody of a step, on her own channel, and to the step's channel. One that arrives is enough."""
    with house.store.read() as reading:
        told = reading.wishes()
    reached, faults = [], []
    letter = drill_letter(charter.title, link)
    ways = [(name, told[name].wishes.channel, told[name].wishes.address) for name in people if name in told]
    ways += [(f"channel {step.channel}", step.channel, "")] if step.channel else []
    for name, channel, address in ways:
        refused = await house.notifier.send(channel, address, letter)
        faults += [f"{name}: {refused}"] if refused else []
        reached += [] if refused else [name]
    named = "reminder" if step.role is None else str(step.role)
    fault = "" if reached else "; ".join(faults) or "nobody said how she wants to be told, and the step has no channel"
    return Walked(step=named, people=tuple(people), reached=tuple(reached), fault=fault)


def _record(tx: Writing, found: Drill, by: str, now: datetime) -> None:
    drilled = f.Drilled(what=found.what, use_case=found.use_case, passed=found.passed, by=by, steps=found.steps)
    tx.record(drilled, actor=f"person:{by}")
    if found.what is DrillKind.ESCALATION:
        measured = f.Measured(
            use_case=found.use_case,
            what="escalation_tested",
            value_ppm=PPM if found.passed else 0,
            until=now + QUARTER,
            by=by,
            note="by a drill",
        )
        tx.record(measured, actor=f"person:{by}")


async def drill_stop(house: House, use_case: UseCaseId, *, by: str) -> Drill:
    """Stop a use case in earnest and see that the gate knows it within a second and nothing starts any more.

    It stays stopped: lifting it takes the people it always takes. Raises `Conflict` where it is stopped already.
    """
    scope = scope_of(Scope.USE_CASE, use_case)
    with house.store.read() as reading:
        charter = _charter(reading, use_case)
        if scope in reading.stops():
            raise Conflict(asked=f"a drill for {use_case}", found="it is stopped", do="Lift the stop first: `remit stop lift`")
        key = next((key for key in reading.agent_keys(use_case) if not key.revoked), None)
    began = asyncio.get_running_loop().time()
    stopped = await order(house, scope, by=by, reason="a drill")
    seen_after = await _seen(house, charter, key, began)
    await asyncio.sleep(max(0.0, MOST_SECONDS - (asyncio.get_running_loop().time() - began)))
    started = _started_since_stop(house, use_case)
    known = "no agent could be asked" if seen_after is None else f"the gate knew it after {seen_after:.2f} s"
    steps = (
        f"stopped {scope}: {stopped['waiting']} wait, {stopped['in_flight']} were under way and finish",
        known,
        f"{started} started in the second after it",
    )
    fine = started == 0 and (seen_after is None or seen_after <= MOST_SECONDS)
    found = Drill(what=DrillKind.STOP, use_case=use_case, passed=fine, steps=steps)
    await house.store.write(lambda tx: _record(tx, found, by, house.clock.now()))
    return found


async def _seen(house: House, charter: Charter, key: AgentKey | None, began: float) -> float | None:
    """Return after how many seconds a question to the gate meets the stop; None where there is no agent to ask for."""
    if key is None:
        return None
    while (after := asyncio.get_running_loop().time() - began) <= 2 * MOST_SECONDS:
        with house.store.read() as reading:
            judged = ask_gate(house, reading, _question(charter, key))
        if any(reason.code == "stopped" for reason in judged.decision.reasons):
            return after
        await asyncio.sleep(_LOOK_EVERY)
    return 2 * MOST_SECONDS


def _question(charter: Charter, key: AgentKey) -> Question:
    """Ask for the first operation of the charter, about nothing: only whether the stop is known is looked at."""
    return Question(
        use_case=charter.id,
        operation=next(iter(charter.operations)),
        arguments={},
        agent=key.agent,
        version=key.version,
        trial=0,
        claimed=Claimed(),
        established=Established(),
        dry_run=True,
    )


def _started_since_stop(house: House, use_case: UseCaseId) -> int:
    """Count what started after the newest stop was ordered."""
    with house.store.read() as reading:
        ordered = reading.facts(kinds=["StopOrdered"], limit=1_000_000)
        entries = reading.facts(kinds=["Started"], after=ordered[-1].seq, limit=1000)
        facts = [entry.fact for entry in entries if isinstance(entry.fact, f.Started)]
        return sum(reading.existing(fact.proposal).use_case == use_case for fact in facts)


async def remind_of_drills(house: House) -> int:
    """Tell the owner of a use case, once, that a drill is due again. Returns how many are."""
    now = house.clock.now()
    with house.store.read() as reading:
        if not _due(reading, now):
            return 0
    return await house.store.write(lambda tx: _remind(house, tx, now))


def _due(reading: Reading, now: datetime) -> list[LastDrill]:
    charters = reading.policy().charters
    return [one for one in reading.drills() if not one.told and one.due_at <= now and one.use_case in charters]


def _remind(house: House, tx: Writing, now: datetime) -> int:
    due = _due(tx, now)
    for one in due:
        use_case = UseCaseId(one.use_case)
        owner = owner_of(tx.policy().charters[use_case])
        asked = askable(tx.people(), (Role(owner),), tx.absences(), now)
        tx.record(f.DrillDue(what=one.what, use_case=use_case, asked=asked), actor="remit")
        for person in asked:
            announce(house, tx, Occasion(kind=NoticeKind.DRILL_DUE, use_case=use_case, count=1), person=person)
    return len(due)
