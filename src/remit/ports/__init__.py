"""What verbs and doors need from the world. Each port says what a driver MUST and MUST NOT do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from remit.core.action import Action
from remit.core.facts import Decided, Entry, Fact
from remit.core.lifecycle import State
from remit.core.limits import Span
from remit.core.policy import CompiledPolicy
from remit.core.policy_history import PolicyHistory
from remit.core.stops import LiftWish
from remit.core.types import Operation, ProposalId, UseCaseId, Value
from remit.core.undo_choice import Choice
from remit.core.violation import Violation
from remit.ports.care_port import CareReading, CareWriting
from remit.ports.connector_port import (
    Call,
    Connector,
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
from remit.ports.erasing_port import ErasingReading, ErasingWriting, KeptContent
from remit.ports.import_port import ImportReading, ImportWriting
from remit.ports.incident_port import IncidentReading
from remit.ports.level_port import LevelReading
from remit.ports.notice_port import UNREACHABLE, NoticeReading, NoticeWriting, Notifier
from remit.ports.people_port import PeopleReading, PeopleWriting
from remit.ports.telemetry_port import SILENT, Pulse, Telemetry


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


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentKey:
    """An agent version and the use cases its key is good for. A revoked one opens nothing any more."""

    agent: str
    version: str
    use_cases: tuple[UseCaseId, ...]
    revoked: bool = False


class Reading(
    LevelReading,
    PeopleReading,
    NoticeReading,
    ImportReading,
    CareReading,
    IncidentReading,
    PolicyHistory,
    ErasingReading,
    Protocol,
):
    """Named queries over the projections. Every one is a plain read."""

    def policy(self) -> CompiledPolicy:
        """Return the policy in force."""

    def policy_of(self, digest: str) -> CompiledPolicy:
        """Return the policy with this digest, however old. Raises `NotFound` when there is none."""

    def action(self, proposal: ProposalId) -> Action | None:
        """Return one action."""

    def actions(self, proposals: Collection[ProposalId]) -> Mapping[ProposalId, Action]:
        """Return many actions by proposal; one that is not there is left out."""

    def existing(self, proposal: ProposalId) -> Action:
        """Return one action. Raises `NotFound` when there is none."""

    def by_call(self, agent: str, call_id: str) -> Action | None:
        """Return the action an agent asked for under this call id."""

    def content(self, fact: str, name: str) -> Any:
        """Return the content sealed in a fact; None when it was erased or never there."""

    def contents(self, facts: Collection[str], name: str) -> Mapping[str, Any]:
        """Return what is sealed under one name in many facts, by fact; what was erased or never there is left out."""

    def asked(self, proposal: ProposalId) -> Mapping[str, Value] | None:
        """Return the arguments as the agent first asked for them; None when they were erased."""

    def claim(self, proposal: ProposalId) -> str | None:
        """Return why the agent asked, in its own words, also after an edit; None when they were erased or never given."""

    def latest_answer(self, proposal: ProposalId) -> Entry | None:
        """Return the newest answer to a proposal; None while there is none."""

    def decision(self, action: Action) -> Decided:
        """Return the decision in force for an action."""

    def agent_key(self, key_digest: str) -> AgentKey | None:
        """Return whose key this is; None for one that was revoked."""

    def agent_keys(self, use_case: UseCaseId) -> list[AgentKey]:
        """Return the agent versions admitted to a use case, also those whose key was revoked."""

    def policy_documents(self) -> tuple[int, Mapping[str, str]]:
        """Return the number and documents of the policy in force; 0 and nothing before the first."""

    def stops(self) -> tuple[str, ...]:
        """Return the scopes that are stopped."""

    def lift_wishes(self) -> Mapping[str, LiftWish]:
        """Return who wants which stop lifted, by scope; one that nobody wants lifted is left out."""

    def every_action(self) -> Iterator[tuple[Action, Mapping[str, Value] | None]]:
        """Walk every action with the arguments in force (None where they were erased), oldest first."""

    def in_states(self, states: Collection[State], *, use_case: UseCaseId | None = None, limit: int = 1000) -> list[Action]:
        """Return actions in these states, oldest first."""

    def due(
        self, states: Collection[State], now: datetime, *, limit: int = 1000, without: Collection[UseCaseId] = ()
    ) -> list[Action]:
        """Return actions in these states whose time has come, most overdue first, but for those of some use cases."""

    def corrected(self, use_case: UseCaseId | None, operation: Operation | None, *, limit: int) -> list[Action]:
        """Return what people answered and found not right as it was, newest first; of one use case or operation, or of all."""

    def done(self, choice: Choice, *, limit: int = 1000) -> list[Action]:
        """Return what was carried out and is there still, as chosen, the latest first."""

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

    def pulse(self) -> Pulse:
        """Return how the installation stands, at the cost of a few look-ups along indexes."""

    def facts(self, *, after: int = 0, limit: int = 1000, kinds: Collection[str] = ()) -> list[Entry]:
        """Return facts in order."""


class Writing(Reading, PeopleWriting, NoticeWriting, ImportWriting, CareWriting, ErasingWriting, Protocol):
    """A transaction: reads see what it wrote; facts, state and content commit together or not at all."""

    def record(self, fact: Fact, *, actor: str, contents: Mapping[str, Any] | None = None) -> str:
        """Append a fact and bring every projection up to date. Returns the fact's id.

        `contents` is sealed into the fact: it MUST NOT reach the ledger itself. Raises `Conflict` when the lifecycle does
        not admit the fact; then nothing of the work is written. A row that a fact reserves from MUST NOT come to more than its
        `most`: `Conflict` is raised when it is written at the latest.
        """

    def fetch(self, proposals: Collection[ProposalId]) -> None:
        """Read many actions and their decisions at once, because the work is about to need each of them."""

    def fetch_calls(self, agent: str, call_ids: Collection[str]) -> None:
        """Read what an agent asked for under many call ids at once, because the work is about to ask `by_call` for each."""

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

    async def scrub(self) -> bool:
        """See that dropped content can be read in no file any more, and that the list of erasures lies beside the store.

        Returns False where somebody still reads an older state, so that it cannot be said yet.
        """


def _nobody() -> None:
    """Ring where nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every verb is handed: the store, the connected systems, time, names, the instance's secret, and who hears of work."""

    store: Store
    connectors: Mapping[str, Connector]
    clock: Clock
    ids: Ids
    secret: bytes
    telemetry: Telemetry = SILENT
    notifier: Notifier = UNREACHABLE
    ring: Callable[[], None] = _nobody
    """Tells the runner that something may leave at once, so that nobody waits for its next round."""


__all__ = [
    "UNREACHABLE",
    "AgentKey",
    "Call",
    "Clock",
    "Connector",
    "Effect",
    "Established",
    "Forgot",
    "Forgotten",
    "House",
    "Ids",
    "KeptContent",
    "KeyedCall",
    "KeyedRestore",
    "Notifier",
    "Performed",
    "Query",
    "Reading",
    "Row",
    "Standing",
    "Store",
    "Writing",
]
