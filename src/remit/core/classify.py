"""What one concrete action could do: its class, from the catalogue and from established facts, never from claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from remit.core.catalogue import CatalogueEntry, Condition
from remit.core.types import WORST, ActionClass


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFacts:
    """What server and connector established about an action. None means: could not be had, or is too old."""

    record: str | None = None
    reach: int | None = None
    listeners: tuple[str, ...] | None = None
    field_empty: bool | None = None
    set_by_person: bool | None = None
    suppressed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """A class, the form it was judged in, and which conditions kept it from the narrow form."""

    action_class: ActionClass
    form: str
    failed: tuple[Condition, ...] = ()


def classify(entry: CatalogueEntry | None, facts: ActionFacts) -> Classified:
    """Give the class of an action. Unknown operations have the worst one; a missing fact fails its condition."""
    if entry is None:
        return Classified(action_class=WORST, form="unknown")
    if entry.narrow is None:
        return Classified(action_class=entry.wide, form="wide")
    failed = tuple(condition for condition in entry.narrow_when if not _holds(condition, facts))
    if failed:
        return Classified(action_class=entry.wide, form="wide", failed=failed)
    return Classified(action_class=entry.narrow, form="narrow")


def _holds(condition: Condition, facts: ActionFacts) -> bool:
    match condition:
        case Condition.NO_LISTENERS:
            return facts.listeners == ()
        case Condition.FIELD_EMPTY:
            return facts.field_empty is True
        case Condition.NOT_SET_BY_PERSON:
            return facts.set_by_person is False
        case Condition.ONE_RECORD:
            return facts.reach is not None and facts.reach <= 1
    assert_never(condition)
