"""Somebody records what a level waits for: how good the data are, or that something was shown to work."""

from __future__ import annotations

from datetime import datetime

from remit.core import facts as f
from remit.core.readiness import PPM, WORDS
from remit.core.types import UseCaseId
from remit.errors import InvalidInput, NotFound
from remit.ports import House, Writing


async def measure(
    house: House, use_case: UseCaseId, what: str, *, value_ppm: int, until: datetime, by: str, note: str = ""
) -> None:
    """Record a measure; it takes the place of an earlier one and is good until a moment. Raises `InvalidInput`, `NotFound`."""
    if what not in WORDS:
        raise InvalidInput(asked=f"a measure of {what}", found="nothing a level waits for", do=f"Choose {', '.join(WORDS)}")
    if what == "escalation_tested":
        do = f"Walk it: `remit drill escalation {use_case}`"
        raise InvalidInput(asked="a tested way of escalation", found="somebody's word for it", do=do)
    if not 0 <= value_ppm <= PPM:
        raise InvalidInput(asked=f"{what} {value_ppm / PPM:g}", found="no share", do="Give a share from 0 to 1")
    if until <= house.clock.now():
        raise InvalidInput(asked=f"a measure until {until.date()}", found="a day that is past", do="Give a day to come")
    fact = f.Measured(use_case=use_case, what=what, value_ppm=value_ppm, until=until, by=by, note=note)
    await house.store.write(lambda tx: _measure(tx, fact))


def _measure(tx: Writing, fact: f.Measured) -> None:
    if fact.use_case not in tx.policy().charters:
        known = ", ".join(sorted(tx.policy().charters))
        raise NotFound(asked=f"use case {fact.use_case}", found=f"these charters: {known}", do="Name one of them")
    tx.record(fact, actor=f"person:{fact.by}")
