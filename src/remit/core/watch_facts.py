"""The facts about what agents saw and what they were refused: looks, refused looks, violations."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from remit.core.types import Frozen, Moment, Operation, OwnerRole, ProposalId, UseCaseId, Whole
from remit.core.violation import Severity


class ContextRead(Frozen, frozen=True, kw_only=True):
    """An agent read a context window: which one, how many records, from which fields, seen as of when, how many of them stale."""

    use_case: UseCaseId
    window: str
    digest: str
    agent: str
    as_of: Moment
    records: Whole
    version: Whole = 1
    fields: tuple[str, ...] = ()
    stale: Whole = 0


class ContextRefused(Frozen, frozen=True, kw_only=True):
    """An agent asked a context window for what it does not show; `fields` says for what, as far as that can be a field's name."""

    use_case: UseCaseId
    window: str
    agent: str
    fields: tuple[str, ...]


class LessonsRead(Frozen, frozen=True, kw_only=True):
    """An agent asked what people had made of proposals like one it was about to make; `about` are those it was shown."""

    use_case: UseCaseId
    operation: Operation
    agent: str
    version: str
    about: tuple[str, ...]


class ViolationFound(Frozen, frozen=True, kw_only=True):
    """A rule was broken: the gate blocked it, a look was refused (then `operation` is empty), or a person found it later."""

    id: str
    use_case: UseCaseId
    operation: Operation
    proposal: ProposalId | None
    agent: str
    rule: str
    severity: Severity
    owner: OwnerRole
    sealed: Mapping[str, str] = msgspec.field(default_factory=dict)


class ViolationSettled(Frozen, frozen=True, kw_only=True):
    """A person looked into a violation and settled it; the note lies outside the ledger."""

    violation: str
    use_case: UseCaseId
    by: str
    sealed: Mapping[str, str] = msgspec.field(default_factory=dict)


class ViolationEscalated(Frozen, frozen=True, kw_only=True):
    """Nobody settled a violation by its due date, so others were asked: `asked` are their logins."""

    violation: str
    use_case: UseCaseId
    asked: tuple[str, ...]


WatchFact = ContextRead | ContextRefused | LessonsRead | ViolationFound | ViolationSettled | ViolationEscalated
"""Every fact about what agents may see and may not do."""
