"""Whether visitors were split as they should have been: Pearson's chi-square test on counts, without tables.

A split that does not match its shares says that something is broken (a redirect, a filter, a bot), and then no figure of the
test means anything.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_PRECISION = 1e-15
_TINY = 1e-300


def sample_ratio_p(seen: Sequence[int], expected: Sequence[float]) -> float:
    """Return how likely a split at least as far from the expected one is by chance; 1 where there is nothing to compare.

    Counts whose shares changed meanwhile are compared with the sum of what each share would have sent: their spread is smaller
    than that of one split, so the test then calls a mismatch less often than it says, never more often.
    """
    pairs = [(count, owed) for count, owed in zip(seen, expected, strict=True) if count or owed]
    if any(owed <= 0 for _, owed in pairs):
        return 0.0
    statistic = sum((count - owed) ** 2 / owed for count, owed in pairs)
    return chi_square_survival(statistic, len(pairs) - 1)


def chi_square_survival(statistic: float, degrees: int) -> float:
    """Return P(chi-square with so many degrees of freedom > statistic), by the regularised upper incomplete gamma function."""
    if degrees <= 0 or statistic <= 0:
        return 1.0
    shape, x = degrees / 2, statistic / 2
    scale = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    return 1 - scale * _series(shape, x) if x < shape + 1 else scale * _fraction(shape, x)


def _series(shape: float, x: float) -> float:
    term = total = 1 / shape
    while term > total * _PRECISION:
        shape += 1
        term *= x / shape
        total += term
    return total


def _fraction(shape: float, x: float) -> float:
    """Evaluate the continued fraction by Lentz's method."""
    b = x + 1 - shape
    c, d = 1 / _TINY, 1 / b
    found, step, n = d, 0.0, 0
    while abs(step - 1) > _PRECISION:
        n += 1
        a = -n * (n - shape)
        b += 2
        d = 1 / (a * d + b or _TINY)
        c = b + a / c or _TINY
        step = d * c
        found *= step
    return found
