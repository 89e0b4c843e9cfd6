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
    Cancelled,
    Decided,
    Deferred,
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
from remit.core.care_facts import AnswersCounted, AnswersDiscounted, CareFact, CareTold, Seeded
from remit.core.erasure_facts import ContentsSwept, Erased, ErasureFact
from remit.core.import_facts import BaselineSet, Imported, ImportFact
from remit.core.incident_facts import DrillDue, Drilled, IncidentClosed, IncidentFact, IncidentNoted, IncidentOpened
from remit.core.ledger_facts import LedgerFact, LedgerKeyRotated
from remit.core.level_facts import (
    Certified,
    ClusterClosed,
    Graded,
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
    StopLiftAsked,
    StopLifted,
    StopOrdered,
    SuiteRun,
    TrialStarted,
)
from remit.core.notice_facts import NoticeDropped, NoticeFact, NoticeFailed, NoticeSent, NoticeWritten
from remit.core.people_facts import (
    AbsenceEnded,
    AbsenceSet,
    KeyRevoked,
    PasswordSet,
    PeopleFact,
    PersonAdmitted,
    PersonLeft,
    RolesChanged,
)
from remit.core.types import Frozen
from remit.core.waiting_facts import Claimed, Escalated, Reminded, Unclaimed
from remit.core.watch_facts import (
    ContextRead,
    ContextRefused,
    LessonsRead,
    ViolationEscalated,
    ViolationFound,
    ViolationSettled,
    WatchFact,
)

Fact = (
    ActionFact | LevelFact | PeopleFact | WatchFact | NoticeFact | ImportFact | CareFact | IncidentFact | ErasureFact | LedgerFact
)

_FAMILIES = (ActionFact, LevelFact, PeopleFact, WatchFact, NoticeFact, ImportFact, CareFact, IncidentFact, ErasureFact)
_KINDS: tuple[type[Fact], ...] = (*(kind for family in _FAMILIES for kind in get_args(family)), LedgerKeyRotated)
KINDS: dict[str, type[Fact]] = {kind.__name__: kind for kind in _KINDS}
"""Every fact by its name in the ledger."""


class Entry(Frozen, frozen=True, kw_only=True):
    """A fact in its place: sequence number, moment, who caused it."""

    seq: int
    id: str
    at: datetime
    actor: str
    fact: Fact


def subject_of(fact: Fact) -> str:
    """Name what the fact is about: a proposal, a use case's operation, a person, a scope, a record, a ledger, a policy."""
    return subject_in(fact)


def subject_in(fact: object) -> str:
    """Name what a fact is about, from whatever has its fields; one that is not there counts as empty."""
    proposal = getattr(fact, "proposal", None)
    if proposal is not None:
        return str(proposal)
    incident = getattr(fact, "incident", None)
    if incident is not None:
        return f"incident:{incident}"
    use_case = getattr(fact, "use_case", None)
    if use_case is not None:
        return f"{use_case}/{getattr(fact, 'operation', '')}".rstrip("/")
    named = (getattr(fact, name, "") for name in ("person", "scope", "agent", "record", "what", "ledger", "notice", "batch"))
    return str(next(filter(None, named), "policy"))


__all__ = [
    "KINDS",
    "AbsenceEnded",
    "AbsenceSet",
    "ActionFact",
    "Answered",
    "AnswersCounted",
    "AnswersDiscounted",
    "BaselineSet",
    "Blocked",
    "Cancelled",
    "CareFact",
    "CareTold",
    "Certified",
    "Claimed",
    "ClusterClosed",
    "ContentsSwept",
    "ContextRead",
    "ContextRefused",
    "Decided",
    "Deferred",
    "Done",
    "DrillDue",
    "Drilled",
    "Entry",
    "Erased",
    "ErasureFact",
    "Escalated",
    "Fact",
    "Failed",
    "Graded",
    "GrantOffered",
    "GrantSigned",
    "Granted",
    "Halted",
    "HeldAgain",
    "ImportFact",
    "Imported",
    "IncidentClosed",
    "IncidentFact",
    "IncidentNoted",
    "IncidentOpened",
    "KeyIssued",
    "KeyRevoked",
    "Lapsed",
    "LedgerFact",
    "LedgerKeyRotated",
    "LessonsRead",
    "LevelFact",
    "LevelLost",
    "Measured",
    "NoticeDropped",
    "NoticeFact",
    "NoticeFailed",
    "NoticeSent",
    "NoticeWritten",
    "Observed",
    "PasswordSet",
    "PeopleFact",
    "PersonAdmitted",
    "PersonLeft",
    "PolicyAdopted",
    "PolicyOffered",
    "PolicySigned",
    "Postponed",
    "Proposed",
    "QaRateSet",
    "Reconsidered",
    "Released",
    "Reminded",
    "RolesChanged",
    "Sealed",
    "Seeded",
    "Started",
    "StopLiftAsked",
    "StopLifted",
    "StopOrdered",
    "SuiteRun",
    "TakenBack",
    "TrialStarted",
    "Unclaimed",
    "Unclear",
    "UndoAsked",
    "UndoFailed",
    "UndoStarted",
    "UndoUnclear",
    "Undone",
    "Unhalted",
    "ViolationEscalated",
    "ViolationFound",
    "ViolationSettled",
    "WatchFact",
    "Withdrawn",
    "subject_in",
    "subject_of",
]
