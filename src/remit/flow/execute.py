"""Carries out what may leave: the gate is asked again, intent is written, the effect happens once, its end is written.

Only this verb acts on the world. After a crash the same key goes to the connected system again, which answers it the
first way; there is never a second key for one effect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from remit.core import facts as f
from remit.core import undo_plan
from remit.core.action import Action
from remit.core.approval import AtRelease, at_release, leaves_at, needed
from remit.core.gate import Reason
from remit.core.lifecycle import State
from remit.core.quorum import approvals_of, missing
from remit.core.reservation import same
from remit.core.types import Image, ProposalId, Record, Verdict
from remit.core.undo_plan import UndoPlan
from remit.flow.ask import Judged, Question, ask_gate, connected, connector_call, moved
from remit.flow.count import fetch_counts
from remit.flow.flag import flag
from remit.flow.look_up import Wanted, establish
from remit.ports import Call, Effect, Established, House, KeyedCall, KeyedRestore, Performed, Reading, Writing

BATCH = 200
_BY = "remit"
_COMES_TO = frozenset({State.LEAVING, State.RELEASED, State.UNDOING})
"""What waits for nothing but its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """One action on its way out, with what it will ask the connected system for."""

    action: Action
    connector: str
    call: Call


async def execute(house: House) -> int:
    """Carry out one batch of everything whose time has come. Returns how many actions moved; 0 when nothing is due."""
    with house.store.read() as reading:
        due = reading.due(_COMES_TO, house.clock.now(), limit=BATCH)
        attempts = _attempts(reading, [action for action in due if action.state is not State.UNDOING])
        undos = [_undo_of(reading, action) for action in due if action.state is State.UNDOING]
        policy = reading.policy() if attempts else None
    if policy is not None:
        established = await _per_connector(
            attempts, lambda name, group: establish(house, policy, name, [_wanted(attempt) for attempt in group])
        )
        pairs = list(zip(attempts, established, strict=True))
        await _perform(house, await house.store.write(partial(_start_all, house, pairs)))
    for undo in undos:
        await _undo_one(house, undo)
    return len(due)


async def recover(house: House) -> int:
    """Finish what a crash left between intent and result, with the keys it had. Returns how many attempts were found."""
    with house.store.read() as reading:
        attempts = _attempts(reading, reading.in_states({State.STARTED}, limit=100_000))
    for start in range(0, len(attempts), BATCH):
        group = attempts[start : start + BATCH]
        with house.store.read() as reading:
            keyed = [(attempt, _recall(reading, attempt)) for attempt in group]
        await _perform(house, keyed)
    return len(attempts)


def _attempts(reading: Reading, actions: Sequence[Action]) -> list[_Attempt]:
    if not actions:
        return []
    charters = reading.policy().charters
    arguments = reading.contents([action.content for action in actions], "arguments")
    return [
        _Attempt(
            action=action,
            connector=charters[action.use_case].connector,
            call=connector_call(action.operation, arguments.get(action.content) or {}),
        )
        for action in actions
    ]


def _wanted(attempt: _Attempt) -> Wanted:
    return Wanted(use_case=attempt.action.use_case, operation=attempt.action.operation, call=attempt.call)


async def _per_connector(attempts: Sequence[_Attempt], ask: Callable[..., object]) -> list[Established]:
    found: dict[str, Established] = {}
    for name in {attempt.connector for attempt in attempts}:
        group = [attempt for attempt in attempts if attempt.connector == name]
        replies = await ask(name, group)  # type: ignore[misc]  # every ask given here is a coroutine function
        found.update(zip((attempt.action.proposal for attempt in group), replies, strict=True))
    return [found[attempt.action.proposal] for attempt in attempts]


def _start_all(house: House, pairs: Sequence[tuple[_Attempt, Established]], tx: Writing) -> list[tuple[_Attempt, KeyedCall]]:
    tx.fetch([attempt.action.proposal for attempt, _ in pairs])
    policy = tx.policy()
    group = ((policy.place(one.action.use_case, one.action.operation), one.action.agent, found) for one, found in pairs)
    fetch_counts(tx, group, house.clock.now())
    return [started for pair in pairs if (started := _start(house, tx, *pair)) is not None]


def _start(house: House, tx: Writing, attempt: _Attempt, established: Established) -> tuple[_Attempt, KeyedCall] | None:
    """Release it and ask the gate again with fresh facts, in the transaction that writes the intent."""
    action = _released(tx, attempt.action.proposal, house.clock.now())
    if action is None:
        return None
    judged, policy = _ask_again(house, tx, action, attempt, established), tx.policy()
    lacking = missing(needed(policy.charters[action.use_case], judged.decision), approvals_of(action))
    approved = action.answered_by is not None
    outcome, reasons = at_release(judged.decision, approved=approved, lacking=lacking, moved=_moved(action, judged))
    if outcome is not AtRelease.GO:
        _keep_back(house, tx, action, judged, outcome, reasons)
        return None
    key = f"{action.proposal}:{action.attempts + 1}"
    expected = established.current or Image(exists=False)
    taken = None if same(judged.reserves, action.reserved) else judged.reserves
    intent = f.Started(proposal=action.proposal, key=key, policy_digest=judged.policy_digest, reserved=taken)
    tx.record(intent, actor=_BY, contents={"expected": _plain(expected)})
    return attempt, KeyedCall(key=key, call=attempt.call, expected=expected)


def _released(tx: Writing, proposal: ProposalId, now: datetime) -> Action | None:
    """Return the action once it may leave; None where somebody took it back, stopped it or put it off meanwhile."""
    action = tx.existing(proposal)
    if action.state is State.LEAVING and action.due_at is not None and action.due_at <= now:
        tx.record(f.Released(proposal=proposal), actor=_BY)
        return tx.existing(proposal)
    return action if action.state is State.RELEASED else None


def _moved(action: Action, judged: Judged) -> tuple[str, ...]:
    """Name what moved since the look; a new policy alone is judged by the gate itself."""
    return tuple(name for name in moved(action.seen, judged.seen) if name in {"record", "reach"})


def _ask_again(house: House, tx: Writing, action: Action, attempt: _Attempt, established: Established) -> Judged:
    before = tx.decision(action).given
    question = Question(
        use_case=action.use_case,
        operation=action.operation,
        arguments=attempt.call.arguments,
        agent=action.agent,
        version=action.version,
        trial=action.trial,
        claimed=before.claimed,
        established=established,
        drawn=before.drawn,
        own=action.reserved,
        proposal=action.proposal,
    )
    return ask_gate(house, tx, question)


def _keep_back(
    house: House, tx: Writing, action: Action, judged: Judged, outcome: AtRelease, reasons: tuple[Reason, ...]
) -> None:
    if outcome is AtRelease.BLOCK:
        tx.record(f.Blocked(proposal=action.proposal, reasons=reasons), actor=_BY)
        flag(house, tx, action, reasons)
    elif outcome is AtRelease.WAIT:
        due_at = leaves_at(judged.decision, house.clock.now())
        tx.record(f.Postponed(proposal=action.proposal, due_at=due_at), actor=_BY)
    elif outcome is AtRelease.HALT:
        tx.record(f.Halted(proposal=action.proposal, scope=", ".join(judged.given.stops)), actor=_BY)
    else:
        tx.record(_held_again(house, tx, action, reasons, judged.seen), actor=_BY)


def _held_again(house: House, tx: Reading, action: Action, reasons: tuple[Reason, ...], seen: str) -> f.HeldAgain:
    hours = tx.policy().charters[action.use_case].deadline_hours
    due = house.clock.now() + timedelta(hours=hours)
    return f.HeldAgain(proposal=action.proposal, reasons=reasons, seen=seen, due_at=due)


def _recall(reading: Reading, attempt: _Attempt) -> KeyedCall:
    """Rebuild the keyed call of an attempt that was cut off: the old key, and the image it was meant for."""
    expected = _image(reading.content(attempt.action.started or "", "expected"))
    key = f"{attempt.action.proposal}:{attempt.action.attempts}"
    return KeyedCall(key=key, call=attempt.call, expected=expected)


async def _perform(house: House, started: Sequence[tuple[_Attempt, KeyedCall]]) -> None:
    for name in {attempt.connector for attempt, _ in started}:
        group = [(attempt, keyed) for attempt, keyed in started if attempt.connector == name]
        ends = await connected(house, name).perform([keyed for _, keyed in group])
        finished = [(attempt.action, end) for (attempt, _), end in zip(group, ends, strict=True)]
        await house.store.write(partial(_finish, house, finished))


def _finish(house: House, finished: Sequence[tuple[Action, Performed]], tx: Writing) -> None:
    tx.fetch([action.proposal for action, _ in finished])
    for action, end in finished:
        match end.effect:
            case Effect.DONE:
                record = str(end.record) if end.record else None
                tx.record(f.Done(proposal=action.proposal, record=record), actor=_BY, contents=_images(end))
            case Effect.FAILED:
                tx.record(f.Failed(proposal=action.proposal, detail=end.detail), actor=_BY)
            case Effect.UNCLEAR:
                tx.record(f.Unclear(proposal=action.proposal, detail=end.detail), actor=_BY)
            case Effect.CHANGED:
                reason = Reason(code="changed_since_seen", floor=Verdict.HOLD, values={"found": "record"})
                tx.record(_held_again(house, tx, action, (reason,), action.seen), actor=_BY)


def _images(end: Performed) -> dict[str, object]:
    return {"before": _plain(end.before), "after": _plain(end.after)}


def _plain(image: Image | None) -> dict[str, object]:
    return {"exists": image is not None and image.exists, "fields": dict(image.fields) if image is not None else {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Undo:
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


def _undo_of(reading: Reading, action: Action) -> _Undo:
    kind, _, identity = (action.record or "").partition("/")
    before, after = (_image(reading.content(action.done or "", name)) for name in ("before", "after"))
    connector = reading.policy().charters[action.use_case].connector
    return _Undo(action=action, connector=connector, record=Record(kind=kind, id=identity), before=before, after=after)


def _image(plain: dict[str, object] | None) -> Image:
    return Image(exists=False) if plain is None else Image(exists=bool(plain["exists"]), fields=plain["fields"])  # type: ignore[arg-type]


async def _undo_one(house: House, undo: _Undo) -> None:
    connector = connected(house, undo.connector)
    now = (await connector.images([(undo.record, undo.names)]))[0]
    plan = undo_plan.plan(undo.before, undo.after, now)
    key = f"{undo.action.proposal}:undo"
    await house.store.write(lambda tx: tx.record(f.UndoStarted(proposal=undo.action.proposal, key=key), actor=_BY))
    end = Performed(effect=Effect.DONE) if plan.nothing else (await connector.restore([_restore(key, undo, plan, now)]))[0]
    back = (await connector.images([(undo.record, undo.names)]))[0]
    residue = _in_ascii(undo_plan.residue(undo.before, plan.kept, back))
    fact = _undo_end(undo.action, end, plan, residue)
    await house.store.write(lambda tx: tx.record(fact, actor=_BY))


def _in_ascii(residue: dict[str, str]) -> dict[str, str]:
    """Write field names as facts write names; a tag may be in any script."""
    return {name.encode("unicode_escape").decode(): why for name, why in residue.items()}


def _restore(key: str, undo: _Undo, plan: UndoPlan, now: Image) -> KeyedRestore:
    return KeyedRestore(key=key, record=undo.record, expected=now, put=plan.put, drop=plan.drop, remove=plan.remove)


def _undo_end(action: Action, end: Performed, plan: UndoPlan, residue: dict[str, str]) -> f.Undone | f.UndoFailed | f.UndoUnclear:
    if end.effect is Effect.CHANGED and plan.remove:  # people worked on the new record, beside what was looked at: it stays
        return f.Undone(proposal=action.proposal, residue=residue)
    match end.effect:
        case Effect.DONE:
            return f.Undone(proposal=action.proposal, residue=residue)
        case Effect.UNCLEAR:
            return f.UndoUnclear(proposal=action.proposal, detail=end.detail)
        case Effect.FAILED | Effect.CHANGED:
            return f.UndoFailed(proposal=action.proposal, detail=end.detail or "the record changed while it was being restored")
