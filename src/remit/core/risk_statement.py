"""The risk statement: one document an organisation signs, saying how far autonomy may go at all and who has to sign what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

import msgspec

from remit.core.care import CareSpec
from remit.core.documents import Name, Sentence, read_document
from remit.core.limit_spec import ContactHours, LimitSpec
from remit.core.types import ActionClass, Level, OwnerRole, Reversibility, Risk
from remit.core.working_time import CalendarSpec, refuse_unfit
from remit.errors import RuleError

ClassName = Literal[
    "low, easy",
    "low, partial",
    "low, irreversible",
    "medium, easy",
    "medium, partial",
    "medium, irreversible",
    "high, easy",
    "high, partial",
    "high, irreversible",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallTeam:
    """Too few people for two signatures: after `wait_hours` of waiting one is enough. Every report shows it."""

    wait_hours: Annotated[int, msgspec.Meta(ge=24)] = 24
    why: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendSpec:
    """Money that agents may move, in minor units of `currency`."""

    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]
    per_action_minor: Annotated[int, msgspec.Meta(ge=0)]
    per_day_minor: Annotated[int, msgspec.Meta(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioSpec:
    """All use cases are judged together: of those that run alone, at most a share `alpha` is expected to be bad.

    `size` is the number of operations and versions that may ever be judged together; it is fixed beforehand.
    """

    size: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    alpha: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.05
    why: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskStatement:
    """What an organisation will bear. `highest_level` caps the level by class; a class left out is capped at `otherwise`.

    `tolerance` is the share of wrong actions (0 to 1) a charter begins with, `tolerance_in_words` the same for people; `harm_cap`
    how many errors may be expected to escape before a bad level is lost. `limits` hold for everybody together. The role
    `break_glass` may lift a stop alone, to level 2. `calendar` is when people work, where a charter does not say;
    `care` what is looked at about reviewers, nothing where it is left out. With a `portfolio`, levels are earned
    together.
    """

    organisation: Sentence
    signed_by: Sentence
    signed_on: date
    highest_level: Mapping[ClassName, Level]
    tolerance: Annotated[float, msgspec.Meta(gt=0, lt=0.5)]
    tolerance_in_words: Sentence
    otherwise: Level = Level.RECOMMEND
    harm_cap: Annotated[float, msgspec.Meta(gt=0)] | None = None
    spend: SpendSpec | None = None
    grants_need: tuple[OwnerRole, ...] = (OwnerRole.LINE_OF_BUSINESS, OwnerRole.RISK)
    contact_hours: ContactHours | None = None
    limits: Mapping[Name, LimitSpec] = field(default_factory=dict)
    small_team: SmallTeam | None = None
    break_glass: OwnerRole | None = None
    calendar: CalendarSpec | None = None
    care: CareSpec | None = None
    portfolio: PortfolioSpec | None = None

    def highest(self, action_class: ActionClass) -> Level:
        """Return the highest level an action of this class may run at."""
        return self.highest_level.get(class_name(action_class), self.otherwise)


def class_name(action_class: ActionClass) -> ClassName:
    """Name a class as documents write it."""
    return _NAMES[action_class.risk, action_class.reversibility]


_NAMES: dict[tuple[Risk, Reversibility], ClassName] = {
    (risk, reversibility): f"{risk.name.lower()}, {reversibility.name.lower()}"  # type: ignore[misc]  # the nine names above
    for risk in Risk
    for reversibility in Reversibility
}


_TWO = 2
"""A level is never in the hands of one person alone."""


def read_risk_statement(document: object) -> RiskStatement:
    """Build a risk statement from a parsed document. Raises `RuleError` that names the place at fault."""
    found = read_document(document, RiskStatement, asked="the risk statement")
    if found.small_team is not None and not found.small_team.why:
        raise RuleError(asked="the risk statement", found="small_team without why", do="Say why one signature is enough")
    if found.care is not None and found.care.mode != "off" and not found.care.why:
        do = "Say why people are watched: they read it when they first sign in"
        raise RuleError(asked="the risk statement", found="care without why", do=do)
    refuse_unfit(found.calendar, asked="the risk statement")
    if len(set(found.grants_need)) < _TWO:
        told, do = f"grants_need of {len(found.grants_need)}", "Name two different roles; for too few people there is small_team"
        raise RuleError(asked="the risk statement", found=told, do=do)
    return found
