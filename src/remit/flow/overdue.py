"""A violation that nobody settled in time is taken to risk and the line of business, once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from remit.core import facts as f
from remit.core.asking import askable
from remit.core.notice import NoticeKind, Occasion
from remit.core.types import Role, UseCaseId
from remit.core.violation import Violation
from remit.core.working_time import OFFICE, CalendarSpec
from remit.flow.notify import announce
from remit.ports import House, Reading, Writing

_MOST = 1000
_ROLES = (Role.RISK, Role.LINE_OF_BUSINESS)


async def chase(house: House) -> int:
    """Escalate every violation whose due date has passed. Returns how many."""
    now = house.clock.now()
    with house.store.read() as reading:
        if not _overdue(reading, now):
            return 0
    return await house.store.write(lambda tx: _chase(house, tx, now))


def calendar_of(reading: Reading) -> CalendarSpec:
    """Return when the organisation works: as the risk statement says, else Monday to Friday, 9 to 17 UTC."""
    statement = reading.policy().risk_statement
    return OFFICE if statement is None or statement.calendar is None else statement.calendar


def _overdue(reading: Reading, now: datetime) -> list[Violation]:
    calendar = calendar_of(reading)
    open_ones = reading.violations(only_open=True, limit=_MOST)
    return [one for one in open_ones if one.escalated_at is None and one.due_at(calendar) <= now]


def _chase(house: House, tx: Writing, now: datetime) -> int:
    overdue = _overdue(tx, now)
    asked = askable(tx.people(), _ROLES, tx.absences(), now)
    for one in overdue:
        tx.record(f.ViolationEscalated(violation=one.id, use_case=one.use_case, asked=asked), actor="remit")
    told: Counter[tuple[str, UseCaseId]] = Counter((person, one.use_case) for one in overdue for person in asked)
    for (person, use_case), count in told.items():
        announce(house, tx, Occasion(kind=NoticeKind.VIOLATION_OVERDUE, use_case=use_case, count=count), person=person)
    return len(overdue)
