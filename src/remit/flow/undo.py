"""Somebody wants effects gone: they are chosen and foreseen here, and the wish is recorded; `execute` carries it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from remit.core import facts as f
from remit.core import undo_plan
from remit.core.action import Action
from remit.core.gate import decide
from remit.core.types import Level, ProposalId
from remit.core.undo_choice import MOST, CanGoBack, Choice, StaysThere, judge_undo, newest_first
from remit.errors import Conflict, InvalidInput, RemitError
from remit.flow.ask import connected
from remit.flow.observe import Outcome, observe_one
from remit.flow.restore import Undo, undo_of
from remit.ports import House, Reading, Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What an undo would do now: fields that go back, or the record that goes; what is kept and why; or why it stays there."""

    action: Action
    outcome: CanGoBack | StaysThere
    back: tuple[str, ...] = ()
    removes: bool = False
    kept: Mapping[str, str] = field(default_factory=dict)


async def undo(house: House, proposals: Sequence[ProposalId], by: str, reason: str = "") -> int:
    """Ask for the undo of done actions, all or none. Raises `NotFound` or `Conflict` for one that cannot be undone."""
    outcomes = await house.store.write(lambda tx: _ask(house, tx, proposals, by, reason, None))
    house.ring()
    return len(outcomes)


async def undo_each(
    house: House, proposals: Sequence[ProposalId], by: str, reason: str = ""
) -> tuple[str, list[Action | RemitError]]:
    """Ask for many undos under one batch, each by itself. Returns its name and an outcome for each."""
    if not 1 <= len(proposals) <= MOST:
        raise InvalidInput(asked="undos together", found=str(len(proposals)), do=f"Choose 1 to {MOST}")
    batch = house.ids.new()

    def work(tx: Writing) -> list[Action | RemitError]:
        return [_attempt(house, tx, proposal, by, reason, batch) for proposal in proposals]

    outcomes = await house.store.write(work)
    house.ring()
    return batch, outcomes


def _attempt(house: House, tx: Writing, proposal: ProposalId, by: str, reason: str, batch: str) -> Action | RemitError:
    try:
        return _ask(house, tx, [proposal], by, reason, batch)[0]
    except RemitError as error:
        return error


def _ask(house: House, tx: Writing, proposals: Sequence[ProposalId], by: str, reason: str, batch: str | None) -> list[Action]:
    return [_ask_one(house, tx, tx.existing(proposal), by, reason, batch) for proposal in proposals]


def _ask_one(house: House, tx: Writing, action: Action, by: str, reason: str, batch: str | None) -> Action:
    outcome = judged(tx, action)
    if isinstance(outcome, StaysThere):
        raise Conflict(asked=f"undo of {action.proposal}", found=outcome.why, do=outcome.correction)
    if not _level_was_lost(tx, action):
        observe_one(house, tx, Outcome(proposal=action.proposal, kind="reverted"), f"person:{by}")
    tx.record(f.UndoAsked(proposal=action.proposal, by=by, reason=reason, batch=batch), actor=f"person:{by}")
    return tx.existing(action.proposal)


def _level_was_lost(tx: Reading, action: Action) -> bool:
    """Whether it was done alone and nobody trusts that any more: then taking it back says nothing about this one."""
    return action.answered_by is None and tx.grant(action.use_case, action.operation).level < Level.EXECUTE


def judged(reading: Reading, action: Action, keep_days: int | None = None) -> CanGoBack | StaysThere:
    """Say whether an action can be undone, and until when."""
    policy = reading.policy()
    classified = decide(reading.decision(action).given, policy).classified
    kept = action.done is not None and reading.content(action.done, "before") is not None
    entry = policy.entry(action.operation)
    return judge_undo(action, entry, classified.action_class.reversibility, image_kept=kept, keep_days=keep_days)


def choose(house: House, choice: Choice) -> list[Action]:
    """Return what was done and is chosen, the latest first, at most 1,000. Raises `InvalidInput` for an unknown use case."""
    with house.store.read() as reading:
        known = reading.policy().charters
        if choice.use_case not in known:
            do = f"Name one of {', '.join(sorted(known))}"
            raise InvalidInput(asked=f"undos of {choice.use_case}", found="no such use case", do=do)
        return newest_first(reading.done(choice, limit=MOST))


async def foresee(house: House, proposals: Sequence[ProposalId], keep_days: int | None = None) -> list[Foreseen]:
    """Say what the undo of each would do now, in the order in which they would go back. It writes nothing."""
    with house.store.read() as reading:
        actions = newest_first(reading.existing(proposal) for proposal in dict.fromkeys(proposals))
        found = [(action, judged(reading, action, keep_days)) for action in actions]
        undos = [undo_of(reading, action) if isinstance(outcome, CanGoBack) else None for action, outcome in found]
    return [
        Foreseen(action=action, outcome=outcome) if one is None else await _foresee(house, one, outcome)
        for (action, outcome), one in zip(found, undos, strict=True)
    ]


async def _foresee(house: House, one: Undo, outcome: CanGoBack | StaysThere) -> Foreseen:
    (now,) = await connected(house, one.connector).images([(one.record, one.names)])
    plan = undo_plan.plan(one.before, one.after, now)
    back = tuple(sorted({*plan.put, *plan.drop}))
    return Foreseen(action=one.action, outcome=outcome, back=back, removes=plan.remove, kept=plan.kept)
