"""The facts about incidents and drills. What people write about them is content."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from remit.core.drill import DrillKind
from remit.core.types import Frozen, OwnerRole, ProposalId, UseCaseId
from remit.core.violation import Severity


class IncidentOpened(Frozen, frozen=True, kw_only=True):
    """Something went wrong: with which actions, by which violations, how grave, and whose it is. Its title is content."""

    incident: str
    use_case: UseCaseId
    severity: Severity
    owner: OwnerRole
    by: str
    proposals: tuple[ProposalId, ...] = ()
    violations: tuple[str, ...] = ()
    sealed: Mapping[str, str] = msgspec.field(default_factory=dict)


class IncidentNoted(Frozen, frozen=True, kw_only=True):
    """Somebody wrote something about an incident."""

    incident: str
    use_case: UseCaseId
    by: str
    sealed: Mapping[str, str] = msgspec.field(default_factory=dict)


class IncidentClosed(Frozen, frozen=True, kw_only=True):
    """An incident is over; the note says what came of it."""

    incident: str
    use_case: UseCaseId
    by: str
    sealed: Mapping[str, str] = msgspec.field(default_factory=dict)


class Drilled(Frozen, frozen=True, kw_only=True):
    """A path was walked to see that it leads somewhere: what was tried, whether every step held, and how each went."""

    what: DrillKind
    use_case: UseCaseId
    passed: bool
    by: str
    steps: tuple[str, ...]


class DrillDue(Frozen, frozen=True, kw_only=True):
    """A drill is a quarter old, so its owner was told that it is due again."""

    what: DrillKind
    use_case: UseCaseId
    asked: tuple[str, ...]


IncidentFact = IncidentOpened | IncidentNoted | IncidentClosed | Drilled | DrillDue
"""Every fact about incidents and drills."""
