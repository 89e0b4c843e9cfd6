"""Sees from planted proposals whether answers may still count as evidence: of a person, or of the team."""

from __future__ import annotations

from remit.core import facts as f
from remit.core.action import Action
from remit.core.care import careless
from remit.core.notice import NoticeKind, Occasion
from remit.errors import Conflict, InvalidInput
from remit.flow.notify import announce
from remit.flow.plant import care_of
from remit.ports import House, Reading, Writing

TEAM = ""
"""Under this name the team's answers are judged."""


def judged_as(reading: Reading, by: str) -> str | None:
    """Return under whose name somebody's answers are judged: her own, the team's, or nobody's."""
    return {"individual": by, "team": TEAM, "off": None}[care_of(reading).mode]


def discounted(reading: Reading, by: str) -> bool:
    """Whether somebody's answers are no evidence for now."""
    name = judged_as(reading, by)
    return name is not None and reading.is_discounted(name)


def attend(house: House, tx: Writing, action: Action, by: str) -> None:
    """After an answer to a planted proposal, see whether too many were missed: then answers stop counting, and she is told."""
    name = judged_as(tx, by)
    if name is None or tx.is_discounted(name):
        return
    caught, missed = tx.planted_ends(name or None)
    rate = tx.policy().charters[action.use_case].evidence.miss_rate
    if careless(caught, missed, miss_rate=rate):
        tx.record(f.AnswersDiscounted(person=name, caught=caught, missed=missed), actor="remit")
        if name:
            announce(house, tx, Occasion(kind=NoticeKind.CARE), person=name)


async def count_again(house: House, person: str, *, by: str, note: str) -> None:
    """Let answers count again, after somebody responsible looked into it. Raises `Conflict` where they do, or by herself."""
    if not note.strip():
        raise InvalidInput(
            asked="counting answers again", found="no note", do="Say what was talked about; it stays outside the ledger"
        )
    await house.store.write(lambda tx: _count_again(tx, person, by, note))


def _count_again(tx: Writing, person: str, by: str, note: str) -> None:
    if person == by:
        raise Conflict(asked="counting one's own answers again", found="the same person", do="Somebody else decides that")
    if not tx.is_discounted(person):
        raise Conflict(asked=f"counting the answers of {person or 'the team'}", found="they count", do="Nothing is left to do")
    tx.record(f.AnswersCounted(person=person, by=by), actor=f"person:{by}", contents={"note": note})


async def told(house: House, person: str) -> str:
    """Return what a person has to be told of what is looked at, once for each mode; the ledger says that she was."""
    with house.store.read() as reading:
        care = care_of(reading)
        if care.mode == "off" or reading.was_told(person) == care.mode:
            return ""
    fact = f.CareTold(person=person, mode=care.mode, keep_days=care.keep_days)
    await house.store.write(lambda tx: tx.record(fact, actor="remit"))
    return care.notice()
