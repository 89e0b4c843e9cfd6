"""What a connected system has to be able to do, and the words in which it is asked and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from remit.core.attributes import Circumstances
from remit.core.experiment import Experiment
from remit.core.types import Image, Operation, Record, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One operation on a connected system. `operation` has no charter variant any more: `contact.enrich`."""

    operation: Operation
    arguments: Mapping[str, Value]


class Established(Circumstances, frozen=True, kw_only=True):
    """What the connected system itself says about a call, before anything is done.

    `problem` names why the call cannot be carried out as asked (unknown field, wrong type, no such record); then nothing else is
    to be relied on. `listeners` names the automations that would react (empty: nothing listens). `suppressed` is None where the
    call concerns no person or the system cannot tell. None of the circumstances MUST come from the arguments alone. `as_of` is
    when all was read, `read_at` when single facts were, where that is another moment; what has no moment, or is too old for its
    attribute, counts as missing. `inner` is what an envelope carries, call by call, `person` whom the call is about.
    `experiment` is how one stands that the call would move; what people approved (`band_ppm`) is not for a system to say.
    """

    record: Record | None = None
    current: Image | None = None
    person: Record | None = None
    as_of: datetime | None = None
    problem: str | None = None
    read_at: Mapping[str, datetime] = msgspec.field(default_factory=dict)
    inner: tuple[tuple[Operation, Established], ...] = ()
    experiment: Experiment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedCall:
    """A call with its idempotency key and the image that was seen when it was decided (compare-and-set)."""

    key: str
    call: Call
    expected: Image


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRestore:
    """Put fields of a record back. `put` sets, `drop` makes absent, `remove` removes the record as a whole."""

    key: str
    record: Record
    expected: Image
    put: Mapping[str, Value] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    remove: bool = False


class Effect(StrEnum):
    """How a call ended, as far as anybody knows."""

    DONE = "done"
    FAILED = "failed"
    CHANGED = "changed"
    NOT_YET = "not_yet"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """The end of one call: the touched record, its image before and after (read back, not assumed).

    `CHANGED`: the record no longer matched `expected`. `NOT_YET`: too many requests, or out of service; the same key may come
    again, not before `retry_after_seconds` where the system says so. `FAILED`, `CHANGED`, `NOT_YET`: nothing was written.
    `UNCLEAR`: look it up by key.
    """

    effect: Effect
    record: Record | None = None
    before: Image | None = None
    after: Image | None = None
    detail: str = ""
    retry_after_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which records to read: of one kind, only these fields, where fields equal values, as the system was at `as_of`.

    A list as a value means "one of these"; None means "absent or null". Pages go by record id: `after` is the last id seen.
    """

    kind: str
    fields: tuple[str, ...]
    where: Mapping[str, Value] = field(default_factory=dict)
    as_of: datetime | None = None
    after: str | None = None
    limit: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record as read, without absent fields, and when it last changed by then; None where the system cannot tell."""

    id: str
    fields: Mapping[str, Value]
    changed_at: datetime | None = None


class Forgot(StrEnum):
    """How the wish to forget a record ended."""

    FORGOTTEN = "forgotten"
    NOTHING = "nothing there"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What became of that wish: the records that are gone; where the system cannot, `do` says what a person does there."""

    how: Forgot
    records: tuple[Record, ...] = ()
    do: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it goes with a connected system: until when it rests, how many calls in a row it did not answer, the last trouble.

    `problem` is empty once it answers again. It MUST hold nothing of what was sent.
    """

    resting_until: datetime | None = None
    unanswered: int = 0
    problem: str = ""


class Connector(Protocol):
    """A connected system.

    MUST answer a key it has seen with the first answer and without a second effect; a `NOT_YET` is no answer, and is forgotten.
    MUST NOT write anything when `expected` no longer matches, and MUST read back what it wrote.
    MUST NOT raise for what the contract names (failed, changed, unclear are values); `ConnectorFailed` is for the rest.
    Every sequence is answered in order, one reply per call.
    """

    @property
    def name(self) -> str:
        """The name operations are addressed by, such as `sandbox`."""

    def standing(self) -> Standing:
        """Say how it goes with it, for people."""

    def room(self) -> int:
        """How many calls it takes now. 0 while it is given rest; nothing is sent to it then."""

    async def establish(self, calls: Sequence[Call]) -> list[Established]:
        """Say what each call would touch, without touching it."""

    async def perform(self, calls: Sequence[KeyedCall]) -> list[Performed]:
        """Carry out each call once."""

    async def restore(self, calls: Sequence[KeyedRestore]) -> list[Performed]:
        """Put back what an undo plan says, once."""

    async def look_up(self, keys: Sequence[str]) -> list[Performed | None]:
        """Say how each key ended; None where the system never saw it."""

    async def images(self, wanted: Sequence[tuple[Record, tuple[str, ...]]]) -> list[Image]:
        """Read the named fields of each record as they are now."""

    async def read(self, query: Query) -> list[Row]:
        """Read records for a context window."""

    async def forget(self, record: Record, *, look_only: bool = False) -> Forgotten:
        """Lose a record with its history and everything that is only about it. A key MUST still be answered, without values.

        Nothing of it MUST be readable in the system's files afterwards. With `look_only` it says what would be forgotten.
        """
