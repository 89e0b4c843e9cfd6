"""An experiment as a connected system states it: arms, their shares of the traffic, and who came."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One variant. Shares are millionths of all traffic: `next_ppm` is the one it would have after the move.

    `expected_ppm` is how many visitors its shares would have sent so far, in millionths of a visitor: the sum over time of share
    times traffic. Visitors are counted by the platform, never by an agent.
    """

    name: str
    share_ppm: int
    next_ppm: int
    visitors: int
    successes: int
    expected_ppm: int

    @property
    def step_ppm(self) -> int:
        """Return how far the share would move."""
        return abs(self.next_ppm - self.share_ppm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """All arms of one experiment; `control` names the one that keeps the holdout and that the others are compared with."""

    arms: tuple[Arm, ...]
    control: str

    @property
    def step_ppm(self) -> int:
        """Return the largest change of any share."""
        return max((arm.step_ppm for arm in self.arms), default=0)

    @property
    def baseline(self) -> Arm | None:
        """Return the control; None where no arm has that name."""
        return next((arm for arm in self.arms if arm.name == self.control), None)

    @property
    def others(self) -> tuple[Arm, ...]:
        """Return every arm but the control."""
        return tuple(arm for arm in self.arms if arm.name != self.control)
