"""Content that is older than people want it kept is dropped, and a fact says how much of which sort."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from remit.core import facts as f
from remit.core.erasure import SORTS
from remit.ports import House, Writing

_MOST = 10_000


async def sweep(house: House, keep_days: Mapping[str, int]) -> int:
    """Drop content by sort where it is older than so many days. Returns how many pieces. What still waits keeps its content."""
    now = house.clock.now()
    dropped = 0
    for what, days in keep_days.items():
        before = now - timedelta(days=days)
        while found := await house.store.write(partial(_sweep, what, before)):
            dropped += found
    if dropped:
        await house.store.scrub()
    return dropped


def _sweep(what: str, before: datetime, tx: Writing) -> int:
    dropped = tx.drop_older(SORTS[what], before, most=_MOST)
    if dropped:
        tx.record(f.ContentsSwept(what=what, before=before, contents=dropped), actor="remit")
    return dropped
