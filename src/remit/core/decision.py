"""What the gate answers: a verdict with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from remit.core.classify import Classified
from remit.core.types import Frozen, Level, Verdict


class Reason(Frozen, frozen=True, kw_only=True):
    """Why a verdict is at least `floor`: a documented code and the values its sentence needs."""

    code: str
    floor: Verdict
    values: Mapping[str, str] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict, its reasons (the deciding one first), and what it was decided from.

    `wait_minutes`: what is allowed or approved must not leave before.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    classified: Classified
    in_force: Level
    wait_minutes: int = 0
