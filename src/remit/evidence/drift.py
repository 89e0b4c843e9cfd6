"""Demotion: the mixture Shiryaev-Roberts e-detector (e-SR). It says that error left the tolerance, never when or why.

Beside it runs the e-CUSUM of the same alternatives, which promises nothing and falls back to where it began as soon as answers
are clean again: a warning to look at more, while the detector makes up its mind.

Hypothesis before a change: E[x_t | past] <= eps, with losses x_t in [0, 1]. For each alternative q_j = ratio_j eps below 0.9:

    L_j(x) = (1 - q_j)/(1 - eps) + x (q_j/eps - (1 - q_j)/(1 - eps)),    M_j <- L_j(x) (M_j + 1),    M_j = 0 at the start,

and the alarm sounds when mean_j M_j >= A. Validity: L_j is non-negative, rises linearly in x and has mean 1 at eps, so within
the tolerance E[mean M_t | past] <= mean M_{t-1} + 1 and mean M_t - t is a supermartingale; hence E[T] >= A sampled reviews.
Reviews must be sampled predictably (the probability fixed before the draw). The delay at a true rate p is about
log(A KL)/KL with KL = KL(p, eps).

The e-CUSUM is C_j <- L_j(x) max(C_j, 1), read as mean_j C_j: it forgets everything before the likeliest moment of a change.

Sources: Shiryaev (1963); Roberts (1966); Page (1954) for the CUSUM; Shin, Ramdas and Rinaldo, "E-detectors", NEJSDS (2024).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

from remit.evidence.ranges import require_loss, require_open_unit, require_run_length

_RATIOS = (1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0)
_LARGEST_RATE = 0.9
_ROUNDING = 1e-12  # 24 x 0.0375 is 0.9 on paper and a little less as a float: paper decides


@dataclass(slots=True)
class Drift:
    """One running detector. Sticky: `alarm` stays true until a new detector is begun.

    Begin a new one at promotion, at a version change and after a human override. The evidence of each alternative is held as
    log(1 + M_j): finite and exact to restore before any data (0) and after a million full errors (some three million).
    """

    tolerance: float
    average_run_length: float
    alarm: bool = field(default=False, init=False)
    _lines: tuple[tuple[float, float], ...] = field(init=False, repr=False)
    _log1p_m: tuple[float, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the ranges, fix the alternatives and begin without evidence."""
        require_run_length(self.average_run_length)
        self._lines = _likelihood_lines(self.tolerance)
        self._log1p_m = (0.0,) * len(self._lines)

    @classmethod
    def restore(cls, tolerance: float, average_run_length: float, state: tuple[float, ...]) -> Self:
        """Continue exactly where a detector of the same tolerance and run length gave this `state`."""
        drift = cls(tolerance, average_run_length)
        _require_state(state, length=1 + len(drift._log1p_m))
        drift.alarm, drift._log1p_m = bool(state[0]), tuple(state[1:])
        return drift

    @property
    def state(self) -> tuple[float, ...]:
        """All that the future depends on, finite numbers only: the alarm (0 or 1), then log(1 + M_j) of each alternative."""
        return (float(self.alarm), *self._log1p_m)

    @property
    def log_evidence(self) -> float:
        """The logarithm of mean_j M_j; -inf before any data."""
        top = max(self._log1p_m)
        excess = (math.exp(held - top) * -math.expm1(-held) for held in self._log1p_m)  # M = exp(held) (1 - exp(-held))
        mean = math.fsum(excess) / len(self._log1p_m)
        return top + math.log(mean) if mean > 0.0 else -math.inf

    def update(self, loss: float) -> None:
        """Take in the loss of one sampled review (every item of a cluster, not only the first)."""
        require_loss(loss, 1.0)
        parts = zip(_log_likelihoods(self._lines, loss), self._log1p_m, strict=True)
        self._log1p_m = tuple(_softplus(likelihood + held) for likelihood, held in parts)
        self.alarm = self.alarm or self.log_evidence >= math.log(self.average_run_length)


@dataclass(slots=True)
class Cusum:
    """One running e-CUSUM. It is a warning, not a test: use it to review more, never to take a level away.

    `state` is all that the future depends on: log C_j of each alternative, finite numbers.
    """

    tolerance: float
    state: tuple[float, ...] = ()
    _lines: tuple[tuple[float, float], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the tolerance, and begin at C_j = 1 or continue exactly where a `state` of the same tolerance was left."""
        self._lines = _likelihood_lines(self.tolerance)
        self.state = self.state or (0.0,) * len(self._lines)
        if len(self.state) != len(self._lines) or not all(map(math.isfinite, self.state)):
            msg = f"state must be {len(self._lines)} finite numbers, found {self.state!r}"
            raise ValueError(msg)

    @property
    def log_evidence(self) -> float:
        """The logarithm of mean_j C_j; 0 before any data."""
        top = max(self.state)
        return top + math.log(math.fsum(math.exp(held - top) for held in self.state) / len(self.state))

    def update(self, loss: float) -> None:
        """Take in the loss of one sampled review."""
        require_loss(loss, 1.0)
        parts = zip(_log_likelihoods(self._lines, loss), self.state, strict=True)
        self.state = tuple(likelihood + max(held, 0.0) for likelihood, held in parts)


def alternatives(tolerance: float) -> tuple[float, ...]:
    """Give the error rates q_j the detector looks for: 1.5 to 24 times the tolerance, as far as they are below 0.9."""
    require_open_unit("tolerance", tolerance)
    rates = tuple(rate for ratio in _RATIOS if (rate := ratio * tolerance) < _LARGEST_RATE - _ROUNDING)
    if not rates:
        msg = f"tolerance must be below {_LARGEST_RATE / _RATIOS[0]:.1f} for a drift to stand out from it, found {tolerance!r}"
        raise ValueError(msg)
    return rates


@lru_cache(maxsize=256)  # a detector is put back at every answer, and tolerances are few
def _likelihood_lines(tolerance: float) -> tuple[tuple[float, float], ...]:
    # L_j(x) as a line in x: what a clean review multiplies by, and what a full error adds to that.
    cleans = [(q, (1.0 - q) / (1.0 - tolerance)) for q in alternatives(tolerance)]
    return tuple((clean, q / tolerance - clean) for q, clean in cleans)


def _log_likelihoods(lines: tuple[tuple[float, float], ...], loss: float) -> list[float]:
    return [math.log(clean + loss * slope) for clean, slope in lines]


def _softplus(value: float) -> float:
    # log(1 + exp(value)), which turns log(L_j (M_j + 1)) into the new log(1 + M_j); the larger part leaves exp first.
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))


def _require_state(state: tuple[float, ...], *, length: int) -> None:
    whole = len(state) == length and state[0] in {0.0, 1.0} and all(0.0 <= held < math.inf for held in state[1:])
    if not whole:
        msg = f"state must be 0 or 1 followed by {length - 1} finite numbers from 0 up, found {state!r}"
        raise ValueError(msg)
