"""Until when something waits for a person, and who is asked on the way there. Time never approves: at its end it lapses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.core.charter import Charter
from remit.core.risk_statement import RiskStatement
from remit.core.types import OwnerRole
from remit.core.working_time import OFFICE, CalendarSpec, later_by

_THREE_QUARTERS = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Somebody is asked when so much time has passed. Without a role it is a reminder to whoever may answer."""

    after: timedelta
    role: OwnerRole | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How what waits under a charter is timed: by which calendar, for how long, and which steps lie on the way."""

    calendar: CalendarSpec | None
    span: timedelta
    steps: tuple[Step, ...]

    def horizon(self, step: Step, now: datetime) -> datetime:
        """Return the deadline up to which a step is due by now: what lapses no later has waited long enough."""
        return later_by(self.calendar, self.span - step.after, start=now)


def lapses_at(charter: Charter, statement: RiskStatement | None, since: datetime) -> datetime:
    """Return when what waits under a charter since a moment lapses."""
    return later_by(*_timing(charter, statement), start=since)


def waiting(charter: Charter, statement: RiskStatement | None) -> Waiting:
    """Return how what waits under a charter is timed, and who is asked on the way.

    Where it names nobody to ask, its owner is, after three quarters of the time.
    """
    calendar, span = _timing(charter, statement)
    return Waiting(calendar=calendar, span=span, steps=_steps(charter, span))


def _timing(charter: Charter, statement: RiskStatement | None) -> tuple[CalendarSpec | None, timedelta]:
    """Return by which calendar hours are counted, and how many there are.

    Hours are counted in working time where the charter or the risk statement has a calendar, or where the charter says no hours;
    else by the clock. Where it says no hours, there is one working day.
    """
    calendar = charter.calendar or (None if statement is None else statement.calendar)
    if calendar is None and charter.deadline_hours is None:
        calendar = OFFICE
    span = (calendar or OFFICE).day if charter.deadline_hours is None else timedelta(hours=charter.deadline_hours)
    return calendar, span


def _steps(charter: Charter, span: timedelta) -> tuple[Step, ...]:
    """Return a reminder and the escalations after it. What lies at the deadline or behind it is never reached."""
    written = [Step(after=timedelta(hours=one.after_hours), role=one.role, channel=one.channel) for one in charter.escalation]
    usual = Step(after=span * _THREE_QUARTERS, role=charter.owner_role or OwnerRole.MARKETING_OPS)
    escalations = sorted((one for one in written or [usual] if one.after < span), key=lambda one: one.after)
    first = escalations[0].after if escalations else span
    return (Step(after=min(span / 2, first / 2)), *escalations)
