"""The bar that evidence has to clear: how strict the test is, and how many clean answers it still takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from remit.core.approval import FULL_PPM
from remit.core.evidence_spec import EvidenceSpec
from remit.evidence import misses, promotion

_MOST_MISSED = 0.999
"""Who misses everything reviews nothing: the test goes on at next to no tolerance, where no number of answers will do."""

Losses = Mapping[int, int]
"""How many observations had which loss, in millionths."""


def miss_rate(spec: EvidenceSpec, measured_ppm: int | None = None) -> float:
    """Return the share of errors that reviewers miss at most: what was measured, else what people assumed and signed."""
    return spec.miss_rate if measured_ppm is None else min(measured_ppm / FULL_PPM, _MOST_MISSED)


def measured_miss_ppm(spec: EvidenceSpec, *, caught: int, missed: int) -> int | None:
    """Bound the share of errors that reviewers miss, from planted ones. None while too few were answered to say.

    It spends half of alpha, once for all trials: the bound holds at every look (`evidence/misses.py`).
    """
    if caught + missed < misses.ENOUGH_PLANTED:
        return None
    return math.ceil(misses.miss_rate_upper(missed, caught + missed, alpha=spec.alpha / 2, assumed=spec.miss_rate) * FULL_PPM)


def tolerance(spec: EvidenceSpec, measured_ppm: int | None = None) -> float:
    """Return the tolerance the test runs at: reviewers miss some errors, so what they see has to be better than the promise."""
    return misses.seen_tolerance(spec.tolerance, miss_rate(spec, measured_ppm))


def alpha(spec: EvidenceSpec, trial: int, measured_ppm: int | None = None) -> float:
    """Return the error budget of one trial; half of it pays for the bound on misses where misses are bounded."""
    return _share(spec, promotion.trial_alpha(spec.alpha, trial), measured_ppm)


def delta(spec: EvidenceSpec, trial: int, measured_ppm: int | None = None) -> float:
    """Return the error budget of a certificate in one trial."""
    return _share(spec, promotion.trial_alpha(spec.certificate.delta, trial), measured_ppm)


def _share(spec: EvidenceSpec, budget: float, measured_ppm: int | None) -> float:
    return budget / 2 if miss_rate(spec, measured_ppm) > 0 else budget


def log_wealth(spec: EvidenceSpec, losses: Losses, measured_ppm: int | None = None) -> float:
    """Return the logarithm of what betting against the tolerance has come to, after these observations."""
    return promotion.log_wealth_of(_shares(losses), tolerance=tolerance(spec, measured_ppm))


def answers_needed(spec: EvidenceSpec, losses: Losses, trial: int, measured_ppm: int | None = None) -> int:
    """Return how many further clean observations clear the bar, counted from these losses."""
    return answers_within(spec, losses, alpha(spec, trial, measured_ppm), measured_ppm)


def answers_within(spec: EvidenceSpec, losses: Losses, budget: float, measured_ppm: int | None = None) -> int:
    """Return how many further clean observations it takes at an error budget."""
    return promotion.answers_needed(_shares(losses), tolerance=tolerance(spec, measured_ppm), alpha=budget)


def _shares(losses: Losses) -> dict[float, int]:
    return {loss / FULL_PPM: n for loss, n in losses.items()}


def e_value(log_wealth_now: float, trial: int) -> float:
    """Return the wealth of a trial as one of many: over all trials of an operation the shares come to 1."""
    return math.exp(min(log_wealth_now, _LARGEST_LOG)) * promotion.trial_alpha(0.5, trial) / 0.5


_LARGEST_LOG = 40.0


def same_test(before: EvidenceSpec, after: EvidenceSpec) -> bool:
    """Whether evidence under one is evidence under the other: another tolerance, budget, loss or cluster is another test."""
    return _test_of(before) == _test_of(after)


def _test_of(spec: EvidenceSpec) -> tuple[object, ...]:
    cluster = spec.cluster.key, spec.cluster.items, spec.cluster.close_after_days
    certified = spec.certificate.delta
    return spec.tolerance, spec.alpha, spec.miss_rate, spec.losses, spec.outcomes, spec.run_length, certified, cluster


def loosened(before: EvidenceSpec, after: EvidenceSpec) -> bool:
    """Whether what was earned before would be earned after: more may be wrong, or more by luck, and nothing else differs."""
    if tolerance(after) < tolerance(before) or after.alpha < before.alpha:
        return False
    same = replace(after, tolerance=before.tolerance, alpha=before.alpha, miss_rate=before.miss_rate)
    return same_test(before, same)


def run_length(spec: EvidenceSpec) -> int:
    """Return the run length of each detector: where two watch, answers and outcomes, each has twice the charter's."""
    return spec.run_length * 2 if spec.outcomes.losses else spec.run_length
