"""Whether one move stays inside its mandate: band, step, moves a day, sample, holdout, sample ratio, stop rule, end.

A move outside is held for a person. A sample-ratio mismatch, the stop rule and the end hold every move, whatever its size. What
nobody can tell is outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from remit.core.experiment import Arm, Experiment
from remit.core.mandate_spec import MandateSpec
from remit.core.types import Frozen
from remit.evidence.difference import at_least_worse
from remit.evidence.split import sample_ratio_p

PPM = 1_000_000


class Breach(Frozen, frozen=True, kw_only=True):
    """A bound of the mandate that a move would pass: which one, what was found against which limit, and of which arm."""

    bound: str
    found: str = ""
    limit: str = ""
    arm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a move is judged by: the experiment, None where the connected system could not say; today's other moves; the day."""

    experiment: Experiment | None
    moves_today: int
    today: date


def judge(spec: MandateSpec, standing: Standing) -> tuple[Breach, ...]:
    """Return every bound that the move would pass; empty when it stays inside."""
    experiment = standing.experiment
    if experiment is None or (control := experiment.baseline) is None or not experiment.others:
        return (Breach(bound="unknown"), *_ended(spec, standing))
    found = (
        *_ended(spec, standing),
        *_sample_ratio(spec, experiment),
        *_worse(spec, experiment, control),
        *_too_often(spec, standing),
        *_too_few(spec, experiment),
        *_holdout(spec, control),
        *_band(spec, experiment),
        *_step(spec, experiment),
    )
    return tuple(found)


def _ended(spec: MandateSpec, standing: Standing) -> Iterator[Breach]:
    """End it on the day it is given until, which is the first on which nothing moves."""
    if standing.today >= spec.until:
        yield Breach(bound="ended", found=standing.today.isoformat(), limit=spec.until.isoformat())


def _sample_ratio(spec: MandateSpec, experiment: Experiment) -> Iterator[Breach]:
    p = sample_ratio_p([arm.visitors for arm in experiment.arms], [arm.expected_ppm / PPM for arm in experiment.arms])
    if p < spec.sample_ratio_alpha:
        yield Breach(bound="sample_ratio", found=f"{p:.2g}", limit=f"{spec.sample_ratio_alpha:g}")


def _worse(spec: MandateSpec, experiment: Experiment, control: Arm) -> Iterator[Breach]:
    """Compare each arm with the control by Newcombe's bound, one-sided, at 95 %; an arm nobody came to says nothing yet."""
    for arm in experiment.others:
        if not arm.visitors or not control.visitors:
            continue
        least = at_least_worse((control.successes, control.visitors), (arm.successes, arm.visitors))
        if least * PPM > spec.stop_when_worse_by_ppm:
            yield Breach(bound="worse", found=f"{least:.2%}", limit=_share(spec.stop_when_worse_by_ppm), arm=arm.name)


def _too_often(spec: MandateSpec, standing: Standing) -> Iterator[Breach]:
    if standing.moves_today >= spec.moves_per_day:
        yield Breach(bound="moves", found=str(standing.moves_today + 1), limit=str(spec.moves_per_day))


def _too_few(spec: MandateSpec, experiment: Experiment) -> Iterator[Breach]:
    for arm in experiment.arms:
        if arm.visitors < spec.smallest_sample:
            yield Breach(bound="sample", found=str(arm.visitors), limit=str(spec.smallest_sample), arm=arm.name)


def _holdout(spec: MandateSpec, control: Arm) -> Iterator[Breach]:
    if control.next_ppm < spec.holdout_ppm:
        yield Breach(bound="holdout", found=_share(control.next_ppm), limit=_share(spec.holdout_ppm), arm=control.name)


def _band(spec: MandateSpec, experiment: Experiment) -> Iterator[Breach]:
    """Keep every arm but the control inside the band; the control keeps its holdout."""
    for arm in experiment.others:
        if not spec.lowest_ppm <= arm.next_ppm <= spec.highest_ppm:
            limit = f"{_share(spec.lowest_ppm)} to {_share(spec.highest_ppm)}"
            yield Breach(bound="band", found=_share(arm.next_ppm), limit=limit, arm=arm.name)


def _step(spec: MandateSpec, experiment: Experiment) -> Iterator[Breach]:
    for arm in experiment.arms:
        if arm.step_ppm > spec.step_ppm:
            yield Breach(bound="step", found=_share(arm.step_ppm), limit=_share(spec.step_ppm), arm=arm.name)


def _share(ppm: int) -> str:
    return f"{ppm / PPM:.2%}"


def told(breach: Breach) -> str:
    """Say a breach in words, value against limit; it completes `It is outside its mandate:`."""
    return WORDS[breach.bound].format(found=breach.found, limit=breach.limit, arm=breach.arm)


WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unknown": "nobody could say how the experiment stands",
        "ended": "it is {found}, and the mandate ended on {limit}, so every move waits",
        "sample_ratio": "the visitors do not match the shares (p = {found}, below {limit}), so every move waits",
        "worse": "arm {arm} is worse than the control by at least {found}, over the bound of {limit}, so every move waits",
        "moves": "it would be move {found} of the day, over the limit of {limit}",
        "sample": "arm {arm} has {found} visitors, under the {limit} that are needed",
        "holdout": "the control would keep {found}, under its holdout of {limit}",
        "band": "the share of arm {arm} would be {found}, outside {limit}",
        "step": "the share of arm {arm} would move by {found}, over the step of {limit}",
    }
)
"""Every bound in words."""
