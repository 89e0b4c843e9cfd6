"""The facts: what the ledger remembers, in past participles. Everything else can be rebuilt from them.

No fact holds personal content: it carries salted digests (`sealed`), and the content lies in a side table that can be
erased. No fact holds a float: rates and losses are millionths (`_ppm`).
"""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from remit.core.action_facts import (
    ActionFact,
    Answered,
    Blocked,
    Decided,
    Done,
    Failed,
    Halted,
    HeldAgain,
    Lapsed,
    Observed,
    Postponed,
    Proposed,
    Released,
    Sealed,
    Started,
    TakenBack,
    Unclear,
    UndoAsked,
    UndoFailed,
    Undone,
    UndoStarted,
    UndoUnclear,
    Unhalted,
    Withdrawn,
)
from remit.core.level_facts import (
    ClusterClosed,
    ContextRead,
    Granted,
    GrantOffered,
    GrantSigned,
    KeyIssued,
    LevelFact,
    LevelLost,
    Measured,
    PolicyAdopted,
    PolicyOffered,
    PolicySigned,
    QaRateSet,
    Reconsidered,
    StopLifted,
    StopOrdered,
    TrialStarted,
)
from remit.core.types import Frozen

Fact = ActionFact | LevelFact

KINDS: dict[str, type[Fact]] = {kind.__name__: kind for kind in get_args(ActionFact) + get_args(LevelFact)}
"""Every fact by its name in the ledger."""


class Entry(Frozen, frozen=True, kw_only=True):
    """A fact in its place: sequence number, moment, who caused it."""

    seq: int
    id: str
    at: datetime
    actor: str
    fact: Fact


def subject_of(fact: Fact) -> str:
    """Name what the fact is about: a proposal, a use case's operation, a scope, a policy."""
    proposal = getattr(fact, "proposal", None)
    if proposal is not None:
        return str(proposal)
    use_case = getattr(fact, "use_case", None)
    if use_case is not None:
        return f"{use_case}/{getattr(fact, 'operation', '')}".rstrip("/")
    return str(getattr(fact, "scope", "") or getattr(fact, "agent", "") or "policy")


__all__ = [
    "KINDS",
    "ActionFact",
    "Answered",
    "Blocked",
    "ClusterClosed",
    "ContextRead",
    "Decided",
    "Done",
    "Entry",
    "Fact",
    "Failed",
    "GrantOffered",
    "GrantSigned",
    "Granted",
    "Halted",
    "HeldAgain",
    "KeyIssued",
    "Lapsed",
    "LevelFact",
    "LevelLost",
    "Measured",
    "Observed",
    "PolicyAdopted",
    "PolicyOffered",
    "PolicySigned",
    "Postponed",
    "Proposed",
    "QaRateSet",
    "Reconsidered",
    "Released",
    "Sealed",
    "Started",
    "StopLifted",
    "StopOrdered",
    "TakenBack",
    "TrialStarted",
    "Unclear",
    "UndoAsked",
    "UndoFailed",
    "UndoStarted",
    "UndoUnclear",
    "Undone",
    "Unhalted",
    "Withdrawn",
    "subject_of",
]
