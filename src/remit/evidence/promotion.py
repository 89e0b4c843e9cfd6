"""Promotion test KM20: may the mean loss be taken to lie below the tolerance? It never looks at order, time or names.

Null hypothesis: E[x_t | past] >= eps at every t, with losses x_t in [0, B]. Twenty constant bets against it,
lam_j = f_j / (B - eps) with f_j = j/20, are mixed with prior weights w_j = j/210:

    E_t = sum_j w_j prod_{s<=t} (1 + lam_j (eps - x_s)).

Validity: each factor is non-negative (lam_j <= 1/(B - eps)), linear in x, and has conditional mean
1 + lam_j (eps - E[x | past]) <= 1 under the null, so E_t is a non-negative supermartingale from 1. Ville's inequality
gives P(sup_t E_t >= 1/alpha) <= alpha: one may look after every review and stop at will. Independence is not assumed; one
factor per cluster is, because items that err together are not a fair game given the past.
For 0/1 losses bet j is the likelihood ratio of Bernoulli((1 - f_j) eps) against Bernoulli(eps).

Sources: Ville (1939); Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024).
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from remit.evidence.ranges import require_count, require_loss, require_open_unit, require_tolerance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BETS = 20
_WEIGHTS = range(1, _BETS + 1)  # w_j = j/210, kept whole so that no data gives a log-wealth of exactly 0
_FRACTIONS = tuple(j / _BETS for j in _WEIGHTS)
_PRECISION = 1e-13  # relative width at which the bisection of the displayed bound stops


@dataclass(slots=True)
class Promotion:
    """One running test. Sticky: `crossed` stays true once wealth has reached 1/alpha, which is what Ville's bound is about."""

    tolerance: float
    alpha: float
    bound: float = 1.0
    log_wealth: float = field(default=0.0, init=False)
    crossed: bool = field(default=False, init=False)
    _log_bets: list[float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the ranges and start every bet with wealth 1."""
        require_tolerance(self.tolerance, self.bound)
        require_open_unit("alpha", self.alpha)
        self._log_bets = [0.0] * _BETS

    def update(self, loss: float) -> None:
        """Multiply every bet by its factor for one observation (the loss of one closed cluster)."""
        require_loss(loss, self.bound)
        factors = _log_factors(loss, self.tolerance, self.bound)
        self._log_bets = [wealth + factor for wealth, factor in zip(self._log_bets, factors, strict=True)]
        self.log_wealth = _log_mixture(self._log_bets)
        self.crossed = self.crossed or self.log_wealth >= -math.log(self.alpha)


def log_wealth_of(counts: Mapping[float, int], *, tolerance: float, bound: float = 1.0) -> float:
    """Recompute log E_t from how often each loss was seen; exact in any order, because the factors commute.

    This is the wealth now. Whether it ever crossed before is a fact about the path, which counts cannot know.
    """
    require_tolerance(tolerance, bound)
    _require_counts(counts, bound)
    return _log_wealth_at(counts, tolerance, bound)


def log_wealth(n: int, errors: int, *, tolerance: float) -> float:
    """Give log E_t for 0/1 losses after `n` reviews of which `errors` were wrong."""
    require_count("n", n)
    require_count("errors", errors, most=n)
    return log_wealth_of({0.0: n - errors, 1.0: errors}, tolerance=tolerance)


def reviews_needed(errors: int, *, tolerance: float, alpha: float) -> int:
    """Give the smallest n at which `errors` errors in n reviews promote, the table to show before a pilot starts."""
    require_count("errors", errors)
    return errors + answers_needed({1.0: errors}, tolerance=tolerance, alpha=alpha)


def answers_needed(
    counts: Mapping[float, int], *, tolerance: float, alpha: float, clean_loss: float = 0.0, bound: float = 1.0
) -> int:
    """Give how many further answers of `clean_loss` bring the wealth to 1/alpha; 0 if it is there now.

    Wealth rises strictly with every clean answer, so bisection finds the first crossing. It ends because there is an upper
    limit: the mixture is at least w_j times bet j, and bet j alone gets there after
    ceil((log(1/(alpha w_j)) - log W_j) / log(1 + lam_j (eps - clean_loss))) answers, finite for every bet not yet broke;
    bets 1 to 19 never go broke. A `clean_loss` at or above the tolerance would never promote and is refused.
    """
    require_open_unit("alpha", alpha)
    require_loss(clean_loss, bound)
    if log_wealth_of(counts, tolerance=tolerance, bound=bound) >= -math.log(alpha):
        return 0
    short, enough = 0, _upper_limit(_log_bets_of(counts, tolerance, bound), _gains(clean_loss, tolerance, bound), alpha)
    while enough - short > 1:
        middle = (short + enough) // 2
        after = {**counts, clean_loss: counts.get(clean_loss, 0) + middle}
        crossed = _log_wealth_at(after, tolerance, bound) >= -math.log(alpha)
        short, enough = (short, middle) if crossed else (middle, enough)
    return enough


def error_rate_upper(counts: Mapping[float, int], *, alpha: float, bound: float = 1.0) -> float:
    """Give the upper end of {eps0 : E_t(eps0) < 1/alpha}, a time-uniform 1 - alpha upper bound on the mean loss.

    Condition: the conditional mean loss never falls below mu (constant, say). Then the figure is at or below mu at some t with
    probability alpha at most, so it may be shown after every review, where a Clopper-Pearson bound may not.
    It is an interval because every factor rises with eps0: d/d eps0 of (eps0 - x)/(B - eps0) is (B - x)/(B - eps0)^2 >= 0.
    No data, or full errors only, give the trivial bound: the largest mean loss there can be.
    """
    require_open_unit("alpha", alpha)
    _require_counts(counts, bound)
    inside, outside = 0.0, min(bound, 1.0)  # weighting by 1/probability raises B above 1, never the mean
    while outside - inside > _PRECISION * outside:
        middle = (inside + outside) / 2
        crossed = _log_wealth_at(counts, middle, bound) >= -math.log(alpha)
        inside, outside = (inside, middle) if crossed else (middle, outside)
    return outside


def error_rate_lower(counts: Mapping[float, int], *, alpha: float) -> float:
    """Give a time-uniform 1 - alpha lower bound on the mean of losses in [0, 1]: one less the upper bound on their complement.

    Condition: the conditional mean loss never rises above mu. With `error_rate_upper`, each at alpha/2, it is an interval.
    """
    _require_counts(counts, 1.0)
    complement: Counter[float] = Counter()
    for loss, count in counts.items():
        complement[1.0 - loss] += count  # losses too small to tell from none have one complement
    return 1.0 - error_rate_upper(complement, alpha=alpha)


def trial_alpha(alpha: float, trial: int) -> float:
    """Give 6 alpha / (pi^2 v^2), the error budget of trial v = 1, 2, ...: over all trials together they spend alpha."""
    require_open_unit("alpha", alpha)
    require_count("trial", trial, least=1)
    return 6 * alpha / (math.pi * trial) ** 2


def _require_counts(counts: Mapping[float, int], bound: float) -> None:
    if not 0.0 < bound < math.inf:
        msg = f"bound must be finite and above 0, found {bound!r}"
        raise ValueError(msg)
    for loss, count in counts.items():
        require_loss(loss, bound)
        require_count(f"the count of loss {loss!r}", count)


def _log_wealth_at(counts: Mapping[float, int], tolerance: float, bound: float) -> float:
    return _log_mixture(_log_bets_of(counts, tolerance, bound))


def _log_bets_of(counts: Mapping[float, int], tolerance: float, bound: float) -> list[float]:
    # A count of 0 is left out, since 0 times -inf is NaN; fsum rounds once, so the order of the mapping leaves no trace.
    seen = [(count, _log_factors(loss, tolerance, bound)) for loss, count in counts.items() if count]
    return [math.fsum(count * factors[j] for count, factors in seen) for j in range(_BETS)]


@lru_cache(maxsize=1024)  # losses are few and come again at every answer
def _log_factors(loss: float, tolerance: float, bound: float) -> tuple[float, ...]:
    # The payoff of the full bet first: this quotient is exactly -1 at a full error, where lam_j (eps - x) may round below.
    payoff = (tolerance - loss) / (bound - tolerance)
    return tuple(_log1p(fraction * payoff) for fraction in _FRACTIONS)


def _log1p(value: float) -> float:
    # math.log1p raises at -1; there the bet is broke, and stays so because -inf plus a finite number is -inf.
    return math.log1p(value) if value > -1.0 else -math.inf


def _log_mixture(log_bets: Sequence[float]) -> float:
    # The largest is taken out so that exp cannot overflow. It is finite: bet 1 keeps at least 95 % at every factor.
    top = max(log_bets)
    shares = (weight * math.exp(bet - top) for weight, bet in zip(_WEIGHTS, log_bets, strict=True))
    return top + math.log(math.fsum(shares) / sum(_WEIGHTS))


def _gains(clean_loss: float, tolerance: float, bound: float) -> tuple[float, ...]:
    if not clean_loss < tolerance:
        msg = f"clean_loss must be below the tolerance {tolerance!r} or no number of answers promotes, found {clean_loss!r}"
        raise ValueError(msg)
    return _log_factors(clean_loss, tolerance, bound)


def _upper_limit(log_bets: Sequence[float], gains: Sequence[float], alpha: float) -> int:
    parts = zip(_WEIGHTS, log_bets, gains, strict=True)
    limits = ((-math.log(alpha) - math.log(w / sum(_WEIGHTS)) - bet) / gain for w, bet, gain in parts if gain > 0.0)
    limit = min(limits, default=math.inf)
    if limit == math.inf:
        msg = f"a clean answer must gain enough for a float to hold, found at most {max(gains)!r}: raise the tolerance"
        raise ValueError(msg)
    return math.ceil(limit)
