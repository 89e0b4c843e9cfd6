"""How fast the e-detector finds that an agent got worse, how often it is wrong about it, and what looking at more saves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.lockstep import Detectors, Floats

YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A simulated mean with its standard error."""

    value: float
    error: float


def mean_of(values: Floats) -> Mean:
    """Return mean and standard error."""
    return Mean(value=float(values.mean()), error=float(values.std(ddof=1) / np.sqrt(len(values))))


def delay(tolerance: float, run_length: float, times: float, *, runs: int, seed: int, before: int = 500) -> Mean:
    """Return the sampled reviews from a change to `times` the tolerance until the alarm, after a while at half the tolerance."""
    chance = np.random.default_rng(seed)
    detectors, everywhere = Detectors(runs, tolerance), np.ones(runs, dtype=np.bool_)
    for _ in range(before):
        detectors.update((chance.random(runs) < tolerance / 2).astype(float), everywhere)
        detectors.restart(detectors.evidence >= run_length)
    waiting, taken = everywhere.copy(), np.zeros(runs)
    while waiting.any():
        taken[waiting] += 1
        detectors.update((chance.random(runs) < times * tolerance).astype(float), waiting)
        waiting &= detectors.evidence < run_length
    return mean_of(taken)


def alarms(tolerance: float, run_length: float, share: float, *, reviews: int, runs: int, seed: int) -> Mean:
    """Return the share of runs with an alarm within so many reviews at `share` times the tolerance."""
    chance = np.random.default_rng(seed)
    detectors, quiet = Detectors(runs, tolerance), np.ones(runs, dtype=np.bool_)
    for _ in range(reviews):
        detectors.update((chance.random(runs) < share * tolerance).astype(float), quiet)
        quiet &= detectors.evidence < run_length
    return mean_of((~quiet).astype(float))


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Of a level in force: days and escaped errors until a drift is found; QA rate and false alarms of a year without one."""

    days: Mean
    escaped: Mean
    qa_rate: float
    false_alarms: Mean


def watch(*, tolerance: float, per_day: int, base: float, highest: float, times: float, runs: int, seed: int) -> Watched:
    """Watch a level with a share that rises from `base` to `highest` while the warning is on, one action at a time."""
    run_length = base * per_day * YEAR * 2
    calm = _live(tolerance, (base, highest), tolerance / 2, run_length, YEAR * per_day, runs, seed)
    drifted = _live(tolerance, (base, highest), times * tolerance, run_length, YEAR * per_day, runs, seed + 1)
    return Watched(
        days=mean_of(drifted.actions / per_day),
        escaped=mean_of(drifted.escaped),
        qa_rate=float(calm.reviewed.sum() / calm.actions.sum()),
        false_alarms=mean_of((calm.actions < YEAR * per_day).astype(float)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lived:
    """Per run, until its alarm or the end: actions, how many were reviewed, and errors among the others."""

    actions: Floats
    reviewed: Floats
    escaped: Floats


def _live(
    tolerance: float, share: tuple[float, float], rate: float, run_length: float, most: int, runs: int, seed: int
) -> _Lived:
    chance = np.random.default_rng(seed)
    detectors, quiet = Detectors(runs, tolerance), np.ones(runs, dtype=np.bool_)
    actions, looked_at, escaped = np.zeros(runs), np.zeros(runs), np.zeros(runs)
    for _ in range(most):
        wrong, draw = chance.random((2, runs))
        losses, reviewed = wrong < rate, quiet & (draw < np.where(detectors.warning > 2, share[1], share[0]))
        actions += quiet
        looked_at += reviewed
        escaped += quiet & ~reviewed & losses
        detectors.update(losses.astype(float), reviewed)
        quiet &= detectors.evidence < run_length
        if not quiet.any():
            break
    return _Lived(actions=actions, reviewed=looked_at, escaped=escaped)
