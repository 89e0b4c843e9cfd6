"""Fifty use cases judged together day by day: how many of those promoted are bad, and what the good ones pay for that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.lockstep import Wealths
from remit.evidence.portfolio import Portfolio

ALPHA, TOLERANCE, PER_DAY = 0.05, 0.05, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """`rate` is the largest over the days of the mean share of bad ones among the promoted, `error` its standard error.

    `reviews` and `alone` are the mean reviews a good use case took, together and each with its own alpha. One that was never
    promoted counts with all its reviews.
    """

    rate: float
    error: float
    reviews: float
    alone: float


def judge(*, use_cases: int = 50, bad: float = 0.3, days: int = 400, runs: int, seed: int) -> Discovered:
    """Judge good ones of 0.05 to 0.6 times the tolerance beside bad ones exactly at it, where false promotion is likeliest."""
    chance = np.random.default_rng(seed)
    lost = round(use_cases * bad)
    shares, together, alone = np.zeros((runs, days)), [], []
    for run in range(runs):
        rates = np.concatenate([np.full(lost, 1.0), chance.uniform(0.05, 0.6, use_cases - lost)]) * TOLERANCE
        wealths, portfolio = Wealths(use_cases, TOLERANCE), Portfolio(use_cases, ALPHA)
        when, when_alone = np.full(use_cases, days), np.full(use_cases, days)
        for day in range(days):
            errors = chance.binomial(PER_DAY, rates)
            wealths.update_counts(PER_DAY - errors, errors)
            newly = portfolio.look(dict(enumerate(wealths.values.tolist())))
            when[newly] = day + 1
            when_alone = np.where((when_alone == days) & (wealths.values >= 1 / ALPHA), day + 1, when_alone)
            shares[run, day] = sum(number < lost for number in portfolio.promoted) / max(1, len(portfolio.promoted))
        together.append(when[lost:].mean() * PER_DAY)
        alone.append(when_alone[lost:].mean() * PER_DAY)
    worst = int(shares.mean(axis=0).argmax())
    return Discovered(
        rate=float(shares[:, worst].mean()),
        error=float(shares[:, worst].std(ddof=1) / np.sqrt(runs)),
        reviews=float(np.mean(together)),
        alone=float(np.mean(alone)),
    )
