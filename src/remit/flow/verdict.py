"""A person says what became of an effect that nobody could look up: she sees it in the connected system, or she does not."""

from __future__ import annotations

from remit.core import facts as f
from remit.core.action import Action
from remit.core.lifecycle import State
from remit.core.types import Image, ProposalId
from remit.errors import Conflict
from remit.flow.ask import connected
from remit.flow.attempt import attempts_of, image, plain
from remit.flow.restore import undo_of, undone_by_now
from remit.ports import House, Reading, Writing

UNCLEAR = frozenset({State.UNCLEAR, State.UNDO_UNCLEAR})


async def settle_unclear(house: House, proposal: ProposalId, *, happened: bool, by: str, note: str = "") -> Action:
    """Say that an unclear effect, or its undo, happened or did not. Raises `Conflict` where nothing is unclear.

    What happened is read from the connected system as it is now, so that it can be undone or its residue be named.
    """
    with house.store.read() as reading:
        action = _unclear(reading, proposal)
    undoing = action.state is State.UNDO_UNCLEAR
    fact, contents = await (_undo(house, action, happened) if undoing else _effect(house, action, happened, by))

    def work(tx: Writing) -> Action:
        _unclear(tx, proposal)
        tx.record(fact, actor=f"person:{by}", contents=contents | ({"note": note} if note else {}))
        return tx.existing(proposal)

    return await house.store.write(work)


def _unclear(reading: Reading, proposal: ProposalId) -> Action:
    action = reading.existing(proposal)
    if action.state not in UNCLEAR:
        do = "See `remit unclear list` for what is"
        raise Conflict(asked=f"a verdict on {proposal}", found=f"it is {action.state}, not unclear", do=do)
    return action


_Told = tuple[f.Done | f.Failed | f.Undone | f.UndoFailed, dict[str, object]]


async def _effect(house: House, action: Action, happened: bool, by: str) -> _Told:  # noqa: FBT001  # by name above
    if not happened:
        return f.Failed(proposal=action.proposal, detail="a person saw that it did not happen", by=by), {}
    with house.store.read() as reading:
        before = image(reading.content(action.started or "", "expected"))
        (attempt,) = attempts_of(reading, [action])
    (now,) = await connected(house, attempt.connector).establish([attempt.call])
    after = now.current or Image(exists=False)  # a new record that nobody can name has no image
    done = f.Done(proposal=action.proposal, record=action.record, by=by)
    return done, {"before": plain(before), "after": plain(after)}


async def _undo(house: House, action: Action, happened: bool) -> _Told:  # noqa: FBT001  # by name above
    if not happened:
        return f.UndoFailed(proposal=action.proposal, detail="a person saw that it was not taken back"), {}
    with house.store.read() as reading:
        undo = undo_of(reading, action)
    return await undone_by_now(house, undo), {}
