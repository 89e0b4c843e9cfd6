"""The file of real contacts as typed rows in file order, each with its date. It derives the year and changes nothing."""

from __future__ import annotations

import csv
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from io import TextIOWrapper

FIRST_YEAR = 2008
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBER = {name: number for number, name in enumerate(MONTHS, start=1)}
_NEVER = -1
"""What the file writes for "was never called before"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One contact as the file tells it, at its last call. Age, marital status and length of call are left in the file.

    `number` counts rows from 1. `education` is None where the file says unknown; so is `days_since_previous` for "never".
    """

    number: int
    called_on: date
    job: str
    education: str | None
    default: bool
    balance: int
    housing: bool
    loan: bool
    contact_channel: str
    calls: int
    days_since_previous: int | None
    previous_calls: int
    previous_result: str
    said_yes: bool


@cache
def bank_rows() -> tuple[FileRow, ...]:
    """Read all 45,211 rows, once per process."""
    packed = resources.files("remit") / "data" / "bank_marketing" / "bank-full.csv.xz"
    with packed.open("rb") as raw, lzma.open(raw) as unpacked:
        lines = csv.DictReader(TextIOWrapper(unpacked, encoding="ascii", newline=""), delimiter=";")
        return tuple(_typed(lines))


def _typed(lines: Iterator[dict[str, str]]) -> Iterator[FileRow]:
    """Give each line its year: the file runs in time order, so a month that comes before the last one begins a new year."""
    year, last_month = FIRST_YEAR, 0
    for number, line in enumerate(lines, start=1):
        month = _NUMBER[line["month"]]
        year += month < last_month
        last_month = month
        yield _row(number, date(year, month, int(line["day"])), line)


def _row(number: int, called_on: date, line: dict[str, str]) -> FileRow:
    days_since = int(line["pdays"])
    return FileRow(
        number=number,
        called_on=called_on,
        job=line["job"],
        education=None if line["education"] == "unknown" else line["education"],
        default=line["default"] == "yes",
        balance=int(line["balance"]),
        housing=line["housing"] == "yes",
        loan=line["loan"] == "yes",
        contact_channel=line["contact"],
        calls=int(line["campaign"]),
        days_since_previous=None if days_since == _NEVER else days_since,
        previous_calls=int(line["previous"]),
        previous_result=line["poutcome"],
        said_yes=line["y"] == "yes",
    )
