"""A year of many use cases under one way to give and take autonomy: what it saves, what escapes, whom it promotes.

The world: 60 % of the use cases are good (0.05 to 0.6 times the tolerance), 20 % marginal (0.6 to 1.2), 20 % bad (1.2 to 5). Of
those that are not bad, 30 % get worse two-, four- or tenfold on some day. Rates, days and factors are spread evenly over the use
cases, so that two ways meet the same world; whether a single action is wrong, and which are drawn, is left to chance. An action
that is not reviewed is time saved; one of them that is wrong while the rate is above the tolerance is an excess error.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from bench.lockstep import Detectors, Flags, Floats, Wealths
from remit.evidence.promotion import trial_alpha

DAYS = 365
ALPHA, BASE_RATE, HIGHEST_RATE = 0.05, 0.05, 0.5
_BLOCK = 100

RULES = {
    "10 of 10": ((10, 0),),
    "28 of 30, then 48 of 50": ((30, 2), (50, 2)),
    "last 100 at 95 %": ((100, 5),),
    "95 % over 1,000": ((1000, 50),),
}
"""The rules in use: stages of (of how many, errors at most)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Error rates of the use cases, before and after the action from which some are worse."""

    tolerance: float
    per_day: int
    before: Floats
    after: Floats
    changes_at: Floats
    bad: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """What came of it. Shares in 0 .. 1; `excess` and `escaped` in errors per 1,000 actions."""

    saved: float
    excess: float
    escaped: float
    bad_promoted: float
    demotions: float


class Way(ABC):
    """A way to promote and demote; `automated` says who runs alone now, `rate` with which share of it reviewed."""

    def __init__(self, world: World) -> None:
        """Begin with everything reviewed."""
        self.world = world
        self.runs = len(world.before)
        self.automated: Flags = np.zeros(self.runs, dtype=np.bool_)
        self.rate: Floats = np.ones(self.runs)

    @abstractmethod
    def see(self, losses: Floats, reviewed: Flags) -> None:
        """Take in one action of every use case and move `automated` and `rate`."""


class Earned(Way):
    """Remit: a promotion test per trial, an e-detector, and a QA rate that rises while the warning is on."""

    def __init__(self, world: World, *, lifetime: bool) -> None:
        """Spend alpha over all trials (`lifetime`) or on each; tolerate a false demotion in two years at the base rate."""
        super().__init__(world)
        self._lifetime = lifetime
        self._run_length = BASE_RATE * world.per_day * DAYS * 2
        self._trial = np.ones(self.runs, dtype=np.int64)
        self._bar = np.full(self.runs, self._bar_of(1))
        self._tests, self._detectors = Wealths(self.runs, world.tolerance), Detectors(self.runs, world.tolerance)

    def see(self, losses: Floats, reviewed: Flags) -> None:
        """Promote by wealth, demote by evidence of drift."""
        self._tests.update(losses, ~self.automated)
        self._detectors.update(losses, self.automated & reviewed)
        lost = self.automated & (self._detectors.evidence >= self._run_length)
        won = ~self.automated & (self._tests.values >= self._bar)
        self.automated = self.automated & ~lost | won
        if lost.any():
            self._trial[lost] += 1
            self._bar[lost] = [self._bar_of(int(trial)) for trial in self._trial[lost]]
            self._tests.restart(lost)
        if won.any():
            self._detectors.restart(won)
        alone = np.where(self._detectors.warning > 2, HIGHEST_RATE, BASE_RATE)
        self.rate = np.where(self.automated, alone, 1.0)

    def _bar_of(self, trial: int) -> float:
        return 1 / (trial_alpha(ALPHA, trial) if self._lifetime else ALPHA)


class Windowed(Way):
    """What teams do today: so few errors among the last so many, in stages; back when the last drawn ones hold too many.

    It is looked at once a day, as dashboards are; after every answer it would promote more of the bad ones still.
    """

    def __init__(self, world: World, *, stages: tuple[tuple[int, int], ...], demote: tuple[int, int]) -> None:
        """Take stages of (of how many, errors at most); `demote` is (of how many drawn, errors from which it is over)."""
        super().__init__(world)
        self._stages, self._over = stages, demote[1]
        self._stage = np.zeros(self.runs, dtype=np.int64)
        self._size = np.array([*(size for size, _ in stages), demote[0]])  # the last "stage" is running alone
        self._most = np.array([*(most for _, most in stages), -1])
        self._seen, self._sum = np.zeros(self.runs, dtype=np.int64), np.zeros(self.runs)
        self._last = np.zeros((self.runs, self._size.max()))
        self._actions = 0

    def see(self, losses: Floats, reviewed: Flags) -> None:
        """Move the windows, and at the end of a day the stages."""
        size, at = self._size[self._stage], np.flatnonzero(reviewed)
        place = self._seen[at] % size[at]
        self._sum[at] += losses[at] - self._last[at, place]
        self._last[at, place] = losses[at]
        self._seen[at] += 1
        self._actions += 1
        if self._actions % self.world.per_day == 0:
            self._decide(self._seen >= size)

    def _decide(self, full: Flags) -> None:
        passed = ~self.automated & full & (self._sum <= self._most[self._stage])
        lost = self.automated & full & (self._sum >= self._over)
        self._stage[passed] += 1
        self._stage[lost] = 0
        for moved in (passed, lost):
            self._seen[moved], self._sum[moved], self._last[moved] = 0, 0.0, 0.0
        self.automated = (self.automated | passed & (self._stage == len(self._stages))) & ~lost
        self.rate = np.where(self.automated, BASE_RATE, 1.0)


def in_use(world: World) -> dict[str, Way]:
    """Return the rules in use. They leave the way back open: here the last 50 drawn must be worse than the tolerance."""
    over = math.floor(50 * world.tolerance) + 1
    return {name: Windowed(world, stages=stages, demote=(50, over)) for name, stages in RULES.items()}


class Clairvoyant(Way):
    """Knows the rate and reviews exactly while it is above the tolerance: the most that can be saved without any excess."""

    def __init__(self, world: World) -> None:
        """Begin at the first action."""
        super().__init__(world)
        self._action = 0
        self._look()

    def see(self, losses: Floats, reviewed: Flags) -> None:  # noqa: ARG002  it needs no answers
        """Look at the next rate."""
        self._action += 1
        self._look()

    def _look(self) -> None:
        self.automated = rates_at(self.world, self._action) <= self.world.tolerance
        self.rate = np.where(self.automated, 0.0, 1.0)


def world(use_cases: int, *, tolerance: float, per_day: int, seed: int) -> World:
    """Spread the use cases over the world."""
    chance = np.random.default_rng(seed)
    kinds = [(0.05, 0.6), (0.6, 1.2), (1.2, 5.0)]
    sizes = [round(use_cases * 0.6), round(use_cases * 0.2)]
    sizes.append(use_cases - sum(sizes))
    before = np.concatenate([_spread(chance, low, high, size) for (low, high), size in zip(kinds, sizes, strict=True)])
    bad = np.arange(use_cases) >= sizes[0] + sizes[1]
    after, changes_at = before.copy(), np.full(use_cases, np.inf)
    for first, size in ((0, sizes[0]), (sizes[0], sizes[1])):
        drifting = first + chance.permutation(size)[: round(size * 0.3)]
        factors = cycle((2.0, 4.0, 10.0))
        after[drifting] *= [next(factors) for _ in drifting]
        changes_at[drifting] = _spread(chance, 0, DAYS * per_day, len(drifting))
    return World(
        tolerance=tolerance, per_day=per_day, before=before * tolerance, after=after * tolerance, changes_at=changes_at, bad=bad
    )


def rates_at(where: World, action: int) -> Floats:
    """Return the true error rate of every use case at its action of this number."""
    return np.where(action >= where.changes_at, where.after, where.before)


def live(way: Way, *, seed: int) -> Year:
    """Live through the year, one action of every use case at a time."""
    here = way.world
    actions = DAYS * here.per_day
    saved, excess, escaped, demotions = 0, 0, 0, 0
    ever = np.zeros(way.runs, dtype=np.bool_)
    for action, (wrong, draw) in enumerate(_chances(way.runs, actions, seed)):
        rates = rates_at(here, action)
        losses, reviewed, before = (wrong < rates).astype(np.float64), draw < way.rate, way.automated
        missed = ~reviewed & (losses > 0)
        saved += int((~reviewed).sum())
        escaped += int(missed.sum())
        excess += int((missed & (rates > here.tolerance)).sum())
        way.see(losses, reviewed)
        ever |= way.automated
        demotions += int((before & ~way.automated).sum())
    total = actions * way.runs
    return Year(
        saved=saved / total,
        excess=1000 * excess / total,
        escaped=1000 * escaped / total,
        bad_promoted=float(ever[here.bad].mean()),
        demotions=demotions / way.runs,
    )


def _spread(chance: np.random.Generator, low: float, high: float, many: int) -> Floats:
    """Return values at even distances over the range, in random order."""
    return chance.permutation(low + (high - low) * (np.arange(many) + 0.5) / max(1, many))


def _chances(runs: int, actions: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
    chance = np.random.default_rng(seed)
    for first in range(0, actions, _BLOCK):
        block = chance.random((2, min(_BLOCK, actions - first), runs))
        yield from zip(block[0], block[1], strict=True)
