"""What imported history suggests for a charter: minutes, and what an edit costs. It is no evidence of any agent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from remit.core.types import Answer, UseCaseId

PPM = 1_000_000
_CLEAN = {Answer.APPROVE, Answer.USED}
_EDITED = {Answer.APPROVE_EDITED, Answer.USED_EDITED}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSum:
    """What the history of one operation adds up to under one answer. Means are None where no row has the figure."""

    use_case: UseCaseId
    operation: str
    answer: str
    many: int
    mean_seconds: float | None
    mean_edit_ppm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """One operation of the history: shares between 0 and 1, and what a charter could begin with; None where nobody can tell.

    `baseline_minutes` is the mean over rows that have minutes, `edited_loss` the mean share of the text that an edit changed.
    """

    use_case: UseCaseId
    operation: str
    rows: int
    clean: float
    edited: float
    rejected: float
    baseline_minutes: float | None
    edited_loss: float | None


def summary(sums: Iterable[PastSum]) -> list[Suggested]:
    """Add history up by operation. The sums come in order of use case and operation."""
    return [_one(key, list(group)) for key, group in groupby(sums, key=lambda one: (one.use_case, one.operation))]


def _one(key: tuple[UseCaseId, str], found: Sequence[PastSum]) -> Suggested:
    many = sum(one.many for one in found)
    clean, edited = (sum(one.many for one in found if one.answer in which) / many for which in (_CLEAN, _EDITED))
    seconds = _mean([(one.many, one.mean_seconds) for one in found])
    edit = _mean([(one.many, one.mean_edit_ppm) for one in found if one.answer in _EDITED])
    return Suggested(
        use_case=key[0],
        operation=key[1],
        rows=many,
        clean=round(clean, 4),
        edited=round(edited, 4),
        rejected=round(1 - clean - edited, 4),
        baseline_minutes=None if seconds is None else round(seconds / 60, 2),
        edited_loss=None if edit is None else round(edit / PPM, 3),
    )


def _mean(parts: Iterable[tuple[int, float | None]]) -> float | None:
    known = [(many, value) for many, value in parts if value is not None]
    total = sum(many for many, _ in known)
    return sum(many * value for many, value in known) / total if total else None
