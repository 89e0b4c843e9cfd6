"""Reads a table row by row: each becomes values, or is rejected with its line and why. It repairs nothing silently."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from remit.core.import_kind import ANSWERS, TABLES, Column, ImportKind, Reads, Table
from remit.core.types import Value
from remit.errors import InvalidInput

DELIMITERS = (",", ";", "\t", "|")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FIGURES = re.compile(r"[+-]?[\s().,/-]*\d[\d\s().,/%-]*")  # the first digit has one place: a long cell is read once
_LARGEST = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that does not fit: where, and why. `line` counts from 1, with the header."""

    line: int
    column: str
    why: str


Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a table is read: what its rows are, and for each column of the file which column that is, None for one left aside."""

    kind: ImportKind
    header: tuple[str, ...]
    columns: tuple[Column | None, ...]
    delimiter: str


def delimiter_of(header: str) -> str:
    """Return what separates the cells of a header: whatever of the four usual ones stands there most."""
    return max(DELIMITERS, key=lambda one: (header.count(one), -DELIMITERS.index(one)))


def reading(
    kind: ImportKind,
    header: str,
    *,
    delimiter: str | None = None,
    names: Mapping[str, str] | None = None,
    numbers: Sequence[str] = (),
) -> Reading:
    """Say how a table with this header is read. `names` says which column of the file a column is.

    `numbers` are further columns, by their names in the file, that hold numbers, where the table takes further columns.

    Raises `InvalidInput` where a needed column is not there, or a name stands twice.
    """
    chosen = delimiter or delimiter_of(header)
    cells = tuple(cell.strip() for cell in next(csv.reader([header], delimiter=chosen), []))
    table, called = TABLES[kind], {theirs: ours for ours, theirs in (names or {}).items()}
    _refuse_strays(cells, [*(names or {}).values(), *numbers], kind)
    found = tuple(_column(table, called.get(cell, _plain(cell)), mapped=cell in called) for cell in cells)
    found = tuple(_as_number(one, cell in numbers) for one, cell in zip(found, cells, strict=True))
    _refuse_gaps(table, found, cells, chosen, kind)
    return Reading(kind=kind, header=cells, columns=found, delimiter=chosen)


def _plain(cell: str) -> str:
    """Return a name as ours are: `Proposal ID` is `proposal_id`."""
    return re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_")


def _column(table: Table, name: str, *, mapped: bool) -> Column | None:
    found = table.column(name) if name else None
    if found is None and mapped:
        known = ", ".join(one.name for one in table.columns)
        raise InvalidInput(asked=f"column {name}", found="no such column", do=f"Map one of {known}")
    return found


def _as_number(column: Column | None, wanted: bool) -> Column | None:  # noqa: FBT001  # a private step of `reading`
    further = wanted and column is not None and column.reads == "text" and not column.needed
    return Column(name=column.name, reads="number") if column is not None and further else column


def _refuse_strays(cells: Sequence[str], wanted: Sequence[str], kind: ImportKind) -> None:
    gone = sorted(theirs for theirs in wanted if theirs not in cells)
    if gone:
        found = f"no column {', '.join(gone)} in the file; it has {', '.join(cells)}"
        raise InvalidInput(asked=f"importing {kind}", found=found, do="Map a column that is there")


def _refuse_gaps(table: Table, found: Sequence[Column | None], cells: Sequence[str], delimiter: str, kind: ImportKind) -> None:
    names = [column.name for column in found if column is not None]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(asked=f"importing {kind}", found=f"column {', '.join(twice)} twice", do="Map one, or rename the other")
    missing = [one.name for one in table.columns if one.needed and one.name not in names]
    if missing:
        shown = {"\t": "a tab"}.get(delimiter, f"`{delimiter}`")
        told = f"no column {', '.join(missing)}; separated by {shown} it has {', '.join(cells) or 'nothing'}"
        do = f"Say which it is with --map {missing[0]}=NAME, or what separates them with --delimiter"
        raise InvalidInput(asked=f"importing {kind}", found=told, do=do)


def rows(how: Reading, lines: Iterable[str]) -> Iterator[tuple[int, Row | Rejected]]:
    """Walk the rows after the header, each with its line. Never raises for a bad row: it is rejected, and the next one read."""
    seen: set[int] = set()
    unique = TABLES[how.kind].unique
    reader = csv.reader(lines, delimiter=how.delimiter, strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield reader.line_num + 1, Rejected(line=reader.line_num + 1, column="", why=f"no row of a table: {error}")
            continue
        if cells is None:
            return
        if cells:  # an empty line is none
            line = reader.line_num + 1
            found = _row(how, cells, line)
            yield line, found if isinstance(found, Rejected) else _once(found, unique, seen, line)


def _row(how: Reading, cells: Sequence[str], line: int) -> Row | Rejected:
    if len(cells) != len(how.columns):
        why = f"{len(cells)} cells where the header has {len(how.columns)}"
        return Rejected(line=line, column="", why=why)
    found: dict[str, Value] = {}
    for column, cell in zip(how.columns, cells, strict=True):
        if column is None:
            continue
        if not cell or cell.isspace():
            if column.needed:
                return Rejected(line=line, column=column.name, why="empty, and each row needs one")
            continue
        try:
            found[column.name] = _READ[column.reads](cell)
        except ValueError as error:
            return Rejected(line=line, column=column.name, why=str(error))
    return found


def _once(found: Row, unique: Sequence[str], seen: set[int], line: int) -> Row | Rejected:
    key = hash(tuple(str(found.get(name)) for name in unique))
    if key in seen:
        return Rejected(line=line, column=", ".join(unique), why="the same as in an earlier row")
    seen.add(key)
    return found


def _text(cell: str) -> str:
    """Return a text. One that a spreadsheet would run is refused: it would run wherever it is exported to next."""
    if cell.startswith(_FORMULA) and not _FIGURES.fullmatch(cell):
        raise ValueError("begins like a formula of a spreadsheet")
    if not cell.isprintable() and any(ord(letter) < ord(" ") and letter not in "\t\n\r" for letter in cell):
        raise ValueError("holds letters that cannot be printed")
    return cell.strip()


def _moment(cell: str) -> str:
    try:
        found = datetime.fromisoformat(cell.strip())
    except ValueError:
        raise ValueError("no date: write it as 2026-11-30, or 2026-11-30T12:00:00Z") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _number(cell: str) -> float | int:
    """Return a number, a whole one where it is."""
    try:
        found = float(cell)
    except ValueError:
        raise ValueError("no number: write it as 3.5") from None
    if not math.isfinite(found) or abs(found) >= _LARGEST:
        raise ValueError("no finite number")
    return int(found) if found.is_integer() else found


def _share(cell: str) -> float:
    found = _number(cell)
    if not 0 <= found <= 1:
        raise ValueError("a share lies between 0 and 1")
    return found


def _answer(cell: str) -> str:
    plain = _plain(cell)
    if plain not in ANSWERS:
        raise ValueError(f"no answer: one of {', '.join(sorted(ANSWERS))}")
    return plain


def _json(cell: str) -> str:
    """Return arguments as JSON text; a plain text becomes the argument `text`."""
    try:
        found = json.loads(cell)
    except ValueError:
        found = {"text": _text(cell)}
    return json.dumps(found if isinstance(found, dict) else {"text": cell.strip()}, ensure_ascii=False, sort_keys=True)


_READ: Mapping[Reads, Callable[[str], Value]] = {
    "text": _text,
    "moment": _moment,
    "number": _number,
    "share": _share,
    "answer": _answer,
    "json": _json,
}
