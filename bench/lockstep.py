"""The tests of `remit.evidence` for thousands of runs at once, one review each at a time. Held to the library in the tests.

Plain wealth instead of logarithms: it ends at 1/alpha or A, and where it falls below the smallest float the run is lost anyway.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remit.evidence.drift import alternatives

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_WEIGHTS = np.arange(1, 21) / 210
_FRACTIONS = np.arange(1, 21) / 20


class Wealths:
    """Promotion tests of one tolerance in [0, 1] losses: `values` is the wealth of each run."""

    def __init__(self, runs: int, tolerance: float, bound: float = 1.0) -> None:
        """Begin with wealth 1 everywhere."""
        self._bets = np.tile(_WEIGHTS, (runs, 1))
        self._clean = 1 + _FRACTIONS / (bound - tolerance) * tolerance
        self._slope = -_FRACTIONS / (bound - tolerance)
        self._error = np.maximum(self._clean + self._slope, 0.0)
        self.values: Floats = np.ones(runs)

    def update(self, losses: Floats, where: Flags | None = None) -> None:
        """Take in one loss per run, or only where it was reviewed."""
        factors = np.maximum(self._clean + losses[:, None] * self._slope, 0.0)
        if where is not None:
            factors[~where] = 1.0
        self._bets *= factors
        self.values = self._bets.sum(axis=1)

    def update_counts(self, clean: NDArray[np.int64], errors: NDArray[np.int64]) -> None:
        """Take in so many 0/1 losses per run at once; only the wealth afterwards is seen."""
        self._bets *= self._clean ** clean[:, None] * self._error ** errors[:, None]
        self.values = self._bets.sum(axis=1)

    def restart(self, where: Flags) -> None:
        """Begin a new trial."""
        self._bets[where] = _WEIGHTS
        self.values[where] = 1.0


def wealth_of_counts(n: NDArray[np.int64], errors: NDArray[np.int64], tolerance: Floats) -> Floats:
    """Return the wealth of each run after n reviews with so many errors, each at its own tolerance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.log1p(_FRACTIONS * tolerance[:, None] / (1 - tolerance[:, None]))
        lost = np.where(errors[:, None] > 0, errors[:, None] * np.log1p(-_FRACTIONS), 0.0)
    return np.asarray(np.exp((n - errors)[:, None] * gain + lost) @ _WEIGHTS, dtype=np.float64)


class Detectors:
    """e-SR and e-CUSUM of one tolerance; `evidence` is mean M, `warning` mean C."""

    def __init__(self, runs: int, tolerance: float) -> None:
        """Begin without evidence."""
        rates = np.array(alternatives(tolerance))
        self._clean = (1 - rates) / (1 - tolerance)
        self._slope = rates / tolerance - self._clean
        self._m, self._c = np.zeros((runs, len(rates))), np.ones((runs, len(rates)))
        self.evidence, self.warning = np.zeros(runs), np.ones(runs)

    def update(self, losses: Floats, where: Flags) -> None:
        """Take in one loss per run where it was reviewed."""
        at = np.flatnonzero(where)
        likelihood = self._clean + losses[at, None] * self._slope
        self._m[at] = likelihood * (self._m[at] + 1)
        self._c[at] = np.minimum(likelihood * np.maximum(self._c[at], 1), 1e200)  # a long drift would pass the largest float
        self.evidence[at], self.warning[at] = self._m[at].mean(axis=1), self._c[at].mean(axis=1)

    def restart(self, where: Flags) -> None:
        """Forget everything, as at promotion."""
        self._m[where], self._c[where] = 0.0, 1.0
        self.evidence[where], self.warning[where] = 0.0, 1.0
