"""How the calls of one contact unfold. The file tells how many and the day of the last; the others follow a stated rule."""

from __future__ import annotations

from datetime import date

from remit.demo.bank_file import FileRow
from remit.demo.draws import draw, whole
from remit.demo.working_days import working_days_before

MOST_EARLIER_CALLS = 8
"""Longer chains are cut: the earliest calls happened before the contact enters the CRM, which then shows their number."""
SHORTEST_GAP = 3
LONGEST_GAP = 6
RANG_BACK = 0.015
"""The chance, per gap, that the customer rang back."""
RANG_BACK_GAP = 2
"""Working days between a call and the customer ringing back."""


def call_days(seed: int, row: FileRow) -> tuple[date, ...]:
    """Return the days of the calls that are unfolded, the last one on the row's own date."""
    days = [row.called_on]
    for step in range(min(row.calls - 1, MOST_EARLIER_CALLS)):
        days.append(working_days_before(days[-1], _gap(seed, row.number, step)))
    return tuple(reversed(days))


def _gap(seed: int, row: int, step: int) -> int:
    if draw(seed, f"rang back {step}", row) < RANG_BACK:
        return RANG_BACK_GAP
    return whole(seed, f"gap {step}", row, low=SHORTEST_GAP, high=LONGEST_GAP)
