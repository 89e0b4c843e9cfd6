"""What kinds of action exist, and what is known of each before any particular one is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from remit.core.types import ActionClass, Kind, Operation


class Stage(StrEnum):
    """What sort of work an operation is; the method moves from the first towards the last but one."""

    ASSIST = "assist"
    RECOMMEND = "recommend"
    EXECUTE_LOW_RISK = "execute_low_risk"
    OPTIMISE = "optimise"
    HUMAN_ONLY = "human_only"


class Mode(StrEnum):
    """The catalogue's default for an operation; a floor, never a permission."""

    EXECUTE = "execute"
    APPROVE = "approve"
    DRAFT_ONLY = "draft_only"


class Condition(StrEnum):
    """What has to be established for the narrow form of an operation. `core/conditions.py` judges each."""

    NO_LISTENERS = "no_listeners"
    FIELD_EMPTY = "field_empty"
    NOT_SET_BY_PERSON = "not_set_by_person"
    ONE_RECORD = "one_record"
    WITHIN_REACH = "within_reach"
    ORDINARY_FIELDS = "ordinary_fields"
    UNOWNED = "unowned"
    INSIDE_TERRITORY = "inside_territory"
    NO_MESSAGE = "no_message"
    SEEDS_ONLY = "seeds_only"
    INTERNAL_ONLY = "internal_only"
    LIST_FEEDS_NOTHING = "list_feeds_nothing"
    DRAFT_UNPUBLISHED = "draft_unpublished"
    RECORD_NEW = "record_new"
    STEP_WITHIN_BAND = "step_within_band"
    START_FAR_OFF = "start_far_off"
    INNER_KNOWN = "inner_known"


class ReachUnit(StrEnum):
    """What is counted when somebody asks how much an action touches."""

    RECORDS = "records"
    RECIPIENTS = "recipients"
    VISITORS = "visitors"
    MONEY_PER_DAY = "money_per_day"
    ASSETS = "assets"
    SYSTEMS = "systems"


class PersonalData(StrEnum):
    """How close an operation comes to persons."""

    NONE = "none"
    INDIRECT = "indirect"
    DIRECT = "direct"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """How an operation is taken back, what has to be captured before it, and what stays even then."""

    how: str = ""
    capture: tuple[str, ...] = ()
    residue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What an operation's reach counts. Above `narrow_up_to` the wide form applies, where reach is a condition at all."""

    unit: ReachUnit = ReachUnit.RECORDS
    narrow_up_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What an operation is on one connector at least: the same verb differs by vendor. It can only worsen."""

    at_least: ActionClass
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One kind of action: its class in the wide form, and in the narrow form when every condition is established.

    `guardrails` are what has to be checked before the call, by name, each with its sentence.
    """

    operation: Operation
    name: str
    kind: Kind
    mode: Mode
    wide: ActionClass
    narrow: ActionClass | None = None
    narrow_when: tuple[Condition, ...] = ()
    stage: Stage = Stage.EXECUTE_LOW_RISK
    why: str = ""
    undo: Undo = Undo()
    reach: Reach = Reach()
    personal_data: PersonalData = PersonalData.NONE
    contacts_person: bool = False
    guardrails: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)

    @property
    def human_only(self) -> bool:
        """Whether only people do this; an agent may at most prepare it."""
        return self.stage is Stage.HUMAN_ONLY


def base_of(operation: Operation) -> Operation:
    """Strip the charter's variant: `contact.enrich:education` is a `contact.enrich`."""
    return Operation(operation.partition(":")[0])
