"""Two versions side by side: what the one that is being tried asked for, beside what the one in use did, and which was right.

It never carries evidence over. It says whether a trial is worth starting, and what would change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from remit.core.action import Action
from remit.core.lifecycle import State
from remit.evidence.bounds import clopper_pearson_interval


class Ending(StrEnum):
    """How a pair came out, as far as anybody knows."""

    SAME = "same"
    BOTH_RIGHT = "both_right"
    ONLY_NEW = "only_new"
    ONLY_OLD = "only_old"
    BOTH_WRONG = "both_wrong"
    WAITS = "waits"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A shadow and the proposal it stands beside."""

    new: Action
    old: Action
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What all pairs come to. `better` is the share of pairs with one right in which that is the new one, in a 95 % interval."""

    counts: dict[Ending, int]
    better: tuple[float, float, float] | None
    differing: tuple[Pair, ...]

    @property
    def pairs(self) -> int:
        """The number of pairs."""
        return sum(self.counts.values())

    def __str__(self) -> str:
        """Say it to a team."""
        if not self.pairs:
            return "There is no pair yet: let the new version propose with `shadow`, or beside a proposal that `pair` names."
        told = f"{self.pairs} pairs, {self.counts[Ending.SAME]} of them the same"
        if self.better is None:
            return f"{told}. No differing pair has one right and one wrong answer yet."
        share, low, high = self.better
        if low > 0.5:  # noqa: PLR2004  # even
            verdict = "the new version is better where they differ"
        elif high < 0.5:  # noqa: PLR2004  # even
            verdict = "the new version is worse where they differ"
        else:
            verdict = "neither is better yet: the difference lies within chance"
        new, old = self.counts[Ending.ONLY_NEW], self.counts[Ending.ONLY_OLD]
        right = f"Only the new one was right in {new}, only the old one in {old} ({share:.0%}, {low:.0%} to {high:.0%})"
        return f"{told}. {right}: {verdict}."


def compare(pairs: Iterable[tuple[Action, Action]], *, most: int = 20) -> Comparison:
    """Compare shadows with what they stand beside. `most` differing pairs are kept to be looked at, the newest first.

    The interval is Clopper and Pearson's for the share of discordant pairs: the exact form of McNemar's test. It holds for one
    look at pairs that do not share a mistake.
    """
    found = [Pair(new=new, old=old, ending=_ending(new, old)) for new, old in pairs]
    counts = {ending: sum(one.ending is ending for one in found) for ending in Ending}
    new, old = counts[Ending.ONLY_NEW], counts[Ending.ONLY_OLD]
    better = None if not new + old else (new / (new + old), *clopper_pearson_interval(new, new + old, 0.95))
    differing = [one for one in reversed(found) if one.ending not in {Ending.SAME, Ending.BLOCKED}][:most]
    return Comparison(counts=counts, better=better, differing=tuple(differing))


def _ending(new: Action, old: Action) -> Ending:
    if new.state is State.MATCHED:
        return Ending.SAME
    if new.state is State.BLOCKED:
        return Ending.BLOCKED
    known = {State.SHADOW_RIGHT: True, State.SHADOW_WRONG: False}.get(new.state)
    if known is None or old.loss_ppm is None:
        return Ending.WAITS
    if old.loss_ppm == 0:
        return Ending.BOTH_RIGHT if known else Ending.ONLY_OLD
    return Ending.ONLY_NEW if known else Ending.BOTH_WRONG
