"""An incident: something that went wrong, with the actions it is about, what was undone of them, and what happened when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from remit.core.action import Action
from remit.core.lifecycle import CARRIED_OUT, State
from remit.core.types import OwnerRole, ProposalId, UseCaseId
from remit.core.violation import Severity, Violation

_UNDONE = {State.UNDONE, State.UNDONE_WITH_RESIDUE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident as it stands; it is open until somebody closes it. Its title is content and may have been erased."""

    incident: str
    use_case: UseCaseId
    severity: Severity
    owner: OwnerRole
    opened_at: datetime
    opened_by: str
    proposals: tuple[ProposalId, ...]
    violations: tuple[str, ...]
    closed_at: datetime | None = None
    closed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of a timeline: when, what, by whom."""

    at: datetime
    what: str
    actor: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReport:
    """Everything about an incident in one value."""

    incident: Incident
    title: str
    notes: tuple[str, ...]
    actions: tuple[Action, ...]
    violations: tuple[Violation, ...]
    timeline: tuple[Happened, ...]

    @property
    def still_there(self) -> tuple[ProposalId, ...]:
        """Return the actions whose effect is there still."""
        return tuple(one.proposal for one in self.actions if one.state in CARRIED_OUT - _UNDONE)

    @property
    def counts(self) -> Mapping[str, int]:
        """Count its actions by where they stand."""
        return Counter(str(one.state) for one in self.actions)


def markdown(report: IncidentReport) -> str:
    """Write a report as people file it."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: IncidentReport) -> Iterator[str]:
    one = report.incident
    ends = f"closed {_at(one.closed_at)} by {one.closed_by}" if one.closed_at else "open"
    yield f"# Incident {one.incident}: {report.title or 'its title was erased'}"
    yield ""
    opened = f"opened {_at(one.opened_at)} by {one.opened_by}"
    yield f"Use case {one.use_case}; severity {one.severity}; owner {one.owner}; {opened}; {ends}."
    yield from (f"\n> {note}" for note in report.notes)
    yield from _section("Actions", _ACTIONS, (_row(action) for action in report.actions))
    yield ""
    yield _undo_words(report)
    rows = (
        [v.rule, str(v.severity), v.agent, f"settled {_at(v.settled_at)}" if v.settled_at else "open"] for v in report.violations
    )
    yield from _section("Violations", ["rule", "severity", "agent", "how it stands"], rows)
    timeline = ([_at(h.at), h.what, h.about, h.actor] for h in report.timeline)
    yield from _section("Timeline", ["when (UTC)", "what", "about", "by"], timeline)


_ACTIONS = ["proposal", "operation", "record", "agent", "how it stands"]


def _row(action: Action) -> list[str]:
    return [action.proposal, action.operation, action.record or "", f"{action.agent} {action.version}", str(action.state)]


def _undo_words(report: IncidentReport) -> str:
    left = report.still_there
    if not left:
        return "No effect of these is there any more." if report.actions else "No action belongs to it."
    return f"{len(left)} effects are there still. To take them back: `remit undo {' '.join(left)}`"


def _section(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    found = list(rows)
    if found:
        yield from ("", f"## {title}", "", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}")
        yield from (f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in found)


def _at(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"
