"""Limits as people write them: at most so many of something in a window, and the hours in which people may be contacted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

import msgspec

from remit.core.types import Operation
from remit.core.working_time import ClockTime, minutes_of

_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSpec:
    """At most `at_most` of what is counted, for each of what `each` names, in any `window` such as `1 day` or `7 days`.

    `counts`: `actions`, the `reach` or the `spend_minor` (minor units of money) of each, or `touches` (only what contacts a
    person). Without `operations` all of them are counted. Over the limit the verdict is at least `verdict`.
    """

    counts: Literal["actions", "reach", "spend_minor", "touches"]
    at_most: Annotated[int, msgspec.Meta(ge=0)]
    window: Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,2} (minute|hour|day)s?$")]
    each: Literal["organisation", "connector", "use_case", "operation", "agent", "contact"] = "use_case"
    operations: tuple[Operation, ...] = ()
    verdict: Literal["hold", "block"] = "hold"
    because: str = ""

    @property
    def span(self) -> timedelta:
        """Return how long the window is."""
        many, unit = self.window.split(" ")
        return int(many) * _UNITS[unit.removesuffix("s")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHours:
    """When people may be contacted, in their own time: from `earliest` on and before `latest`, as `HH:MM`."""

    earliest: ClockTime
    latest: ClockTime

    def wait_minutes(self, local_minute: int) -> int:
        """Return the minutes left until people may be contacted, 0 inside the hours. `local_minute` counts from midnight."""
        earliest, latest = minutes_of(self.earliest), minutes_of(self.latest)
        if earliest <= local_minute < latest:
            return 0
        return (earliest - local_minute) % _DAY


def both(one: ContactHours | None, other: ContactHours | None) -> ContactHours | None:
    """Return the hours that lie inside both; what is not given allows any."""
    if one is None or other is None:
        return one or other
    return ContactHours(earliest=max(one.earliest, other.earliest), latest=min(one.latest, other.latest))


_DAY = 24 * 60
