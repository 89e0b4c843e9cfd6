"""One action as the store shows it: where it stands and what the next step needs."""

from __future__ import annotations

from datetime import datetime

from remit.core.lifecycle import State
from remit.core.quorum import Approval
from remit.core.reservation import Reserved
from remit.core.types import Frozen, Operation, ProposalId, UseCaseId, Verdict


class Action(Frozen, frozen=True, kw_only=True):
    """A row of the projection. `content` names the fact whose content holds the arguments in force."""

    proposal: ProposalId
    use_case: UseCaseId
    operation: Operation
    agent: str
    version: str
    call_id: str
    trial: int
    cluster: str
    draw_ppm: int
    record: str | None
    state: State
    row_version: int
    content: str
    proposed_at: datetime
    verdict: Verdict | None = None
    decided: str | None = None
    """Id of the fact that holds the decision, its reasons and its input."""
    counts: bool = False
    draw_rate_ppm: int = 0
    """The chance with which it was drawn for review; 0 where no draw was made."""
    seen: str = ""
    due_at: datetime | None = None
    revision: int = 0
    attempts: int = 0
    answered_by: str | None = None
    loss_ppm: int | None = None
    seconds_seen: int | None = None
    started: str | None = None
    """Id of the fact that holds the intent and the image the effect was meant for."""
    done: str | None = None
    """Id of the fact that holds the images before and after."""
    ended_at: datetime | None = None
    reserved: tuple[Reserved, ...] = ()
    """What it has taken from limits."""
    approvals: tuple[Approval, ...] = ()
    """Who approved it, also while further approvals are missing."""
    requester: str | None = None
    """The person an agent asked for, where it named one."""
    not_before: datetime | None = None
    """Before this moment it does not leave, because its agent asked for that."""
    tries: int = 0
    """How often the connected system said that it was not the moment, since a person last looked."""
    steps: int = 0
    """How many steps towards its deadline were taken, since it waits: a reminder, then each escalation."""
    claimed_by: str | None = None
    """Who works on it, until `claimed_until`."""
    claimed_until: datetime | None = None
    certifies: bool = False
    """Whether an answer says what its agent's confidence is worth: at level 4 a certificate could let it run alone."""
    pair: ProposalId | None = None
    """The proposal of the version in use that a shadow stands beside; such a one never leaves."""


SETTLED = frozenset(
    {
        "proposal",
        "use_case",
        "operation",
        "agent",
        "version",
        "call_id",
        "trial",
        "cluster",
        "draw_ppm",
        "proposed_at",
        "requester",
        "not_before",
        "pair",
    }
)
"""What is settled when an action is proposed and never moves again."""
