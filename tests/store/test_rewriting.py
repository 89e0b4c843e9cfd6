"""Everything shown can be written anew in its place, whole or not at all; what stands in no fact stays."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from remit.core.facts import Entry
from remit.store import rebuild as rebuilding
from remit.store import tables as t
from remit.store.projecting import Rows, project
from remit.store.rebuild import differences, rebuilt
from remit.store.rewrite import rewrite
from tests.store.random_history import Desk, desk
from tests.store.small_house import CountedIds, FrozenClock, begin, hold, opened, rows
from tests.store.test_rebuilding import EARN, LATER, LOSE, MEDDLED, STOP, UNDO

STAYS = [table for table in t.METADATA.sorted_tables if table not in t.PROJECTIONS]


def everything(engine: sa.Engine, tables: list[sa.Table]) -> dict[str, list[str]]:
    """Return every row of these tables."""
    return {table.name: sorted(repr(row) for row in rows(engine, table)) for table in tables}


def test_what_is_written_anew_equals_what_was_lived(tmp_path: Path) -> None:
    with desk(tmp_path) as found:
        asyncio.run(_lived(found))
        engine = found.store.engine
        before = everything(engine, list(t.METADATA.sorted_tables))
        assert rewrite(engine, FrozenClock(), CountedIds()) == len(before["facts"])
        assert everything(engine, list(t.METADATA.sorted_tables)) == before


async def _lived(found: Desk) -> None:
    await found.begin()
    await found.play([*EARN, *EARN, *LOSE, *EARN, *UNDO, *LATER, *STOP])


@pytest.mark.parametrize("name", MEDDLED)
def test_what_the_facts_do_not_say_is_gone_afterwards(tmp_path: Path, name: str) -> None:
    statement, _ = MEDDLED[name]
    with opened(tmp_path) as store:
        store.write_now(begin)
        store.write_now(hold("p1"))
        stays = everything(store.engine, STAYS)
        with store.engine.begin() as connection:
            connection.exec_driver_sql(statement)
        rewrite(store.engine, FrozenClock(), CountedIds())
        assert differences(store.engine, rebuilt(store.engine, FrozenClock(), CountedIds())) == []
        assert everything(store.engine, STAYS) == stays


def test_cut_off_on_the_way_everything_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as store:
        store.write_now(begin)
        store.write_now(lambda tx: [hold(f"p{number}")(tx) for number in range(3)])
        before = everything(store.engine, list(t.METADATA.sorted_tables))

        def dies(tx: Rows, entry: Entry) -> None:
            if entry.seq == 7:
                raise KeyboardInterrupt
            project(tx, entry)

        monkeypatch.setattr(rebuilding, "project", dies)
        with pytest.raises(KeyboardInterrupt):
            rewrite(store.engine, FrozenClock(), CountedIds())
        assert everything(store.engine, list(t.METADATA.sorted_tables)) == before


def test_a_long_ledger_is_written_anew_page_by_page(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    with opened(tmp_path) as store:
        store.write_now(begin)
        store.write_now(lambda tx: [hold(f"p{number}")(tx) for number in range(1_100)])
        rewrite(store.engine, FrozenClock(), CountedIds(), lambda done, of: heard.append((done, of)))
        assert differences(store.engine, rebuilt(store.engine, FrozenClock(), CountedIds())) == []
    assert heard == [(2_000, 2_203), (2_203, 2_203)]
