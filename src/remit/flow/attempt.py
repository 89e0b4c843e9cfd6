"""One try at carrying an action out: what it asks of the connected system, and how its end is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from remit.core import facts as f
from remit.core.action import Action
from remit.core.deadline import lapses_at
from remit.core.gate import Reason
from remit.core.lifecycle import State
from remit.core.retry import next_try
from remit.core.types import Image, Record, Verdict
from remit.flow.ask import connected, connector_call
from remit.flow.look_up import Wanted
from remit.ports import Call, Effect, House, KeyedCall, Performed, Reading, Writing

BY = "remit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An action on its way out, with what it will ask the connected system for."""

    action: Action
    connector: str
    call: Call

    @property
    def wanted(self) -> Wanted:
        """Return it as it is looked up."""
        return Wanted(use_case=self.action.use_case, operation=self.action.operation, call=self.call)

    @property
    def key(self) -> str:
        """Return the key of the attempt that was begun."""
        return f"{self.action.proposal}:{self.action.attempts}"


def attempts_of(reading: Reading, actions: Sequence[Action]) -> list[Attempt]:
    """Say what each action will ask for."""
    if not actions:
        return []
    charters = reading.policy().charters
    arguments = reading.contents([action.content for action in actions], "arguments")
    return [
        Attempt(
            action=action,
            connector=charters[action.use_case].connector,
            call=connector_call(action.operation, arguments.get(action.content) or {}),
        )
        for action in actions
    ]


async def carry_out(house: House, name: str, started: Sequence[tuple[Attempt, KeyedCall]]) -> None:
    """Send what was begun to its connected system, and write down how each ended."""
    if started:
        ends = await connected(house, name).perform([keyed for _, keyed in started])
        await write_ends(house, [(attempt.action, end) for (attempt, _), end in zip(started, ends, strict=True)])


async def write_ends(house: House, finished: Sequence[tuple[Action, Performed]], *, by_look_up: bool = False) -> None:
    """Write down how attempts ended."""
    await house.store.write(partial(_write_ends, house, finished, by_look_up))


def _write_ends(house: House, finished: Sequence[tuple[Action, Performed]], by_look_up: bool, tx: Writing) -> None:  # noqa: FBT001  # by name above
    tx.fetch([action.proposal for action, _ in finished])
    for action, end in finished:
        if tx.existing(action.proposal).state in {State.STARTED, State.UNCLEAR}:
            _write_end(house, tx, tx.existing(action.proposal), end, by_look_up=by_look_up)


def _write_end(house: House, tx: Writing, action: Action, end: Performed, *, by_look_up: bool) -> None:
    match end.effect:
        case Effect.DONE:
            record = str(end.record) if end.record else None
            done = f.Done(proposal=action.proposal, record=record, by_look_up=by_look_up)
            tx.record(done, actor=BY, contents=images_of(end))
        case Effect.FAILED:
            tx.record(f.Failed(proposal=action.proposal, detail=end.detail), actor=BY)
        case Effect.UNCLEAR:
            if action.state is not State.UNCLEAR:
                tx.record(f.Unclear(proposal=action.proposal, detail=end.detail), actor=BY)
        case Effect.NOT_YET:
            _put_off(house, tx, action, end)
        case Effect.CHANGED:
            _changed(house, tx, action)


def _put_off(house: House, tx: Writing, action: Action, end: Performed) -> None:
    """Let the same key go there again later; after too many tries it failed, and surely nothing happened."""
    wait = next_try(action.tries + 1, end.retry_after_seconds)
    if wait is None:
        detail = f"not taken {action.tries + 1} times: {end.detail}"
        tx.record(f.Failed(proposal=action.proposal, detail=detail), actor=BY)
    else:
        due_at = house.clock.now() + wait
        tx.record(f.Deferred(proposal=action.proposal, due_at=due_at, detail=end.detail), actor=BY)


def _changed(house: House, tx: Writing, action: Action) -> None:
    if action.state is State.UNCLEAR:
        tx.record(f.Failed(proposal=action.proposal, detail="the record had changed, so nothing was written"), actor=BY)
    else:
        reason = Reason(code="changed_since_seen", floor=Verdict.HOLD, values={"found": "record"})
        tx.record(held_again(house, tx, action, (reason,), action.seen), actor=BY)


def held_again(house: House, tx: Reading, action: Action, reasons: tuple[Reason, ...], seen: str) -> f.HeldAgain:
    """Build the fact that a person has to look again."""
    policy = tx.policy()
    due = lapses_at(policy.charters[action.use_case], policy.risk_statement, house.clock.now())
    return f.HeldAgain(proposal=action.proposal, reasons=reasons, seen=seen, due_at=due)


def images_of(end: Performed) -> dict[str, object]:
    """Return what of an end is content: the record before and after."""
    return {"before": plain(end.before), "after": plain(end.after)}


def plain(image: Image | None) -> dict[str, object]:
    """Write an image as content keeps it."""
    return {"exists": image is not None and image.exists, "fields": dict(image.fields) if image is not None else {}}


def image(kept: Mapping[str, object] | None) -> Image:
    """Read an image as content keeps it; nothing where it was erased."""
    return Image(exists=False) if kept is None else Image(exists=bool(kept["exists"]), fields=kept["fields"])  # type: ignore[arg-type]


def record_of(action: Action) -> Record:
    """Return the record an action is about."""
    kind, _, identity = (action.record or "").partition("/")
    return Record(kind=kind, id=identity)
