"""The facts about policies, agent versions, evidence, levels and stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from remit.core.types import Level, Operation, ProposalId, UseCaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAdopted:
    """A new policy number came into force. `documents` holds the catalogue and every charter, as JSON text by name."""

    number: int
    digest: str
    documents: Mapping[str, str]


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


LevelFact = (
    PolicyAdopted
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
)
"""Every fact that is not about one action alone."""
