"""Many use cases at once: how many of those promoted are bad, taken together. It knows them by number.

By default each use case has its own alpha, and of a hundred bad ones some five will be promoted one day. e-BH bounds instead the
false discovery rate, the expected share of bad ones among the promoted: FDR <= alpha m0/m <= alpha, with m0 bad ones of m.

e-BH: promote the R largest e-values, R being the largest number with R-th largest e >= m/(alpha R). Valid under any dependence
between the e-values (Wang and Ramdas, "False discovery rate control with e-values", JRSS B 84, 2022).

Over time, the e-value of a use case is frozen when it is promoted (`Portfolio`); the others go on. Frozen values are stopped
e-processes, hence e-values, so FDR <= alpha whenever one stops, and the promoted set only grows. Conditions: m is fixed
beforehand, and each wealth is valid given the data of the others too. Running maxima are no e-values: e-BH on them is NOT valid
(Tavyrikov, Goeman and de Heide, "Carefree multiple testing with e-processes", arXiv 2501.19360, 2025).

Where use cases come one after the other without an end, e-LOND tests each once, when it comes (Xu and Ramdas, "Online multiple
testing with e-values", AISTATS 2024): reject e_t >= 1/(alpha gamma_t (R_{t-1} + 1)), gamma_t = 6/(pi^2 t^2), and FDR <= alpha.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from remit.evidence.ranges import require_count, require_open_unit

_ROUNDING = 1e-12  # e = m/(alpha R) promotes on paper, and 2/(0.1 x 1) may be a little more than 20 as a float


def e_bh(e_values: Sequence[float], alpha: float) -> list[int]:
    """Give the positions of the e-values that e-BH rejects, in rising order; none without e-values. An e-value may be inf."""
    require_open_unit("alpha", alpha)
    _require_e_values(e_values)
    size = len(e_values)
    order = sorted(range(size), key=lambda position: (-e_values[position], position))
    enough = [rank for rank, at in enumerate(order, 1) if _reaches(e_values[at], size / (alpha * rank))]
    return sorted(order[: max(enough, default=0)])


def e_lond(e_values: Sequence[float], alpha: float) -> list[int]:
    """Give the positions of the e-values that e-LOND rejects, each judged when it came, knowing only those before it."""
    require_open_unit("alpha", alpha)
    _require_e_values(e_values)
    rejected: list[int] = []
    for position, e_value in enumerate(e_values):
        gamma = 6.0 / (math.pi * (position + 1)) ** 2
        if _reaches(e_value, 1.0 / (alpha * gamma * (len(rejected) + 1))):
            rejected.append(position)
    return rejected


@dataclass(slots=True)
class Portfolio:
    """Frozen e-BH over `size` use cases, those included that have not begun; their number must not change afterwards.

    `promoted` maps each promoted number to the wealth it was promoted with.
    """

    size: int
    alpha: float
    promoted: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the ranges."""
        require_count("size", self.size, least=1)
        require_open_unit("alpha", self.alpha)

    def look(self, wealth: Mapping[int, float]) -> list[int]:
        """Promote by the wealth of now, by number in 0 .. size - 1, and return who was promoted newly, in rising order.

        Give all that changed since the last look, at least; a number that is left out or has not begun stands at 0, those
        promoted before at what they were promoted with. Wealth is that of now, never the highest it had.
        """
        for number in wealth:
            require_count("a number", number, most=self.size - 1)
        e_values = [0.0] * self.size
        for number, e_value in {**wealth, **self.promoted}.items():
            e_values[number] = e_value
        newly = [number for number in e_bh(e_values, self.alpha) if number not in self.promoted]
        self.promoted |= {number: e_values[number] for number in newly}
        return newly


def _reaches(e_value: float, needed: float) -> bool:
    return e_value >= needed * (1.0 - _ROUNDING)


def _require_e_values(e_values: Sequence[float]) -> None:
    for e_value in e_values:
        if not e_value >= 0.0:
            msg = f"an e-value must be 0 or more, found {e_value!r}"
            raise ValueError(msg)
