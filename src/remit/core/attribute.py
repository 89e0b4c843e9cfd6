"""One thing the gate may know: its name and type in the rule language, where it comes from, and how old it may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Source(StrEnum):
    """Where an attribute comes from. Only the agent's own statements about itself are claimed."""

    LOOKED_UP = "looked up"
    COMPUTED = "computed"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One thing the gate may know: its name and type in the rule language, its source, and how old it may be."""

    name: str
    cel: str
    source: Source
    about: str
    oldest: timedelta | None = None

    def stale(self, age: timedelta | None) -> bool:
        """Whether a value of this age counts as missing. An unknown age is too old; so is one far in the future."""
        return self.oldest is not None and (age is None or abs(age) > self.oldest)


NOW = timedelta(minutes=10)
"""For what a colleague may change at any moment."""

HOUR = timedelta(hours=1)
"""For what somebody has to build or rebuild before it differs."""

DAY = timedelta(days=1)
"""For what an organisation decides, not a record."""


def looked_up(name: str, cel: str, oldest: timedelta, about: str) -> Attribute:
    """Return what a connected system or a record says."""
    return Attribute(name=name, cel=cel, source=Source.LOOKED_UP, oldest=oldest, about=about)


def computed(name: str, cel: str, about: str) -> Attribute:
    """Return what Remit works out itself."""
    return Attribute(name=name, cel=cel, source=Source.COMPUTED, about=about)


def claimed(name: str, cel: str, about: str) -> Attribute:
    """Return what the agent says of itself."""
    return Attribute(name=name, cel=cel, source=Source.CLAIMED, about=about)
