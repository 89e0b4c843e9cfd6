"""The certificate of level 4: above which confidence an agent may skip an approval, because there it was shown to be good enough.

An agent says how sure it is. What that is worth is learnt from answers: thresholds are tried from the strictest down, each with
its own test, and the lowest one that was accepted together with all above it is certified (`evidence/threshold.py`). The
thresholds are fixed from confidences that nobody had graded, before the first answer that counts for them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from remit.core import bar
from remit.core.approval import FULL_PPM
from remit.core.evidence_spec import EvidenceSpec
from remit.core.level_facts import Graded
from remit.evidence import calibration, threshold

GRID_AFTER = 100
"""After so many proposals whose confidence is known the thresholds are fixed."""

THIN = 20
"""With fewer graded items at a confidence nothing is said about what it is worth."""

_PERCENT = FULL_PPM // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """What is known of an agent's confidence in one trial. `fixed_at` is when the thresholds were fixed.

    `unlabelled` counts confidences before the thresholds are fixed, `grid` holds these in falling order; `losses` counts
    observations by loss for each, `accepted` says which have ever reached the bar. `by_percent` sums items and losses at each
    stated percent, for people to look at.
    """

    unlabelled: Mapping[int, int] | None = None
    grid: tuple[int, ...] = ()
    losses: tuple[Mapping[int, int], ...] = ()
    accepted: tuple[bool, ...] = ()
    by_percent: Mapping[int, tuple[int, int]] | None = None
    fixed_at: datetime | None = None

    @property
    def threshold(self) -> int | None:
        """The lowest confidence that may be certified, in millionths; None while there is none."""
        found = None
        for level, accepted in zip(self.grid, self.accepted, strict=True):
            if not accepted:
                break
            found = level
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What was certified: at or above this confidence, for this suite, until a moment."""

    threshold_ppm: int
    suite: str
    until: datetime

    def holds(self, *, suite: str, now: datetime) -> bool:
        """Whether it is in force: not expired, and for the suite of today's charter."""
        return self.suite == suite and now < self.until


def proposed(known: Confidence, confidence_ppm: int | None, at: datetime) -> Confidence:
    """Take in the confidence of a proposal nobody has graded; one that states none counts as not sure at all."""
    if known.grid:
        return known
    counts = Counter(known.unlabelled or {})
    counts[confidence_ppm or 0] += 1
    if counts.total() < GRID_AFTER:
        return replace(known, unlabelled=dict(counts))
    grid = tuple(round(one) for one in threshold.coverage_grid(counts.elements()))
    return replace(known, unlabelled=None, grid=grid, losses=({},) * len(grid), accepted=(False,) * len(grid), fixed_at=at)


def early(known: Confidence | None, opened_at: datetime) -> bool:
    """Whether what began then was there before the thresholds were fixed: they may have been made with it in mind."""
    return known is None or known.fixed_at is None or opened_at <= known.fixed_at


def looked_at(known: Confidence, items: Sequence[Graded]) -> Confidence:
    """Take in what the confidence of each item was worth."""
    seen = dict(known.by_percent or {})
    for one in items:
        n, total = seen.get(one.confidence_ppm // _PERCENT, (0, 0))
        seen[one.confidence_ppm // _PERCENT] = n + 1, total + one.loss_ppm
    return replace(known, by_percent=seen)


def graded(known: Confidence, items: Sequence[Graded], spec: EvidenceSpec, trial: int, miss_ppm: int | None) -> Confidence:
    """Take in one closed cluster: for each threshold, the mean loss of its items at or above it."""
    needed = -math.log(bar.delta(spec, trial, miss_ppm))
    losses, accepted = list(known.losses), list(known.accepted)
    for place, level in enumerate(known.grid):
        inside = [one.loss_ppm for one in items if one.confidence_ppm >= level]
        if not inside:
            continue
        mean = round(math.fsum(inside) / len(inside))
        losses[place] = {**losses[place], mean: losses[place].get(mean, 0) + 1}
        accepted[place] = accepted[place] or bar.log_wealth(spec, losses[place], miss_ppm) >= needed
    return replace(known, losses=tuple(losses), accepted=tuple(accepted))


def answers_needed(known: Confidence, spec: EvidenceSpec, trial: int, miss_ppm: int | None) -> int | None:
    """Return how many clean observations at or above the strictest threshold it still takes; None before thresholds are fixed."""
    if not known.grid:
        return None
    return bar.answers_within(spec, known.losses[0], bar.delta(spec, trial, miss_ppm), miss_ppm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a stated confidence was worth: `right` is the share (0 to 1) that was right, None where too few were looked at."""

    percent: int
    items: int
    right: float | None


def worth(known: Confidence) -> list[Worth]:
    """Map stated confidences through what reviewers found, in rising order, never falling; withheld where there is too little."""
    levels = sorted((known.by_percent or {}).items())
    right = calibration.isotonic([1 - total / n / FULL_PPM for _, (n, total) in levels], [float(n) for _, (n, _) in levels])
    known_enough = (share if n >= THIN else None for share, (_, (n, _)) in zip(right, levels, strict=True))
    return [Worth(percent=at, items=n, right=share) for (at, (n, _)), share in zip(levels, known_enough, strict=True)]
