"""How many automated actions people still look at: enough reviews to find a drift in time. It draws nothing itself.

A drift from the tolerance eps to p1 = times x eps is found by the e-SR detector with run length A after about

    D = log(A KL) / KL,    KL = p1 log(p1/eps) + (1 - p1) log((1 - p1)/(1 - eps))

sampled reviews (measured delay / D at A of 1,000 and more: 0.85 to 1.03 once it has run a while, 0.99 to 1.11 if just begun).
Condition: the draw is uniform, and its probability is fixed before it.

While these D reviews come in at a share r of the actions, D (1 - r)/r others are carried out unseen, and at the rate p1 about
p1 D (1 - r)/r of them are wrong. So at most H errors are expected to escape where

    r >= 1/(1 + H/(p1 D)).

The share may rise while there is reason for it (`escalated`): it is then a function of what was seen, fixed before each draw,
which is all that the detector asks of it. From 5 % to 50 % finds a fourfold error rate as fast as a fixed 20 %, for 5.5 % on
average (`make bench ONLY=evidence`).

Sources: Lorden (1971) and Pollak (1985) for log(A)/KL; the KL beside A is there because the Shiryaev-Roberts sum starts
afresh at every review: dM/dt = KL M + 1 reaches A at log(1 + A KL)/KL.
"""

from __future__ import annotations

import math

from remit.evidence.ranges import require_open_unit, require_run_length

_WARNING = math.log(2.0)  # clean answers keep the e-CUSUM below 1, and the first full error takes it to 8.5 (less near the bound)


def bernoulli_kl(p: float, q: float) -> float:
    """Give the Kullback-Leibler divergence of Bernoulli(p) from Bernoulli(q) in nats: the evidence one review brings."""
    require_open_unit("p", p)
    require_open_unit("q", q)
    return p * math.log(p / q) + (1.0 - p) * (math.log1p(-p) - math.log1p(-q))


def reviews_to_detect(tolerance: float, average_run_length: float, times: float = 4.0) -> float:
    """Give D, the sampled reviews it takes to find that the error rate is `times` the tolerance.

    The formula is asymptotic in A KL. Below e it falls short and at 1 it vanishes, which would let a small team sample
    nothing; there D is held at 1/KL, and at A where that is less, since the evidence grows by about one a review anyway
    (measured at A of 20 to 91: 0.8 to 1.3 of this figure).
    """
    require_open_unit("tolerance", tolerance)
    require_run_length(average_run_length)
    if not 1.0 < times < 1.0 / tolerance:
        msg = f"times must be above 1 and times x tolerance below 1 (tolerance {tolerance!r}), found {times!r}"
        raise ValueError(msg)
    kl = bernoulli_kl(times * tolerance, tolerance)
    strength = average_run_length * kl
    return max(math.log(strength), 1.0) / kl if strength > 1.0 else average_run_length


def rate(base_rate: float, *, reviews_needed: float, days: float, actions_per_day: float) -> float:
    """Give the share of actions to review: `reviews_needed` within `days`, clipped to [base_rate, 1].

    A rate of 1 may still be too little: ask `enough_volume` before trusting it.
    """
    if not 0.0 <= base_rate <= 1.0:
        msg = f"base_rate must lie in [0, 1], found {base_rate!r}"
        raise ValueError(msg)
    actions = _actions(reviews_needed, days, actions_per_day)
    return max(base_rate, reviews_needed / actions) if actions > reviews_needed else 1.0


def escalated(base_rate: float, highest_rate: float, *, log_warning: float) -> float:
    """Give the share to review next: `highest_rate` while the e-CUSUM (`drift.Cusum.log_evidence`) is above 2, else `base_rate`.

    Ask before the draw, with what was seen until then. A base above the highest stays: a warning never makes people look less.
    """
    for name, value in (("base_rate", base_rate), ("highest_rate", highest_rate)):
        if not 0.0 <= value <= 1.0:
            msg = f"{name} must lie in [0, 1], found {value!r}"
            raise ValueError(msg)
    if math.isnan(log_warning):
        msg = "log_warning must be a number, found nan"
        raise ValueError(msg)
    return max(base_rate, highest_rate) if log_warning > _WARNING else base_rate


def rate_for_harm(harm_cap: float, *, drifted_rate: float, reviews_needed: float) -> float:
    """Give the smallest share of actions to review at which at most `harm_cap` errors are expected to escape.

    They escape unseen while an error rate of `drifted_rate` waits to be found, which takes `reviews_needed` reviews. Holds in
    expectation, for a drift to this rate that begins once the level is in force; a smaller drift takes longer and lets more
    escape. Oracle: tolerance .02, drifted to .08, run length 7,300, at most 100 errors: 8.3 %.
    """
    require_open_unit("drifted_rate", drifted_rate)
    for name, value in (("harm_cap", harm_cap), ("reviews_needed", reviews_needed)):
        if not 0.0 < value < math.inf:
            msg = f"{name} must be finite and above 0, found {value!r}"
            raise ValueError(msg)
    return 1.0 / (1.0 + harm_cap / (drifted_rate * reviews_needed))


def enough_volume(*, reviews_needed: float, days: float, actions_per_day: float) -> bool:
    """Say whether reviewing everything finds the drift within `days`; if not, there are too few actions to supervise."""
    return _actions(reviews_needed, days, actions_per_day) >= reviews_needed


def _actions(reviews_needed: float, days: float, actions_per_day: float) -> float:
    for name, value in (("reviews_needed", reviews_needed), ("days", days)):
        if not 0.0 < value < math.inf:
            msg = f"{name} must be finite and above 0, found {value!r}"
            raise ValueError(msg)
    if not 0.0 <= actions_per_day < math.inf:
        msg = f"actions_per_day must be finite and not negative, found {actions_per_day!r}"
        raise ValueError(msg)
    return days * actions_per_day
