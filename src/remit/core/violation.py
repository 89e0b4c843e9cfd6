"""Which refusals are violations: a rule was broken, as against something unknown, changed or stopped. How grave, and whose.

A violation says which rule, by whom and how grave, and never what was asked for: that may be personal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from remit.core.charter import Charter
from remit.core.decision import Reason
from remit.core.types import Operation, OwnerRole, ProposalId, UseCaseId, Verdict
from remit.core.working_time import CalendarSpec, later_by


class Severity(StrEnum):
    """How grave a violation is: whether it was a slip, a step out of the charter, or against people and law."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


CONTEXT_REFUSED: Final = "context_refused"
"""The rule that is broken by asking a window for what it does not show."""

PACK: Final = "pack"
"""A pack's rule that blocks; it stands in the table under this name, a charter's own as `rule`."""

SEVERITY: Final[Mapping[str, Severity]] = MappingProxyType(
    {
        "argument_not_in_charter": Severity.LOW,
        CONTEXT_REFUSED: Severity.MEDIUM,
        "operation_not_in_charter": Severity.MEDIUM,
        "rule": Severity.MEDIUM,
        "outside_window": Severity.HIGH,
        "suppressed": Severity.HIGH,
        PACK: Severity.HIGH,
    }
)
"""Every reason to block that is a rule broken. What is not here (unknown, changed, stopped, at level 0) breaks none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that a proposal or a look broke. `rule` is a reason code, or the name of the charter's or the pack's rule."""

    rule: str
    severity: Severity
    owner: OwnerRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A violation as it stands; it is open until somebody settles it. `proposal` is empty where an agent only looked."""

    id: str
    use_case: UseCaseId
    operation: Operation
    proposal: ProposalId | None
    agent: str
    rule: str
    severity: Severity
    owner: OwnerRole
    found_at: datetime
    settled_at: datetime | None = None
    settled_by: str = ""
    escalated_at: datetime | None = None

    def due_at(self, calendar: CalendarSpec) -> datetime:
        """Return until when it has to be settled: 1, 3 or 10 working days after it was found, by how grave it is."""
        return later_by(calendar, calendar.day * _DAYS[self.severity], start=self.found_at)


_DAYS: Final[Mapping[Severity, int]] = MappingProxyType({Severity.HIGH: 1, Severity.MEDIUM: 3, Severity.LOW: 10})


def broken(reasons: Iterable[Reason], charter: Charter | None) -> tuple[Broken, ...]:
    """Return what was broken, one for each reason that blocks and is in the table."""
    return tuple(
        Broken(rule=_rule(reason), severity=SEVERITY[kind], owner=owner_of(charter))
        for reason in reasons
        if reason.floor is Verdict.BLOCK and (kind := _kind(reason)) in SEVERITY
    )


def owner_of(charter: Charter | None) -> OwnerRole:
    """Return whose a violation is: the owner of the use case, else marketing operations."""
    return (charter.owner_role if charter is not None else None) or OwnerRole.MARKETING_OPS


def _kind(reason: Reason) -> str:
    return PACK if reason.code == "rule" and "pack" in reason.values else reason.code


def _rule(reason: Reason) -> str:
    if reason.code != "rule":
        return reason.code
    source = f"pack {reason.values['pack']}" if "pack" in reason.values else "rule"
    return f"{source}: {reason.values['rule']}"
