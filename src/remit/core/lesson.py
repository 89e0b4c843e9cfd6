"""What a person's answer teaches: what the agent asked for, what she made of it, and why. It names no reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from remit.core.action import Action
from remit.core.edit import PPM
from remit.core.facts import Answered, Entry
from remit.core.types import Answer, Value

_AS_THEY_WERE = {Answer.APPROVE, Answer.USED}


_CORRECTS = {Answer.APPROVE_EDITED, Answer.REJECT, Answer.RETURN, Answer.USED_EDITED, Answer.DISCARDED}


def corrects(said: Answer) -> bool:
    """Say whether an answer says that something was not right as it was."""
    return said in _CORRECTS


def teaches(action: Action, newest: Entry | None, answered: Entry, said: Answer) -> bool:
    """Say whether an answer is in force and judges the work: not one that was taken back, followed by another, or put off."""
    in_force = newest is not None and newest.seq == answered.seq and action.answered_by is not None
    return in_force and said is not Answer.LATER


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was said in words: by the agent for its proposal, by the person with her answer."""

    claim: str
    note: str


def lesson(
    action: Action, at: Entry, fact: Answered, *, told: Told, draft: Mapping[str, Value], edited: Mapping[str, Value] | None
) -> dict[str, Any]:
    """Write a lesson as plain values. `edited` is what an edit made of the draft, None without one.

    Its `final` is None where nothing was used, its `edit_share` 0 to 1, None without an edit.
    """
    final = draft if fact.answer in _AS_THEY_WERE else edited
    return {
        "seq": at.seq,
        "at": at.at.isoformat(),
        "proposal": action.proposal,
        "agent": action.agent,
        "version": action.version,
        "input": {"use_case": action.use_case, "operation": action.operation, "record": action.record, "claim": told.claim},
        "draft": dict(draft),
        "final": None if final is None else dict(final),
        "answer": str(fact.answer),
        "reason": fact.reason_code,
        "note": told.note,
        "edit_share": None if fact.edit_ppm is None else fact.edit_ppm / PPM,
    }
