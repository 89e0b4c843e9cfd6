"""Until when something waits, and who is asked on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from remit.core.charter import Charter, EscalationStep
from remit.core.deadline import Step, lapses_at, waiting
from remit.core.types import OwnerRole
from remit.core.working_time import CalendarSpec
from tests.changed import replace
from tests.core.small_policy import charter
from tests.core.written_statement import statement

FRIDAY = datetime(2026, 3, 6, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
RISK = EscalationStep(after_hours=4, role=OwnerRole.RISK, channel="ops")
LATE = EscalationStep(after_hours=24, role=OwnerRole.FINANCE)
BERLIN = CalendarSpec(zone="Europe/Berlin")


def written(**changes: object) -> Charter:
    """Return the small charter, changed."""
    return replace(charter(), **{"deadline_hours": None, "escalation": (), **changes})


def test_without_hours_it_is_one_working_day() -> None:
    assert lapses_at(written(), None, FRIDAY) == datetime(2026, 3, 9, 16, tzinfo=UTC)


def test_hours_without_a_calendar_are_hours_by_the_clock() -> None:
    assert lapses_at(written(deadline_hours=24), None, FRIDAY) == FRIDAY + 24 * HOUR


def test_hours_with_a_calendar_are_working_hours() -> None:
    assert lapses_at(written(deadline_hours=4, calendar=BERLIN), None, FRIDAY) == datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_a_working_day_is_as_long_as_the_calendar_says_whosever_it_is() -> None:
    short = CalendarSpec(opens="09:00", closes="13:00")
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert lapses_at(written(calendar=short), None, monday) == monday + 4 * HOUR
    assert lapses_at(written(), replace(statement(), calendar=short), monday) == monday + 4 * HOUR
    assert lapses_at(written(), replace(statement(), calendar=None), monday) == monday + 8 * HOUR
    assert lapses_at(written(deadline_hours=5), replace(statement(), calendar=short), monday) == monday + 25 * HOUR


def test_the_charters_calendar_goes_before_that_of_the_organisation() -> None:
    shared = replace(statement(), calendar=CalendarSpec(opens="00:00", closes="23:00"))
    assert lapses_at(written(deadline_hours=2), shared, FRIDAY) == FRIDAY + 2 * HOUR
    assert lapses_at(written(deadline_hours=2, calendar=BERLIN), shared, FRIDAY) == datetime(2026, 3, 9, 10, tzinfo=UTC)


STEPS = {
    "nobody named": ({}, [Step(after=3 * HOUR), Step(after=6 * HOUR, role=OwnerRole.MARKETING_OPS)]),
    "its owner": ({"owner_role": OwnerRole.DATA}, [Step(after=3 * HOUR), Step(after=6 * HOUR, role=OwnerRole.DATA)]),
    "somebody named": ({"escalation": (RISK,)}, [Step(after=2 * HOUR), Step(after=4 * HOUR, role=OwnerRole.RISK, channel="ops")]),
    "a step at the very end": ({"escalation": (replace(RISK, after_hours=8),)}, [Step(after=4 * HOUR)]),
    "a step that is never reached": ({"escalation": (LATE,)}, [Step(after=4 * HOUR)]),
    "steps out of order": (
        {"escalation": (replace(RISK, after_hours=6), RISK)},
        [Step(after=2 * HOUR), *(Step(after=hours * HOUR, role=OwnerRole.RISK, channel="ops") for hours in (4, 6))],
    ),
}


@pytest.mark.parametrize(("changes", "steps"), STEPS.values(), ids=STEPS)
def test_a_reminder_comes_before_every_escalation(changes: dict[str, object], steps: list[Step]) -> None:
    found = waiting(written(**changes), None).steps
    assert [step.role for step in found] == [step.role for step in steps]
    assert list(found[1:]) == steps[1:]
    assert found[0] == steps[0]
    assert [step.after for step in found] == sorted(step.after for step in found)


def test_a_step_is_due_once_so_much_of_the_time_is_gone() -> None:
    timed = waiting(written(deadline_hours=8, escalation=(RISK,)), None)
    due = lapses_at(written(deadline_hours=8), None, FRIDAY)
    horizon = timed.horizon(timed.steps[1], FRIDAY + 4 * HOUR)
    assert horizon == due
    assert timed.horizon(timed.steps[1], FRIDAY + 3 * HOUR) < due
