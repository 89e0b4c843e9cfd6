"""When an action that a connected system did not take goes there again, and when Remit gives up.

Only what surely did not happen is tried again. What is unclear is looked up, never repeated.
"""

from __future__ import annotations

from datetime import timedelta

MOST_TRIES = 10
_FIRST, _LONGEST = timedelta(seconds=2), timedelta(minutes=15)


def next_try(tries: int, retry_after_seconds: int | None = None) -> timedelta | None:
    """Return how long to wait after so many tries that were not taken; None when it is time to give up.

    Twice as long each time, from 2 seconds to 15 minutes, and never shorter than the system asks for, up to an hour.
    """
    if tries >= MOST_TRIES:
        return None
    asked = timedelta(seconds=min(max(retry_after_seconds or 0, 0), 3600))
    own = _FIRST * (1 << max(tries - 1, 0))
    return max(asked, min(own, _LONGEST))
