"""The gate again, at the last moment: with fresh facts and today's policy, in the transaction that writes the intent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from remit.core import facts as f
from remit.core.action import Action
from remit.core.approval import AtRelease, at_release, leaves_at, needed
from remit.core.gate import Reason
from remit.core.lifecycle import State
from remit.core.quorum import approvals_of, missing
from remit.core.reservation import same
from remit.core.types import Image, ProposalId
from remit.flow.ask import Judged, Question, ask_gate, moved
from remit.flow.attempt import BY, Attempt, held_again, plain
from remit.flow.count import fetch_counts
from remit.flow.flag import flag
from remit.ports import Established, House, KeyedCall, Writing


def start_all(house: House, pairs: Sequence[tuple[Attempt, Established]], tx: Writing) -> list[tuple[Attempt, KeyedCall]]:
    """Release what may leave and write the intent of each. Returns what was begun, with the call to send."""
    tx.fetch([attempt.action.proposal for attempt, _ in pairs])
    policy = tx.policy()
    group = ((policy.place(one.action.use_case, one.action.operation), one.action.agent, found) for one, found in pairs)
    fetch_counts(tx, group, house.clock.now())
    return [started for pair in pairs if (started := _start(house, tx, *pair)) is not None]


def _start(house: House, tx: Writing, attempt: Attempt, established: Established) -> tuple[Attempt, KeyedCall] | None:
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
    tx.record(intent, actor=BY, contents={"expected": plain(expected)})
    return attempt, KeyedCall(key=key, call=attempt.call, expected=expected)


def _released(tx: Writing, proposal: ProposalId, now: datetime) -> Action | None:
    """Return the action once it may leave; None where somebody took it back, stopped it or put it off meanwhile."""
    action = tx.existing(proposal)
    if action.state is State.LEAVING and action.due_at is not None and action.due_at <= now:
        tx.record(f.Released(proposal=proposal), actor=BY)
        return tx.existing(proposal)
    return action if action.state is State.RELEASED else None


def _moved(action: Action, judged: Judged) -> tuple[str, ...]:
    """Name what moved since the look; a new policy alone is judged by the gate itself."""
    return tuple(name for name in moved(action.seen, judged.seen) if name in {"record", "reach"})


def _ask_again(house: House, tx: Writing, action: Action, attempt: Attempt, established: Established) -> Judged:
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
        tx.record(f.Blocked(proposal=action.proposal, reasons=reasons), actor=BY)
        flag(house, tx, action, reasons)
    elif outcome is AtRelease.WAIT:
        due_at = leaves_at(judged.decision, house.clock.now(), not_before=action.not_before)
        tx.record(f.Postponed(proposal=action.proposal, due_at=due_at), actor=BY)
    elif outcome is AtRelease.HALT:
        tx.record(f.Halted(proposal=action.proposal, scope=", ".join(judged.given.stops)), actor=BY)
    else:
        tx.record(held_again(house, tx, action, reasons, judged.seen), actor=BY)
