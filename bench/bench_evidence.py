"""What one observation costs: CPU time of one KM20 update and one e-SR update, against their budgets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from remit.evidence.drift import Drift
from remit.evidence.promotion import Promotion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_UPDATES = 20_000
_BUDGET_US = 50.0
# One error and one edit in twenty, as a real queue has them: errors are where the full bet takes its other branch.
_LOSSES = (0.0,) * 12 + (0.1,) + (0.0,) * 6 + (1.0,)


def run() -> Iterator[dict[str, object]]:
    """Yield one row per figure."""
    yield _row("KM20 update", Promotion(0.02, 0.05).update, "twenty bets, log-wealth and crossing after every review")
    yield _row("e-SR update", Drift(0.02, 7300.0).update, "nine alternatives, evidence and alarm after every review")


def _row(name: str, update: Callable[[float], None], note: str) -> dict[str, object]:
    value = _microseconds(update)
    return {
        "name": name,
        "value": round(value, 2),
        "unit": "us",
        "budget": _BUDGET_US,
        "ok": value <= _BUDGET_US,
        "n": _UPDATES,
        "note": f"CPU time; {note}",
    }


def _microseconds(update: Callable[[float], None]) -> float:
    started = time.process_time()
    for _ in range(_UPDATES // len(_LOSSES)):
        for loss in _LOSSES:
            update(loss)
    return (time.process_time() - started) / _UPDATES * 1e6
