"""Reading many records: as they are, or as they were at a moment, from their history. It writes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from typing import Final

from remit.connectors.sandbox_records import last_change, microseconds
from remit.connectors.sandbox_values import decode_fields, encode, fault, sound
from remit.core.types import Value
from remit.errors import InvalidInput
from remit.ports import Query, Row

Fields = dict[str, Value]

_NOW = "SELECT id, fields FROM records WHERE kind = ? AND id > ? AND NOT removed{tests} ORDER BY id"

# Changes count in the order they were written, not by their moment, so that "as it was just now" agrees with "as it is" also
# where the clock went back or an import was dated earlier than what was there.
_UNTIL = (
    "SELECT id, old, new FROM changes WHERE kind = ? AND id > ? AND at_us <= ? AND id IN "
    "(SELECT id FROM changes WHERE kind = ? AND at_us > ?) ORDER BY id, number"
)
_SINCE = "SELECT DISTINCT id FROM changes WHERE kind = ? AND id > ? AND at_us > ?"

_NULL: Final = "null"


def read(connection: sqlite3.Connection, query: Query) -> list[Row]:
    """Read one page of records, by id."""
    if not sound(query.kind):
        return []
    records = _now(connection, query) if query.as_of is None else _then(connection, query, query.as_of)
    tests = {name: _accepted(value) for name, value in query.where.items()}
    passing = (
        (record_id, fields)
        for record_id, fields in records
        if all(_text(fields, name) in accepted for name, accepted in tests.items())
    )
    return [_row(connection, query, *found) for found in islice(passing, max(query.limit, 0))]


def _row(connection: sqlite3.Connection, query: Query, record_id: str, fields: Fields) -> Row:
    """Cut a record to what was asked for, and say when it last changed."""
    shown = {name: fields[name] for name in query.fields if name in fields}
    return Row(id=record_id, fields=shown, changed_at=last_change(connection, query.kind, record_id, query.as_of))


def _accepted(value: Value) -> frozenset[str]:
    """Return the texts a field may have. None asks for absent or null, which `_text` gives one text."""
    return frozenset(encode(item) for item in (value if isinstance(value, list) else [value]) if fault(item) is None)


def _text(fields: Mapping[str, Value], name: str) -> str:
    return encode(fields[name]) if name in fields else _NULL


def _now(connection: sqlite3.Connection, query: Query) -> Iterator[tuple[str, Fields]]:
    """Walk the records as they are. SQLite sifts by the text fields asked for, so that a page of a few costs little."""
    sifted = {name: value for name, value in query.where.items() if isinstance(value, str) and '"' not in name and sound(value)}
    tests = "".join(" AND json_extract(fields, ?) = ?" for _ in sifted)
    values = [part for name, value in sifted.items() for part in (f'$."{name}"', value)]
    for record_id, fields in connection.execute(_NOW.format(tests=tests), (query.kind, _after(query), *values)):
        yield record_id, decode_fields(fields)


def _then(connection: sqlite3.Connection, query: Query, as_of: datetime) -> Iterator[tuple[str, Fields]]:
    """Walk the records as they were: what did not change since stands as it is, the rest is played from its history."""
    moment = microseconds(as_of)
    changed = {record_id for (record_id,) in connection.execute(_SINCE, (query.kind, _after(query), moment))}
    unchanged = (pair for pair in _now(connection, query) if pair[0] not in changed)
    yield from merge(unchanged, _played(connection, query, moment), key=itemgetter(0))


def _played(connection: sqlite3.Connection, query: Query, moment: int) -> Iterator[tuple[str, Fields]]:
    changes = connection.execute(_UNTIL, (query.kind, _after(query), moment, query.kind, moment))
    for record_id, lines in groupby(changes, key=itemgetter(0)):
        fields = _fold((old, new) for _, old, new in lines)
        if fields is not None:
            yield record_id, fields


def _fold(lines: Iterable[tuple[str | None, str | None]]) -> Fields | None:
    """Play a record's changes; None where it was not there in the end."""
    fields: Fields | None = None
    for old, new in lines:
        if new is None or old is None:
            fields = None if new is None else decode_fields(new)
        elif fields is not None:
            gone = decode_fields(old).keys()  # what is there again in `new` comes back with its new value
            fields = {name: value for name, value in fields.items() if name not in gone} | decode_fields(new)
    return fields


def _after(query: Query) -> str:
    if query.after is None:
        return ""
    if not sound(query.after):
        raise InvalidInput("Pages go by record id.", asked="the page after an id", found="no id", do="Give the last id seen.")
    return query.after
