"""Folds every projection again from the facts, beside the live ones, and names where they differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from remit.core.facts import Entry
from remit.ports import Clock, Ids
from remit.store import tables as t
from remit.store.newest import to_entry
from remit.store.projecting import project
from remit.store.transaction import Transaction

_PAGE = 2000


def rebuilt(live: sa.Engine, clock: Clock, ids: Ids) -> sa.Engine:
    """Return a database in memory whose projections were folded from the live one's facts."""
    engine = sa.create_engine("sqlite+pysqlite://", poolclass=sa.pool.StaticPool, connect_args={"check_same_thread": False})
    t.METADATA.create_all(engine)
    with live.connect() as source, engine.begin() as target:
        pages = source.execution_options(yield_per=_PAGE).execute(sa.select(t.facts).order_by(t.facts.c.seq)).mappings()
        for rows in pages.partitions():
            fold(Transaction(target, clock, ids), (to_entry(row) for row in rows))
    return engine


def refold_levels(live: sa.Engine, clock: Clock, ids: Ids) -> None:
    """Put what is known of each operation, and the level in its hands, in place of what stands there, from the facts."""
    again = rebuilt(live, clock, ids)
    with again.connect() as source, live.connect() as target:
        target.execution_options(remit_writer=True)
        with target.begin():
            for table in (t.evidence, t.grants, t.signatures):
                target.execute(sa.delete(table))
                rows = [dict(row) for row in source.execute(sa.select(table)).mappings()]
                if rows:
                    target.execute(sa.insert(table), rows)


def fold(tx: Transaction, entries: Iterable[Entry]) -> None:
    """Bring the projections of a transaction up to date with these facts, in their order, and write them."""
    for entry in entries:
        project(tx, entry)
    tx.flush()


def differences(live: sa.Engine, again: sa.Engine) -> list[str]:
    """Name every projection row that differs, as `table: row`; empty when all agree."""
    found = []
    for table in t.PROJECTIONS:
        left, right = _rows(live, table), _rows(again, table)
        found += [f"{table.name}: {row}" for row in sorted(left ^ right)]
    return found


def _rows(engine: sa.Engine, table: sa.Table) -> set[str]:
    with engine.connect() as connection:
        return {repr(tuple(row)) for row in connection.execute(sa.select(table))}


def integrity(engine: sa.Engine) -> str:
    """Return `ok`, or what SQLite finds wrong with the file."""
    with engine.connect() as connection:
        told: Any = connection.execute(sa.text("PRAGMA integrity_check")).scalar()
    return str(told)
