"""What every store promises of limits: rows add up, group by group, and no row ever comes to more than it may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from remit.core import facts as f
from remit.core.limits import Span
from remit.core.reservation import Reserved
from remit.core.types import ProposalId, Verdict
from remit.errors import Conflict
from remit.ports import Writing
from remit.store import tables as t
from remit.store.rebuild import differences, rebuilt
from remit.store.sqlite import SqliteStore
from tests.changed import replace
from tests.store.small_house import CountedIds, FrozenClock, begin, decided, opened, proposed, rows

DRIVERS: dict[str, Callable[[Path], AbstractContextManager[SqliteStore]]] = {"sqlite": opened}
"""Every store driver. One that lets several processes write has to pass all of this too."""

DAY = 86_400
TODAY = Span("crm/daily", "use_case:crm", 9 * DAY, 9 * DAY)
WEEK = Span("crm/daily", "use_case:crm", 3 * DAY, 9 * DAY)


@pytest.fixture(params=DRIVERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore]:
    with DRIVERS[request.param](tmp_path) as found:
        found.write_now(begin)
        yield found


def share(amount: int = 1, *, most: int = 3, bucket: int = 9 * DAY, scope: str = "use_case:crm") -> Reserved:
    """Return a share of the limit."""
    return Reserved(limit="crm/daily", scope=scope, bucket=bucket, amount=amount, most=most)


def take(name: str, *shares: Reserved) -> Callable[[Writing], None]:
    """Return the work in which an action is allowed and takes these shares."""

    def work(tx: Writing) -> None:
        tx.record(proposed(name), actor="agent:otto")
        tx.record(replace(decided(name, Verdict.ALLOW), reserved=shares), actor="remit")

    return work


def give_back(name: str) -> Callable[[Writing], Any]:
    """Return the work in which an action that is leaving is taken back."""
    fact = f.TakenBack(proposal=ProposalId(name), by="ann", due_at=FrozenClock().now())
    return lambda tx: tx.record(fact, actor="person:ann")


def taken(store: SqliteStore, span: Span = WEEK) -> dict[int, int]:
    """Return what a window holds."""
    with store.read() as reading:
        return dict(reading.taken(span))


def same_again(store: SqliteStore) -> bool:
    """Whether folding every fact anew comes to the same rows."""
    return differences(store.engine, rebuilt(store.engine, FrozenClock(), CountedIds())) == []


def test_what_actions_take_adds_up(store: SqliteStore) -> None:
    store.write_now(take("p1", share()))
    store.write_now(take("p2", share(2), share(4, most=9, scope="use_case:other"), share(1, bucket=3 * DAY)))
    assert (taken(store), taken(store, TODAY)) == ({3 * DAY: 1, 9 * DAY: 3}, {9 * DAY: 3})
    assert taken(store, Span("crm/daily", "use_case:other", 0, 9 * DAY)) == {9 * DAY: 4}
    assert taken(store, Span("crm/weekly", "use_case:crm", 0, 9 * DAY)) == {}
    assert same_again(store)


def test_what_is_given_back_leaves_no_row_behind(store: SqliteStore) -> None:
    store.write_now(take("p1", share(2)))
    store.write_now(take("p2", share(1)))
    store.write_now(give_back("p1"))
    assert taken(store) == {9 * DAY: 1}
    store.write_now(give_back("p2"))
    assert rows(store.engine, t.limit_rows) == []
    assert same_again(store)


def test_a_share_stays_with_its_action(store: SqliteStore) -> None:
    store.write_now(take("p1", share(2)))
    with store.read() as reading:
        assert reading.existing(ProposalId("p1")).reserved == (share(2),)
    store.write_now(give_back("p1"))
    with store.read() as reading:
        assert reading.existing(ProposalId("p1")).reserved == ()


def test_a_transaction_sees_what_it_took_itself_before_it_is_written(store: SqliteStore) -> None:
    store.write_now(take("p0", share(1)))

    def work(tx: Writing) -> list[dict[int, int]]:
        seen = [dict(tx.taken(WEEK))]
        take("p1", share(1))(tx)
        seen.append(dict(tx.taken(WEEK)))
        give_back("p0")(tx)
        give_back("p1")(tx)
        return [*seen, dict(tx.taken(TODAY))]

    assert store.write_now(work) == [{9 * DAY: 1}, {9 * DAY: 2}, {9 * DAY: 0}]
    assert taken(store) == {}


def test_a_window_that_is_read_late_holds_what_was_taken_before(store: SqliteStore) -> None:
    store.write_now(take("p0", share(1, bucket=3 * DAY)))

    def work(tx: Writing) -> list[dict[int, int]]:
        take("p1", share(1))(tx)
        return [dict(tx.taken(TODAY)), dict(tx.taken(WEEK)), dict(tx.taken(TODAY))]

    assert store.write_now(work) == [{9 * DAY: 1}, {3 * DAY: 1, 9 * DAY: 1}, {9 * DAY: 1}]


def test_a_group_of_windows_is_read_with_one_question(store: SqliteStore) -> None:
    store.write_now(take("p1", *(share(scope=f"agent:{number}") for number in range(40))))
    asked: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def work(tx: Writing) -> int:
        spans = [Span("crm/daily", f"agent:{number}", 3 * DAY, 9 * DAY) for number in range(1_000)]
        tx.fetch_taken(spans)
        return sum(sum(tx.taken(span).values()) for span in spans)

    assert store.write_now(work) == 40
    assert [statement for statement in asked if "limit_rows" in statement][1:] == []


@pytest.mark.parametrize(
    ("there", "wanted", "most"), [(0, 4, 3), (2, 2, 3), (3, 1, 3), (5, 1, 3)], ids=["alone", "together", "full", "over"]
)
def test_no_row_comes_to_more_than_it_may_whatever_anybody_counted(
    store: SqliteStore, there: int, wanted: int, most: int
) -> None:
    if there:
        store.write_now(take("p0", share(there, most=9)))
    before = rows(store.engine, t.facts)
    with pytest.raises(Conflict):
        store.write_now(take("p1", share(wanted, most=most)))
    assert taken(store).get(9 * DAY, 0) == there
    assert rows(store.engine, t.facts) == before


def test_who_comes_too_late_costs_nobody_else_anything(store: SqliteStore) -> None:
    works = [take(f"p{number}", share(1, most=3)) for number in range(8)]
    futures = [store._writer.submit(work) for work in works]  # noqa: SLF001  # as many as possible in one group
    refused = [one.exception() for one in futures]
    assert [isinstance(one, Conflict) for one in refused].count(True) == 5
    assert taken(store) == {9 * DAY: 3}
    assert same_again(store)


def test_what_nobody_took_cannot_be_given_back(store: SqliteStore) -> None:
    store.write_now(take("p1", share(2)))
    with store.engine.begin() as connection:
        connection.execute(sa.delete(t.limit_rows))
    with pytest.raises(Conflict):
        store.write_now(give_back("p1"))


def test_the_fullest_counts_come_first(store: SqliteStore) -> None:
    for number, amount in enumerate((2, 5, 3)):
        store.write_now(take(f"p{number}", share(amount, most=9, scope=f"agent:{number}")))
    store.write_now(take("old", share(9, most=9, bucket=2 * DAY, scope="agent:2")))
    with store.read() as reading:
        assert reading.fullest("crm/daily", 3 * DAY, most=2) == [("agent:1", 5), ("agent:2", 3)]
        assert reading.fullest("crm/daily", 0, most=9)[0] == ("agent:2", 12)
        assert reading.fullest("crm/weekly", 0, most=9) == []
