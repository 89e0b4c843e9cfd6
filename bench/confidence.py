"""Seven ways in which a confidence can relate to the truth, and what a certified threshold makes of each.

A world gives the confidences of items and the chance that each is wrong. Tolerance 0.05, delta 0.1 throughout. The rivals are two
rules in use: the running error rate, and the exact binomial test, each looked at after every answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.stats import binom

from bench import exact
from bench.lockstep import Floats
from remit.evidence.threshold import COVERAGES, coverage_grid

TOLERANCE, DELTA = 0.05, 0.1
UNLABELLED, CROWD = 2_000, 200_000
Draw = Callable[[np.random.Generator, int], tuple[Floats, Floats]]
"""Confidences of so many items and the chance that each is wrong."""


def _calibrated(chance: np.random.Generator, many: int) -> tuple[Floats, Floats]:
    doubt = chance.beta(1, 8.3, many)
    return 1 - doubt, doubt


def _good_agent(chance: np.random.Generator, many: int) -> tuple[Floats, Floats]:
    doubt = chance.beta(1, 20, many)
    return 1 - doubt, doubt


def _overconfident(chance: np.random.Generator, many: int) -> tuple[Floats, Floats]:
    doubt = chance.beta(1, 8.3, many)
    return 1 - doubt / 3, doubt


def _verbalised(chance: np.random.Generator, many: int) -> tuple[Floats, Floats]:
    level = chance.choice(5, many, p=(0.30, 0.35, 0.20, 0.10, 0.05))
    return np.array((0.99, 0.95, 0.90, 0.80, 0.60))[level], np.array((0.02, 0.046, 0.09, 0.25, 0.40))[level]


def _mildly_non_monotone(chance: np.random.Generator, many: int) -> tuple[Floats, Floats]:
    rank = chance.random(many)  # 0 is the most confident; the very surest are worse than those after them
    risk = np.select([rank < 0.1, rank < 0.5], [0.055, 0.04], 0.11)
    return 1 - 0.172 * rank, risk


def _non_monotone(chance: np.random.Generator, many: int) -> tuple[Floats, Floats]:
    rank = chance.random(many)
    return 1 - 0.172 * rank, np.select([rank < 0.2, rank < 0.6], [0.12, 0.057], 0.12)


def _uninformative(chance: np.random.Generator, many: int) -> tuple[Floats, Floats]:
    return 1 - chance.beta(1, 8.3, many), np.full(many, 0.08)


WORLDS: Mapping[str, Draw] = {
    "calibrated": _calibrated,
    "calibrated, good agent": _good_agent,
    "overconfident": _overconfident,
    "verbalised, 5 levels": _verbalised,
    "mildly non-monotone": _mildly_non_monotone,
    "non-monotone": _non_monotone,
    "uninformative": _uninformative,
}
INFORMATIVE = tuple(WORLDS)[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What came of it: `best` is the largest coverage within the tolerance; shares of runs and of traffic, each in 0 .. 1.

    `violated` is the share of runs in which a threshold was ever active whose risk is above the tolerance; `coverage` what is
    covered in the mean after each of the asked numbers of reviews. The rivals are judged on the same runs.
    """

    best: float
    violated: float
    coverage: tuple[float, ...]
    rate_violated: float
    binomial_violated: float


def certify(draw: Draw, *, runs: int, reviews: tuple[int, ...], seed: int) -> Certified:
    """Review so many items one by one in each run, and look after every one."""
    chance = np.random.default_rng(seed)
    crowd, wrong = draw(chance, CROWD)
    order = np.argsort(-crowd)
    reached = np.cumsum(wrong[order]) / np.arange(1, CROWD + 1)
    found = [_run(draw, chance, max(reviews)) for _ in range(runs)]
    covered, violated, rate_violated, binomial_violated = [], [], [], []
    for grid, needed in found:
        at_or_above = np.searchsorted(-crowd[order], [-tau for tau in grid], side="right")
        risks = reached[at_or_above - 1]
        covers = np.array([0.0, *at_or_above / CROWD])
        violated.append(_ever(needed.ours, risks, max(reviews)))
        rate_violated.append(bool(np.any(np.isfinite(needed.rate) & (risks > TOLERANCE))))
        binomial_violated.append(_ever(needed.binomial, risks, max(reviews)))
        covered.append([covers[_active(needed.ours, n)] for n in reviews])
    within = np.flatnonzero(reached <= TOLERANCE)
    return Certified(
        best=(int(within[-1]) + 1) / CROWD if len(within) and within[-1] > CROWD / 100 else 0.0,
        violated=float(np.mean(violated)),
        coverage=tuple(float(share) for share in np.mean(covered, axis=0)),
        rate_violated=float(np.mean(rate_violated)),
        binomial_violated=float(np.mean(binomial_violated)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Needed:
    """After how many reviewed items each threshold of the grid was first accepted by itself, inf where never."""

    ours: Floats
    rate: Floats
    binomial: Floats


def _run(draw: Draw, chance: np.random.Generator, reviews: int) -> tuple[tuple[float, ...], _Needed]:
    grid = coverage_grid(draw(chance, UNLABELLED)[0].tolist(), COVERAGES)
    confidences, wrong = draw(chance, reviews)
    errors = chance.random(reviews) < wrong
    ours, rate, binomial = [], [], []
    for tau in grid:
        above = confidences >= tau
        n, k = np.cumsum(above), np.cumsum(above & errors)
        ours.append(_first(n >= _wealth_bar(reviews)[k]))
        rate.append(_first((n >= 30) & (k <= TOLERANCE * n)))
        binomial.append(_first((n >= 1) & (k <= _binomial_bar(reviews)[n])))
    return grid, _Needed(ours=np.array(ours), rate=np.array(rate), binomial=np.array(binomial))


def _first(reached: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    return float(reached.argmax()) + 1 if reached.any() else math.inf


def _active(needed: Floats, reviews: int) -> int:
    """Return how many thresholds of the fixed sequence are accepted: each once all before it are."""
    return int(np.sum(np.maximum.accumulate(needed) <= reviews))


def _ever(needed: Floats, risks: Floats, reviews: int) -> bool:
    return bool(np.any(risks[: _active(needed, reviews)] > TOLERANCE))


@cache
def _wealth_bar(reviews: int) -> Floats:
    """Return for k errors after how many reviews the promotion test crosses, inf where not within these."""
    needed = exact.table(exact.km20(TOLERANCE, DELTA), reviews)
    return np.array(needed + [math.inf] * (reviews + 1 - len(needed)))


@cache
def _binomial_bar(reviews: int) -> Floats:
    """Return for n reviews how many errors the exact binomial test still accepts, -1 for none."""
    n = np.arange(reviews + 1)
    most = binom.ppf(DELTA, n, TOLERANCE)
    return np.asarray(np.where(binom.cdf(most, n, TOLERANCE) <= DELTA, most, most - 1), dtype=np.float64)
