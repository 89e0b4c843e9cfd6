"""Exact operating characteristics of rules that look at (reviews, errors) alone: dynamic programming instead of simulation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np

from remit.evidence.promotion import reviews_needed

Boundary = Callable[[int], float]
"""After how many reviews so many errors promote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """P(promoted within the reviews) and E[min(T, reviews)], T the reviews it takes."""

    chance: float
    mean: float


def walk(boundary: Boundary, error_rate: float, reviews: int) -> Exact:
    """Look after every review, over so many of them.

    k errors promote from one known n on, so the states that reach it are absorbed. More errors than any boundary within the
    reviews allows are one last state, from which nobody is promoted.
    """
    needed = table(boundary, reviews)
    alive = np.zeros(len(needed) + 1)
    alive[0], expected, promoted, first = 1.0, 0.0, 0.0, 0
    for n in range(1, reviews + 1):
        expected += 1.0 - promoted
        erred = alive[:-1] * error_rate
        alive[:-1] *= 1.0 - error_rate
        alive[1:] += erred
        while first < len(needed) and needed[first] <= n:  # boundaries rise with the errors: fewer errors promoted before
            promoted, alive[first], first = promoted + float(alive[first]), 0.0, first + 1
    return Exact(chance=promoted, mean=expected)


def km20(tolerance: float, alpha: float) -> Boundary:
    """Return the boundary of the promotion test."""
    return lambda errors: reviews_needed(errors, tolerance=tolerance, alpha=alpha)


def sprt(tolerance: float, alpha: float, rate: float) -> Boundary:
    """Return the boundary of Wald's test of power one for a known rate q: (q/eps)^k ((1-q)/(1-eps))^(n-k) >= 1/alpha."""
    gain = math.log1p(-rate) - math.log1p(-tolerance)

    def needed(errors: int) -> float:
        if errors and not rate:
            return math.inf  # a rate of 0 and an error: the likelihood ratio is 0 for ever
        price = errors * math.log(tolerance / rate) if errors else 0.0
        return errors + math.ceil((price - math.log(alpha)) / gain)

    return needed


def crossing(wealth: Callable[[int, int], float], alpha: float) -> Boundary:
    """Return the boundary of any wealth(n, k) that rises with n: the first n at which it reaches 1/alpha."""

    def needed(errors: int) -> float:
        low, high = errors, errors + 1
        while wealth(high, errors) < 1 / alpha:
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if wealth(middle, errors) >= 1 / alpha else (middle, high)
        return high

    return needed


def table(boundary: Boundary, reviews: int) -> list[float]:
    """Return for 0, 1, 2, ... errors after how many reviews they promote, as far as the reviews reach."""
    found: list[float] = []
    for errors in count():
        needed = boundary(errors)
        if needed > reviews:
            return found
        found.append(needed)
    return found
