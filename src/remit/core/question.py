"""What the gate is asked: the grant and its ceilings, the facts, and apart from them what the agent claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from remit.core.classify import ActionFacts
from remit.core.mandate import Breach
from remit.core.types import Level, Operation, UseCaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """A limit on the level that evidence cannot lift, with the reason it is there."""

    level: Level
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What the agent says of its own proposal. It may tighten, never relax: who names a window relies on that one alone."""

    confidence_ppm: int | None = None
    grounds: tuple[str, ...] = ()
    window: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateInput:
    """Everything the gate may know. Stored with the decision, so that deciding again is calling `decide` again.

    `used` is what each limit has counted in its window so far, by the limit's name. `window_changed` names what of the window
    the agent names differs from the one it was shown, `mandate_breaches` every bound of its mandate that a move would pass.
    """

    use_case: UseCaseId
    operation: Operation
    granted: Level
    argument_names: tuple[str, ...] = ()
    odd_arguments: tuple[str, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    facts: ActionFacts = ActionFacts()
    claimed: Claimed = Claimed()
    certificate: bool = False
    drawn: bool = False
    draw_rate_ppm: int = 0
    stops: tuple[str, ...] = ()
    used: Mapping[str, int] = field(default_factory=dict)
    window_changed: tuple[str, ...] = ()
    mandate_breaches: tuple[Breach, ...] = ()
