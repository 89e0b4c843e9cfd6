"""Tests that others use for the same question, as their sources state them. Nothing of the product uses them.

All speak of n reviews with k errors and a tolerance eps; wealths are plain numbers.
"""

from __future__ import annotations

import math

from scipy.special import betainc, betaln

from remit.evidence.bounds import clopper_pearson_upper


def beta_binomial_truncated_wealth(n: int, k: int, *, tolerance: float, a: float = 1.0, b: float = 1.0) -> float:
    """Mix a Beta(a, b) prior cut off at eps: I_eps(a+k, b+n-k) B(a+k, b+n-k) / (I_eps(a, b) B(a, b) eps^k (1-eps)^(n-k))."""
    cut = betainc(a + k, b + n - k, tolerance) / betainc(a, b, tolerance)
    return float(cut) * beta_binomial_wealth(n, k, tolerance=tolerance, a=a, b=b)


def beta_binomial_wealth(n: int, k: int, *, tolerance: float, a: float = 0.5, b: float = 0.5) -> float:
    """Mix the whole prior, which bets on rates above eps too: B(a+k, b+n-k) / (B(a, b) eps^k (1-eps)^(n-k))."""
    mixture = betaln(a + k, b + n - k) - betaln(a, b)
    return math.exp(mixture - k * math.log(tolerance) - (n - k) * math.log1p(-tolerance))


def clopper_pearson_reviews(errors: int, *, tolerance: float, alpha: float) -> int:
    """Count the reviews at which so many errors put the one-sided bound at or below eps; invalid if looked at again and again."""
    low, high = errors, errors + 1
    while clopper_pearson_upper(errors, high, 1 - alpha) > tolerance:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if clopper_pearson_upper(errors, middle, 1 - alpha) <= tolerance else (middle, high)
    return high
