"""What an action takes from limits: the others first, its own share never twice, and nothing that nobody can count."""

from __future__ import annotations

import pytest

from remit.core.classify import ActionFacts
from remit.core.limit_spec import LimitSpec
from remit.core.limits import Span, limit_of
from remit.core.reservation import Count, Reserved, count, reservations, same

DAY = 86_400
WEEKLY = limit_of("crm/weekly", LimitSpec(counts="actions", at_most=10, window="7 days"))
SPAN = Span("crm/weekly", "use_case:crm", 3 * DAY, 9 * DAY)


def taken(amount: int, bucket: int, *, limit: str = "crm/weekly", scope: str = "use_case:crm") -> Reserved:
    """Return a share."""
    return Reserved(limit=limit, scope=scope, bucket=bucket, amount=amount, most=10)


@pytest.mark.parametrize(
    ("held", "own", "earlier", "present"),
    [
        ({}, (), 0, 0),
        ({3 * DAY: 4, 9 * DAY: 2}, (), 4, 2),
        ({3 * DAY: 4, 9 * DAY: 2}, (taken(2, 9 * DAY),), 4, 0),
        ({3 * DAY: 4, 9 * DAY: 2}, (taken(3, 3 * DAY),), 1, 2),
        ({3 * DAY: 4, 9 * DAY: 2}, (taken(3, 2 * DAY),), 4, 2),
        ({3 * DAY: 4, 9 * DAY: 2}, (taken(1, 9 * DAY, scope="use_case:other"),), 4, 2),
        ({3 * DAY: 4, 9 * DAY: 2}, (taken(1, 9 * DAY, limit="crm/daily"),), 4, 2),
    ],
    ids=["nothing", "others", "its own today", "its own before", "its own of long ago", "for another", "of another limit"],
)
def test_only_what_others_took_counts(held: dict[int, int], own: tuple[Reserved, ...], earlier: int, present: int) -> None:
    found = count(WEEKLY, SPAN, held, own)
    assert (found.earlier, found.present, found.used) == (earlier, present, earlier + present)


def test_an_action_takes_from_the_present_bucket_what_the_window_leaves() -> None:
    counts = [Count(limit=WEEKLY, span=SPAN, earlier=4, present=2)]
    (found,) = reservations(counts, None, ActionFacts())
    assert found == Reserved(limit="crm/weekly", scope="use_case:crm", bucket=9 * DAY, amount=1, most=6)


@pytest.mark.parametrize(("reach", "amounts"), [(7, [7]), (0, []), (None, [])])
def test_nothing_is_taken_that_is_nothing_or_unknown(reach: int | None, amounts: list[int]) -> None:
    reaching = limit_of("crm/reach", LimitSpec(counts="reach", at_most=10, window="1 hour"))
    counts = [Count(limit=reaching, span=Span("crm/reach", "organisation", 0, 0), earlier=0, present=0)]
    assert [one.amount for one in reservations(counts, None, ActionFacts(reach=reach))] == amounts


def test_two_shares_are_the_same_when_they_take_the_same_from_the_same_buckets() -> None:
    one, other = taken(2, 0), taken(1, DAY)
    assert same((one, other), (other, one))
    assert same((one,), (Reserved(limit="crm/weekly", scope="use_case:crm", bucket=0, amount=2, most=3),))
    assert not same((one,), (taken(2, DAY),))
    assert not same((one,), (taken(1, 0),))
    assert not same((one,), ())
