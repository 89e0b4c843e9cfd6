"""The sandbox CRM: a connected system in one file, to try policies without a real one. It does and reports; it never judges."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self

from remit.connectors.sandbox_changes import Change, carry_out
from remit.connectors.sandbox_effects import find, keep
from remit.connectors.sandbox_establishing import establish
from remit.connectors.sandbox_file import SandboxFile, whole
from remit.connectors.sandbox_forgetting import about, lose
from remit.connectors.sandbox_forms import SENT
from remit.connectors.sandbox_operations import Problem, nothing_there, plan, refuses, unfit
from remit.connectors.sandbox_quirks import NONE, Quirks, Turns, added, out_of_order
from remit.connectors.sandbox_reacting import react
from remit.connectors.sandbox_reading import read
from remit.connectors.sandbox_records import Stamp, full
from remit.connectors.sandbox_values import fault, part, sound
from remit.connectors.sandbox_world import SandboxWorld
from remit.core.types import Image, Record
from remit.ports import (
    Call,
    Clock,
    Effect,
    Established,
    Forgot,
    Forgotten,
    KeyedCall,
    KeyedRestore,
    Performed,
    Query,
    Row,
    Standing,
)

ACTOR = "remit"


class Sandbox:
    """The connector. Its methods are async for the port's sake; the file answers at once."""

    def __init__(self, file: SandboxFile, clock: Clock, quirks: Quirks = NONE) -> None:
        """Act on an open file; use `open`."""
        self._file, self._clock, self._quirks, self._turns = file, clock, quirks, Turns(quirks=quirks)

    @classmethod
    def open(cls, path: str | Path, clock: Clock, quirks: Quirks = NONE) -> Self:
        """Open or create the sandbox at a path, with these quirks of real systems switched on."""
        return cls(SandboxFile.open(Path(path)), clock, quirks)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def world(self) -> SandboxWorld:
        """The other side: what colleagues, imports and automations do to the same records."""
        return SandboxWorld(self._file, self._clock)

    @property
    def name(self) -> str:
        """The name operations are addressed by."""
        return "sandbox"

    def standing(self) -> Standing:
        """Say that all is well: the file answers, or it raises."""
        return Standing()

    def room(self) -> int:
        """Take whatever comes."""
        return 10_000

    async def establish(self, calls: Sequence[Call]) -> list[Established]:
        """Say what each call would touch, all as of one moment."""
        as_of = self._clock.now()
        with self._file.reading() as connection:
            return [establish(connection, call, as_of) for call in calls]

    async def perform(self, calls: Sequence[KeyedCall]) -> list[Performed]:
        """Carry out each call once."""
        await self._delay()
        with self._file.writing() as connection:
            return [
                self._once(connection, one.key, one.call.operation, partial(_perform, connection, self._quirks, one))
                for one in calls
            ]

    async def restore(self, calls: Sequence[KeyedRestore]) -> list[Performed]:
        """Put back what each undo plan says, once."""
        await self._delay()
        with self._file.writing() as connection:
            return [self._once(connection, one.key, "restore", partial(_restore, connection, one)) for one in calls]

    async def look_up(self, keys: Sequence[str]) -> list[Performed | None]:
        """Say how each key ended."""
        with self._file.reading() as connection:
            return [find(connection, key) for key in keys]

    async def images(self, wanted: Sequence[tuple[Record, tuple[str, ...]]]) -> list[Image]:
        """Read the named fields of each record, all as of one moment."""
        with self._file.reading() as connection:
            return [part(full(connection, record), names) for record, names in wanted]

    async def read(self, query: Query) -> list[Row]:
        """Read records for a context window."""
        with self._file.reading() as connection:
            return read(connection, query)

    async def forget(self, record: Record, *, look_only: bool = False) -> Forgotten:
        """Lose a record with its history, its tasks, notes and messages; the file is written anew."""
        with self._file.writing() as connection:
            found = about(connection, record)
            if not look_only:
                lose(connection, found)
        if not look_only:
            self._file.scrub()
        return Forgotten(how=Forgot.FORGOTTEN if found else Forgot.NOTHING, records=found)

    def _once(self, connection: sqlite3.Connection, key: str, operation: str, act: Callable[[Stamp], Performed]) -> Performed:
        """Answer a known key from memory; else act and remember the answer, both or neither. What is turned away is forgotten."""
        if not sound(key):
            return _failed("the key is empty, too long or not printable, so its answer could not be kept")
        if (known := find(connection, key)) is not None:
            return known
        if (refusal := self._turns.refusal()) is not None:
            return refusal
        stamp = Stamp(by=ACTOR, at=self._clock.now(), key=key)
        answer = _contained(connection, partial(act, stamp))
        keep(connection, key, operation, answer, stamp.at)
        return self._turns.told(answer)

    async def _delay(self) -> None:
        if self._quirks.delay_ms:
            await asyncio.sleep(self._quirks.delay_ms / 1000)


def _contained(connection: sqlite3.Connection, act: Callable[[], Performed]) -> Performed:
    """Keep an item the file refuses from spoiling its batch."""
    try:
        with whole(connection):
            return act()
    except sqlite3.Error as refused:
        if not connection.in_transaction:
            raise
        return _failed(f"the file refused it: {refused}")


def _perform(connection: sqlite3.Connection, quirks: Quirks, asked: KeyedCall, stamp: Stamp) -> Performed:
    intent = plan(asked.call)
    if isinstance(intent, Problem):
        return _failed(str(intent))
    if intent.id is None and intent.person:
        person = full(connection, intent.person)
        if not person.exists:
            return _failed(str(nothing_there(asked.call, intent.person)))
        if intent.kind in SENT and refuses(intent, person):  # the last moment at which anybody can still say no
            return _failed("the person asked not to be contacted, so nothing was sent")
    if intent.record and (wrong := unfit(asked.call, intent, full(connection, intent.record))):
        return _failed(str(wrong))
    change = intent.change(asked.key)
    held = full(connection, change.record)
    if late := out_of_order(quirks, change.put, held):
        return _failed(late)
    change = replace(change, put=added(quirks, asked.call.operation, change.put, held))
    return react(connection, quirks, carry_out(connection, change, asked.expected, stamp), stamp)


def _restore(connection: sqlite3.Connection, asked: KeyedRestore, stamp: Stamp) -> Performed:
    if wrong := _contradiction(asked):
        return _failed(wrong)
    change = Change(record=asked.record, put=asked.put, drop=asked.drop, remove=asked.remove)
    return carry_out(connection, change, asked.expected, stamp)


def _contradiction(asked: KeyedRestore) -> str | None:
    """Say what a restore contradicts. It may put back any value that was there, also one that no operation would write."""
    if not (sound(asked.record.kind) and sound(asked.record.id)):
        return "no record has such a kind and id"
    if asked.remove and asked.record.kind in SENT:
        return "the message left, and nothing calls it back"
    if asked.remove and (asked.put or asked.drop):
        return "a restore either removes the record or puts fields back"
    if both := sorted(asked.put.keys() & set(asked.drop)):
        return f"a field is either put or dropped: {', '.join(map(ascii, both))}"
    wrong = sorted(ascii(name) for name, value in asked.put.items() if not sound(name) or fault(value))
    return f"the record cannot hold: {', '.join(wrong)}" if wrong else None


def _failed(detail: str) -> Performed:
    return Performed(effect=Effect.FAILED, detail=detail)
