"""Level 4's threshold: above which confidence the error rate lies below the tolerance. It never takes confidence at its word.

For each threshold tau of a grid fixed beforehand, H_tau says that the selective risk R(tau) = E[loss | confidence >= tau] is at
least eps. Each has its own promotion test, fed with the reviewed items at or above tau. They are accepted in one fixed order,
from the highest tau down, for as long as each has *ever* reached wealth 1/delta; the last accepted is active.

Validity: let tau* be the first of the order with R(tau*) >= eps. A threshold with too high a risk can become active only if tau*
was accepted, and by Ville its wealth ever reaches 1/delta with probability delta at most. So P(any threshold ever active has a
risk above eps) <= delta, at any time, whatever the shape of the risk: it need not fall with confidence, which may be worthless.

Conditions: the grid does not depend on the labels; reviewed items are drawn without regard to their content; given the past, the
mean loss at or above tau* is at least eps while H_tau* holds. Where items above the active threshold are reviewed with a
probability r only, go on with loss / r for those drawn and 0 for the others, and a bound of 1/r.

What it costs, and when it finds nothing: `docs/explanation/evidence.md`.

Sources: Ville (1939) and `promotion`; fixed-sequence testing: Maurer, Hothorn and Lehmacher (1995), and for thresholds
Angelopoulos et al., "Learn then test", AoAS 19 (2025).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from remit.evidence.promotion import Promotion
from remit.evidence.ranges import require_loss, require_open_unit

_ROUNDING = 1e-9  # 0.55 of 100 is 55 on paper and a little more as a float

COVERAGES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""The shares of traffic whose thresholds are tried; the first is large enough to gather evidence, so that it blocks no other."""


@dataclass(slots=True)
class Thresholds:
    """One running selection over a grid, which is put in falling order. Sticky: what was accepted once stays accepted."""

    tolerance: float
    delta: float
    grid: tuple[float, ...]
    bound: float = 1.0
    _tests: tuple[Promotion, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check grid and ranges, and begin one test per threshold."""
        if not self.grid:
            msg = "grid must hold at least one threshold, found none"
            raise ValueError(msg)
        for threshold in self.grid:
            _require_finite("a threshold", threshold)
        require_open_unit("delta", self.delta)
        self.grid = tuple(sorted(set(self.grid), reverse=True))
        self._tests = tuple(Promotion(self.tolerance, self.delta, self.bound) for _ in self.grid)

    @property
    def active(self) -> float | None:
        """The lowest accepted threshold, None while there is none."""
        accepted = None
        for threshold, test in zip(self.grid, self._tests, strict=True):
            if not test.crossed:
                break
            accepted = threshold
        return accepted

    @property
    def log_wealth(self) -> tuple[float, ...]:
        """The log-wealth of each threshold, in the order of `grid`."""
        return tuple(test.log_wealth for test in self._tests)

    def update(self, confidence: float, loss: float) -> None:
        """Take in one reviewed item, in the order in which items were reviewed."""
        _require_finite("confidence", confidence)
        require_loss(loss, self.bound)
        for threshold, test in zip(self.grid, self._tests, strict=True):
            if confidence >= threshold:
                test.update(loss)


def select(
    confidences: Sequence[float], losses: Sequence[float], *, tolerance: float, delta: float, grid: Iterable[float]
) -> float | None:
    """Give the lowest certified threshold after these reviewed items, or None.

    `confidences` and `losses` (in [0, 1]) are of one length and in the order of review: a threshold that was accepted on the way
    stays so. Raises ValueError for unequal lengths, an empty grid, or what is no number.
    """
    if len(confidences) != len(losses):
        msg = f"confidences and losses must be of one length, found {len(confidences)} and {len(losses)}"
        raise ValueError(msg)
    thresholds = Thresholds(tolerance, delta, tuple(grid))
    for confidence, loss in zip(confidences, losses, strict=True):
        thresholds.update(confidence, loss)
    return thresholds.active


def coverage_grid(confidences: Iterable[float], coverages: Sequence[float] = COVERAGES) -> tuple[float, ...]:
    """Give the thresholds that pass these shares of the traffic, in falling order, from confidences nobody has labelled.

    Each is an observed confidence: the highest that at least that share lies at or above. Equal ones (a model that says 0.8, 0.9
    or 0.95) are one threshold, so the grid may be shorter. Raises ValueError without confidences or for a share outside (0, 1].
    """
    ordered = sorted(confidences, reverse=True)
    for confidence in ordered:
        _require_finite("confidence", confidence)
    if not ordered or not all(0.0 < share <= 1.0 for share in coverages):
        msg = f"a grid needs confidences and shares in (0, 1], found {len(ordered)} confidences and {tuple(coverages)!r}"
        raise ValueError(msg)
    ranks = {max(1, math.ceil(share * len(ordered) - _ROUNDING)) for share in coverages}
    return tuple(sorted({ordered[rank - 1] for rank in ranks}, reverse=True))


def _require_finite(name: str, value: float) -> None:
    if not math.isfinite(value):
        msg = f"{name} must be a finite number, found {value!r}"
        raise ValueError(msg)
