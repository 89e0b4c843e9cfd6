"""What changes in the risk statement. Having none caps no class, shares no limit, and asks two people for every signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from remit.core.change import Change, Direction, Fields, Where, appeared, between, moved, vanished
from remit.core.change_scale import asked, least, most, unknown, words
from remit.core.document_words import statement_tells
from remit.core.limit_change import hours, limits_between
from remit.core.risk_statement import RiskStatement, SmallTeam, SpendSpec, class_name
from remit.core.types import ActionClass, Level, OwnerRole, Reversibility, Risk

D = Direction
WHERE = Where(path="risk_statement", words="risk statement")
CLASSES = tuple(ActionClass(risk=risk, reversibility=reversibility) for risk in Risk for reversibility in Reversibility)


def statements_between(before: RiskStatement | None, after: RiskStatement | None) -> Iterator[Change]:
    """Compare two risk statements, either of which may be missing."""
    if before is not None and after is not None:
        yield from _statement(before, after)
    elif after is not None:
        yield appeared(WHERE, "", "it", after.tolerance_in_words, D.TIGHTER, tells=statement_tells(after))
        yield from (one for one in _statement(_NONE, after) if one.direction.loosens)
    elif before is not None:
        yield vanished(WHERE, "", "it", before.tolerance_in_words, D.LOOSER)
        yield from (one for one in _statement(before, _NONE) if one.direction is D.TIGHTER)


def orderly(statement: RiskStatement | None) -> bool:
    """Whether a worse class never gets a higher level; otherwise nobody can say what a worse class does to a verdict."""
    if statement is None:
        return True
    pairs = ((one, other) for one in CLASSES for other in CLASSES if one | other == other)
    return all(statement.highest(one) >= statement.highest(other) for one, other in pairs)


def _statement(before: RiskStatement, after: RiskStatement) -> Iterator[Change]:
    yield from _caps(WHERE.part("highest_level", "highest level"), before, after)
    yield from between(WHERE, before, after, _FIELDS, apart=("highest_level", "otherwise", "limits", "spend"))
    yield from _spend(before.spend, after.spend)
    yield from limits_between(WHERE.part("limits", "limits"), before.limits, after.limits)


def _caps(where: Where, before: RiskStatement, after: RiskStatement) -> Iterator[Change]:
    for one in CLASSES:
        was, now = before.highest(one), after.highest(one)
        if was != now:
            yield moved(where, class_name(one), f"what is {class_name(one)}", was, now, most(was, now))


def _spend(before: SpendSpec | None, after: SpendSpec | None) -> Iterator[Change]:
    if before is None or after is None:
        if before is not after:
            yield moved(WHERE, "spend", "the money that may be moved", before, after, most(before, after))
    else:
        yield from between(WHERE.part("spend", "money"), before, after, _SPEND)


def _small_team(before: SmallTeam | None, after: SmallTeam | None) -> Direction:
    if before is None or after is None:
        return D.LOOSER if before is None else D.TIGHTER
    return D.NEITHER if before.wait_hours == after.wait_hours else least(before.wait_hours, after.wait_hours)


def _break_glass(before: OwnerRole | None, after: OwnerRole | None) -> Direction:
    if before is None or after is None:
        return D.LOOSER if before is None else D.TIGHTER
    return D.BOTH


_FIELDS: Fields = {
    "organisation": ("the organisation", words),
    "signed_by": ("who signed it", words),
    "signed_on": ("the day it was signed", words),
    "tolerance": ("the tolerance a charter begins with", most),
    "tolerance_in_words": ("the tolerance in words", words),
    "harm_cap": ("the errors that may escape", most),
    "grants_need": ("the roles that sign a level", asked),
    "contact_hours": ("the hours of contact", hours),
    "break_glass": ("the role that may lift a stop alone", _break_glass),
    "calendar": ("when people work", unknown),
    "portfolio": ("how levels are earned together", unknown),
    "care": ("what is looked at about reviewers", unknown),
    "small_team": ("the rule that one signature and a wait are enough", _small_team),
}
_SPEND: Fields = {
    "currency": ("the currency", unknown),
    "per_action_minor": ("the most one action may move", most),
    "per_day_minor": ("the most a day", most),
}
_NONE = RiskStatement(
    organisation="nobody",
    signed_by="nobody",
    signed_on=date.min,
    highest_level={},
    tolerance=0.5,
    tolerance_in_words="nothing is said",
    otherwise=Level.OPTIMISE,
)
