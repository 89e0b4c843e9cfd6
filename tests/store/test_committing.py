"""What is written together stands together: facts, state, contents, and the works of a group."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from remit.core import facts as f
from remit.core.lifecycle import State
from remit.core.types import Answer, ProposalId
from remit.errors import Conflict, NotFound, StoreUnavailable
from remit.ledgerproof import leaf_hash
from remit.ports import Writing
from remit.store import tables as t
from remit.store.sqlite import SqliteStore
from tests.store.small_house import DESK, TAGGING, VERSION, answered, begin, decided, hold, opened, proposed, rows

P1, P2, P3 = (ProposalId(f"p{number}") for number in (1, 2, 3))
SECRET = {"arguments": {"contact": "p1", "note": "Anna is moving to Graz"}, "reason": "she said so"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with opened(tmp_path) as found:
        found.write_now(begin)
        yield found


def everything(store: SqliteStore) -> dict[str, list[dict[str, Any]]]:
    """Return all that stands in the file."""
    return {table.name: rows(store.engine, table) for table in t.METADATA.sorted_tables}


def state(store: SqliteStore, proposal: ProposalId) -> State:
    """Return where an action stands, as everybody can read it."""
    with store.read() as reading:
        return reading.existing(proposal).state


# ---------------------------------------------------------------------------------------------------------- facts and state


def test_what_was_written_is_there_for_the_next_reader(store: SqliteStore) -> None:
    fact = store.write_now(hold("p1", SECRET))
    with store.read() as reading:
        action = reading.existing(P1)
        assert (action.state, action.content) == (State.HELD, fact)
        assert reading.content(fact, "arguments") == SECRET["arguments"]
        assert reading.content(fact, "reason") == "she said so"
        assert [type(entry.fact) for entry in reading.facts(after=3)] == [f.Proposed, f.Decided]


def test_a_work_that_fails_leaves_nothing(store: SqliteStore) -> None:
    before = everything(store)

    def work(tx: Writing) -> None:
        hold("p1", SECRET)(tx)
        tx.stops()  # a query in between brings everything so far to the database
        raise NotFound

    with pytest.raises(NotFound):
        store.write_now(work)
    assert everything(store) == before


def test_a_fact_the_lifecycle_refuses_takes_the_work_before_it_along(store: SqliteStore) -> None:
    store.write_now(hold("p1"))
    before = everything(store)

    def work(tx: Writing) -> None:
        tx.record(answered("p1"), actor="person:ann")
        tx.record(answered("p1"), actor="person:ann")

    with pytest.raises(Conflict):
        store.write_now(work)
    assert everything(store) == before


UNFIT: dict[str, tuple[f.Fact, type[Exception]]] = {
    "out of order": (f.Released(proposal=P1), Conflict),
    "of nothing": (f.Released(proposal=P2), Conflict),
    "without a byte form": (f.Observed(proposal=P3, kind="x", loss_ppm=2**53), ValueError),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_refused_fact_leaves_no_trace_even_where_the_work_goes_on(store: SqliteStore, name: str) -> None:
    fact, error = UNFIT[name]
    store.write_now(hold("p1"))
    store.write_now(_done("p3"))
    before = everything(store)

    def work(tx: Writing) -> None:
        with pytest.raises(error):
            tx.record(fact, actor="remit")

    store.write_now(work)
    assert everything(store) == before


def test_the_content_of_a_refused_fact_is_not_kept(store: SqliteStore) -> None:
    store.write_now(_done("p1"))
    before = rows(store.engine, t.contents)

    def work(tx: Writing) -> None:
        with pytest.raises(Conflict):
            tx.record(answered("p1", Answer.APPROVE_EDITED), actor="person:ann", contents={"arguments": SECRET["arguments"]})
        tx.record(f.UndoAsked(proposal=P1, by="ann"), actor="person:ann")

    store.write_now(work)
    assert rows(store.engine, t.contents) == before
    assert state(store, P1) is State.UNDOING


def _done(name: str) -> Callable[[Writing], None]:
    proposal = ProposalId(name)

    def work(tx: Writing) -> None:
        hold(name)(tx)
        tx.record(answered(name), actor="person:ann")
        tx.record(f.Released(proposal=proposal), actor="remit")
        tx.record(f.Started(proposal=proposal, key=f"{name}:1", policy_digest="d"), actor="remit")
        tx.record(f.Done(proposal=proposal), actor="remit")

    return work


def test_a_transaction_reads_what_it_wrote(store: SqliteStore) -> None:
    def work(tx: Writing) -> None:
        fact = hold("p1", SECRET)(tx)
        assert tx.existing(P1).state is State.HELD
        assert tx.content(fact, "reason") == "she said so"
        called = tx.by_call("otto", "call p1")
        assert called is not None
        assert called.proposal == P1
        assert tx.decision(called) == decided("p1")
        tx.record(answered("p1", Answer.REJECT, loss_ppm=1_000_000), actor="person:ann")
        assert tx.evidence(DESK, TAGGING, VERSION).answered == 1
        assert [action.state for action in tx.in_states({State.REJECTED})] == [State.REJECTED]
        tx.record(f.StopOrdered(scope="everything", by="ann", reason="x"), actor="person:ann")
        assert tx.stops() == ("everything",)
        tx.record(f.QaRateSet(use_case=DESK, operation=TAGGING, rate_ppm=7, why="x"), actor="remit")
        assert tx.qa_rate_ppm(DESK, TAGGING) == 7
        assert [entry.seq for entry in tx.facts(after=3)] == [4, 5, 6, 7, 8]

    store.write_now(work)
    assert state(store, P1) is State.REJECTED


# ------------------------------------------------------------------------------------------------------------------- contents


def test_the_content_of_a_fact_never_stands_in_the_ledger(store: SqliteStore) -> None:
    fact = store.write_now(hold("p1", SECRET))
    bodies = b"".join(row["body"] for row in rows(store.engine, t.facts))
    for secret in (b"Anna", b"Graz", b"she said so"):
        assert secret not in bodies
        assert secret.hex().encode() not in bodies
    assert {row["name"] for row in rows(store.engine, t.contents) if row["fact"] == fact} == {"arguments", "reason"}


def test_a_fact_is_bound_to_its_content_by_a_salted_digest(store: SqliteStore) -> None:
    fact = store.write_now(hold("p1", SECRET))
    (body,) = [json.loads(row["body"]) for row in rows(store.engine, t.facts) if row["id"] == fact]
    kept = {row["name"]: row for row in rows(store.engine, t.contents) if row["fact"] == fact}
    sealed = {name: hmac.new(row["salt"], row["body"], hashlib.sha256).hexdigest() for name, row in kept.items()}
    assert body["fact"]["sealed"] == sealed
    assert len({row["salt"] for row in kept.values()}) == len(kept)


def test_erasing_content_leaves_the_ledger_as_it_was(store: SqliteStore) -> None:
    fact = store.write_now(hold("p1", SECRET))
    before = rows(store.engine, t.facts)
    with store.engine.begin() as connection:
        connection.execute(sa.delete(t.contents))
    assert rows(store.engine, t.facts) == before
    with store.read() as reading:
        assert reading.content(fact, "arguments") is None
        assert [arguments for _, arguments in reading.every_action()] == [None]


def test_every_fact_carries_the_hash_of_its_bytes(store: SqliteStore) -> None:
    store.write_now(hold("p1"))
    assert all(row["leaf"] == leaf_hash(row["body"]) for row in rows(store.engine, t.facts))


# --------------------------------------------------------------------------------------------------------------------- groups


class Group:
    """Works that reach the writer as one group, because it is kept busy until all of them wait."""

    def __init__(self, store: SqliteStore) -> None:
        """Keep the writer of this store busy."""
        self._store, self._free = store, threading.Event()
        self._first = self._submit(lambda _: self._free.wait(10))
        self.answers: list[Future[Any]] = []

    def _submit(self, work: Callable[[Writing], Any]) -> Future[Any]:
        return self._store._writer.submit(work)  # noqa: SLF001  # a group is the writer's own affair

    def add(self, *works: Callable[[Writing], Any]) -> None:
        """Let works wait."""
        self.answers += [self._submit(work) for work in works]

    def run(self) -> list[Any]:
        """Let the writer go on; return each result, or what was raised."""
        self._free.set()
        assert self._first.result(10) is True
        return [answer.exception(10) or answer.result() for answer in self.answers]


def test_a_group_sees_what_came_before_in_it(store: SqliteStore) -> None:
    group = Group(store)
    group.add(hold("p1"), lambda tx: tx.existing(P1).state)
    assert group.run()[1] is State.HELD


def failing(tx: Writing) -> None:
    """Write something, bring it to the database, then fail."""
    hold("p2", SECRET)(tx)
    tx.record(f.StopOrdered(scope="everything", by="ann", reason="x"), actor="person:ann")
    raise NotFound(found="nothing")


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "between", "last"])
def test_one_failing_work_in_a_group_costs_the_others_nothing(store: SqliteStore, place: int) -> None:
    works: list[Callable[[Writing], Any]] = [hold("p1"), hold("p3")]
    works.insert(place, failing)
    group = Group(store)
    group.add(*works)
    results = group.run()
    assert isinstance(results.pop(place), NotFound)
    assert all(isinstance(result, str) for result in results)
    assert (state(store, P1), state(store, P3)) == (State.HELD, State.HELD)
    with store.read() as reading:
        assert reading.action(P2) is None
        assert reading.stops() == ()
    assert b"Graz" not in b"".join(row["body"] for row in rows(store.engine, t.contents))
    assert len(rows(store.engine, t.facts)) == 3 + 2 * 2


def test_two_who_answer_at_once_are_not_both_heard(store: SqliteStore) -> None:
    store.write_now(hold("p1"))
    group = Group(store)
    group.add(*[lambda tx: tx.record(answered("p1"), actor="person:ann")] * 2)
    first, second = group.run()
    assert isinstance(first, str)
    assert isinstance(second, Conflict)


def test_every_work_of_a_group_is_answered_with_its_own_result(store: SqliteStore) -> None:
    group = Group(store)
    group.add(*[lambda _, number=number: number for number in range(300)])
    assert group.run() == list(range(300))


async def test_whoever_stops_waiting_does_not_stop_the_writer(store: SqliteStore) -> None:
    free = threading.Event()
    busy = asyncio.create_task(store.write(lambda _: free.wait(10)))
    impatient = asyncio.create_task(store.write(hold("p1")))
    await asyncio.sleep(0)  # both are queued
    for task in (busy, impatient):
        task.cancel()
    await asyncio.gather(busy, impatient, return_exceptions=True)
    free.set()
    assert await asyncio.wait_for(store.write(lambda tx: tx.stops()), 10) == ()


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.write_now(begin)
    with pytest.raises(StoreUnavailable, match="closed"):
        store.write_now(begin)


def refuses(store: SqliteStore) -> bool:
    """Say whether a store takes no more works."""
    try:
        store._writer.submit(lambda _: None)  # noqa: SLF001  # asked, not waited for
    except StoreUnavailable:
        return True
    return False


def test_what_waits_is_written_before_the_store_closes(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.write_now(begin)
        group = Group(store)
        group.add(hold("p1"), hold("p2"))
        closing = threading.Thread(target=store.close)
        closing.start()
        while not refuses(store):
            pass
        group.run()
        closing.join(10)
    with opened(tmp_path, first=100) as store:
        assert (state(store, P1), state(store, P2)) == (State.HELD, State.HELD)


def page_limit(pages: int) -> Callable[[Writing], None]:
    """Return the work that lets the file grow by so many pages at most, as a full disk does."""

    def work(tx: Writing) -> None:
        connection = tx._connection  # type: ignore[attr-defined]  # noqa: SLF001  # the disk belongs to nobody
        used = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {used + pages}")

    return work


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "between", "last"])
def test_on_a_full_disk_what_was_said_to_be_written_is_there_and_nothing_else(store: SqliteStore, place: int) -> None:
    store.write_now(page_limit(20))
    works = [hold("p1"), hold("p2")]
    works.insert(place, hold("p3", {"arguments": {"text": "x" * 1_000_000}}))
    group = Group(store)
    group.add(*works)
    results = group.run()
    assert isinstance(results[place], StoreUnavailable)
    assert "full" in results[place].found
    names = ["p1", "p2"]
    names.insert(place, "p3")
    with store.read() as reading:
        there = [reading.action(ProposalId(name)) is not None for name in names]
    assert there == [isinstance(result, str) for result in results]
    store.write_now(page_limit(10_000))
    store.write_now(hold("p4"))
    assert state(store, ProposalId("p4")) is State.HELD


MISSING: dict[str, Callable[[Writing], object]] = {
    "a proposal": lambda tx: tx.existing(P2),
    "an offer": lambda tx: tx.latest_offer(DESK, TAGGING),
}


@pytest.mark.parametrize("name", MISSING)
def test_what_is_not_there_is_said_to_be_missing(store: SqliteStore, name: str) -> None:
    with pytest.raises(NotFound):
        store.write_now(MISSING[name])
    with store.read() as reading, pytest.raises(NotFound):
        MISSING[name](reading)  # type: ignore[arg-type]  # both only read


def test_without_a_policy_nothing_can_be_asked(tmp_path: Path) -> None:
    with opened(tmp_path) as empty, empty.read() as reading:
        assert reading.policy_documents() == (0, {})
        with pytest.raises(NotFound, match="policy"):
            reading.policy()


def test_the_same_call_id_is_one_action(store: SqliteStore) -> None:
    store.write_now(hold("p1"))
    with pytest.raises(sa.exc.IntegrityError):
        store.write_now(lambda tx: tx.record(proposed("p2", call_id="call p1"), actor="agent:otto"))
    with store.read() as reading:
        assert reading.action(P2) is None


def test_readers_see_no_half_of_a_transaction(store: SqliteStore) -> None:
    seen: list[tuple[int, bool]] = []

    def look() -> None:
        with store.read() as reading:
            seen.append((len(reading.facts()), reading.action(P1) is not None))

    def work(tx: Writing) -> None:
        tx.record(proposed("p1"), actor="agent:otto")
        tx.stops()  # the first half is in the database now
        look()
        tx.record(decided("p1"), actor="remit")

    store.write_now(work)
    look()
    assert seen == [(3, False), (5, True)]


def test_a_reader_keeps_the_view_it_began_with(store: SqliteStore) -> None:
    with store.read() as reading:
        assert len(reading.facts()) == 3
        store.write_now(hold("p1"))
        assert len(reading.facts()) == 3
        assert reading.action(P1) is None
    assert state(store, P1) is State.HELD
