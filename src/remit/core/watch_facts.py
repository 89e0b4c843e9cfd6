"""The facts about what agents saw and what they were refused: looks, refused looks, violations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from remit.core.types import Operation, OwnerRole, ProposalId, UseCaseId
from remit.core.violation import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextRead:
    """An agent read a context window: which one, how many records, from which fields, seen as of when, how many of them stale."""

    use_case: UseCaseId
    window: str
    digest: str
    agent: str
    as_of: datetime
    records: int
    version: int = 1
    fields: tuple[str, ...] = ()
    stale: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextRefused:
    """An agent asked a context window for what it does not show; `fields` says for what, as far as that can be a field's name."""

    use_case: UseCaseId
    window: str
    agent: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationFound:
    """A rule was broken: the gate blocked it, or a look was refused. `operation` is empty where an agent only looked."""

    id: str
    use_case: UseCaseId
    operation: Operation
    proposal: ProposalId | None
    agent: str
    rule: str
    severity: Severity
    owner: OwnerRole


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationSettled:
    """A person looked into a violation and settled it; the note lies outside the ledger."""

    violation: str
    use_case: UseCaseId
    by: str
    sealed: Mapping[str, str] = field(default_factory=dict)


WatchFact = ContextRead | ContextRefused | ViolationFound | ViolationSettled
"""Every fact about what agents may see and may not do."""
