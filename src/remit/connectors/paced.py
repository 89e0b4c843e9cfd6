"""Stands before a connected system: sends no faster than it takes, gives it rest when it does not answer, names its trouble.

Whatever a driver raises that it must not comes out as `ConnectorFailed`: one broken system never ends the work for the others.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from remit.core.pace import Line, Pace, answered, room, sent, troubled
from remit.core.types import Image, Record
from remit.errors import ConnectorFailed, RemitError
from remit.ports import (
    Call,
    Clock,
    Connector,
    Effect,
    Established,
    Forgotten,
    KeyedCall,
    KeyedRestore,
    Performed,
    Query,
    Row,
    Standing,
)

T = TypeVar("T")
_SILENT = {Effect.UNCLEAR, Effect.NOT_YET}


class Paced:
    """A connector like the one it stands before."""

    def __init__(self, inner: Connector, clock: Clock, pace: Pace | None = None) -> None:
        """Stand before a system that takes calls at this pace."""
        self._inner, self._clock, self._pace = inner, clock, pace or Pace()
        self._line, self._problem = Line(since=clock.now()), ""

    @property
    def name(self) -> str:
        """The name operations are addressed by."""
        return self._inner.name

    def standing(self) -> Standing:
        """Say how it goes with it."""
        line = self._line
        until = line.until if line.resting(self._clock.now()) else None
        return Standing(resting_until=until, unanswered=line.trouble, problem=self._problem)

    def room(self) -> int:
        """How many calls it takes now."""
        return min(self._inner.room(), room(self._pace, self._line, self._clock.now()))

    async def establish(self, calls: Sequence[Call]) -> list[Established]:
        """Say what each call would touch."""
        return await self._heard(lambda: self._inner.establish(calls))

    async def perform(self, calls: Sequence[KeyedCall]) -> list[Performed]:
        """Carry out each call once."""
        return await self._acted(len(calls), lambda: self._inner.perform(calls))

    async def restore(self, calls: Sequence[KeyedRestore]) -> list[Performed]:
        """Put back what an undo plan says, once."""
        return await self._acted(len(calls), lambda: self._inner.restore(calls))

    async def look_up(self, keys: Sequence[str]) -> list[Performed | None]:
        """Say how each key ended."""
        return await self._heard(lambda: self._inner.look_up(keys))

    async def images(self, wanted: Sequence[tuple[Record, tuple[str, ...]]]) -> list[Image]:
        """Read the named fields of each record as they are now."""
        return await self._heard(lambda: self._inner.images(wanted))

    async def read(self, query: Query) -> list[Row]:
        """Read records for a context window."""
        return await self._heard(lambda: self._inner.read(query))

    async def forget(self, record: Record, *, look_only: bool = False) -> Forgotten:
        """Lose a record with its history."""
        return await self._heard(lambda: self._inner.forget(record, look_only=look_only))

    async def _acted(self, calls: int, act: Callable[[], Awaitable[list[Performed]]]) -> list[Performed]:
        self._line = sent(self._pace, self._line, calls, self._clock.now())
        ends = await self._heard(act)
        for end in ends:
            self._note(end)
        return ends

    def _note(self, end: Performed) -> None:
        if end.effect in _SILENT:
            self._problem = str(end.effect)  # what a system says of a call may hold what was sent
            self._line = troubled(self._line, self._clock.now(), rest_seconds=end.retry_after_seconds)
        else:
            self._problem, self._line = "", answered(self._line)

    async def _heard(self, ask: Callable[[], Awaitable[T]]) -> T:
        try:
            return await ask()
        except ConnectorFailed:
            self._fail(ConnectorFailed.__name__)
            raise
        except RemitError:
            raise
        except Exception as error:
            self._fail(type(error).__name__)
            do = "Look at the connected system; what was under way is finished under its old key"
            raise ConnectorFailed(asked=self.name, found=type(error).__name__, do=do) from error

    def _fail(self, problem: str) -> None:
        self._problem, self._line = problem, troubled(self._line, self._clock.now())
