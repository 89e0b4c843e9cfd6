"""The vocabulary of the house: levels, verdicts, classes, images. It imports nobody, and it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Annotated, NewType

import msgspec

ProposalId = NewType("ProposalId", str)
AttemptId = NewType("AttemptId", str)
UseCaseId = NewType("UseCaseId", str)
Operation = NewType("Operation", str)
"""`contact.tag.add`, or with the charter's own variant after a colon: `contact.enrich:education`."""

Value = str | int | float | bool | list[str] | None
"""What one field of a record may hold. A field that is not there at all is absent from the mapping, not None."""


Whole = Annotated[int, msgspec.Meta(gt=-(2**53), lt=2**53)]
"""An integer that every reader of JSON reads as it was written. Whoever builds a value may exceed it; the ledger refuses it."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its zone; the ledger refuses one without."""


class Frozen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the gate is given and what the ledger keeps: built in a blink, never changed, written without its defaults.

    It holds only what was there before it, so no cycle can run through it, and the garbage collector need not look. A default is
    known by its identity: a part that is a record itself has its default put back where an equal one was given (`GateInput`).
    """


class Level(IntEnum):
    """How much an agent may do alone."""

    OFF = 0
    ASSIST = 1
    RECOMMEND = 2
    EXECUTE = 3
    OPTIMISE = 4


class Verdict(IntEnum):
    """The gate's answer, ordered by restriction: the maximum of several is the stricter one."""

    ALLOW = 0
    HOLD = 1
    DRAFT = 2
    BLOCK = 3


class Risk(IntEnum):
    """What a wrong action costs."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


class Reversibility(IntEnum):
    """What remains after an undo: nothing, a residue, everything."""

    EASY = 0
    PARTIAL = 1
    IRREVERSIBLE = 2


class Kind(StrEnum):
    """Whether an operation acts on a connected system or only writes into Remit's own draft area."""

    ACT = "act"
    DRAFT = "draft"


class OwnerRole(StrEnum):
    """The six owners of the method, each answerable for one dimension of it."""

    MARKETING_OPS = "marketing_ops"
    AI_PLATFORM = "ai_platform"
    LINE_OF_BUSINESS = "line_of_business"
    RISK = "risk"
    DATA = "data"
    FINANCE = "finance"


class Role(StrEnum):
    """What a person is among those who work with Remit: one of the six owners, a reviewer, a viewer, an admin."""

    MARKETING_OPS = "marketing_ops"
    AI_PLATFORM = "ai_platform"
    LINE_OF_BUSINESS = "line_of_business"
    RISK = "risk"
    DATA = "data"
    FINANCE = "finance"
    REVIEWER = "reviewer"
    VIEWER = "viewer"
    ADMIN = "admin"


class Answer(StrEnum):
    """What a person may say to a held proposal (first five) or to a draft (last three)."""

    APPROVE = "approve"
    APPROVE_EDITED = "approve_edited"
    REJECT = "reject"
    RETURN = "return"
    LATER = "later"
    USED = "used"
    USED_EDITED = "used_edited"
    DISCARDED = "discarded"


class Likeness(StrEnum):
    """Whether a shadow asks for what the proposal it stands beside asked for."""

    SAME = "same"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionClass:
    """Risk x reversibility of one concrete action."""

    risk: Risk
    reversibility: Reversibility

    def __or__(self, other: ActionClass) -> ActionClass:
        """Return the least class that is as bad as both: the worse risk with the worse reversibility."""
        return ActionClass(risk=max(self.risk, other.risk), reversibility=max(self.reversibility, other.reversibility))


WORST = ActionClass(risk=Risk.HIGH, reversibility=Reversibility.IRREVERSIBLE)
"""The class of everything unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of a connected system, by kind and pseudonymous id."""

    kind: str
    id: str

    def __str__(self) -> str:
        """Show as `contact/1042`."""
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What a record held in the fields an action touches. `fields` lacks what the record lacks (absent is not null)."""

    exists: bool
    fields: Mapping[str, Value] = field(default_factory=dict)


ABSENT = Image(exists=False)
