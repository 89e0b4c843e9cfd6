"""A mandate as people write it: what level 4 may optimise, inside which band, and when it has to stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import msgspec

from remit.core.documents import Sentence

Ppm = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateSpec:
    """Many small moves, approved once: shares and bounds are millionths of all traffic.

    The setting stays between `lowest_ppm` and `highest_ppm`, moves by at most `step_ppm` and at most `moves_per_day` times a day,
    not before every arm has `smallest_sample` visitors. `holdout_ppm` always stays with the control. A split whose chi-square
    test falls below `sample_ratio_alpha` stops everything, and so does an arm that is worse than the control by more than
    `stop_when_worse_by_ppm` (of the metric, with 95 % confidence), and the day `until`.
    """

    metric: Sentence
    lowest_ppm: Ppm
    highest_ppm: Ppm
    step_ppm: Ppm
    moves_per_day: Annotated[int, msgspec.Meta(ge=1, le=1440)]
    smallest_sample: Annotated[int, msgspec.Meta(ge=1)]
    holdout_ppm: Ppm
    stop_when_worse_by_ppm: Ppm
    until: date
    sample_ratio_alpha: Annotated[float, msgspec.Meta(gt=0, lt=0.5)] = 0.001
