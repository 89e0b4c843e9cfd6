"""How much lower one rate is than another at least, with a stated confidence."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def wilson(successes: int, n: int, z: float) -> tuple[float, float]:
    """Return Wilson's score interval for a rate: the values that lie within `z` standard errors of what was seen."""
    share, spread = successes / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / n + spread / n / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def at_least_worse(control: tuple[int, int], other: tuple[int, int], *, confidence: float = 0.95) -> float:
    """Return how far the other rate lies below the control's at least; each is (successes, of how many), at least one.

    This is the one-sided lower bound of Newcombe's hybrid score interval for a difference of two independent rates (his method
    10), which joins two Wilson intervals; it holds its confidence at small counts and rates near 0 where the usual normal
    interval does not. It is a bound for one look at counts fixed beforehand: who looks often and moves traffic by what is seen
    will be told of a difference somewhat more often than the confidence says.
    """
    z = NormalDist().inv_cdf(confidence)
    rate, worse = control[0] / control[1], other[0] / other[1]
    low, _ = wilson(*control, z)
    _, high = wilson(*other, z)
    return rate - worse - sqrt((rate - low) ** 2 + (high - worse) ** 2)
