"""The one state machine of an action: which fact may follow in which state, and where it leads.

A waiting approval is a row in the state `held`; no thread stands for it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from remit.core import facts as f
from remit.core.types import Answer, Likeness, Verdict
from remit.errors import Conflict

if TYPE_CHECKING:
    from remit.core.facts import ActionFact


class State(StrEnum):
    """Where an action stands."""

    PROPOSED = "proposed"
    BLOCKED = "blocked"
    DRAFTED = "drafted"
    HELD = "held"
    SEEDED = "seeded"
    CAUGHT = "caught"
    MISSED = "missed"
    SHADOWED = "shadowed"
    MATCHED = "matched"
    SHADOW_RIGHT = "shadow_right"
    SHADOW_WRONG = "shadow_wrong"
    LEAVING = "leaving"
    USED = "used"
    USED_EDITED = "used_edited"
    DISCARDED = "discarded"
    LAPSED = "lapsed"
    REJECTED = "rejected"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    STOPPED = "stopped"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    UNCLEAR = "unclear"
    UNDOING = "undoing"
    UNDONE = "undone"
    UNDONE_WITH_RESIDUE = "undone_with_residue"
    UNDO_FAILED = "undo_failed"
    UNDO_UNCLEAR = "undo_unclear"


S = State

_BY_VERDICT = {Verdict.BLOCK: S.BLOCKED, Verdict.DRAFT: S.DRAFTED, Verdict.HOLD: S.HELD, Verdict.ALLOW: S.LEAVING}
_BY_ANSWER = {
    (S.HELD, Answer.APPROVE): S.LEAVING,
    (S.HELD, Answer.APPROVE_EDITED): S.LEAVING,
    (S.HELD, Answer.REJECT): S.REJECTED,
    (S.HELD, Answer.RETURN): S.RETURNED,
    (S.HELD, Answer.LATER): S.HELD,
    (S.SEEDED, Answer.APPROVE): S.MISSED,
    (S.SEEDED, Answer.APPROVE_EDITED): S.CAUGHT,
    (S.SEEDED, Answer.REJECT): S.CAUGHT,
    (S.SEEDED, Answer.RETURN): S.CAUGHT,
    (S.SEEDED, Answer.LATER): S.SEEDED,
    (S.SHADOWED, Answer.APPROVE): S.SHADOW_RIGHT,
    (S.SHADOWED, Answer.APPROVE_EDITED): S.SHADOW_WRONG,
    (S.SHADOWED, Answer.REJECT): S.SHADOW_WRONG,
    (S.SHADOWED, Answer.RETURN): S.SHADOW_WRONG,
    (S.SHADOWED, Answer.LATER): S.SHADOWED,
    (S.DRAFTED, Answer.USED): S.USED,
    (S.DRAFTED, Answer.USED_EDITED): S.USED_EDITED,
    (S.DRAFTED, Answer.DISCARDED): S.DISCARDED,
    (S.DRAFTED, Answer.LATER): S.DRAFTED,
}
_BY_FACT: dict[tuple[State, type], State] = {
    (S.LEAVING, f.TakenBack): S.HELD,
    (S.HELD, f.TakenBack): S.HELD,  # one of several approvals
    (S.LEAVING, f.HeldAgain): S.HELD,
    (S.LEAVING, f.Released): S.RELEASED,
    (S.HELD, f.HeldAgain): S.HELD,
    (S.HELD, f.Blocked): S.BLOCKED,
    (S.DRAFTED, f.Blocked): S.BLOCKED,
    (S.LEAVING, f.Blocked): S.BLOCKED,
    (S.STOPPED, f.Blocked): S.BLOCKED,
    **{
        (state, kind): state
        for state in (S.HELD, S.DRAFTED, S.SEEDED, S.SHADOWED)
        for kind in (f.Reminded, f.Escalated, f.Claimed, f.Unclaimed)
    },
    (S.HELD, f.Lapsed): S.LAPSED,
    (S.DRAFTED, f.Lapsed): S.LAPSED,
    (S.HELD, f.Seeded): S.SEEDED,  # from here no way leads out of the house
    (S.SEEDED, f.Lapsed): S.LAPSED,
    (S.SEEDED, f.Blocked): S.BLOCKED,
    (S.SHADOWED, f.Lapsed): S.LAPSED,
    (S.SHADOWED, f.Blocked): S.BLOCKED,
    (S.SHADOWED, f.Withdrawn): S.WITHDRAWN,
    (S.HELD, f.Withdrawn): S.WITHDRAWN,
    (S.DRAFTED, f.Withdrawn): S.WITHDRAWN,
    (S.RELEASED, f.HeldAgain): S.HELD,
    (S.RELEASED, f.Postponed): S.LEAVING,  # nobody may be contacted at this hour
    (S.RELEASED, f.Blocked): S.BLOCKED,
    (S.RELEASED, f.Halted): S.STOPPED,
    (S.RELEASED, f.Started): S.STARTED,
    (S.STOPPED, f.Unhalted): S.HELD,
    (S.STOPPED, f.Withdrawn): S.WITHDRAWN,
    (S.STARTED, f.Done): S.DONE,
    (S.STARTED, f.Failed): S.FAILED,
    (S.STARTED, f.Unclear): S.UNCLEAR,
    (S.STARTED, f.Deferred): S.LEAVING,  # nothing was written there, and it may be tried again
    (S.UNDOING, f.Deferred): S.UNDOING,
    (S.HELD, f.Cancelled): S.RETURNED,
    (S.DRAFTED, f.Cancelled): S.RETURNED,
    (S.LEAVING, f.Cancelled): S.RETURNED,
    (S.STOPPED, f.Cancelled): S.RETURNED,
    (S.STARTED, f.HeldAgain): S.HELD,  # the connected system compared and refused: nothing was written there
    (S.UNCLEAR, f.Done): S.DONE,
    (S.UNCLEAR, f.Failed): S.FAILED,
    (S.DONE, f.UndoAsked): S.UNDOING,
    (S.UNDOING, f.UndoStarted): S.UNDOING,
    (S.UNDOING, f.UndoFailed): S.UNDO_FAILED,
    (S.UNDOING, f.UndoUnclear): S.UNDO_UNCLEAR,
    (S.UNDO_UNCLEAR, f.UndoFailed): S.UNDO_FAILED,
}
_OBSERVABLE = {S.DONE, S.USED, S.USED_EDITED, S.UNDOING, S.UNDONE, S.UNDONE_WITH_RESIDUE, S.UNDO_FAILED, S.UNDO_UNCLEAR}

WAITS = (S.HELD, S.DRAFTED, S.SEEDED, S.SHADOWED)
"""States in which a person is waited for; what was planted or is a shadow looks to her as if it were held."""

LIKE_HELD = {S.HELD, S.SEEDED, S.SHADOWED}
"""States that look alike to a reviewer: held, planted to see whether somebody notices, and a shadow of another version."""

PLANTED = {S.SEEDED, S.CAUGHT, S.MISSED}
"""Where a planted proposal stands, from the beginning to the end."""

SHADOWS = {S.SHADOWED, S.MATCHED, S.SHADOW_RIGHT, S.SHADOW_WRONG}
"""Where the shadow of another version's proposal stands."""

APART = PLANTED | SHADOWS
"""Where a proposal stands that no way leads out of the house for, and that is no evidence of a level."""

WATCHED_APART = {S.SEEDED, S.SHADOWED}
"""Those of them that wait for a person."""

ON_ITS_WAY = {S.LEAVING, S.RELEASED, S.STARTED, S.UNCLEAR}
"""States of an effect that may be there, or is about to be."""

CARRIED_OUT = {S.DONE, S.UNDOING, S.UNDONE, S.UNDONE_WITH_RESIDUE, S.UNDO_FAILED, S.UNDO_UNCLEAR}
"""States of an effect that was there, whatever became of it since."""

ENDED = {
    S.BLOCKED,
    S.USED,
    S.USED_EDITED,
    S.DISCARDED,
    S.LAPSED,
    S.REJECTED,
    S.RETURNED,
    S.WITHDRAWN,
    S.FAILED,
    S.CAUGHT,
    S.MISSED,
    S.MATCHED,
    S.SHADOW_RIGHT,
    S.SHADOW_WRONG,
}
"""States in which nothing is waiting any more and nothing was carried out by Remit."""

KEPT_BACK = {S.HELD, S.STOPPED, S.BLOCKED, S.RETURNED}
"""States an action comes to when it was on its way and did not start; what it took from limits is given back there."""


def next_state(state: State | None, fact: ActionFact) -> State:
    """Return the state after a fact. Raises `Conflict` when the fact may not follow in this state."""
    found = _next(state, fact)
    if found is None:
        here = state.value if state else "nothing"
        raise Conflict(asked=type(fact).__name__, found=f"{fact.proposal} is {here}", do="Look at it again")
    return found


def _next(state: State | None, fact: ActionFact) -> State | None:
    if state is None:
        return S.PROPOSED if isinstance(fact, f.Proposed) else None
    match fact:
        case f.Decided():
            return _decided(fact) if state is S.PROPOSED else None
        case f.Answered():
            after = _BY_ANSWER.get((state, fact.answer))
            return state if after is S.LEAVING and fact.missing else after
        case f.Undone():
            ended = S.UNDONE_WITH_RESIDUE if fact.residue else S.UNDONE
            return ended if state in {S.UNDOING, S.UNDO_UNCLEAR} else None
        case f.Observed():
            return state if state in _OBSERVABLE else None
        case _:
            return _BY_FACT.get((state, type(fact)))


def _decided(fact: f.Decided) -> State:
    """Return where a decision leads: a shadow waits for a person only where it asks for something else, and never leaves."""
    if fact.shadow is not None and fact.verdict is not Verdict.BLOCK:
        return S.MATCHED if fact.shadow is Likeness.SAME else S.SHADOWED
    return _BY_VERDICT[fact.verdict]
