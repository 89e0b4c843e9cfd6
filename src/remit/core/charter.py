"""A charter: what one use case is for, what its agents may see, suggest and do, and how its level is earned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

import msgspec

from remit.core.documents import Name, Sentence, read_document
from remit.core.evidence_spec import EvidenceSpec
from remit.core.limit_spec import ContactHours, LimitSpec
from remit.core.mandate_spec import MandateSpec
from remit.core.redaction import Redaction
from remit.core.suite import CaseSpec
from remit.core.types import Level, Operation, OwnerRole, Role, UseCaseId, Value
from remit.core.working_time import CalendarSpec, refuse_unfit
from remit.errors import RuleError


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSpec:
    """A named context window: which fields of which records an agent may see, how late, and what of them is hidden.

    `source` names where the data come from, `where` keeps only rows whose fields have these values, `fresh_hours` is how old a
    row may be before it is said to be stale. `redact` shows of a field only whether it is there (`presence`), its first letter
    (`initial`), what follows the @ (`domain`) or the year (`year`). `why` says what the fields are for.
    """

    kind: str
    fields: tuple[str, ...]
    delay_hours: Annotated[int, msgspec.Meta(ge=0)] = 0
    version: Annotated[int, msgspec.Meta(ge=1)] = 1
    source: str = ""
    where: Mapping[str, Value] = field(default_factory=dict)
    fresh_hours: Annotated[int, msgspec.Meta(ge=1)] | None = None
    redact: Mapping[str, Redaction] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSpec:
    """An operation the charter allows, with the only arguments it may take; `values` narrows an argument to a list.

    `highest_level` caps this operation alone: at 2 it is something agents may suggest and people do. Below `lowest_confidence`
    (0 to 1, as the agent claims it) the action is held, and so is one without any.
    """

    arguments: tuple[str, ...]
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    highest_level: Level = Level.OPTIMISE
    lowest_confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    mandate: MandateSpec | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalMeasure:
    """A goal as a figure: what is measured, where it stands, where it shall be and when, and what must not get worse for it."""

    metric: Sentence
    baseline: float
    target: float
    by: date
    counter_metric: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """Whom to ask, and how, when nobody has answered for so many hours. It never approves anything."""

    after_hours: Annotated[int, msgspec.Meta(ge=1)]
    role: OwnerRole
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSpec:
    """Who approves: somebody in any of `any_of`, and somebody in each of `all_of`, all of them different people.

    Where neither is given, a reviewer or marketing operations does.
    """

    any_of: tuple[Role, ...] = ()
    all_of: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackChoice:
    """Which packs look at a use case: all that are adopted, but for those left out with a reason.

    `regions` says where its recipients live; empty means anywhere. A recipient whose region is not known counts for each of them.
    """

    without: Mapping[Name, Sentence] = field(default_factory=dict)
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessSpec:
    """What has to be measured and shown before an operation may run alone. A part left out is not asked for.

    `data_quality` is the lowest share of sound records (0 to 1), `outcome_source` where later outcomes come from.
    """

    data_quality: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    outcome_source: str = ""
    escalation_tested: bool = False
    undo_proven: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec:
    """A rule of the charter: when it fires, the verdict is at least `verdict`, and `because` is what people read.

    `when` is a condition in CEL over the attributes of an action. Without `operations` it looks at all of them.
    """

    when: Annotated[str, msgspec.Meta(min_length=1)]
    verdict: Literal["hold", "draft", "block"]
    because: Annotated[str, msgspec.Meta(min_length=1)]
    operations: tuple[Operation, ...] = ()
    cites: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """The document of one use case.

    `goal` is the sentence, `measure` the same as a figure. `take_back_seconds` left out goes by how hard the effect is to undo:
    8, 20 or 30; `deadline_hours` left out is one working day of the calendar. `highest_share` is the largest part of all whom an
    action could reach that one may. `kpi_targets` are by the KPI's name, `hourly_cost_minor` is what an hour of review costs, in
    minor units.
    """

    use_case: Name
    title: str
    goal: str
    owner: str
    non_negotiables: tuple[str, ...]
    connector: Name
    starts_at: Level
    highest_level: Level
    windows: Mapping[str, WindowSpec]
    operations: Mapping[Operation, OperationSpec]
    evidence: EvidenceSpec
    suite: Mapping[Name, CaseSpec] = field(default_factory=dict)
    approval: ApprovalSpec = ApprovalSpec()
    take_back_seconds: Annotated[int, msgspec.Meta(ge=0, le=60)] | None = None
    deadline_hours: Annotated[int, msgspec.Meta(ge=1, le=8760)] | None = None
    calendar: CalendarSpec | None = None
    grant_days: Annotated[int, msgspec.Meta(ge=1)] = 180
    highest_reach: Annotated[int, msgspec.Meta(ge=0)] = 1
    baseline_minutes: Annotated[float, msgspec.Meta(ge=0)] = 5.0
    assumptions: tuple[str, ...] = ()
    rules: Mapping[Name, RuleSpec] = field(default_factory=dict)
    line_of_business: str = ""
    owner_role: OwnerRole | None = None
    measure: GoalMeasure | None = None
    kept_by_people: tuple[str, ...] = ()
    brand: str = ""
    packs: PackChoice = PackChoice()
    limits: Mapping[Name, LimitSpec] = field(default_factory=dict)
    contact_hours: ContactHours | None = None
    highest_share: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    readiness: ReadinessSpec = ReadinessSpec()
    escalation: tuple[EscalationStep, ...] = ()
    kpi_targets: Mapping[str, float] = field(default_factory=dict)
    hourly_cost_minor: Annotated[int, msgspec.Meta(ge=0)] | None = None
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")] = "EUR"

    @property
    def id(self) -> UseCaseId:
        """Return the use case's name as its id."""
        return UseCaseId(self.use_case)

    @property
    def visible_fields(self) -> frozenset[str]:
        """Return every field that some window of this charter shows."""
        return frozenset(name for window in self.windows.values() for name in window.fields)


def read_charter(document: object, *, source: str) -> Charter:
    """Build a charter from a parsed YAML document. Raises `RuleError` that names the place at fault."""
    charter = read_document(document, Charter, asked=f"charter {source}")
    if charter.starts_at > charter.highest_level:
        found = f"starts_at {charter.starts_at.value} above highest_level {charter.highest_level.value}"
        raise RuleError(asked=f"charter {source}", found=found, do="Start at or below the highest level")
    _refuse_onlookers(charter.approval, source)
    refuse_unfit(charter.calendar, asked=f"charter {source}")
    for name, window in charter.windows.items():
        _refuse_idle_redaction(name, window, source)
    return charter


def _refuse_onlookers(approval: ApprovalSpec, source: str) -> None:
    """Refuse roles that answer nothing: nobody could ever give that approval."""
    onlookers = sorted({*approval.any_of, *approval.all_of} & {Role.VIEWER, Role.ADMIN})
    if onlookers:
        found, do = f"{', '.join(onlookers)}, who may not answer", "Name a reviewer or one of the six owners"
        raise RuleError(asked=f"charter {source}, approval", found=found, do=do)


def _refuse_idle_redaction(name: str, window: WindowSpec, source: str) -> None:
    """Refuse a redaction of a field the window does not show: it is a misspelling, and the field meant would show whole."""
    idle = sorted(set(window.redact) - set(window.fields))
    if idle:
        found = f"{', '.join(idle)} redacted and not shown"
        do = "Name a field of the window, or leave it out"
        raise RuleError(asked=f"charter {source}, window {name}", found=found, do=do)
