"""The step every verb shares that has to know whether a stop reaches an action."""

from __future__ import annotations

from remit.core.action import Action
from remit.core.stops import reaching
from remit.ports import Reading


def reaches(reading: Reading, scope: str, action: Action) -> bool:
    """Whether a stop of this scope reaches an action."""
    connector = reading.policy().charters[action.use_case].connector
    return bool(reaching((scope,), use_case=action.use_case, agent=action.agent, connector=connector))


def is_stopped(reading: Reading, action: Action) -> bool:
    """Whether a stop in force reaches an action."""
    return any(reaches(reading, scope, action) for scope in reading.stops())
