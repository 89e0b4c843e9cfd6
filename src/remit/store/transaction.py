"""One transaction: facts appended, projections folded in memory, everything written together at its end."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar, cast

import orjson
import sqlalchemy as sa
from msgspec.structs import replace

from remit.core.action import Action
from remit.core.codec import to_bytes
from remit.core.evidence_fold import refuse_unearned
from remit.core.facts import Decided, Entry, Fact, Granted, subject_of
from remit.core.level import Evidence, Grant
from remit.core.limits import Span, lock_order
from remit.core.person import Person
from remit.core.policy import CompiledPolicy
from remit.core.readiness import Measures
from remit.core.types import Operation, ProposalId, UseCaseId
from remit.ledgerproof import leaf_hash
from remit.ports import Clock, Ids
from remit.store import tables as t
from remit.store.action_rows import to_action
from remit.store.caring_rows import CareWriter
from remit.store.counting import rows_of
from remit.store.erasing_rows import ErasingWriter
from remit.store.importing_rows import ImportWriter
from remit.store.notice_rows import NoticeWriter
from remit.store.people_rows import PeopleWriter
from remit.store.projecting import project
from remit.store.queries import listed
from remit.store.reading import BY_CALLS, FACTS, Reader, to_decided
from remit.store.saving import Unsaved, save

T = TypeVar("T")


class Transaction(Reader, PeopleWriter, NoticeWriter, ImportWriter, CareWriter, ErasingWriter):
    """The writing half of the port. What it changes stays in memory until a query or the end needs it in the database."""

    def __init__(self, connection: sa.Connection, clock: Clock, ids: Ids) -> None:
        """Write through this connection, whose transaction somebody else began and ends."""
        super().__init__(connection)
        self._clock, self._ids = clock, ids
        self._policy: CompiledPolicy | None = None
        self.unsaved = Unsaved()

    def record(self, fact: Fact, *, actor: str, contents: Mapping[str, Any] | None = None) -> str:
        """Append a fact and bring every projection up to date. Returns the fact's id."""
        identity = self._ids.new()
        kept = {(identity, name): self._kept(content) for name, content in contents.items()} if contents else {}
        if kept:
            sealed = {name: hmac.digest(salt, body, "sha256").hex() for (_, name), (salt, body) in kept.items()}
            fact = replace(cast("Any", fact), sealed=sealed)  # only facts with `sealed` get contents
        entry = Entry(seq=0, id=identity, at=self._clock.now().astimezone(UTC), actor=actor, fact=fact)
        row = _row(entry)  # before anything moves: what has no byte form leaves no trace,
        if isinstance(fact, Granted):
            refuse_unearned(self.grant(fact.use_case, fact.operation), fact)
        project(self, entry)  # nor does what the lifecycle refuses
        if isinstance(fact, Decided):
            self.unsaved.decisions[identity] = fact
        self.unsaved.facts.append(row)
        self.unsaved.contents.update(kept)
        return identity

    def _kept(self, content: Any) -> tuple[bytes, bytes]:
        return self._ids.salt(), orjson.dumps(content, option=orjson.OPT_SORT_KEYS)

    def _moment(self) -> datetime:
        return self._clock.now()

    def _flush(self) -> None:
        save(self._connection, self.unsaved)

    def flush(self) -> None:
        """Write everything that is still in memory."""
        self._flush()

    def policy(self) -> CompiledPolicy:
        """Return the policy in force."""
        if self._policy is None:
            self._policy = super().policy()
        return self._policy

    def granted(self) -> set[tuple[str, str]]:
        """Return the use cases and operations that have a grant."""
        return {(row["use_case"], row["operation"]) for row in self._all(sa.select(t.grants))}

    def forget_policy(self) -> None:
        """Read the policy again next time."""
        self._policy = None

    def fetch(self, proposals: Collection[ProposalId]) -> None:
        """Read many actions and their decisions at once, because the work is about to need each of them."""
        found = self.actions(proposals)
        self.unsaved.actions_read.update(found)
        decided = [action.decided for action in found.values() if action.decided]
        self.unsaved.decisions.update((row["id"], to_decided(row)) for row in self._all(FACTS, listed=listed(decided)))

    def fetch_taken(self, spans: Iterable[Span]) -> None:
        """Read what many windows hold at once, in the order in which their rows are locked."""
        unknown = self.unsaved.counting.unknown(lock_order(spans))
        if unknown:
            self.unsaved.counting.learn(unknown, rows_of(self._connection, unknown))

    def taken(self, span: Span) -> Mapping[int, int]:
        """Return what each bucket of a limit's window holds, with what this transaction took and gave back."""
        if not self.unsaved.counting.knows(span):
            self.fetch_taken([span])
        return self.unsaved.counting.taken(span)

    def action(self, proposal: ProposalId) -> Action | None:
        """Return one action, as this transaction left it."""
        for kept in (self.unsaved.actions, self.unsaved.actions_read):
            if proposal in kept:
                return kept[proposal]
        return super().action(proposal)

    def fetch_calls(self, agent: str, call_ids: Collection[str]) -> None:
        """Read at once what an agent asked for under many call ids, and remember which of them are new."""
        self.unsaved.calls.update({(agent, call_id): None for call_id in call_ids if (agent, call_id) not in self.unsaved.calls})
        found = [to_action(row) for row in self._all(BY_CALLS, agent=agent, listed=listed(call_ids))]
        self.unsaved.calls.update({(agent, action.call_id): action.proposal for action in found})
        self.unsaved.actions_read.update((action.proposal, action) for action in found)

    def by_call(self, agent: str, call_id: str) -> Action | None:
        """Return the action an agent asked for under this call id, also one asked for in this transaction."""
        if (agent, call_id) not in self.unsaved.calls:
            return super().by_call(agent, call_id)
        proposal = self.unsaved.calls[agent, call_id]
        return None if proposal is None else self.action(proposal)

    def content(self, fact: str, name: str) -> Any:
        """Return the content sealed in a fact, also in one of this transaction."""
        kept = self.unsaved.contents.get((fact, name))
        return super().content(fact, name) if kept is None else orjson.loads(kept[1])

    def decision(self, action: Action) -> Decided:
        """Return the decision in force for an action, also one made in this transaction."""
        known = self.unsaved.decisions.get(action.decided or "")
        return super().decision(action) if known is None else known

    def qa_rate_ppm(self, use_case: UseCaseId, operation: Operation) -> int | None:
        """Return the share drawn for review."""
        key = (use_case, operation)
        if key not in self.unsaved.rates_read:
            self.unsaved.rates_read[key] = super().qa_rate_ppm(use_case, operation)
        return self.unsaved.rates_read[key]

    def measures(self, use_case: UseCaseId) -> Measures:
        """Return the newest measure of each thing that was measured for a use case."""
        if use_case not in self.unsaved.measures_read:
            self.unsaved.measures_read[use_case] = super().measures(use_case)
        return self.unsaved.measures_read[use_case]

    def stops(self) -> tuple[str, ...]:
        """Return the scopes that are stopped."""
        if self.unsaved.stops_read is None:
            self.unsaved.stops_read = super().stops()
        return self.unsaved.stops_read

    def has_people(self) -> bool:
        """Whether anybody was ever admitted."""
        return self._of_people(("anybody",), super().has_people)

    def person(self, name: str) -> Person | None:
        """Return somebody by name, also one who left."""
        return self._of_people(("person", name), partial(super().person, name))

    def issuers(self, agent: str, version: str) -> frozenset[str]:
        """Return the people who issued keys of an agent version."""
        return self._of_people(("issuers", agent, version), partial(super().issuers, agent, version))

    def _of_people(self, asked: tuple[str, ...], read: Callable[[], T]) -> T:
        """Ask about people once in a transaction: many answers come from one person."""
        if asked not in self.unsaved.people_read:
            self.unsaved.people_read[asked] = read()
        found: T = self.unsaved.people_read[asked]
        return found

    def grant(self, use_case: UseCaseId, operation: Operation) -> Grant:
        """Return the level in the hands of an operation, as this transaction left it."""
        key = (use_case, operation)
        if key in self.unsaved.grants:
            return self.unsaved.grants[key]
        if key not in self.unsaved.grants_read:
            self.unsaved.grants_read[key] = super().grant(use_case, operation)
        return self.unsaved.grants_read[key]

    def evidence(self, use_case: UseCaseId, operation: Operation, version: str) -> Evidence:
        """Return the evidence of a version's latest trial, as this transaction left it."""
        key = (use_case, operation, version)
        if key in self.unsaved.evidence:
            return self.unsaved.evidence[key]
        if key not in self.unsaved.evidence_read:
            self.unsaved.evidence_read[key] = super().evidence(use_case, operation, version)
        return self.unsaved.evidence_read[key]

    def execute(self, statement: sa.Executable, **values: Any) -> None:
        """Run one rare statement of a projection, after everything that came before it."""
        super().execute(statement, **values)
        self.unsaved.rates_read.clear()
        self.unsaved.measures_read.clear()
        self.unsaved.people_read.clear()
        self.unsaved.stops_read = None


def _row(entry: Entry) -> tuple[Any, ...]:
    """Return a fact's columns as the driver takes them; the first is its number, which the table gives."""
    fact, body = entry.fact, to_bytes(entry)
    at = t.microseconds(entry.at)
    return (None, entry.id, at, entry.actor, type(fact).__name__, subject_of(fact), body, leaf_hash(body))
