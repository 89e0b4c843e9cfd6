"""How facts become what the store shows: one pure function per projection.

Live writes and a rebuild from the ledger use the same functions, so that what is shown can always be had again.
"""

from __future__ import annotations

from typing import cast

from msgspec import structs

from remit.core import facts as f
from remit.core.action import Action
from remit.core.facts import ActionFact, Entry
from remit.core.lifecycle import ENDED, KEPT_BACK, State, next_state
from remit.core.quorum import Approval
from remit.core.readiness import Measure
from remit.core.reservation import Reserved
from remit.core.types import Answer

_DUE_NOW = {State.RELEASED, State.UNDOING, State.STARTED}


def fold_action(action: Action | None, entry: Entry, fact: ActionFact) -> Action:
    """Return the action after a fact about it. Raises `Conflict` when the lifecycle does not admit the fact."""
    state = next_state(action.state if action else None, fact)
    if action is None or isinstance(fact, f.Proposed):
        return _opened(cast("f.Proposed", fact), entry)  # next_state admits nothing else here
    due_at = entry.at if state in _DUE_NOW and not isinstance(fact, f.Deferred) else getattr(fact, "due_at", None)
    ends = isinstance(fact, f.Done | f.Undone | f.UndoFailed) or (state in ENDED and not isinstance(fact, f.Observed))
    ended_at = entry.at if ends else action.ended_at
    moved = structs.replace(
        action,
        state=state,
        row_version=action.row_version + 1,
        due_at=due_at,
        ended_at=ended_at,
        reserved=_reserved(action.reserved, state, fact),
    )
    return _with_details(moved, entry, fact)


def _reserved(before: tuple[Reserved, ...], state: State, fact: ActionFact) -> tuple[Reserved, ...]:
    """Return what an action has taken from limits. It is given back where the action is kept back, and only there."""
    if state in KEPT_BACK:
        return ()
    match fact:
        case f.Decided() | f.Answered():
            return fact.reserved if state is State.LEAVING else before
        case f.Started():
            return before if fact.reserved is None else fact.reserved
        case _:
            return before


def _opened(fact: f.Proposed, entry: Entry) -> Action:
    return Action(
        proposal=fact.proposal,
        use_case=fact.use_case,
        operation=fact.operation,
        agent=fact.agent,
        version=fact.version,
        call_id=fact.call_id,
        trial=fact.trial,
        cluster=fact.cluster,
        draw_ppm=fact.draw_ppm,
        record=fact.record,
        requester=fact.on_behalf_of,
        not_before=fact.not_before,
        pair=fact.pair,
        state=State.PROPOSED,
        row_version=0,
        content=entry.id,
        proposed_at=entry.at,
    )


def _with_details(action: Action, entry: Entry, fact: ActionFact) -> Action:
    match fact:
        case f.Decided():
            rate = fact.given.draw_rate_ppm
            return structs.replace(
                action,
                verdict=fact.verdict,
                decided=entry.id,
                counts=fact.counts,
                certifies=fact.certifies,
                seen=fact.seen,
                draw_rate_ppm=rate,
            )
        case f.Answered():
            return _answered(action, entry, fact)
        case f.Started():
            return structs.replace(action, attempts=action.attempts + 1, started=entry.id)
        case f.Deferred():
            put_back = action.attempts - (action.state is State.LEAVING)  # the same key goes there again
            return structs.replace(action, attempts=put_back, tries=action.tries + 1)
        case f.Done():
            return structs.replace(action, done=entry.id, record=fact.record or action.record)
        case f.Observed() if fact.loss_ppm is not None:
            return structs.replace(action, loss_ppm=max(fact.loss_ppm, action.loss_ppm or 0))
        case _:
            return _while_waiting(action, fact)


def _while_waiting(action: Action, fact: ActionFact) -> Action:
    """Return the action after what happens to it while it waits for a person, or what makes it wait again."""
    match fact:
        case f.HeldAgain():
            anew = structs.replace(action, seen=fact.seen, answered_by=None, loss_ppm=None, approvals=(), tries=0)
            return _waiting_anew(anew)
        case f.TakenBack():
            left = () if action.answered_by else tuple(one for one in action.approvals if one.by != fact.by)
            again = structs.replace(action, answered_by=None, loss_ppm=None, approvals=left)
            return again if action.answered_by is None else _waiting_anew(again)
        case f.Unhalted():
            return _waiting_anew(structs.replace(action, answered_by=None, loss_ppm=None, approvals=()))
        case f.Seeded():
            return structs.replace(action, counts=False, certifies=False)
        case f.Reminded() | f.Escalated():
            return structs.replace(action, steps=action.steps + 1)
        case f.Claimed():
            return structs.replace(action, claimed_by=fact.by, claimed_until=fact.until)
        case f.Unclaimed():
            return structs.replace(action, claimed_by=None, claimed_until=None)
        case _:
            return action


def _waiting_anew(action: Action) -> Action:
    """Return an action that waits from the beginning: nobody was asked yet, and nobody works on it."""
    return structs.replace(action, steps=0, claimed_by=None, claimed_until=None)


def _answered(action: Action, entry: Entry, fact: f.Answered) -> Action:
    if fact.answer is Answer.LATER:
        return action
    edited = fact.answer in {Answer.APPROVE_EDITED, Answer.USED_EDITED}
    after = structs.replace(
        action,
        seen=fact.seen,
        revision=fact.revision,
        content=entry.id if edited else action.content,
        approvals=_approvals(action, fact, anew=edited),
    )
    if fact.missing:
        return after
    graded = not (fact.too_fast or fact.discounted)
    return structs.replace(
        after,
        answered_by=fact.by,
        loss_ppm=fact.loss_ppm,
        seconds_seen=fact.seconds_seen,
        counts=action.counts and graded,
        certifies=action.certifies and graded,
    )


def _approvals(action: Action, fact: f.Answered, *, anew: bool) -> tuple[Approval, ...]:
    """Return who approves after an answer; an edit is a new revision that nobody but its author has approved."""
    if fact.answer not in {Answer.APPROVE, Answer.APPROVE_EDITED} or not fact.roles:
        return ()
    others = () if anew else tuple(one for one in action.approvals if one.by != fact.by)
    return (*others, Approval(by=fact.by, roles=fact.roles))


def fold_measure(entry: Entry, fact: f.Measured) -> Measure:
    """Return what was measured, with the moment it was."""
    return Measure(what=fact.what, value_ppm=fact.value_ppm, until=fact.until, by=fact.by, at=entry.at, note=fact.note)


def settled_without_answer(state: State) -> bool:
    """Whether no answer can come any more, though none came."""
    return state in {State.LAPSED, State.WITHDRAWN}


def gradable(state: State, loss_ppm: int | None) -> bool:
    """Whether an item may stand for its cluster: what was blocked before anybody answered tells nothing of its agent."""
    return state is not State.BLOCKED or loss_ppm is not None
