"""The facts about policies, agent versions, evidence, levels and stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from remit.core.change import Direction
from remit.core.types import Level, Operation, ProposalId, UseCaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAdopted:
    """A new policy number came into force. `documents` holds the catalogue and every charter, as JSON text by name.

    `signed_by` names who signed it, where it had to be signed; one name alone means that a wait stood in for the second.
    """

    number: int
    digest: str
    documents: Mapping[str, str]
    signed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOffered:
    """Somebody wants to change the policy in a way that two people have to sign. `documents` holds those that differ.

    `number` is the one it gets, and so names the policy it was made against; `digest` is that of the whole policy.
    """

    number: int
    digest: str
    documents: Mapping[str, str]
    by: str
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySigned:
    """One person signed an offered policy."""

    digest: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconsidered:
    """Some of what waited was decided again under a new policy, in order of the proposals' ids; `last` was the last of them.

    `finished`: none is left that came before the policy.
    """

    number: int
    last: ProposalId
    looked_at: int
    blocked: int
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Somebody measured what a level waits for: a share, in millionths, good until a moment."""

    use_case: UseCaseId
    what: str
    value_ppm: int
    until: datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIssued:
    """An agent version got its key, scoped to use cases."""

    agent: str
    version: str
    use_cases: tuple[UseCaseId, ...]
    key_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStarted:
    """People declared a version a candidate for an operation: its evidence starts at nothing."""

    use_case: UseCaseId
    operation: Operation
    version: str
    trial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterClosed:
    """One observation: the mean loss of the cluster's items that were drawn first."""

    use_case: UseCaseId
    operation: Operation
    version: str
    trial: int
    cluster: str
    loss_ppm: int
    items: tuple[ProposalId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QaRateSet:
    """From now on this share of actions is drawn for a person to look at before they happen."""

    use_case: UseCaseId
    operation: Operation
    rate_ppm: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantOffered:
    """The evidence clears the bar for a higher level; two people may sign."""

    use_case: UseCaseId
    operation: Operation
    version: str
    trial: int
    level: Level
    evidence: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantSigned:
    """One person signed an offered grant in one role."""

    use_case: UseCaseId
    operation: Operation
    by: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A level is in the hands of an operation of a use case, for this version, until a date."""

    use_case: UseCaseId
    operation: Operation
    version: str
    level: Level
    until: datetime | None
    signed_by: tuple[str, ...]
    evidence: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelLost:
    """A level ended by itself, at once."""

    use_case: UseCaseId
    operation: Operation
    version: str
    level: Level
    cause: str
    evidence: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOrdered:
    """Somebody stopped a scope: `everything` or `use_case:NAME`."""

    scope: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLifted:
    """Somebody lifted a stop."""

    scope: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextRead:
    """An agent read a context window: how many records, from which fields, seen as of when."""

    use_case: UseCaseId
    window: str
    digest: str
    agent: str
    as_of: datetime
    records: int


LevelFact = (
    PolicyAdopted
    | PolicyOffered
    | PolicySigned
    | Reconsidered
    | Measured
    | KeyIssued
    | TrialStarted
    | ClusterClosed
    | QaRateSet
    | GrantOffered
    | GrantSigned
    | Granted
    | LevelLost
    | StopOrdered
    | StopLifted
    | ContextRead
)
"""Every fact that is not about one action alone."""
