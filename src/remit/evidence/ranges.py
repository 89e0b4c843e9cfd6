"""The ranges in which the statistics of this room are defined. It refuses everything else and names what it found.

Every check is written so that NaN fails it: a NaN compares false with everything, so each test asks for membership.
"""

from __future__ import annotations

import math

_LARGEST_COUNT = 2**53  # beyond it a float no longer counts by ones


def require_open_unit(name: str, value: float) -> None:
    """Refuse a rate, level or tolerance that is not strictly between 0 and 1."""
    if not 0.0 < value < 1.0:
        msg = f"{name} must lie strictly between 0 and 1, found {value!r}"
        raise ValueError(msg)


def require_tolerance(tolerance: float, bound: float) -> None:
    """Refuse a tolerance that is not a rate, or that no loss up to `bound` could exceed."""
    require_open_unit("tolerance", tolerance)
    if not tolerance < bound < math.inf:
        msg = f"bound must be finite and above the tolerance {tolerance!r}, found {bound!r}"
        raise ValueError(msg)


def require_loss(loss: float, bound: float) -> None:
    """Refuse a loss outside [0, bound]: the wealth is a supermartingale only inside."""
    if not 0.0 <= loss <= bound:
        msg = f"loss must lie in [0, {bound!r}], found {loss!r}"
        raise ValueError(msg)


def require_count(name: str, value: float, *, least: int = 0, most: int = _LARGEST_COUNT) -> None:
    """Refuse a count that is not a whole number between `least` and `most`."""
    if not isinstance(value, int) or not least <= value <= most:
        msg = f"{name} must be a whole number from {least} to {most}, found {value!r}"
        raise ValueError(msg)


def require_run_length(average_run_length: float) -> None:
    """Refuse a run length that is infinite (no alarm ever) or below one review (always an alarm)."""
    if not 1.0 <= average_run_length < math.inf:
        msg = f"average_run_length must be a finite number of reviews, at least 1, found {average_run_length!r}"
        raise ValueError(msg)
