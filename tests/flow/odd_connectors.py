"""Connected systems that behave as real ones do at their worst. Each is the sandbox with one thing different."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from remit.core.types import Image, Record
from remit.errors import ConnectorFailed
from remit.ports import Call, Connector, Effect, Established, Forgotten, KeyedCall, KeyedRestore, Performed, Query, Row, Standing


def nothing() -> None:
    """Do nothing."""


@dataclass(kw_only=True)
class Odd:
    """The sandbox, except: `meanwhile` happens once before the next effect, and the next effects end as `ends` says.

    `UNCLEAR` is reported after the effect has happened where `arrives`, before it otherwise; the other ends write nothing.
    With `fails`, the next effect raises what the port reserves for broken contracts. With `dies`, the process ends there, after
    the effects have happened or before.
    """

    inner: Connector
    ends: list[Effect] = field(default_factory=list)
    arrives: bool = True
    fails: bool = False
    dies: tuple[BaseException, bool] | None = None
    meanwhile: Callable[[], None] = nothing
    keys: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name operations are addressed by."""
        return self.inner.name

    def standing(self) -> Standing:
        """Say how it goes with it."""
        return self.inner.standing()

    def room(self) -> int:
        """How many calls it takes now."""
        return self.inner.room()

    async def establish(self, calls: Sequence[Call]) -> list[Established]:
        """Say what each call would touch."""
        return await self.inner.establish(calls)

    async def perform(self, calls: Sequence[KeyedCall]) -> list[Performed]:
        """Carry out each call once, oddly."""
        self._come_between()
        self.keys += [one.key for one in calls]
        await self._die(partial(self.inner.perform, calls))
        return [await self._odd(partial(self.inner.perform, [one])) for one in calls]

    async def restore(self, calls: Sequence[KeyedRestore]) -> list[Performed]:
        """Put back what an undo plan says, oddly."""
        self._come_between()
        self.keys += [one.key for one in calls]
        await self._die(partial(self.inner.restore, calls))
        return [await self._odd(partial(self.inner.restore, [one])) for one in calls]

    async def look_up(self, keys: Sequence[str]) -> list[Performed | None]:
        """Say how each key ended."""
        return await self.inner.look_up(keys)

    async def images(self, wanted: Sequence[tuple[Record, tuple[str, ...]]]) -> list[Image]:
        """Read the named fields of each record as they are now."""
        return await self.inner.images(wanted)

    async def read(self, query: Query) -> list[Row]:
        """Read records for a context window."""
        return await self.inner.read(query)

    async def forget(self, record: Record, *, look_only: bool = False) -> Forgotten:
        """Lose a record, oddly."""
        if not look_only:
            self._come_between()
        return await self.inner.forget(record, look_only=look_only)

    def _come_between(self) -> None:
        meanwhile, self.meanwhile = self.meanwhile, nothing
        meanwhile()
        if self.fails:
            self.fails = False
            raise ConnectorFailed(asked="an effect", found="nonsense")

    async def _die(self, truly: Callable[[], Awaitable[object]]) -> None:
        if self.dies is None:
            return
        (end, arrived), self.dies = self.dies, None
        if arrived:
            await truly()
        raise end

    async def _odd(self, truly: Callable[[], Awaitable[list[Performed]]]) -> Performed:
        if not self.ends:
            return (await truly())[0]
        end = self.ends.pop(0)
        if end is Effect.UNCLEAR and self.arrives:
            await truly()
        return Performed(effect=end, detail=f"told to be {end}")
