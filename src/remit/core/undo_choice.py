"""Which effects somebody wants gone, whether each can be, until when, and in which order they go back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.core.action import Action
from remit.core.catalogue import CatalogueEntry
from remit.core.lifecycle import State
from remit.core.types import Operation, Reversibility, UseCaseId

MOST = 1000
"""How many effects are chosen at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was carried out for a use case: by a version, of one operation, in a time span, each only where it is given."""

    use_case: UseCaseId
    version: str | None = None
    operation: Operation | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CanGoBack:
    """It can be undone; `until` is when what was there before is dropped, None where it is kept."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaysThere:
    """It cannot be undone: why, and what a person can do instead."""

    why: str
    correction: str


def judge_undo(
    action: Action,
    entry: CatalogueEntry | None,
    reversibility: Reversibility,
    *,
    image_kept: bool,
    keep_days: int | None = None,
) -> CanGoBack | StaysThere:
    """Say whether an effect can be undone. `keep_days` is how long images are kept, None for ever."""
    by_hand = "Change the record by hand in the connected system"
    if action.state is not State.DONE:
        return StaysThere(why=f"it is {action.state}", correction="Only what is done can be undone")
    if reversibility is Reversibility.IRREVERSIBLE:
        told = entry.undo if entry is not None else None
        what = told.residue if told is not None and told.residue else "nothing calls it back"
        how = told.how if told is not None and told.how else by_hand
        return StaysThere(why=f"it left: {what.rstrip('.')}", correction=how.rstrip("."))
    if not image_kept:
        return StaysThere(why="its content was erased, so nobody knows what was there before", correction=by_hand)
    ends = None if keep_days is None or action.ended_at is None else action.ended_at + timedelta(days=keep_days)
    return CanGoBack(until=ends)


def newest_first(actions: Iterable[Action]) -> list[Action]:
    """Return actions in the order in which they go back: what came later stands on what came before."""
    return sorted(actions, key=_when, reverse=True)


def _when(action: Action) -> tuple[float, str]:
    return (0.0 if action.ended_at is None else action.ended_at.timestamp(), action.proposal)
