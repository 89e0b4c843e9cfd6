"""What the actions of one operation add up to: who touched them, how long it took, what slipped through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from remit.core.action import Action
from remit.core.lifecycle import State
from remit.evidence.bounds import clopper_pearson_interval

_CARRIED_OUT = {State.DONE, State.UNDOING, State.UNDONE, State.UNDONE_WITH_RESIDUE, State.UNDO_FAILED, State.UNDO_UNCLEAR}
_USED = {State.USED, State.USED_EDITED}
_DOUBT = 0.05
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpis:
    """The figures of one operation. Shares lie in 0..1; None where there is nothing to divide by."""

    proposals: int
    blocked: int
    assisted: int
    in_time: int
    alone: int
    sampled: int
    sampled_wrong: int
    escaped: Estimate | None
    review_minutes: float
    cycle_reviewed: timedelta | None
    cycle_alone: timedelta | None

    @property
    def safe_automation_rate(self) -> float | None:
        """The share of proposals carried out without a touch and, by the sampled reviews, without an error."""
        if not self.proposals or (self.alone and self.escaped is None):
            return None
        wrong = self.escaped.value if self.escaped else 0.0
        return max(0.0, self.alone - wrong) / self.proposals


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A count that was not seen but sampled, with an interval that holds it in 95 of 100 cases."""

    value: float
    low: float
    high: float


def kpis(actions: Sequence[Action]) -> Kpis:
    """Add up the actions of one operation."""
    carried_out = [action for action in actions if action.state in _CARRIED_OUT | _USED]
    alone = [action for action in carried_out if carried_out_alone(action)]
    reviewed = [action for action in carried_out if action.answered_by is not None]
    sampled = [action for action in actions if action.draw_rate_ppm and action.counts and action.loss_ppm is not None]
    return Kpis(
        proposals=len(actions),
        blocked=_count(actions, lambda action: action.state is State.BLOCKED),
        assisted=len(carried_out),
        in_time=_count(carried_out, _same_day),
        alone=len(alone),
        sampled=len(sampled),
        sampled_wrong=_count(sampled, _wrong),
        escaped=_escaped(sampled, [action for action in alone if action.draw_rate_ppm]),
        review_minutes=sum(action.seconds_seen or 0 for action in actions) / 60,
        cycle_reviewed=_cycle(reviewed),
        cycle_alone=_cycle(alone),
    )


def carried_out_alone(action: Action) -> bool:
    """Say whether an action took effect without a person's answer, whatever became of it later."""
    return action.state in _CARRIED_OUT and action.answered_by is None


def _escaped(sampled: Sequence[Action], alone: Sequence[Action]) -> Estimate | None:
    """Estimate the errors among what was carried out alone, stratum by stratum.

    Every sampled action stands for those drawn at about the same rate: pooling rates would let a day on which everything
    was looked at speak for months on which little was. Rates within a factor of two share a stratum; the strata share
    the 5 % of doubt (union bound over Clopper-Pearson intervals, which takes errors within a stratum as independent).
    """
    if not sampled or not alone:
        return None
    strata = sorted({_stratum(action) for action in alone})
    parts = [_of_stratum(stratum, sampled, alone, doubt=_DOUBT / len(strata)) for stratum in strata]
    return Estimate(value=sum(p.value for p in parts), low=sum(p.low for p in parts), high=sum(p.high for p in parts))


def _stratum(action: Action) -> int:
    return action.draw_rate_ppm.bit_length()


def _of_stratum(stratum: int, sampled: Sequence[Action], alone: Sequence[Action], *, doubt: float) -> Estimate:
    escaped = _count(alone, lambda action: _stratum(action) == stratum)
    seen = [action for action in sampled if _stratum(action) == stratum]
    wrong = _count(seen, _wrong)
    low, high = clopper_pearson_interval(wrong, len(seen), 1 - doubt) if seen else (0.0, 1.0)
    return Estimate(value=escaped * wrong / len(seen) if seen else 0.0, low=escaped * low, high=escaped * high)


def _wrong(action: Action) -> bool:
    return bool(action.loss_ppm)


def _count(actions: Iterable[Action], wanted: Callable[[Action], bool]) -> int:
    return sum(1 for action in actions if wanted(action))


def _same_day(action: Action) -> bool:
    return action.ended_at is not None and action.ended_at.date() == action.proposed_at.date()


def _cycle(actions: Sequence[Action]) -> timedelta | None:
    spans = [(action.ended_at - action.proposed_at) / _SECOND for action in actions if action.ended_at is not None]
    return median(spans) * _SECOND if spans else None


def clean_streak(losses: Iterable[int], length: int = 10) -> int | None:
    """Return after how many answers a rule that asks for so many clean ones in a row would have been satisfied, if ever."""
    streak = 0
    for number, loss in enumerate(losses, start=1):
        streak = 0 if loss else streak + 1
        if streak == length:
            return number
    return None
