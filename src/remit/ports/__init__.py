"""What verbs and doors need from the world. Each port says what a driver MUST and MUST NOT do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

import msgspec

from remit.core.action import Action
from remit.core.attributes import Circumstances
from remit.core.experiment import Experiment
from remit.core.facts import Decided, Entry, Fact, GrantOffered
from remit.core.level import Evidence, Grant
from remit.core.lifecycle import State
from remit.core.limits import Span
from remit.core.observation import OpenCluster
from remit.core.policy import CompiledPolicy
from remit.core.policy_history import PolicyHistory
from remit.core.types import Image, Operation, ProposalId, Record, UseCaseId, Value
from remit.core.violation import Violation
from remit.ports.people_port import PeopleReading, PeopleWriting


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the current moment, with zone UTC."""


class Ids(Protocol):
    """The only source of identifiers and randomness."""

    def new(self) -> str:
        """Return a fresh identifier, sortable by time."""

    def salt(self) -> bytes:
        """Return 16 bytes nobody can guess."""


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
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """The end of one call: the touched record, its image before and after (read back, not assumed).

    `CHANGED`: the record no longer matched `expected`. `FAILED`, `CHANGED`: nothing was written. `UNCLEAR`: look it up by key.
    """

    effect: Effect
    record: Record | None = None
    before: Image | None = None
    after: Image | None = None
    detail: str = ""


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


class Connector(Protocol):
    """A connected system.

    MUST answer a key it has seen with the first answer and without a second effect.
    MUST NOT write anything when `expected` no longer matches, and MUST read back what it wrote.
    MUST NOT raise for what the contract names (failed, changed, unclear are values); `ConnectorFailed` is for the rest.
    Every sequence is answered in order, one reply per call.
    """

    @property
    def name(self) -> str:
        """The name operations are addressed by, such as `sandbox`."""

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


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentKey:
    """An agent version and the use cases its key is good for. A revoked one opens nothing any more."""

    agent: str
    version: str
    use_cases: tuple[UseCaseId, ...]
    revoked: bool = False


class Reading(PeopleReading, PolicyHistory, Protocol):
    """Named queries over the projections. Every one is a plain read."""

    def policy(self) -> CompiledPolicy:
        """Return the policy in force."""

    def policy_of(self, digest: str) -> CompiledPolicy:
        """Return the policy with this digest, however old. Raises `NotFound` when there is none."""

    def action(self, proposal: ProposalId) -> Action | None:
        """Return one action."""

    def existing(self, proposal: ProposalId) -> Action:
        """Return one action. Raises `NotFound` when there is none."""

    def by_call(self, agent: str, call_id: str) -> Action | None:
        """Return the action an agent asked for under this call id."""

    def content(self, fact: str, name: str) -> Any:
        """Return the content sealed in a fact; None when it was erased or never there."""

    def decision(self, action: Action) -> Decided:
        """Return the decision in force for an action."""

    def agent_key(self, key_digest: str) -> AgentKey | None:
        """Return whose key this is; None for one that was revoked."""

    def agent_keys(self, use_case: UseCaseId) -> list[AgentKey]:
        """Return the agent versions admitted to a use case, also those whose key was revoked."""

    def policy_documents(self) -> tuple[int, Mapping[str, str]]:
        """Return the number and documents of the policy in force; 0 and nothing before the first."""

    def latest_offer(self, use_case: UseCaseId, operation: Operation) -> GrantOffered:
        """Return the newest offer for an operation."""

    def grant(self, use_case: UseCaseId, operation: Operation) -> Grant:
        """Return the level in the hands of an operation."""

    def evidence(self, use_case: UseCaseId, operation: Operation, version: str) -> Evidence:
        """Return the evidence of a version's latest trial."""

    def latest_trial(self, use_case: UseCaseId, operation: Operation) -> int:
        """Return the number of the operation's latest trial over all versions, 0 before the first."""

    def qa_rate_ppm(self, use_case: UseCaseId, operation: Operation) -> int | None:
        """Return the share drawn for review, None before it was ever set."""

    def stops(self) -> tuple[str, ...]:
        """Return the scopes that are stopped."""

    def every_action(self) -> Iterator[tuple[Action, Mapping[str, Value] | None]]:
        """Walk every action with the arguments in force (None where they were erased), oldest first."""

    def in_states(self, states: Collection[State], *, use_case: UseCaseId | None = None, limit: int = 1000) -> list[Action]:
        """Return actions in these states, oldest first."""

    def due(self, states: Collection[State], now: datetime, *, limit: int = 1000) -> list[Action]:
        """Return actions in these states whose time has come, most overdue first."""

    def open_clusters(self, *, limit: int = 100_000) -> list[OpenCluster]:
        """Return clusters that are not closed, with their gradable items."""

    def proposed_since(self, use_case: UseCaseId, operation: Operation, since: datetime) -> int:
        """Count the proposals of an operation since a moment."""

    def taken(self, span: Span) -> Mapping[int, int]:
        """Return what each bucket of a limit's window holds; one that nobody took from is left out."""

    def fullest(self, limit: str, first: int, *, most: int) -> list[tuple[str, int]]:
        """Return whose counts of a limit are the fullest since a bucket, with what each comes to."""

    def moves_since(self, use_case: UseCaseId, operation: Operation, record: str, since: datetime) -> list[ProposalId]:
        """Return what was carried out on a record since a moment, with all that is on its way out."""

    def violations(self, *, use_case: UseCaseId | None = None, only_open: bool = False, limit: int = 1000) -> list[Violation]:
        """Return violations, newest first."""

    def violation(self, violation: str) -> Violation:
        """Return one violation. Raises `NotFound` when there is none."""

    def facts(self, *, after: int = 0, limit: int = 1000, kinds: Collection[str] = ()) -> list[Entry]:
        """Return facts in order."""


class Writing(Reading, PeopleWriting, Protocol):
    """A transaction: reads see what it wrote; facts, state and content commit together or not at all."""

    def record(self, fact: Fact, *, actor: str, contents: Mapping[str, Any] | None = None) -> str:
        """Append a fact and bring every projection up to date. Returns the fact's id.

        `contents` is sealed into the fact: it MUST NOT reach the ledger itself. Raises `Conflict` when the lifecycle does
        not admit the fact; then nothing of the work is written. A row that a fact reserves from MUST NOT come to more than its
        `most`: `Conflict` is raised when it is written at the latest.
        """

    def fetch(self, proposals: Collection[ProposalId]) -> None:
        """Read many actions and their decisions at once, because the work is about to need each of them."""

    def fetch_taken(self, spans: Iterable[Span]) -> None:
        """Read many windows at once. Where others may write meanwhile, their rows MUST be locked, in this order."""


class Store(Protocol):
    """Where facts and projections live. One writer at a time; a second writer process MUST be refused by name."""

    async def write(self, work: Callable[[Writing], T]) -> T:
        """Run `work` in a durable transaction and return its result once it is on disk.

        `work` MUST be free of effects outside the transaction: it may be run again when its group fails.
        """

    def read(self) -> AbstractContextManager[Reading]:
        """Open a consistent view that never waits for the writer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every verb is handed: the store, the connected systems, time, names, and the instance's secret."""

    store: Store
    connectors: Mapping[str, Connector]
    clock: Clock
    ids: Ids
    secret: bytes
