"""Errors that reviewers overlook: how many at most, and how much stricter that makes the test. It knows no reviewer by name.

A reviewer who lets a share beta of the errors pass sees a loss of p (1 - beta) where the truth is p. So "the truth is at least
eps" implies "what is seen is at least eps (1 - beta)", and the promotion test runs at that stricter tolerance.

beta is bounded from planted items, known to be wrong before anybody reads them. With the bound's own error budget alpha_m and
the test's alpha_t, the chance of ever promoting what is worse than eps is at most alpha_m + alpha_t: the bound is time-uniform,
so with probability 1 - alpha_m it never lies below beta, and then the wealth at eps (1 - bound), which rises with the tolerance,
never exceeds the wealth at eps (1 - beta). Both are recomputed from counts at every look; half of alpha for each is the default.

Conditions: planted items are drawn like the others and look like them; a planted item is missed as often as a real error, given
the past. Wrong rejections are not errors in this sense: they only make promotion slower.

Source: Waudby-Smith and Ramdas, JRSS B 86 (2024), for the inverted test (`promotion.error_rate_upper`).
"""

from __future__ import annotations

from remit.evidence.promotion import error_rate_upper
from remit.evidence.ranges import require_count, require_open_unit

ENOUGH_PLANTED = 30
"""Planted items that must be answered before what was measured replaces what was assumed."""


def miss_rate_upper(missed: int, planted: int, *, alpha: float, assumed: float = 0.2) -> float:
    """Give the bound on beta to test with, in [0, 1]: time-uniform at 1 - alpha once `ENOUGH_PLANTED` are answered.

    Before that it is `assumed`, which somebody signed, and must be shown as an assumption. A bound of 1 (everything missed)
    leaves nothing to test.
    """
    require_count("planted", planted)
    require_count("missed", missed, most=planted)
    require_open_unit("alpha", alpha)
    _require_miss_rate(assumed)
    if planted < ENOUGH_PLANTED:
        return assumed
    return error_rate_upper({1.0: missed, 0.0: planted - missed}, alpha=alpha)


def seen_tolerance(tolerance: float, miss_rate: float) -> float:
    """Give eps (1 - beta), what reviewers may see at most where the truth may be `tolerance` at most."""
    require_open_unit("tolerance", tolerance)
    _require_miss_rate(miss_rate)
    return tolerance * (1.0 - miss_rate)


def _require_miss_rate(miss_rate: float) -> None:
    if not 0.0 <= miss_rate < 1.0:
        msg = f"a miss rate must lie in [0, 1): who misses everything reviews nothing, found {miss_rate!r}"
        raise ValueError(msg)
