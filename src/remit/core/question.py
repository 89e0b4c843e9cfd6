"""What the gate is asked: the grant and its ceilings, the facts, and apart from them what the agent claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import force_setattr

from remit.core.classify import ActionFacts
from remit.core.types import Frozen, Level, Operation, UseCaseId, Whole


class Ceiling(Frozen, frozen=True, kw_only=True):
    """A limit on the level that evidence cannot lift, with the reason it is there."""

    level: Level
    code: str
    detail: str = ""


class Claimed(Frozen, frozen=True, kw_only=True):
    """What the agent says of its own proposal. It may tighten, never relax."""

    confidence_ppm: Whole | None = None
    grounds: tuple[str, ...] = ()


_NO_FACTS: Final = ActionFacts()
_NO_CLAIM: Final = Claimed()


class GateInput(Frozen, frozen=True, kw_only=True):
    """Everything the gate may know. Stored with the decision, so that deciding again is calling `decide` again.

    `used` is what each limit has counted in its window so far, by the limit's name.
    """

    use_case: UseCaseId
    operation: Operation
    granted: Level
    argument_names: tuple[str, ...] = ()
    odd_arguments: tuple[str, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    facts: ActionFacts = _NO_FACTS
    claimed: Claimed = _NO_CLAIM
    certificate: bool = False
    drawn: bool = False
    draw_rate_ppm: Whole = 0
    stops: tuple[str, ...] = ()
    used: Mapping[str, Whole] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put the default back where an equal one was given: only then is it left out when this is written."""
        if self.facts == _NO_FACTS:
            force_setattr(self, "facts", _NO_FACTS)
        if self.claimed == _NO_CLAIM:
            force_setattr(self, "claimed", _NO_CLAIM)
