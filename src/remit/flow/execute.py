"""Carries out what may leave: the gate is asked again, intent is written, the effect happens once, its end is written.

Only this verb acts on the world. One key stands for one effect: after a crash, or when the connected system was not ready, the
same key goes there again, and it answers that the first way. A system that is resting costs the others nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from remit.core import facts as f
from remit.core.action import Action
from remit.core.lifecycle import State
from remit.core.policy import CompiledPolicy
from remit.core.types import UseCaseId
from remit.core.undo_choice import newest_first
from remit.errors import ConnectorFailed
from remit.flow.ask import connected
from remit.flow.attempt import BY, Attempt, attempts_of, carry_out, write_ends
from remit.flow.look_up import establish
from remit.flow.release import start_all
from remit.flow.restore import Undo, put_back, put_down, undo_of
from remit.flow.stopped import is_stopped
from remit.ports import Effect, House, Performed, Reading, Writing

BATCH = 200
_Asked = TypeVar("_Asked", Attempt, Undo)
_GOES_OUT = frozenset({State.LEAVING, State.RELEASED})


async def execute(house: House) -> int:
    """Carry out one batch of everything whose time has come. Returns how many actions moved; 0 when nothing is due."""
    with house.store.read() as reading:
        policy = reading.policy()
        resting = _resting(house, policy)
        due = reading.due(_GOES_OUT, house.clock.now(), limit=BATCH, without=resting)
        attempts = attempts_of(reading, due)
        undos = [undo_of(reading, action) for action in _going_back(house, reading, resting)]
    names = sorted({one.connector for one in attempts} | {one.connector for one in undos})
    moved = await asyncio.gather(*(_serve(house, policy, name, attempts, undos) for name in names))
    return sum(moved)


def _going_back(house: House, reading: Reading, resting: frozenset[UseCaseId]) -> list[Action]:
    """Return what goes back now, the latest effect first; nothing before a later one on the same record that has to wait."""
    if not reading.due({State.UNDOING}, house.clock.now(), limit=1, without=resting):
        return []
    undoing = newest_first(reading.in_states({State.UNDOING}, limit=100_000))
    now, free, waiting = house.clock.now(), [], set()
    for action in undoing:
        late = action.due_at is None or action.due_at > now
        if late or action.use_case in resting or action.record in waiting or is_stopped(reading, action):
            waiting.add(action.record)
        else:
            free.append(action)
    return free[:BATCH]


def _resting(house: House, policy: CompiledPolicy) -> frozenset[UseCaseId]:
    """Return the use cases whose connected system takes nothing now, or is not connected."""
    return frozenset(name for name, charter in policy.charters.items() if not _room(house, charter.connector))


def _room(house: House, name: str) -> int:
    return house.connectors[name].room() if name in house.connectors else 0


async def _serve(house: House, policy: CompiledPolicy, name: str, attempts: Sequence[Attempt], undos: Sequence[Undo]) -> int:
    """Carry out what is due at one connected system, as much as it takes now."""
    ours = [one for one in attempts if one.connector == name][: _room(house, name)]
    moved = 0
    try:
        if ours:
            established = await establish(house, policy, name, [one.wanted for one in ours])
            pairs = list(zip(ours, established, strict=True))
            with house.telemetry.span("execute", {"remit.connector": name, "remit.due": len(ours)}) as span:
                started = await house.store.write(partial(start_all, house, pairs))
                span.set("remit.started", len(started))
                moved += len(ours)
                await carry_out(house, name, started)
        moved += await _put_back(house, name, [one for one in undos if one.connector == name])
    except ConnectorFailed:
        return moved  # what was begun is found by `recover`; the system names its trouble itself
    return moved


async def _put_back(house: House, name: str, undos: Sequence[Undo]) -> int:
    """Take effects back one after the other. Where one has to wait, so does what lies under it on the same record."""
    moved, waiting = 0, set()
    for undo in undos:
        if undo.action.record in waiting or not _room(house, name):
            continue
        if await put_back(house, undo) is State.UNDOING:
            waiting.add(undo.action.record)
        else:
            moved += 1
    return moved


async def recover(house: House) -> int:
    """Finish what was cut off between intent and result. Returns how many attempts were found.

    The connected system is asked how each key ended. One it never saw goes through the gate again, under the same key: a stop,
    an opt-out or a limit since then keeps it back.
    """
    with house.store.read() as reading:
        cut = attempts_of(reading, reading.in_states({State.STARTED}, limit=100_000))
    found = 0
    for name in sorted({one.connector for one in cut}):
        ours = [one for one in cut if one.connector == name]
        for start in range(0, len(ours), BATCH):
            found += await _recover(house, name, ours[start : start + BATCH])
    return found


async def _recover(house: House, name: str, cut: Sequence[Attempt]) -> int:
    if not _room(house, name):
        return 0
    ends = await _look_up(house, name, cut)
    if not ends:
        return 0
    await write_ends(house, [(one.action, end) for one, end in ends if end is not None], by_look_up=True)
    await house.store.write(partial(_send_again, house, [one for one, end in ends if end is None]))
    return len(ends)


async def _look_up(house: House, name: str, asked: Sequence[_Asked]) -> list[tuple[_Asked, Performed | None]]:
    """Return what the connected system knows of each key; nothing where it does not answer."""
    try:
        ends = await connected(house, name).look_up([one.key for one in asked]) if asked else []
    except ConnectorFailed:
        return []
    return list(zip(asked, ends, strict=True))


def _send_again(house: House, lost: Sequence[Attempt], tx: Writing) -> None:
    for attempt in lost:
        if tx.existing(attempt.action.proposal).state is State.STARTED:
            detail = "cut off before it arrived"
            tx.record(f.Deferred(proposal=attempt.action.proposal, due_at=house.clock.now(), detail=detail), actor=BY)


async def clarify(house: House) -> int:
    """Look up what is unclear, and settle what the connected system knows by now. Returns how many that were.

    What it knows nothing of stays unclear: a person says what she sees there.
    """
    with house.store.read() as reading:
        unclear = attempts_of(reading, reading.in_states({State.UNCLEAR}, limit=BATCH))
        undos = [undo_of(reading, action) for action in reading.in_states({State.UNDO_UNCLEAR}, limit=BATCH)]
    settled = 0
    names = {one.connector for one in unclear} | {one.connector for one in undos}
    for name in sorted(names & set(house.connectors)):
        settled += await _clarify(house, name, [one for one in unclear if one.connector == name])
        settled += await _clarify_undos(house, name, [one for one in undos if one.connector == name])
    return settled


async def _clarify(house: House, name: str, unclear: Sequence[Attempt]) -> int:
    known = [(one.action, end) for one, end in await _look_up(house, name, unclear) if end is not None and _is_clear(end)]
    await write_ends(house, known, by_look_up=True)
    return len(known)


async def _clarify_undos(house: House, name: str, unclear: Sequence[Undo]) -> int:
    known = [one for one, end in await _look_up(house, name, unclear) if end is not None and end.effect is Effect.DONE]
    with suppress(ConnectorFailed):  # the rest is read back the next time
        return sum([await put_down(house, one) for one in known])
    return 0


def _is_clear(end: Performed) -> bool:
    return end.effect not in {Effect.UNCLEAR, Effect.NOT_YET}
