"""What counts towards a limit, for whom, and in which window."""

from __future__ import annotations

import pytest

from remit.core.classify import ActionFacts
from remit.core.limit_spec import LimitSpec
from remit.core.limits import Span, Whose, adds, first_of, limit_of, limits_of, lock_order, over, scope_of, span_of, touch_limit
from remit.core.types import Operation
from tests.core.small_policy import entry

HOUR, DAY = 3600, 86_400
TAGGING = Operation("contact.tag.add")
ANNA = Whose(connector="sandbox", use_case="crm", operation=TAGGING, agent="ada", contact="anna")
NOBODY = Whose(connector="sandbox", use_case="crm", operation=TAGGING, agent="ada", contact=None)


def spec(**changes: object) -> LimitSpec:
    """Return a limit: three actions a day."""
    return LimitSpec(**{"counts": "actions", "at_most": 3, "window": "1 day", **changes})  # type: ignore[arg-type]  # a table


@pytest.mark.parametrize(
    ("each", "scope", "without_person"),
    [
        ("organisation", "organisation", "organisation"),
        ("connector", "connector:sandbox", "connector:sandbox"),
        ("use_case", "use_case:crm", "use_case:crm"),
        ("operation", "operation:crm/contact.tag.add", "operation:crm/contact.tag.add"),
        ("agent", "agent:ada", "agent:ada"),
        ("contact", "contact:sandbox/anna", None),
    ],
)
def test_a_limit_names_whose_count_it_is(each: str, scope: str, without_person: str | None) -> None:
    limit = limit_of("crm/daily", spec(each=each))
    assert (scope_of(limit, ANNA), scope_of(limit, NOBODY)) == (scope, without_person)
    assert (span_of(limit, NOBODY, 0) is None) == (without_person is None)


@pytest.mark.parametrize(
    ("window", "at", "first", "last"),
    [
        ("1 day", 5 * DAY + 7, 5 * DAY, 5 * DAY),
        ("1 day", 6 * DAY - 1, 5 * DAY, 5 * DAY),
        ("7 days", 9 * DAY, 3 * DAY, 9 * DAY),
        ("7 days", 10 * DAY - 1, 3 * DAY, 9 * DAY),
        ("48 hours", 9 * DAY + 1, 8 * DAY, 9 * DAY),
        ("36 hours", 9 * DAY + 1, 8 * DAY, 9 * DAY),
        ("1 hour", 3 * HOUR + 59, 3 * HOUR, 3 * HOUR),
        ("15 minutes", 3599, 2700, 2700),
    ],
)
def test_a_window_is_the_present_bucket_and_those_before_it(window: str, at: int, first: int, last: int) -> None:
    limit = limit_of("crm/daily", spec(window=window))
    assert span_of(limit, ANNA, at) == Span("crm/daily", "use_case:crm", first, last)
    assert first_of(limit, at) == first


def test_limits_of_the_organisation_come_first_and_only_those_that_count_the_operation() -> None:
    shared = {"touches": spec(operations=(TAGGING,)), "mail": spec(operations=("email.send",))}
    found = limits_of(Operation("contact.tag.add:vip"), {"daily": spec()}, shared, "crm")
    assert [limit.name for limit in found] == ["risk_statement/touches", "crm/daily"]


@pytest.mark.parametrize(
    ("limit", "adding"),
    [
        (spec(), 1),
        (spec(counts="reach"), 7),
        (spec(counts="spend_minor"), 250),
        (spec(counts="touches"), 0),
        (spec(counts="touches", operations=(TAGGING,)), 1),
    ],
    ids=["actions", "reach", "money", "no touch", "a touch because it is named"],
)
def test_an_action_adds_what_is_counted(limit: LimitSpec, adding: int) -> None:
    facts = ActionFacts(reach=7, further={"money.spend_minor": 250})
    assert adds(limit_of("crm/daily", limit), entry(), facts) == adding


def test_what_contacts_a_person_is_a_touch_and_so_is_what_nobody_knows() -> None:
    touches = limit_of("crm/daily", spec(counts="touches"))
    assert adds(touches, entry(contacts_person=True), ActionFacts()) == 1
    assert adds(touches, None, ActionFacts()) == 1


@pytest.mark.parametrize(
    "told", [{}, {"money.spend_minor": -1}, {"money.spend_minor": "5"}, {"money.spend_minor": True}], ids=str
)
def test_money_that_nobody_can_tell_is_unknown(told: dict[str, int | str]) -> None:
    assert adds(limit_of("crm/daily", spec(counts="spend_minor")), entry(), ActionFacts(further=told)) is None


@pytest.mark.parametrize(
    ("used", "more", "passed"), [(2, 1, False), (3, 1, True), (0, 4, True), (None, 1, True), (0, None, True)]
)
def test_not_knowing_counts_as_passing(used: int | None, more: int | None, passed: bool) -> None:
    assert over(limit_of("crm/daily", spec()), used, more) is passed


def test_two_groups_lock_the_same_rows_in_the_same_order() -> None:
    one, two, three = Span("a", "x", 0, 9), Span("a", "y", 0, 9), Span("b", "x", 0, 9)
    assert lock_order([three, one, two, one]) == lock_order([two, three, one]) == [one, two, three]


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({"counts": "touches", "each": "contact", "window": "7 days"}, True),
        ({"counts": "touches", "each": "contact", "window": "168 hours"}, True),
        ({"counts": "touches", "each": "contact", "window": "1 day"}, False),
        ({"counts": "touches", "each": "agent", "window": "7 days"}, False),
        ({"counts": "actions", "each": "contact", "window": "7 days"}, False),
    ],
)
def test_only_a_limit_on_touches_of_each_contact_in_seven_days_tells_how_often_somebody_was_touched(
    changes: dict[str, object], known: bool
) -> None:
    found = touch_limit({"other": spec(), "touches": spec(**changes)})
    assert (found is not None) is known
    assert found is None or found.name == "risk_statement/touches"
