"""Five ways to be promoted while being as bad as the tolerance, each tried on the way that holds and on the obvious one.

Each returns the shares of runs that were ever promoted: (held, naive).
"""

from __future__ import annotations

import math
from functools import cache
from typing import Protocol

import numpy as np

from bench.lockstep import Wealths, wealth_of_counts
from remit.evidence.misses import miss_rate_upper, seen_tolerance
from remit.evidence.promotion import trial_alpha

TOLERANCE, ALPHA = 0.05, 0.05
Shares = tuple[float, float]


class Attack(Protocol):
    """One of the ways below."""

    def __call__(self, *, runs: int, seed: int) -> Shares:
        """Try it so many times."""


def clusters(*, runs: int, seed: int, size: int = 10, many: int = 2_000) -> Shares:
    """Errors come in groups: a template is wrong as a whole, or right. One observation per cluster, against one per item."""
    chance = np.random.default_rng(seed)
    by_cluster, by_item = Wealths(runs, TOLERANCE), Wealths(runs, TOLERANCE)
    held, naive = np.zeros(runs, dtype=np.bool_), np.zeros(runs, dtype=np.bool_)
    for _ in range(many):
        wrong = (chance.random(runs) < TOLERANCE).astype(float)
        by_cluster.update(wrong)
        held |= by_cluster.values >= 1 / ALPHA
        for _ in range(size):
            by_item.update(wrong)
            naive |= by_item.values >= 1 / ALPHA
    return float(held.mean()), float(naive.mean())


def misses(*, runs: int, seed: int, beta: float = 0.3, reviews: int = 4_000, planted_share: float = 0.05) -> Shares:
    """Reviewers overlook a share of the errors. Tested at the bound from planted items, half of alpha each, against not at all.

    A planted item comes after every twentieth review; then the bound and the wealth are recomputed from counts, and looked at.
    """
    chance = np.random.default_rng(seed)
    naive_test, naive = Wealths(runs, TOLERANCE), np.zeros(runs, dtype=np.bool_)
    errors = np.zeros(runs, dtype=np.int64)
    missed, held = np.zeros(runs, dtype=np.int64), np.zeros(runs, dtype=np.bool_)
    step = round(1 / planted_share)
    for planted in range(1, reviews // step + 1):
        wrong = chance.binomial(step, TOLERANCE * (1 - beta), runs)
        errors += wrong
        missed += chance.random(runs) < beta
        naive_test.update_counts(step - wrong, wrong)
        naive |= naive_test.values >= 1 / ALPHA
        betas = [_bound(int(gone), planted, beta) for gone in missed]
        held |= (
            wealth_of_counts(
                np.full(runs, planted * step), errors, np.array([seen_tolerance(TOLERANCE, bound) for bound in betas])
            )
            >= 2 / ALPHA
        )
    return float(held.mean()), float(naive.mean())


def late_labels(*, runs: int, seed: int, window: int = 7, per_day: int = 20, days: int = 400) -> Shares:
    """Errors show on one of the `window` days after the action. Clean only after the window, against clean until it shows."""
    chance = np.random.default_rng(seed)
    shown = np.zeros((days + window, runs), dtype=np.int64)  # errors of earlier days that show on this one
    errors = np.zeros(runs, dtype=np.int64)
    of_day = np.zeros((days, runs), dtype=np.int64)
    held, naive = np.zeros(runs, dtype=np.bool_), np.zeros(runs, dtype=np.bool_)
    tolerance = np.full(runs, TOLERANCE)
    for day in range(days):
        of_day[day] = chance.binomial(per_day, TOLERANCE, runs)
        later = chance.multinomial(of_day[day], [1 / window] * window)
        shown[day + 1 : day + 1 + window] += later.T[: days + window - day - 1]
        errors += shown[day]
        ripe = max(0, day - window + 1)  # days whose window has ended
        clean = ripe * per_day - of_day[:ripe].sum(axis=0)
        held |= wealth_of_counts(clean + errors, errors, tolerance) >= 1 / ALPHA
        naive |= wealth_of_counts(np.full(runs, (day + 1) * per_day), errors, tolerance) >= 1 / ALPHA
    return float(held.mean()), float(naive.mean())


def version_bumps(*, runs: int, seed: int, reviews: int = 200, trials: int = 25) -> Shares:
    """Bump the version every 200 reviews. A new trial at a shrinking alpha, against half of the log-wealth carried over."""
    chance = np.random.default_rng(seed)
    fresh, carried = Wealths(runs, TOLERANCE), Wealths(runs, TOLERANCE)
    held, naive, kept = np.zeros(runs, dtype=np.bool_), np.zeros(runs, dtype=np.bool_), np.ones(runs)
    everywhere = np.ones(runs, dtype=np.bool_)
    for trial in range(1, trials + 1):
        fresh.restart(everywhere)
        carried.restart(everywhere)
        for _ in range(reviews):
            wrong = (chance.random(runs) < TOLERANCE).astype(float)
            fresh.update(wrong)
            carried.update(wrong)
            held |= fresh.values >= 1 / trial_alpha(ALPHA, trial)
            naive |= kept * carried.values >= 1 / ALPHA
        kept = np.sqrt(np.maximum(kept * carried.values, 1.0))
    return float(held.mean()), float(naive.mean())


def risky_undersampled(*, runs: int, seed: int, actions: int = 40_000, floor: float = 0.1) -> Shares:
    """Err at 1.5 times the tolerance, mostly in the half that is seldom drawn. A uniform floor, against whatever was reviewed."""
    chance = np.random.default_rng(seed)
    uniform, biased = Wealths(runs, TOLERANCE), Wealths(runs, TOLERANCE)
    held, naive = np.zeros(runs, dtype=np.bool_), np.zeros(runs, dtype=np.bool_)
    for _ in range(actions):
        risky, draw, luck = chance.random((3, runs))
        wrong = (luck < np.where(risky < 0.5, 2.4, 0.6) * TOLERANCE).astype(float)
        uniform.update(wrong, draw < floor)
        biased.update(wrong, draw < np.where(risky < 0.5, 0.05, 0.5))
        held |= uniform.values >= 1 / ALPHA
        naive |= biased.values >= 1 / ALPHA
    return float(held.mean()), float(naive.mean())


@cache
def _bound(missed: int, planted: int, assumed: float) -> float:
    return min(miss_rate_upper(missed, planted, alpha=ALPHA / 2, assumed=assumed), math.nextafter(1.0, 0.0))
