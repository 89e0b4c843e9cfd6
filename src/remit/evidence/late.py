"""Labels that come late: a complaint counts when it comes, silence only after the time in which one would have come.

A mistake may show days after the action, and until then it looks like a success. Counting every silence at once would promote on
what has not had time to fail. So an item counts clean after its window and wrong at once.

Validity: order the items by when their window ends. The wealth over items whose window ended is the supermartingale of
`promotion`, and each factor for an item that is wrong before its window ended is at most 1 (its loss is at least the tolerance),
so what is held never exceeds that supermartingale, and its promise stands. Condition: a loss only grows with time, and nothing
comes after the window (what does is the outcome stream's to find, `drift`).
"""

from __future__ import annotations

import math

from remit.evidence.ranges import require_open_unit


def known_loss(so_far: float, *, age: float, window: float, tolerance: float) -> float | None:
    """Give the loss that may be counted of an item now, or None while it has to wait.

    `so_far` is the worst that is known of it, `age` and `window` are in one unit of time. A loss below the tolerance would raise
    the wealth, so it waits like a clean one; a loss that grew while it waited is counted as it then is, in place of the old one.
    """
    require_open_unit("tolerance", tolerance)
    for name, value in (("so_far", so_far), ("age", age), ("window", window)):
        if not 0.0 <= value < math.inf:
            msg = f"{name} must be finite and not negative, found {value!r}"
            raise ValueError(msg)
    return so_far if age >= window or so_far >= tolerance else None
