"""Whether reviewers still look: planted known-bad proposals, answers faster than reading, load and agreement.

It is staff monitoring, so it is off unless the risk statement asks for it, and each person sees her own figures first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Annotated, Literal

import msgspec

from remit.core.types import Value
from remit.evidence import promotion

FALSE_ALARM = 0.01
"""The chance that somebody who misses no more than is assumed is ever said to miss more, however long she is watched."""

WORDS_A_SECOND = 12.0
"""Three times the mean pace of silent reading, 238 words a minute (Brysbaert 2019): nobody reads faster than that."""

OTHERS_SEE_AFTER = timedelta(days=7)
"""For so long a figure is the person's own."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CareSpec:
    """What is looked at about reviewers: `individual` figures, the `team` alone, or nothing (`off`).

    Figures are made of the last `keep_days`. Of a hundred answers about `seeds_per_hundred` are to planted proposals.
    """

    mode: Literal["individual", "team", "off"] = "off"
    keep_days: Annotated[int, msgspec.Meta(ge=7, le=365)] = 90
    seeds_per_hundred: Annotated[int, msgspec.Meta(ge=0, le=20)] = 4
    why: str = ""

    def notice(self) -> str:
        """Say to a person what is looked at about her answers; nothing where nothing is."""
        if self.mode == "off":
            return ""
        alone = self.mode == "individual"
        who = "your own answers" if alone else "the answers of the team together, of nobody alone"
        first = " You see your figures first, with `remit care`; others a week later." if alone else ""
        planted = f"About {self.seeds_per_hundred} of 100 proposals here are planted and known to be bad; they never leave."
        what = f"Looked at are {who}: planted ones noticed, time, load, agreement, over {self.keep_days} days."
        return f"{planted} {what} Why: {self.why}{first}"


OFF = CareSpec()
"""Nothing is looked at, where no risk statement says otherwise."""


def careless(caught: int, missed: int, *, miss_rate: float) -> bool:
    """Say whether more was missed than is assumed, by the same test that lets a level be earned, turned round.

    Null hypothesis: each planted proposal is caught with a chance of at least 1 - miss_rate, given the past. It is rejected when
    the wealth of betting on fewer reaches 1 / FALSE_ALARM, so that looking after every answer costs nothing (Ville 1939).
    """
    tolerance = 1 - max(miss_rate, 0.05)
    return bool(missed) and promotion.log_wealth(caught + missed, caught, tolerance=tolerance) >= -math.log(FALSE_ALARM)


def seeds_until_found(*, miss_rate: float) -> int:
    """Return how many planted proposals somebody who approves everything gets before her answers stop counting."""
    return next(many for many in range(1, 1000) if careless(0, many, miss_rate=miss_rate))


def least_seconds(arguments: Mapping[str, Value]) -> int:
    """Return how many seconds it takes at the very least to read what was shown: 1 for next to nothing."""
    words = sum(len(_WORD.findall(str(value))) for value in arguments.values())
    return max(1, math.floor(words / WORDS_A_SECOND))


def too_fast(seconds_seen: int | None, arguments: Mapping[str, Value] | None) -> bool:
    """Whether an answer came before anybody could have read; not where nobody measured, or where the content was erased."""
    return seconds_seen is not None and arguments is not None and seconds_seen < least_seconds(arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """One answer as far as care looks at it. `agreed` is None where nobody else answered the same thing."""

    by: str
    at: datetime
    seconds_seen: int | None
    fast: bool
    caught: bool | None
    agreed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CareFigures:
    """What the answers of a person, or of all, come to. Medians and shares are None where there is nothing to make them of."""

    person: str
    answers: int
    days: int
    seconds: float | None
    fast: int
    caught: int
    missed: int
    agreed: int
    disagreed: int
    discounted: bool = False

    @property
    def a_day(self) -> float:
        """Return the answers a day, over the days on which there were any."""
        return self.answers / self.days if self.days else 0.0


def figures(person: str, answers: Iterable[Answering], *, discounted: bool) -> CareFigures:
    """Add answers up."""
    found = list(answers)
    seconds = [one.seconds_seen for one in found if one.seconds_seen is not None]
    return CareFigures(
        person=person,
        answers=len(found),
        days=len({one.at.date() for one in found}),
        seconds=float(median(seconds)) if seconds else None,
        fast=sum(one.fast for one in found),
        caught=sum(one.caught is True for one in found),
        missed=sum(one.caught is False for one in found),
        agreed=sum(one.agreed is True for one in found),
        disagreed=sum(one.agreed is False for one in found),
        discounted=discounted,
    )
