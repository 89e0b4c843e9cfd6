"""The facts about one action, from the asking to the undoing. The lifecycle says which may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from remit.core.gate import GateInput, Reason
from remit.core.reservation import Reserved
from remit.core.types import Answer, Operation, ProposalId, UseCaseId, Verdict

Sealed = Mapping[str, str]
"""Field name to HMAC-SHA256(salt, content) in hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """An agent asked for one action."""

    proposal: ProposalId
    use_case: UseCaseId
    operation: Operation
    agent: str
    version: str
    call_id: str
    trial: int
    cluster: str
    draw_ppm: int
    record: str | None = None
    window: str | None = None
    window_digest: str | None = None
    sealed: Sealed = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The gate answered. `given` and `policy_digest` are enough to decide again; `counts` says whether an answer is evidence.

    `reserved` is what it took from limits, because it leaves.
    """

    proposal: ProposalId
    verdict: Verdict
    reasons: tuple[Reason, ...]
    given: GateInput
    policy_digest: str
    seen: str
    counts: bool
    due_at: datetime
    reserved: tuple[Reserved, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A person answered. `loss_ppm` is None where the answer grades nothing (later, return).

    `reserved` is what an approval took from limits.
    """

    proposal: ProposalId
    answer: Answer
    by: str
    seen: str
    due_at: datetime
    loss_ppm: int | None = None
    reason_code: str = ""
    seconds_seen: int | None = None
    revision: int = 0
    reserved: tuple[Reserved, ...] = ()
    sealed: Sealed = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A person took her answer back before the effect left."""

    proposal: ProposalId
    by: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAgain:
    """Something moved between the answer and the effect, so a person has to look again."""

    proposal: ProposalId
    reasons: tuple[Reason, ...]
    seen: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """The gate, asked again, refused."""

    proposal: ProposalId
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed:
    """Nobody answered in time. Nothing was carried out."""

    proposal: ProposalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The agent took its own proposal back."""

    proposal: ProposalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The take-back window closed."""

    proposal: ProposalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """It is not yet the hour at which the person may be contacted, so it leaves later."""

    proposal: ProposalId
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Halted:
    """A stop caught the action before its effect."""

    proposal: ProposalId
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhalted:
    """The stop was lifted: a person has to look again before anything starts."""

    proposal: ProposalId
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Intent: the attempt is about to reach the connected system under this key.

    `reserved` is what it takes from limits from now on, where that differs from what was taken for it before.
    """

    proposal: ProposalId
    key: str
    policy_digest: str
    reserved: tuple[Reserved, ...] | None = None
    sealed: Sealed = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The effect is there; its before and after images were read back."""

    proposal: ProposalId
    record: str | None = None
    by_look_up: bool = False
    sealed: Sealed = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The connected system refused; nothing was written there."""

    proposal: ProposalId
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Nobody knows whether the effect is there. It is looked up, or a person settles it; it is never blindly retried."""

    proposal: ProposalId
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoAsked:
    """A person or the drift detector wants the effect gone."""

    proposal: ProposalId
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoStarted:
    """Intent: the restore is about to reach the connected system under this key."""

    proposal: ProposalId
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """The before-image was restored and read back; `residue` names the fields that differ and why."""

    proposal: ProposalId
    residue: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoFailed:
    """The connected system refused to restore."""

    proposal: ProposalId
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoUnclear:
    """Nobody knows whether the restore happened."""

    proposal: ProposalId
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Something happened later to a carried-out action: reverted by a person, complaint, bounce, reply, ..."""

    proposal: ProposalId
    kind: str
    loss_ppm: int | None = None


ActionFact = (
    Proposed
    | Decided
    | Answered
    | TakenBack
    | HeldAgain
    | Blocked
    | Lapsed
    | Withdrawn
    | Released
    | Postponed
    | Halted
    | Unhalted
    | Started
    | Done
    | Failed
    | Unclear
    | UndoAsked
    | UndoStarted
    | Undone
    | UndoFailed
    | UndoUnclear
    | Observed
)
"""Every fact that moves an action from state to state, or only tells more of it."""
