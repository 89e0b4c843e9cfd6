"""Tables row by row: what fits becomes values, what does not is rejected with its line and why. Nothing is repaired silently."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.import_kind import TABLES, ImportKind
from remit.core.import_rows import Rejected, Row, delimiter_of, reading, rows
from remit.core.past import PastSum, summary
from remit.core.types import UseCaseId
from remit.errors import InvalidInput

K = ImportKind


def read(kind: ImportKind, text: str, **how: object) -> list[Row | Rejected]:
    """Read a table from its text."""
    header, *lines = text.splitlines(keepends=True)
    return [found for _, found in rows(reading(kind, header.rstrip("\n"), **how), lines)]  # type: ignore[arg-type]  # as given


def test_contacts_take_any_further_column() -> None:
    assert read(K.CONTACTS, "ID,Full Name,created_at\nc1,Ada,2026-01-02\n") == [
        {"id": "c1", "full_name": "Ada", "created_at": "2026-01-02T00:00:00+00:00"}
    ]


def test_columns_are_mapped_and_numbers_are_said_to_be_some() -> None:
    found = read(K.CONTACTS, "Key;Age;Zip\nc1;31;01067\n", names={"id": "Key"}, numbers=["Age"])
    assert found == [{"id": "c1", "age": 31, "zip": "01067"}]


def test_an_unknown_column_is_left_aside() -> None:
    assert read(K.OUTCOMES, "proposal,kind,mood\np1,reply,good\n") == [{"proposal": "p1", "kind": "reply"}]


def test_an_empty_cell_is_no_value() -> None:
    assert read(K.OUTCOMES, "proposal,kind,loss\np1,reply,\n") == [{"proposal": "p1", "kind": "reply"}]


HISTORY = "use_case,operation,at,answer,minutes,draft\n"
ROWS = {
    "too few cells": (K.OUTCOMES, "proposal,kind\np1\n", "", "1 cells where the header has 2"),
    "an empty cell": (K.OUTCOMES, "proposal,kind\np1,\n", "kind", "each row needs one"),
    "a bad date": (K.HISTORY, HISTORY + "a,b,31.12.2025,approve,1,x\n", "at", "write it as 2026-11-30"),
    "a date that is none": (K.HISTORY, HISTORY + "a,b,2025-02-30,approve,1,x\n", "at", "no date"),
    "no answer": (K.HISTORY, HISTORY + "a,b,2025-12-31,maybe,1,x\n", "answer", "one of approve, approve_edited"),
    "no number": (K.HISTORY, HISTORY + "a,b,2025-12-31,approve,five,x\n", "minutes", "write it as 3.5"),
    "no finite number": (K.HISTORY, HISTORY + "a,b,2025-12-31,approve,inf,x\n", "minutes", "finite"),
    "a share above one": (K.OUTCOMES, "proposal,kind,loss\np1,reply,2\n", "loss", "between 0 and 1"),
    "a formula": (K.CONTACTS, 'id,name\nc1,"=HYPERLINK(""http://x"")"\n', "name", "formula"),
    "a formula behind an at sign": (K.CONTACTS, "id,name\nc1,@SUM(A1)\n", "name", "formula"),
    "a formula behind a plus": (K.CONTACTS, "id,name\nc1,+cmd|' /C calc'!A0\n", "name", "formula"),
    "a formula in a draft": (K.HISTORY, HISTORY + "a,b,2025-12-31,approve,1,=1+1\n", "draft", "formula"),
    "a letter nobody can print": (K.CONTACTS, "id,name\nc1,a\x07b\n", "name", "cannot be printed"),
    "a quote that never ends": (K.CONTACTS, 'id,name\nc1,"a\n', "", "no row of a table"),
}


@pytest.mark.parametrize(("kind", "text", "column", "why"), ROWS.values(), ids=ROWS)
def test_a_row_that_does_not_fit_says_where_and_why(kind: ImportKind, text: str, column: str, why: str) -> None:
    [found] = read(kind, text)
    assert isinstance(found, Rejected)
    assert (found.column, found.line >= 2) == (column, True)
    assert why in found.why


def test_the_same_row_twice_is_taken_once() -> None:
    first, second = read(K.CONTACTS, "id,name\nc1,Ada\nc1,Bea\n")
    assert first == {"id": "c1", "name": "Ada"}
    assert second == Rejected(line=3, column="id", why="the same as in an earlier row")


def test_an_empty_line_is_no_row() -> None:
    assert read(K.CONTACTS, "id,name\nc1,Ada\n\nc2,Bea\n") == [{"id": "c1", "name": "Ada"}, {"id": "c2", "name": "Bea"}]


def test_a_phone_number_is_no_formula() -> None:
    assert read(K.CONTACTS, "id,phone,change\nc1,+49 351 1234-5,-3.5 %\n") == [
        {"id": "c1", "phone": "+49 351 1234-5", "change": "-3.5 %"}
    ]


HEADERS = {
    "a column missing": ("name,job", {}, "no column id; separated by `,` it has name, job", "--map id=NAME"),
    "the wrong delimiter": ("id;name", {"delimiter": ","}, "no column id", "--delimiter"),
    "a column twice": ("id,ID", {}, "column id twice", "rename"),
    "a map to nowhere": ("id,name", {"names": {"id": "Key"}}, "no column Key in the file", "Map a column"),
    "an empty file": ("", {}, "it has nothing", "--map"),
}


@pytest.mark.parametrize(("header", "how", "found", "do"), HEADERS.values(), ids=HEADERS)
def test_a_header_that_will_not_do_says_what_to_do(header: str, how: dict[str, object], found: str, do: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        reading(K.CONTACTS, header, **how)  # type: ignore[arg-type]  # as a table gives them
    assert found in raised.value.found
    assert do in raised.value.do


def test_a_map_names_a_column_there_is() -> None:
    with pytest.raises(InvalidInput, match="no such column"):
        reading(K.OUTCOMES, "proposal,kind,x", names={"mood": "x"})


@given(st.sampled_from(";,\t|"), st.integers(2, 6))
def test_the_delimiter_is_found(delimiter: str, columns: int) -> None:
    assert delimiter_of(delimiter.join(f"c{number}" for number in range(columns))) == delimiter


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8))
def test_every_row_of_any_table_is_taken_or_rejected_and_none_vanishes(table: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["id", "name"], *table])
    text.seek(0)
    lines = iter(text)
    found = list(rows(reading(K.CONTACTS, next(lines).rstrip("\r\n")), lines))
    assert len(found) == len(table)
    for (_, one), cells in zip(found, table, strict=True):
        if not isinstance(one, Rejected):
            assert one["id"] == cells[0].strip()


def test_every_kind_says_what_makes_rows_the_same() -> None:
    assert set(TABLES) == set(ImportKind)
    for table in TABLES.values():
        assert set(table.unique) <= {one.name for one in table.columns}


def test_history_adds_up_to_what_a_charter_could_begin_with() -> None:
    crm = UseCaseId("crm")
    told = {"use_case": crm, "operation": "note.create"}
    sums = [
        PastSum(**told, answer="approve", many=6, mean_seconds=120.0, mean_edit_ppm=None),  # type: ignore[arg-type]  # as written
        PastSum(**told, answer="approve_edited", many=3, mean_seconds=300.0, mean_edit_ppm=400_000.0),  # type: ignore[arg-type]
        PastSum(**told, answer="reject", many=1, mean_seconds=None, mean_edit_ppm=None),  # type: ignore[arg-type]
    ]
    [found] = summary(sums)
    assert (found.rows, found.clean, found.edited, found.rejected) == (10, 0.6, 0.3, 0.1)
    assert (found.baseline_minutes, found.edited_loss) == (3.0, 0.4)
