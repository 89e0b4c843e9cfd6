"""Writes every projection anew from the facts, in one transaction: all of them or none."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from remit.ports import Clock, Ids
from remit.store import tables as t
from remit.store.newest import to_entry
from remit.store.rebuild import fold
from remit.store.transaction import Transaction

_PAGE = 2000


def rewrite(engine: sa.Engine, clock: Clock, ids: Ids, progress: Callable[[int, int], object] = lambda _done, _of: None) -> int:
    """Empty every projection and fold the facts into it again. Returns how many facts.

    Nobody else may write meanwhile. Facts, contents, accounts and sessions stay as they are. Whatever goes wrong on the way,
    the projections are what they were.
    """
    with engine.connect().execution_options(remit_writer=True) as connection, connection.begin():
        of = connection.execute(sa.select(sa.func.count()).select_from(t.facts)).scalar() or 0
        for table in t.PROJECTIONS:
            connection.execute(table.delete())
        done = 0
        while rows := list(connection.execute(_NEXT, {"after": done}).mappings()):
            fold(Transaction(connection, clock, ids), (to_entry(row) for row in rows))
            done = rows[-1]["seq"]
            progress(done, of)
        return done


_NEXT = sa.select(t.facts).where(t.facts.c.seq > sa.bindparam("after")).order_by(t.facts.c.seq).limit(_PAGE)
