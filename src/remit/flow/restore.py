"""One try at taking an effect back: plan from the record as it is now, write the intent, restore, read back, compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from remit.core import facts as f
from remit.core import undo_plan
from remit.core.action import Action
from remit.core.lifecycle import State
from remit.core.retry import next_try
from remit.core.types import Image, Record
from remit.core.undo_plan import UndoPlan
from remit.flow.ask import connected
from remit.flow.attempt import BY, image, record_of
from remit.flow.stopped import is_stopped
from remit.ports import Effect, House, KeyedRestore, Performed, Reading, Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """One effect on its way back."""

    action: Action
    connector: str
    record: Record
    before: Image
    after: Image

    @property
    def names(self) -> tuple[str, ...]:
        """Every field the effect touched."""
        return tuple(sorted({*self.before.fields, *self.after.fields}))

    @property
    def key(self) -> str:
        """The key of the restore: one for ever, because one effect goes back once."""
        return f"{self.action.proposal}:undo"


def undo_of(reading: Reading, action: Action) -> Undo:
    """Say what taking an action back is about."""
    before, after = (image(reading.content(action.done or "", name)) for name in ("before", "after"))
    connector = reading.policy().charters[action.use_case].connector
    return Undo(action=action, connector=connector, record=record_of(action), before=before, after=after)


async def put_back(house: House, undo: Undo) -> State:
    """Carry one undo out. Returns where it stands then: still undoing where a stop keeps it back or the system took nothing."""
    connector = connected(house, undo.connector)
    now = (await connector.images([(undo.record, undo.names)]))[0]
    plan = undo_plan.plan(undo.before, undo.after, now)
    if not await house.store.write(lambda tx: _begin(tx, undo)):
        return State.UNDOING
    end = Performed(effect=Effect.DONE) if plan.nothing else (await connector.restore([_restore(undo, plan, now)]))[0]
    residue = await read_back(house, undo, plan)
    return await house.store.write(lambda tx: _finish(tx, undo, _end(house, tx, undo.action, end, plan, residue)))


async def put_down(house: House, undo: Undo) -> bool:
    """Write down that an undo happened of which nobody knew. Returns whether it was still unclear."""
    undone = await undone_by_now(house, undo)

    def work(tx: Writing) -> bool:
        if tx.existing(undo.action.proposal).state is not State.UNDO_UNCLEAR:
            return False
        tx.record(undone, actor=BY)
        return True

    return await house.store.write(work)


async def undone_by_now(house: House, undo: Undo) -> f.Undone:
    """Return the fact of an undo that happened, with what is left by now; nobody knows what its plan kept."""
    return f.Undone(proposal=undo.action.proposal, residue=await read_back(house, undo, UndoPlan()))


def _finish(tx: Writing, undo: Undo, ended: _Ended) -> State:
    tx.record(ended, actor=BY)
    return tx.existing(undo.action.proposal).state


def _begin(tx: Writing, undo: Undo) -> bool:
    if is_stopped(tx, undo.action) or tx.existing(undo.action.proposal).state is not State.UNDOING:
        return False
    tx.record(f.UndoStarted(proposal=undo.action.proposal, key=undo.key), actor=BY)
    return True


async def read_back(house: House, undo: Undo, plan: UndoPlan) -> dict[str, str]:
    """Name what differs from before the effect, and why."""
    back = (await connected(house, undo.connector).images([(undo.record, undo.names)]))[0]
    return _in_ascii(undo_plan.residue(undo.before, plan.kept, back))


def _in_ascii(residue: dict[str, str]) -> dict[str, str]:
    """Write field names as facts write names; a tag may be in any script."""
    return {name.encode("unicode_escape").decode(): why for name, why in residue.items()}


def _restore(undo: Undo, plan: UndoPlan, now: Image) -> KeyedRestore:
    return KeyedRestore(key=undo.key, record=undo.record, expected=now, put=plan.put, drop=plan.drop, remove=plan.remove)


_Ended = f.Undone | f.UndoFailed | f.UndoUnclear | f.Deferred


def _end(house: House, tx: Reading, action: Action, end: Performed, plan: UndoPlan, residue: dict[str, str]) -> _Ended:
    if end.effect is Effect.CHANGED and plan.remove:  # people worked on the new record, beside what was looked at: it stays
        return f.Undone(proposal=action.proposal, residue=residue)
    match end.effect:
        case Effect.DONE:
            return f.Undone(proposal=action.proposal, residue=residue)
        case Effect.UNCLEAR:
            return f.UndoUnclear(proposal=action.proposal, detail=end.detail)
        case Effect.NOT_YET:
            wait = next_try(tx.existing(action.proposal).tries + 1, end.retry_after_seconds)
            return _later(house, action, end, wait)
        case Effect.FAILED | Effect.CHANGED:
            return f.UndoFailed(proposal=action.proposal, detail=end.detail or "the record changed while it was being restored")


def _later(house: House, action: Action, end: Performed, wait: timedelta | None) -> f.UndoFailed | f.Deferred:
    if wait is None:
        return f.UndoFailed(proposal=action.proposal, detail=f"not taken for too long: {end.detail}")
    return f.Deferred(proposal=action.proposal, due_at=house.clock.now() + wait, detail=end.detail)
