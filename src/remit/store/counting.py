"""What limits have counted: rows read as a group, added to in memory, written back guarded.

A row never comes to more than the reservation allowed that was added last: the database checks it again as it writes, behind
everybody who wrote to that row before. With one writer that cannot fail; with several, whoever comes too late is refused here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from remit.core.limits import Span
from remit.core.reservation import Reserved
from remit.errors import Conflict
from remit.store import tables as t

Key = tuple[str, str]
"""A limit and whose count of it."""


@dataclass(slots=True)
class Counting:
    """The counts a transaction has read, and what it took or gave back that is not written yet.

    `since` is the first bucket that was read of a count, `most` what a row may come to.
    """

    known: dict[Key, dict[int, int]] = field(default_factory=dict)
    since: dict[Key, int] = field(default_factory=dict)
    changes: dict[Key, dict[int, int]] = field(default_factory=dict)
    most: dict[tuple[Key, int], int] = field(default_factory=dict)

    def unknown(self, spans: Iterable[Span]) -> list[Span]:
        """Return the spans of which not every bucket was read."""
        return [span for span in spans if not self.knows(span)]

    def knows(self, span: Span) -> bool:
        """Whether every bucket of a span was read."""
        since = self.since.get((span.limit, span.scope))
        return since is not None and since <= span.first

    def learn(self, spans: Iterable[Span], stored: Mapping[Key, dict[int, int]]) -> None:
        """Keep what was read, with what is not written yet on top."""
        for span in spans:
            key = (span.limit, span.scope)
            if not self.knows(span):
                held, changed = stored.get(key, {}), self.changes.get(key, {})
                self.known[key] = {
                    bucket: held.get(bucket, 0) + changed.get(bucket, 0) for bucket in held.keys() | changed.keys()
                }
                self.since[key] = span.first

    def taken(self, span: Span) -> dict[int, int]:
        """Return what each bucket of a span holds."""
        held = self.known[span.limit, span.scope]
        return {bucket: held[bucket] for bucket in held if span.first <= bucket <= span.last}

    def move(self, given_back: Iterable[Reserved], taken: Iterable[Reserved]) -> None:
        """Put what an action takes now in the place of what it took before."""
        for one in given_back:
            self._add(one, -one.amount)
        for one in taken:
            self._add(one, one.amount)
            self.most[(one.limit, one.scope), one.bucket] = one.most

    def _add(self, one: Reserved, amount: int) -> None:
        key = (one.limit, one.scope)
        for counts in (self.changes.setdefault(key, {}), self.known.get(key, {})):
            counts[one.bucket] = counts.get(one.bucket, 0) + amount


def _row_is(*names: str) -> list[sa.ColumnElement[bool]]:
    return [t.limit_rows.c[name] == sa.bindparam(f"b_{name}") for name in names]


_KEY = ("limit", "scope", "bucket")
_FRESH = insert(t.limit_rows)
_TAKE = _FRESH.on_conflict_do_update(
    index_elements=_KEY,
    set_={"reserved": t.limit_rows.c.reserved + _FRESH.excluded.reserved},
    where=t.limit_rows.c.reserved + _FRESH.excluded.reserved <= sa.bindparam("b_most"),
)
_GIVE_BACK = (
    sa.update(t.limit_rows)
    .where(*_row_is(*_KEY), t.limit_rows.c.reserved >= sa.bindparam("b_amount"))
    .values(reserved=t.limit_rows.c.reserved - sa.bindparam("b_amount"))
)
_FORGET = sa.delete(t.limit_rows).where(*_row_is(*_KEY), t.limit_rows.c.reserved == 0)
_ROWS = sa.text(
    """
    SELECT r."limit", r.scope, r.bucket, r.reserved FROM json_each(:wanted) AS w JOIN limit_rows AS r
    ON r."limit" = json_extract(w.value, '$[0]') AND r.scope = json_extract(w.value, '$[1]')
    AND r.bucket >= json_extract(w.value, '$[2]')
    """
)
_FULLEST = (
    sa.select(t.limit_rows.c.scope, sa.func.sum(t.limit_rows.c.reserved).label("used"))
    .where(t.limit_rows.c.limit == sa.bindparam("wanted"), t.limit_rows.c.bucket >= sa.bindparam("first"))
    .group_by(t.limit_rows.c.scope)
    .order_by(sa.desc("used"), t.limit_rows.c.scope)
    .limit(sa.bindparam("most"))
)


def rows_of(connection: sa.Connection, spans: Iterable[Span]) -> dict[Key, dict[int, int]]:
    """Read the rows of many spans with one statement, from the first bucket of each on."""
    found: dict[Key, dict[int, int]] = {}
    wanted = orjson.dumps([[span.limit, span.scope, span.first] for span in spans]).decode()
    for limit, scope, bucket, reserved in connection.execute(_ROWS, {"wanted": wanted}):
        found.setdefault((limit, scope), {})[bucket] = reserved
    return found


def fullest_of(connection: sa.Connection, limit: str, first: int, most: int) -> list[tuple[str, int]]:
    """Return whose counts of a limit are the fullest since a bucket."""
    rows = connection.execute(_FULLEST, {"wanted": limit, "first": first, "most": most})
    return [(scope, int(used)) for scope, used in rows]


def save_counts(connection: sa.Connection, counting: Counting) -> None:
    """Write what was taken and given back, in the order of the rows. Raises `Conflict` where a row would hold too much."""
    if not counting.changes:
        return
    net = [(key, bucket, n) for key in sorted(counting.changes) for bucket, n in sorted(counting.changes[key].items()) if n]
    back = [_named(key, bucket) | {"b_amount": -n} for key, bucket, n in net if n < 0]
    _all_of(connection, _GIVE_BACK, back)
    if back:
        connection.execute(_FORGET, [{name: row[name] for name in row if name != "b_amount"} for row in back])
    _take(connection, counting, [(key, bucket, n) for key, bucket, n in net if n > 0])
    counting.changes.clear()
    counting.most.clear()


def _take(connection: sa.Connection, counting: Counting, wanted: list[tuple[Key, int, int]]) -> None:
    rows = []
    for key, bucket, n in wanted:
        most = counting.most[key, bucket]
        if n > most:
            raise Conflict(found=f"{key[0]} would be passed")
        rows.append({"limit": key[0], "scope": key[1], "bucket": bucket, "reserved": n, "b_most": most})
    _all_of(connection, _TAKE, rows)


def _named(key: Key, bucket: int) -> dict[str, Any]:
    return {"b_limit": key[0], "b_scope": key[1], "b_bucket": bucket}


def _all_of(connection: sa.Connection, statement: sa.Executable, rows: list[dict[str, Any]]) -> None:
    """Run a statement for every row, and see that each of them found its row as it was thought to be."""
    if rows and connection.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount != len(rows):
        raise Conflict(found="a limit that somebody else took from meanwhile")
