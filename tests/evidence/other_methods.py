"""Methods that ours is weighed against on paper, as their sources state them, so that every published figure has its formula.

All speak of n reviews with k errors and a tolerance eps; wealths and p-values are plain numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats import binom


def sprt_log_wealth(n: int, k: int, *, tolerance: float, rate: float) -> float:
    """Return Wald's likelihood ratio of a known rate q against eps: (q/eps)^k ((1-q)/(1-eps))^(n-k)."""
    return k * math.log(rate / tolerance) + (n - k) * (math.log1p(-rate) - math.log1p(-tolerance))


def agrapa(losses: Sequence[float], *, tolerance: float, cap: float) -> Iterator[tuple[float, float]]:
    """Yield (bet, wealth) of Waudby-Smith and Ramdas' approximate growth-rate bets, from a prior mean 1/2 and variance 1/4."""
    total, spread, wealth = 0.5, 0.25, 1.0
    for t, loss in enumerate(losses, 1):
        mean, variance = total / t, spread / t
        edge = tolerance - mean
        bet = min(max(edge / (variance + edge**2), 0.0), cap / (1 - tolerance))
        wealth *= 1 + bet * (tolerance - loss)
        yield bet, wealth
        total += loss
        spread += (loss - total / (t + 1)) ** 2


def hoeffding_reviews(*, tolerance: float, alpha: float) -> int:
    """Count the clean reviews that Hoeffding's inequality needs at one look: exp(-2 n eps^2) <= alpha."""
    return math.ceil(-math.log(alpha) / (2 * tolerance**2))


def posterior_reviews(*, tolerance: float, alpha: float) -> int:
    """Count the clean reviews after which a uniform prior puts 1 - alpha below eps: (1-eps)^(n+1) <= alpha."""
    return math.ceil(math.log(alpha) / math.log1p(-tolerance)) - 1


def binomial_p(n: int, k: int, *, tolerance: float) -> float:
    """Return the exact p-value of "the rate is at least eps" at one look: P(Bin(n, eps) <= k)."""
    return float(binom.cdf(k, n, tolerance))


def hoeffding_bentkus_p(n: int, total_loss: float, *, tolerance: float) -> float:
    """Return the p-value of Bates et al. for losses in [0, 1], the lesser of Hoeffding's in its Chernoff form and Bentkus'."""
    mean = min(total_loss / n, tolerance)
    h1 = (mean * math.log(mean / tolerance) if mean else 0.0) + (1 - mean) * math.log((1 - mean) / (1 - tolerance))
    return min(math.exp(-n * h1), math.e * float(binom.cdf(math.ceil(total_loss), n, tolerance)), 1.0)


def lattice_cusum_run_length(*, m: int, h: int, error_rate: float) -> float:
    """Solve for the mean reviews until S >= h, from S = 0, with S <- S + m - 1 on an error and max(0, S - 1) otherwise."""
    moves = np.zeros((h, h))
    for state in range(h):
        moves[state, max(0, state - 1)] += 1 - error_rate
        if state + m - 1 < h:
            moves[state, state + m - 1] += error_rate
    return float(np.linalg.solve(np.eye(h) - moves, np.ones(h))[0])


def conformal_threshold(
    confidences: Sequence[float], errors: Sequence[int], *, alpha: float, grid: Sequence[float]
) -> float | None:
    """Control the JOINT risk P(auto and wrong) conformally: the lowest tau with (wrong above tau + 1) / (n + 1) <= alpha."""
    n = len(errors)
    wrong = {tau: sum(error for confidence, error in zip(confidences, errors, strict=True) if confidence >= tau) for tau in grid}
    return min((tau for tau in grid if (wrong[tau] + 1) / (n + 1) <= alpha), default=None)


def area_under_risk_coverage(confidences: Sequence[float], errors: Sequence[int]) -> float:
    """Average over i of the error rate among the i most confident; of equal confidences the later one comes first."""
    order = sorted(range(len(errors)), key=lambda at: (confidences[at], at), reverse=True)
    wrong, rates = 0, []
    for rank, at in enumerate(order, 1):
        wrong += errors[at]
        rates.append(wrong / rank)
    return math.fsum(rates) / len(rates)
