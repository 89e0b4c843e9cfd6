"""What is counted and measured, in a registry of its own, in the form Prometheus reads."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from remit.core.lifecycle import State
from remit.core.types import Verdict
from remit.ports.telemetry_port import Pulse

WAITING: Final = (
    State.HELD,
    State.DRAFTED,
    State.LEAVING,
    State.RELEASED,
    State.STOPPED,
    State.STARTED,
    State.UNCLEAR,
    State.UNDOING,
    State.UNDO_UNCLEAR,
)
"""The states in which something still waits; what has ended is counted by its decision."""

_GROUPS = (1, 2, 5, 10, 20, 50, 100, 200)
_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


class Metrics:
    """Every figure, each under its name. Verdicts and states have every value from the beginning, so that none is missing."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.registry = CollectorRegistry()
        own = self.registry
        self._decisions = Counter("remit_decisions", "Proposals decided by the gate.", ["verdict"], registry=own)
        self._verdicts = {verdict: self._decisions.labels(verdict.name.lower()) for verdict in Verdict}
        self._actions = Gauge("remit_actions", "Actions that wait, by state.", ["state"], registry=own)
        self._held = Gauge("remit_oldest_held_seconds", "Age of the oldest proposal that waits for a person.", registry=own)
        self._due = Gauge("remit_runner_lag_seconds", "How long the most overdue action has been due.", registry=own)
        self._errors = Counter("remit_runner_errors", "How often the runner could not go on.", registry=own)
        self._groups = Histogram("remit_writer_group_size", "Works made durable by one commit.", buckets=_GROUPS, registry=own)
        self._durable = Histogram(
            "remit_durable_seconds",
            "From asking for a group's oldest work until it is on disk.",
            buckets=_SECONDS,
            registry=own,
        )
        self._unsealed = Gauge("remit_unsealed_facts", "Facts that no signed checkpoint covers yet.", registry=own)
        self._sealing = Gauge("remit_sealing_lag_seconds", "Age of the oldest fact that no checkpoint covers yet.", registry=own)

    def decided(self, verdict: Verdict) -> None:
        """Count a decision."""
        self._verdicts[verdict].inc()

    def committed(self, works: int, seconds: float) -> None:
        """Measure a commit."""
        self._groups.observe(works)
        self._durable.observe(seconds)

    def troubled(self) -> None:
        """Count a trouble of the runner."""
        self._errors.inc()

    def exposition(self, pulse: Pulse, now: datetime) -> tuple[str, bytes]:
        """Return everything, with how the installation stands now."""
        for state in WAITING:
            self._actions.labels(str(state)).set(pulse.waiting.get(state, 0))
        self._held.set(_age(pulse.oldest_held, now))
        self._due.set(_age(pulse.oldest_due, now))
        self._unsealed.set(pulse.unsealed)
        self._sealing.set(_age(pulse.oldest_unsealed, now))
        return CONTENT_TYPE_LATEST, generate_latest(self.registry)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
