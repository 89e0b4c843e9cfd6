"""The file is whole, its dates are derived right, and what must stay out stays out."""

from __future__ import annotations

import hashlib
import lzma
from dataclasses import fields
from datetime import date
from importlib import resources
from itertools import groupby, pairwise

import pytest

from remit.demo.bank_file import FileRow, bank_rows

PACKAGE = resources.files("remit") / "data" / "bank_marketing"
FIRST_MONTHS = [
    ((2008, 5), 7957),
    ((2008, 6), 4486),
    ((2008, 7), 6380),
    ((2008, 8), 5215),
    ((2008, 10), 80),
    ((2008, 11), 3598),
    ((2008, 12), 13),
    ((2009, 1), 1176),
    ((2009, 2), 2296),
    ((2009, 3), 258),
    ((2009, 4), 2718),
]


def test_every_row_is_there_with_its_date() -> None:
    rows = bank_rows()
    assert len(rows) == 45_211
    assert (rows[0].called_on, rows[-1].called_on) == (date(2008, 5, 5), date(2010, 11, 17))
    assert [row.number for row in rows] == list(range(1, 45_212))


def test_each_month_has_the_rows_it_has_in_the_file() -> None:
    months = [
        (key, len(list(group))) for key, group in groupby(bank_rows(), key=lambda row: (row.called_on.year, row.called_on.month))
    ]
    assert months[: len(FIRST_MONTHS)] == FIRST_MONTHS
    assert months[-1] == ((2010, 11), 75)


def test_months_never_run_backwards() -> None:
    months = [(row.called_on.year, row.called_on.month) for row in bank_rows()]
    assert all(earlier <= later for earlier, later in pairwise(months))


def test_the_first_row_is_read_as_written() -> None:
    assert bank_rows()[0] == FileRow(
        number=1,
        called_on=date(2008, 5, 5),
        job="management",
        education="tertiary",
        default=False,
        balance=2143,
        housing=True,
        loan=False,
        contact_channel="unknown",
        calls=1,
        days_since_previous=None,
        previous_calls=0,
        previous_result="unknown",
        said_yes=False,
    )


def test_unknown_and_never_are_none() -> None:
    rows = bank_rows()
    assert {row.education for row in rows} == {None, "primary", "secondary", "tertiary"}
    assert min(row.days_since_previous for row in rows if row.days_since_previous is not None) > 0


@pytest.mark.parametrize("left_out", ["age", "marital", "duration"])
def test_what_must_not_decide_is_left_in_the_file(left_out: str) -> None:
    assert left_out not in {field.name for field in fields(FileRow)}


def test_the_file_is_compressed_and_otherwise_unchanged() -> None:
    original = lzma.decompress((PACKAGE / "bank-full.csv.xz").read_bytes())
    assert original.startswith(b"age;job;marital;education;")
    assert hashlib.sha256(original).hexdigest() in (PACKAGE / "ATTRIBUTION.md").read_text(encoding="utf-8")


def test_the_attribution_names_authors_source_licence_and_change() -> None:
    told = (PACKAGE / "ATTRIBUTION.md").read_text(encoding="utf-8")
    for needed in ("Moro", "Cortez", "Rita", "10.24432/C5K306", "CC BY 4.0", "compressed only"):
        assert needed in told
