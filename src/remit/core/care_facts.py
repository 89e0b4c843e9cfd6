"""The facts about reviewer care: which proposals were planted, whose answers do not count for now, who was told of it.

It is staff monitoring. What is here is what the risk statement asks for, and nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from remit.core.types import Frozen, Moment, ProposalId, Whole


class Seeded(Frozen, frozen=True, kw_only=True):
    """A proposal is known to be bad and was planted to see whether somebody notices. It never leaves; the reason is content."""

    proposal: ProposalId
    by: str
    case: str
    due_at: Moment
    sealed: Mapping[str, str] = msgspec.field(default_factory=dict)


class AnswersDiscounted(Frozen, frozen=True, kw_only=True):
    """Too many planted proposals were approved, so answers are no evidence any more: a person's, or (`person` empty) the team's.

    `caught` and `missed` are the planted proposals it was judged by.
    """

    person: str
    caught: Whole
    missed: Whole


class AnswersCounted(Frozen, frozen=True, kw_only=True):
    """Somebody responsible talked with her, and her answers count again. Planted proposals from before do not."""

    person: str
    by: str
    sealed: Mapping[str, str] = msgspec.field(default_factory=dict)


class CareTold(Frozen, frozen=True, kw_only=True):
    """A person was told, when she first signed in, what is looked at about her answers, and for how long."""

    person: str
    mode: str
    keep_days: Whole


CareFact = AnswersDiscounted | AnswersCounted | CareTold
"""Every fact about reviewers that moves no action."""
