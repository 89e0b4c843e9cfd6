"""The lifecycle as the architecture page draws it, written down a second time: which event leads from where to where.

An event is a fact, where needed with what decides its direction: a verdict, an answer, whether something remained.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from remit.core import facts as f
from remit.core.gate import GateInput
from remit.core.lifecycle import State
from remit.core.types import Answer, Level, Likeness, Operation, OwnerRole, ProposalId, UseCaseId, Verdict

P = ProposalId("p1")
LATER = datetime(2026, 3, 5, 12, tzinfo=UTC) + timedelta(hours=1)

DRAWN = """
    proposed     -> allow: leaving | hold: held | draft: drafted | block: blocked
    proposed     -> shadow_same: matched | shadow_differs: shadowed | shadow_block: blocked
    drafted      -> used: used | used_edited: used_edited | discarded: discarded | later: drafted | lapse: lapsed
    held         -> approve: leaving | approve_edited: leaving | block_again: blocked | reject: rejected | return: returned
    held         -> later: held | lapse: lapsed | withdraw: withdrawn
    leaving      -> take_back: held | hold_again: held | release: released
    released     -> start: started | halt: stopped | block_again: blocked | hold_again: held | postpone: leaving
    stopped      -> unhalt: held | withdraw: withdrawn
    started      -> done: done | fail: failed | unclear: unclear
    unclear      -> done: done | fail: failed
    done         -> ask_undo: undoing
    undoing      -> undone: undone | undone_partly: undone_with_residue | undo_fail: undo_failed | undo_unclear: undo_unclear
    undo_unclear -> undone: undone | undone_partly: undone_with_residue | undo_fail: undo_failed
"""

ALSO = """
    held         -> hold_again: held | take_back: held | approve_first: held
    drafted      -> withdraw: withdrawn | block_again: blocked
    leaving      -> block_again: blocked
    stopped      -> block_again: blocked
    started      -> hold_again: held | defer: leaving
    undoing      -> defer: undoing
    held         -> cancel: returned
    drafted      -> cancel: returned
    leaving      -> cancel: returned
    stopped      -> cancel: returned
    undoing      -> start_undo: undoing
    held         -> remind: held | escalate: held | claim: held | unclaim: held
    held         -> plant: seeded
    seeded       -> approve: missed | approve_edited: caught | reject: caught | return: caught | later: seeded
    seeded       -> approve_first: missed | lapse: lapsed | block_again: blocked
    seeded       -> remind: seeded | escalate: seeded | claim: seeded | unclaim: seeded
    shadowed     -> approve: shadow_right | approve_edited: shadow_wrong | reject: shadow_wrong | return: shadow_wrong
    shadowed     -> approve_first: shadow_right | later: shadowed | lapse: lapsed | block_again: blocked | withdraw: withdrawn
    shadowed     -> remind: shadowed | escalate: shadowed | claim: shadowed | unclaim: shadowed
    drafted      -> remind: drafted | escalate: drafted | claim: drafted | unclaim: drafted
"""
"""What its prose adds: what moved is held again as changed since; nobody answered a draft yet, so its agent may take it back;
a new policy blocks what waits, wherever it waits; the first of two approvals leads nowhere yet, and can be taken back;
the connected system compared and wrote nothing, or was not ready;
a person calls off what has not started; the intent of a restore is written before it, too; whoever is asked, or works on it,
it waits; what was planted, and the shadow of another version, is answered and leads nowhere."""

TOOK_EFFECT = "done used used_edited undoing undone undone_with_residue undo_failed undo_unclear"
"""What happened later can be told of these, and moves none of them."""


def _given(level: Level = Level.RECOMMEND) -> GateInput:
    return GateInput(use_case=UseCaseId("enrich"), operation=Operation("contact.enrich"), granted=level)


def _decided(verdict: Verdict, shadow: Likeness | None = None) -> Callable[[], f.ActionFact]:
    return lambda: f.Decided(
        proposal=P,
        verdict=verdict,
        reasons=(),
        given=_given(),
        policy_digest="d",
        seen="s",
        counts=False,
        due_at=LATER,
        shadow=shadow,
    )


def _answered(answer: Answer) -> Callable[[], f.ActionFact]:
    return lambda: f.Answered(proposal=P, answer=answer, by="ann", seen="s", due_at=LATER)


EVENTS: dict[str, Callable[[], f.ActionFact]] = {
    "propose": lambda: f.Proposed(
        proposal=P,
        use_case=UseCaseId("enrich"),
        operation=Operation("contact.enrich"),
        agent="enricher",
        version="v1",
        call_id="c1",
        trial=1,
        cluster="contact/1",
        draw_ppm=1,
    ),
    **{verdict.name.lower(): _decided(verdict) for verdict in Verdict},
    "shadow_same": _decided(Verdict.HOLD, Likeness.SAME),
    "shadow_differs": _decided(Verdict.ALLOW, Likeness.DIFFERS),
    "shadow_block": _decided(Verdict.BLOCK, Likeness.DIFFERS),
    **{str(answer): _answered(answer) for answer in Answer},
    "approve_first": lambda: f.Answered(proposal=P, answer=Answer.APPROVE, by="ann", seen="s", due_at=LATER, missing=1),
    "take_back": lambda: f.TakenBack(proposal=P, by="ann", due_at=LATER),
    "hold_again": lambda: f.HeldAgain(proposal=P, reasons=(), seen="s2", due_at=LATER),
    "block_again": lambda: f.Blocked(proposal=P, reasons=()),
    "plant": lambda: f.Seeded(proposal=P, by="ines", case="c1", due_at=LATER),
    "remind": lambda: f.Reminded(proposal=P, asked=("ann",), due_at=LATER),
    "escalate": lambda: f.Escalated(proposal=P, role=OwnerRole.RISK, channel="", asked=("ida",), due_at=LATER),
    "claim": lambda: f.Claimed(proposal=P, by="ann", until=LATER, due_at=LATER),
    "unclaim": lambda: f.Unclaimed(proposal=P, by="ann", due_at=LATER),
    "lapse": lambda: f.Lapsed(proposal=P),
    "withdraw": lambda: f.Withdrawn(proposal=P),
    "release": lambda: f.Released(proposal=P),
    "postpone": lambda: f.Postponed(proposal=P, due_at=LATER),
    "defer": lambda: f.Deferred(proposal=P, due_at=LATER),
    "cancel": lambda: f.Cancelled(proposal=P, by="ann"),
    "halt": lambda: f.Halted(proposal=P, scope="everything"),
    "unhalt": lambda: f.Unhalted(proposal=P, due_at=LATER),
    "start": lambda: f.Started(proposal=P, key="p1:1", policy_digest="d"),
    "done": lambda: f.Done(proposal=P, record="contact/1"),
    "fail": lambda: f.Failed(proposal=P),
    "unclear": lambda: f.Unclear(proposal=P),
    "ask_undo": lambda: f.UndoAsked(proposal=P, by="ann"),
    "start_undo": lambda: f.UndoStarted(proposal=P, key="p1:undo"),
    "undone": lambda: f.Undone(proposal=P),
    "undone_partly": lambda: f.Undone(proposal=P, residue={"region": "changed since"}),
    "undo_fail": lambda: f.UndoFailed(proposal=P),
    "undo_unclear": lambda: f.UndoUnclear(proposal=P),
    "observe": lambda: f.Observed(proposal=P, kind="reverted", loss_ppm=1_000_000),
}
"""Everything that can be told of an action, by its name in the drawings."""


def _read(drawing: str) -> dict[tuple[State | None, str], State]:
    found: dict[tuple[State | None, str], State] = {}
    for line in drawing.strip().splitlines():
        here, _, ways = line.partition("->")
        for way in ways.split("|"):
            event, _, there = way.partition(":")
            found[State(here.strip()), event.strip()] = State(there.strip())
    return found


TRANSITIONS: dict[tuple[State | None, str], State] = {
    (None, "propose"): State.PROPOSED,
    **_read(DRAWN),
    **_read(ALSO),
    **{(State(name), "observe"): State(name) for name in TOOK_EFFECT.split()},
}
"""Every event that is admitted, and where it leads."""
