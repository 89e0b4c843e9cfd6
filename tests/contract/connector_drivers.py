"""What the contract suite needs to know about each connected system: how to open it, and how its world moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from remit.connectors.sandbox import Sandbox
from remit.core.types import Operation, Record, Value
from remit.ports import Call, Connector

START = datetime(2026, 1, 1, 9, tzinfo=UTC)


@dataclass(kw_only=True)
class StillClock:
    """A clock that moves when told."""

    moment: datetime = field(default=START)

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment

    def move(self, **by: float) -> datetime:
        """Move forward and return the new moment."""
        self.moment += timedelta(**by)
        return self.moment


class World(Protocol):
    """A connected system under test: the connector, and what people do behind its back."""

    @property
    def connector(self) -> Connector:
        """The system as Remit sees it."""

    @property
    def clock(self) -> StillClock:
        """The clock both sides go by."""

    def put(self, record: Record, fields: Mapping[str, Value]) -> None:
        """Have a contact with exactly these fields, set by an import."""

    def edit(self, record: Record, fields: Mapping[str, Value], drop: tuple[str, ...] = ()) -> None:
        """Let a person change a record."""

    def remove(self, record: Record) -> None:
        """Let a person remove a record."""


def update(record_id: str, value: Value, name: str = "region") -> Call:
    """Ask to set one text field of a contact."""
    return Call(operation=Operation("contact.field.update"), arguments={"contact": record_id, name: value})


def create(record_id: str, text: str = "call back") -> Call:
    """Ask to create a record about a contact."""
    return Call(operation=Operation("note.create"), arguments={"contact": record_id, "text": text})


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxUnderTest:
    """The sandbox CRM."""

    connector: Sandbox
    clock: StillClock

    def put(self, record: Record, fields: Mapping[str, Value]) -> None:
        """Import."""
        self.connector.world.put([(record, fields)], by="import", at=self.clock.now())

    def edit(self, record: Record, fields: Mapping[str, Value], drop: tuple[str, ...] = ()) -> None:
        """Edit as Dana."""
        self.connector.world.edit(record, fields, drop=drop)

    def remove(self, record: Record) -> None:
        """Remove as Dana."""
        self.connector.world.remove(record)


@contextmanager
def sandbox(folder: Path, name: str = "sandbox.db") -> Iterator[SandboxUnderTest]:
    """Open the sandbox of a folder; opening it again finds what was there."""
    clock = StillClock()
    connector = Sandbox.open(folder / name, clock)
    try:
        yield SandboxUnderTest(connector=connector, clock=clock)
    finally:
        connector.close()


DRIVERS = {"sandbox": sandbox}
