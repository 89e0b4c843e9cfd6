"""What incidents and drills need of the store."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from remit.core.drill import LastDrill
from remit.core.facts import Entry
from remit.core.incident import Incident


class IncidentReading(Protocol):
    """Named queries about incidents and drills."""

    def incidents(self, *, only_open: bool = False) -> list[Incident]:
        """Return incidents, newest first."""

    def incident(self, incident: str) -> Incident:
        """Return one incident. Raises `NotFound` when there is none."""

    def facts_about(self, subjects: Collection[str]) -> list[Entry]:
        """Return every fact about these subjects, in order."""

    def drills(self) -> list[LastDrill]:
        """Return the newest drill of each kind about each use case."""
