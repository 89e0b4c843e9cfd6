"""The facts about one action, from the asking to the undoing. The lifecycle says which may follow which."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from remit.core.care_facts import Seeded
from remit.core.gate import GateInput, Reason
from remit.core.reservation import Reserved
from remit.core.types import Answer, Frozen, Likeness, Moment, Operation, ProposalId, Role, UseCaseId, Verdict, Whole
from remit.core.waiting_facts import WaitingFact

Sealed = Mapping[str, str]
"""Field name to HMAC-SHA256(salt, content) in hex."""


class Proposed(Frozen, frozen=True, kw_only=True):
    """An agent asked for one action, by itself or on behalf of a person.

    With a `pair` it is the shadow of that proposal, by a version that is being tried: it never leaves, whatever is decided.
    """

    proposal: ProposalId
    use_case: UseCaseId
    operation: Operation
    agent: str
    version: str
    call_id: str
    trial: Whole
    cluster: str
    draw_ppm: Whole
    record: str | None = None
    window: str | None = None
    window_digest: str | None = None
    on_behalf_of: str | None = None
    not_before: Moment | None = None
    pair: ProposalId | None = None
    sealed: Sealed = msgspec.field(default_factory=dict)


class Decided(Frozen, frozen=True, kw_only=True):
    """The gate answered. `given` and `policy_digest` are enough to decide again; `counts` says whether an answer is evidence.

    `certifies`: it is evidence of what a confidence is worth, because with a certificate level 4 would let it run alone.
    `reserved` is what it took from limits, because it leaves. `shadow`: it stands beside another and asks for the `same` or
    `differs`.
    """

    proposal: ProposalId
    verdict: Verdict
    reasons: tuple[Reason, ...]
    given: GateInput
    policy_digest: str
    seen: str
    counts: bool
    due_at: Moment
    reserved: tuple[Reserved, ...] = ()
    certifies: bool = False
    shadow: Likeness | None = None


class Answered(Frozen, frozen=True, kw_only=True):
    """A person answered. `loss_ppm` is None where the answer grades nothing (later, return, an approval that needs another).

    `reserved` is what an approval took from limits. `roles` are those of hers that she answered in, `missing` is how many
    approvals it still takes. `edit_ppm` is how much of the text she changed. What was answered together has one `batch`.
    `as_requester`: she approved what she had asked for herself, as the small-team policy allows. An answer that nobody can have
    read for (`too_fast`), or of somebody who misses too much (`discounted`), stands, and is no evidence.
    """

    proposal: ProposalId
    answer: Answer
    by: str
    seen: str
    due_at: Moment
    loss_ppm: Whole | None = None
    reason_code: str = ""
    seconds_seen: Whole | None = None
    revision: Whole = 0
    reserved: tuple[Reserved, ...] = ()
    roles: tuple[Role, ...] = ()
    missing: Whole = 0
    edit_ppm: Whole | None = None
    batch: str | None = None
    as_requester: bool = False
    too_fast: bool = False
    discounted: bool = False
    sealed: Sealed = msgspec.field(default_factory=dict)


class TakenBack(Frozen, frozen=True, kw_only=True):
    """A person took an approval back before the effect left: all of them once it was about to, else her own."""

    proposal: ProposalId
    by: str
    due_at: Moment


class HeldAgain(Frozen, frozen=True, kw_only=True):
    """Something moved between the answer and the effect, so a person has to look again."""

    proposal: ProposalId
    reasons: tuple[Reason, ...]
    seen: str
    due_at: Moment


class Blocked(Frozen, frozen=True, kw_only=True):
    """The gate, asked again, refused."""

    proposal: ProposalId
    reasons: tuple[Reason, ...]


class Lapsed(Frozen, frozen=True, kw_only=True):
    """Nobody answered in time. Nothing was carried out."""

    proposal: ProposalId


class Withdrawn(Frozen, frozen=True, kw_only=True):
    """The agent took its own proposal back."""

    proposal: ProposalId


class Released(Frozen, frozen=True, kw_only=True):
    """The take-back window closed."""

    proposal: ProposalId


class Postponed(Frozen, frozen=True, kw_only=True):
    """It is not yet the hour at which the person may be contacted, so it leaves later."""

    proposal: ProposalId
    due_at: Moment


class Deferred(Frozen, frozen=True, kw_only=True):
    """The connected system took nothing for now (too many requests, out of service), and surely nothing happened there.

    The same key goes to it again after `due_at`.
    """

    proposal: ProposalId
    due_at: Moment
    detail: str = ""


class Cancelled(Frozen, frozen=True, kw_only=True):
    """A person called the action off before it started. It is no grade; to the evidence it is one that nobody answered."""

    proposal: ProposalId
    by: str
    reason_code: str = ""
    sealed: Sealed = msgspec.field(default_factory=dict)


class Halted(Frozen, frozen=True, kw_only=True):
    """A stop caught the action before its effect."""

    proposal: ProposalId
    scope: str


class Unhalted(Frozen, frozen=True, kw_only=True):
    """The stop was lifted: a person has to look again before anything starts."""

    proposal: ProposalId
    due_at: Moment


class Started(Frozen, frozen=True, kw_only=True):
    """Intent: the attempt is about to reach the connected system under this key.

    `reserved` is what it takes from limits from now on, where that differs from what was taken for it before.
    """

    proposal: ProposalId
    key: str
    policy_digest: str
    reserved: tuple[Reserved, ...] | None = None
    sealed: Sealed = msgspec.field(default_factory=dict)


class Done(Frozen, frozen=True, kw_only=True):
    """The effect is there; its before and after images were read back. `by`: a person saw that an unclear one happened."""

    proposal: ProposalId
    record: str | None = None
    by_look_up: bool = False
    by: str | None = None
    sealed: Sealed = msgspec.field(default_factory=dict)


class Failed(Frozen, frozen=True, kw_only=True):
    """The connected system refused; nothing was written there. `by`: a person saw that an unclear one did not happen."""

    proposal: ProposalId
    detail: str = ""
    by: str | None = None
    sealed: Sealed = msgspec.field(default_factory=dict)


class Unclear(Frozen, frozen=True, kw_only=True):
    """Nobody knows whether the effect is there. It is looked up, or a person settles it; it is never blindly retried."""

    proposal: ProposalId
    detail: str = ""


class UndoAsked(Frozen, frozen=True, kw_only=True):
    """A person or the drift detector wants the effect gone. What was chosen together has one `batch`."""

    proposal: ProposalId
    by: str
    reason: str = ""
    batch: str | None = None


class UndoStarted(Frozen, frozen=True, kw_only=True):
    """Intent: the restore is about to reach the connected system under this key."""

    proposal: ProposalId
    key: str


class Undone(Frozen, frozen=True, kw_only=True):
    """The before-image was restored and read back; `residue` names the fields that differ and why."""

    proposal: ProposalId
    residue: Mapping[str, str] = msgspec.field(default_factory=dict)
    sealed: Sealed = msgspec.field(default_factory=dict)


class UndoFailed(Frozen, frozen=True, kw_only=True):
    """The connected system refused to restore."""

    proposal: ProposalId
    detail: str = ""
    sealed: Sealed = msgspec.field(default_factory=dict)


class UndoUnclear(Frozen, frozen=True, kw_only=True):
    """Nobody knows whether the restore happened."""

    proposal: ProposalId
    detail: str = ""


class Observed(Frozen, frozen=True, kw_only=True):
    """Something happened later to a carried-out action: reverted by a person, complaint, bounce, reply, ..."""

    proposal: ProposalId
    kind: str
    loss_ppm: Whole | None = None


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
    | Deferred
    | Cancelled
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
    | WaitingFact
    | Seeded
)
"""Every fact that moves an action from state to state, or only tells more of it."""
