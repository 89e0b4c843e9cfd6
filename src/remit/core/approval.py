"""What a person's answer may be, what it weighs, and whether it still stands when the effect is about to leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from remit.core.charter import Charter
from remit.core.evidence_spec import LossSpec, OutcomeSpec
from remit.core.gate import Decision, Reason
from remit.core.lifecycle import LIKE_HELD, State
from remit.core.quorum import Place, in_words, places
from remit.core.types import Answer, Reversibility, Verdict

FULL_PPM = 1_000_000

TO_HELD = (Answer.APPROVE, Answer.APPROVE_EDITED, Answer.REJECT, Answer.RETURN, Answer.LATER)
TO_DRAFT = (Answer.USED, Answer.USED_EDITED, Answer.DISCARDED, Answer.LATER)


def may_answer(state: State) -> tuple[Answer, ...]:
    """Return the answers that fit a state; none once it was answered."""
    if state in LIKE_HELD:
        return TO_HELD
    return TO_DRAFT if state is State.DRAFTED else ()


def loss_ppm(answer: Answer, losses: LossSpec, *, edit_ppm: int | None = None, reason: str = "") -> int | None:
    """Weigh an answer in millionths; None where it grades nothing (later, return). `edit_ppm` is how much of it was changed."""
    match answer:
        case Answer.APPROVE | Answer.USED:
            return 0
        case Answer.APPROVE_EDITED | Answer.USED_EDITED:
            return round(_edit_loss(losses, edit_ppm, reason) * FULL_PPM)
        case Answer.REJECT | Answer.DISCARDED:
            return round(losses.rejected * FULL_PPM)
        case Answer.RETURN | Answer.LATER:
            return None


def _edit_loss(losses: LossSpec, edit_ppm: int | None, reason: str) -> float:
    if reason in losses.style_reasons:
        return min(losses.style, losses.edited)
    light = edit_ppm is not None and edit_ppm <= losses.light_up_to * FULL_PPM
    return min(losses.edited_lightly, losses.edited) if light else losses.edited


def outcome_ppm(kind: str, outcomes: OutcomeSpec) -> int | None:
    """Weigh a later outcome in millionths; None where it grades nothing."""
    loss = outcomes.losses.get(kind)
    return None if loss is None else round(loss * FULL_PPM)


class AtRelease(StrEnum):
    """What happens to an action that is about to leave, after the gate was asked again."""

    GO = "go"
    WAIT = "wait"
    HOLD = "hold"
    HALT = "halt"
    BLOCK = "block"


TAKE_BACK_SECONDS = {Reversibility.EASY: 8, Reversibility.PARTIAL: 20, Reversibility.IRREVERSIBLE: 30}
"""How long an approval can be taken back where the charter says nothing: longer where less can be done later."""


def take_back_seconds(charter: Charter, decision: Decision) -> int:
    """Return how many seconds an approval of this action can be taken back."""
    if charter.take_back_seconds is not None:
        return charter.take_back_seconds
    return TAKE_BACK_SECONDS[decision.classified.action_class.reversibility]


def needed(charter: Charter, decision: Decision) -> tuple[Place, ...]:
    """Return the approvals that this action takes."""
    return places(charter.approval, two_people=decision.classified.two_people)


def at_release(
    decision: Decision, *, approved: bool, lacking: tuple[Place, ...] = (), moved: tuple[str, ...]
) -> tuple[AtRelease, tuple[Reason, ...]]:
    """Judge an action whose take-back window closed, by a decision from fresh facts and today's policy.

    A person's approval stands in for a hold, never for a block, and only for what she saw. A limit stands against her too, and
    so do the approvals of others that today's policy asks for (`lacking`).
    """
    if decision.verdict is Verdict.BLOCK:
        return AtRelease.BLOCK, decision.reasons
    if any(reason.code == "stopped" for reason in decision.reasons):
        return AtRelease.HALT, decision.reasons
    if moved:
        return AtRelease.HOLD, (Reason(code="changed_since_seen", floor=Verdict.HOLD, values={"found": ", ".join(moved)}),)
    if approved and lacking and decision.verdict is Verdict.HOLD:
        wanted = Reason(code="approval_missing", floor=Verdict.HOLD, values={"found": in_words(lacking)})
        return AtRelease.HOLD, (wanted, *decision.reasons)
    bearable = Verdict.HOLD if approved else Verdict.ALLOW
    if decision.verdict > bearable or limit_against(decision) is not None:
        return AtRelease.HOLD, decision.reasons
    return (AtRelease.WAIT if decision.wait_minutes else AtRelease.GO), ()


def limit_against(decision: Decision) -> Reason | None:
    """Return the limit that an action would pass; no approval passes one. What nobody could count, a person may judge."""
    return next((reason for reason in decision.reasons if reason.code == "limit_reached"), None)


def leaves_at(decision: Decision, now: datetime, *, take_back_seconds: int = 0, not_before: datetime | None = None) -> datetime:
    """Return when what was allowed or approved leaves: after its take-back window, not before people may be contacted.

    And not before the moment its agent asked for.
    """
    leaves = now + max(timedelta(seconds=take_back_seconds), timedelta(minutes=decision.wait_minutes))
    return leaves if not_before is None else max(leaves, not_before)
