"""How much of what runs alone people still look at, and whether there is enough of it to be supervised at all."""

from __future__ import annotations

import math

from remit.core import bar
from remit.core.approval import FULL_PPM
from remit.core.evidence_spec import EvidenceSpec
from remit.core.level import Evidence
from remit.evidence import sampling

_DRIFT_TIMES = 4.0


def qa_rate_ppm(spec: EvidenceSpec, *, actions_per_day: float, harm_cap: float | None = None) -> int:
    """Return the share of actions drawn for review at level 3: the charter's rate, raised where it is too low.

    Too low for the volume, so that a drift would not be noticed in time, or for the errors that may be expected to escape until
    then: the charter's harm cap, else `harm_cap`, that of the risk statement.
    """
    needed, drifted = _reviews_to_detect(spec)
    rate = sampling.rate(spec.qa_rate, reviews_needed=needed, days=spec.detect_days, actions_per_day=actions_per_day)
    cap = harm_cap if spec.harm_cap is None else spec.harm_cap
    if cap is None:
        return round(rate * FULL_PPM)
    capped = sampling.rate_for_harm(cap, drifted_rate=drifted, reviews_needed=needed)
    return max(round(rate * FULL_PPM), math.ceil(capped * FULL_PPM))


def supervisable(spec: EvidenceSpec, *, actions_per_day: float) -> bool:
    """Say whether looking at everything would find a fourfold error rate within the charter's days."""
    needed, _ = _reviews_to_detect(spec)
    return sampling.enough_volume(reviews_needed=needed, days=spec.detect_days, actions_per_day=actions_per_day)


def actions_to_supervise(spec: EvidenceSpec) -> float:
    """Return how many actions a day it takes to be supervised."""
    return _reviews_to_detect(spec)[0] / spec.detect_days


def _reviews_to_detect(spec: EvidenceSpec) -> tuple[float, float]:
    """Return how many reviews find a drift, and the error rate it has then as reviewers see it."""
    tolerance = bar.tolerance(spec)
    times = min(_DRIFT_TIMES, 0.9 / tolerance)  # a rate cannot pass 1: loose tolerances watch for a smaller multiple
    return sampling.reviews_to_detect(tolerance, bar.run_length(spec), times), times * tolerance


def escalated_ppm(spec: EvidenceSpec, rate_ppm: int, evidence: Evidence) -> int:
    """Return the share drawn next: more while the answers so far warn of a drift."""
    share = sampling.escalated(rate_ppm / FULL_PPM, spec.qa_rate_highest, log_warning=evidence.log_warning)
    return round(share * FULL_PPM)
