"""What a team can expect before it starts: the class of each operation, where to begin, and how long level 3 takes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from remit.core import bar
from remit.core.approval import FULL_PPM
from remit.core.catalogue import CatalogueEntry
from remit.core.charter import Charter
from remit.core.class_reasons import class_words, established, joined
from remit.core.classify import ActionFacts, classify, narrow_form
from remit.core.supervision import qa_rate_ppm
from remit.core.types import WORST, ActionClass, Level, Reversibility, Risk

LONGEST_DAYS = 365
"""A level that takes longer than this is called not reachable: agents and seasons change faster."""


def mildest(entry: CatalogueEntry | None, connector: str) -> ActionClass:
    """Return the class of an operation in its mildest form on a connector; the worst for one nobody knows."""
    if entry is None:
        return WORST
    narrow = narrow_form(entry, connector=connector)
    return widest(entry, connector) if narrow is None else narrow.action_class


def widest(entry: CatalogueEntry, connector: str) -> ActionClass:
    """Return the class of an operation when nothing is established about it."""
    return classify(entry, ActionFacts(), connector=connector).action_class


def class_proposal(entry: CatalogueEntry, connector: str) -> str:
    """Say the class of an operation in both forms, with the reason."""
    wide = class_words(widest(entry, connector))
    told = f"{entry.operation} ({entry.name.lower()}): {wide}"
    if entry.narrow is not None:
        when = joined([established(one, entry) for one in entry.narrow_when])
        told = f"{entry.operation} ({entry.name.lower()}): {class_words(mildest(entry, connector))} when {when}; otherwise {wide}"
    return f"{told}. What can go wrong: {entry.why}"


def starting_level(entries: Iterable[CatalogueEntry | None], connector: str) -> Level:
    """Return 1 where anything is above low risk or not easy to undo even in its mildest form, else 2."""
    low_easy = ActionClass(risk=Risk.LOW, reversibility=Reversibility.EASY)
    return Level.RECOMMEND if all(mildest(entry, connector) == low_easy for entry in entries) else Level.ASSIST


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How long level 3 takes: clean observations needed, and days at the stated volume. `days` is None where it has no end.

    `reviewed_ppm` is the share that people still look at once it runs alone, in millionths; `least_ppm` is the charter's least.
    """

    observations: int
    days: int | None
    reviewed_ppm: int
    least_ppm: int

    @property
    def reachable(self) -> bool:
        """Whether it takes no longer than a year."""
        return self.days is not None and self.days <= LONGEST_DAYS

    @property
    def useful(self) -> bool:
        """Whether anything is left to itself once it runs alone."""
        return self.reviewed_ppm < FULL_PPM

    def __str__(self) -> str:
        """Say it to a team."""
        needed = f"{self.observations} clean observations"
        if self.days is None:
            return f"Level 3 takes {needed} in a row; without any volume it is not reachable."
        weeks = math.ceil(self.days / 7)
        about = f"about {weeks} week{'' if weeks == 1 else 's'}"
        if not self.reachable:
            return f"Level 3 is not reachable at this volume: it takes {needed}, which is {about}. {_INSTEAD}"
        return f"Level 3 takes {needed}, {about} at this volume if all goes well; then {self._reviewed}"

    @property
    def _reviewed(self) -> str:
        share = f"{self.reviewed_ppm / FULL_PPM:.0%}"
        if self.reviewed_ppm >= FULL_PPM:
            return f"everything would still be reviewed, so level 3 changes nothing: {_TOO_FEW}. {_INSTEAD}."
        if self.reviewed_ppm > self.least_ppm:
            return f"{share} is still reviewed, more than the {self.least_ppm / FULL_PPM:.0%} of `qa_rate`, because {_OTHERWISE}."
        return f"{share} is still reviewed."


_TOO_FEW = "with so few a week nobody would notice in time that it got worse"
_OTHERWISE = "at this volume a smaller share would notice too late that it got worse"
_INSTEAD = "Stay at level 2, put more work of one kind together, or say why more errors are bearable"


def outlook(charter: Charter, *, actions_per_week: float, sharing: float = 1) -> Outlook:
    """Reckon how long level 3 takes when so many actions come a week, of which `sharing` at a time share one cause."""
    spec = charter.evidence
    needed = bar.answers_needed(spec, {}, 1)
    observed_per_day = actions_per_week / max(1.0, sharing) / 7
    days = math.ceil(needed / observed_per_day) + spec.cluster.close_after_days if observed_per_day > 0 else None
    reviewed = qa_rate_ppm(spec, actions_per_day=actions_per_week / 7)
    return Outlook(observations=needed, days=days, reviewed_ppm=reviewed, least_ppm=round(spec.qa_rate * FULL_PPM))
