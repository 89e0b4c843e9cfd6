"""A charter: what one use case is for, what its agents may see, suggest and do, and how its level is earned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec

from remit.core.types import Level, Operation, UseCaseId, Value
from remit.errors import RuleError

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_.:-]*$", max_length=80)]
Rate = Annotated[float, msgspec.Meta(gt=0, lt=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSpec:
    """A named context window: which fields of which records an agent may see, and how late."""

    kind: str
    fields: tuple[str, ...]
    delay_hours: Annotated[int, msgspec.Meta(ge=0)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSpec:
    """An operation the charter allows, with the only arguments it may take; `values` narrows an argument to a list."""

    arguments: tuple[str, ...]
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSpec:
    """What one observation is: items with equal parts fail together, so they count once.

    `key` parts: `day`, `record`, `operation`, `argument:NAME`. `items` is how many of a cluster are graded for evidence.
    """

    key: tuple[str, ...]
    why: str
    items: Annotated[int, msgspec.Meta(ge=1, le=20)] = 2
    close_after_days: Annotated[int, msgspec.Meta(ge=1)] = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class LossSpec:
    """What each answer costs, 0 (sent unchanged) to 1 (a full error)."""

    edited: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    rejected: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSpec:
    """How a level is earned and lost. `tolerance` is the highest acceptable mean loss, `alpha` the lifetime error budget.

    `miss_rate` is the share of errors a reviewer is assumed to overlook, signed with the charter. `run_length` is the
    number of sampled reviews between two tolerated false demotions.
    """

    tolerance: Annotated[float, msgspec.Meta(gt=0, lt=0.5)]
    why: str
    cluster: ClusterSpec
    alpha: Rate = 0.05
    miss_rate: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.2
    losses: LossSpec = LossSpec()
    qa_rate: Rate = 0.05
    detect_days: Annotated[int, msgspec.Meta(ge=1)] = 14
    run_length: Annotated[int, msgspec.Meta(ge=10)] = 2000
    drafts_to_level_2: Annotated[int, msgspec.Meta(ge=1)] = 20


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
    """The document of one use case."""

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
    take_back_seconds: Annotated[int, msgspec.Meta(ge=0, le=60)] = 8
    deadline_hours: Annotated[int, msgspec.Meta(ge=1)] = 24
    grant_days: Annotated[int, msgspec.Meta(ge=1)] = 180
    highest_reach: Annotated[int, msgspec.Meta(ge=0)] = 1
    baseline_minutes: Annotated[float, msgspec.Meta(ge=0)] = 5.0
    assumptions: tuple[str, ...] = ()
    rules: Mapping[Name, RuleSpec] = field(default_factory=dict)

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
    try:
        charter = msgspec.convert(document, Charter, strict=True)
    except msgspec.ValidationError as error:
        raise RuleError(asked=f"charter {source}", found=str(error), do="Correct that entry") from error
    if strays := sorted(_strays(document, msgspec.to_builtins(charter))):
        raise RuleError(
            asked=f"charter {source}", found=f"unknown: {', '.join(strays)}", do="Correct the spelling, or leave it out"
        )
    if charter.starts_at > charter.highest_level:
        found = f"starts_at {charter.starts_at.value} above highest_level {charter.highest_level.value}"
        raise RuleError(asked=f"charter {source}", found=found, do="Start at or below the highest level")
    return charter


def _strays(document: object, read: object) -> Iterator[str]:
    """Name every key that was not read: a misspelt limit would otherwise be no limit."""
    if isinstance(document, dict) and isinstance(read, dict):
        for name, value in document.items():
            if name in read:
                yield from (f"{name}.{stray}" for stray in _strays(value, read[name]))
            else:
                yield str(name)
