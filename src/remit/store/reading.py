"""The named queries of the port, on one connection. Each is a plain read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any

import orjson
import sqlalchemy as sa

from remit.core.action import Action
from remit.core.codec import fact_in
from remit.core.facts import Decided, Entry
from remit.core.lifecycle import State
from remit.core.limits import Span
from remit.core.policy import CompiledPolicy, compile_documents
from remit.core.types import ProposalId, UseCaseId, Value
from remit.errors import NotFound
from remit.ports import AgentKey
from remit.store import tables as t
from remit.store.action_rows import to_action
from remit.store.caring_rows import CareReader
from remit.store.counting import fullest_of, rows_of
from remit.store.erasing_rows import ErasingReader
from remit.store.importing_rows import ImportReader
from remit.store.incident_rows import IncidentReader
from remit.store.level_rows import LevelReader
from remit.store.newest import Newest, to_entry
from remit.store.notice_rows import NoticeReader
from remit.store.people_rows import PeopleReader
from remit.store.policy_reading import PolicyReader
from remit.store.queries import LISTED, listed
from remit.store.watching import Watcher


class Reader(
    LevelReader,
    PeopleReader,
    NoticeReader,
    ImportReader,
    CareReader,
    IncidentReader,
    PolicyReader,
    ErasingReader,
    Watcher,
    Newest,
):
    """Answers the reading half of the port. It never writes."""

    def policy(self) -> CompiledPolicy:
        """Return the policy in force."""
        row = self._one(_LATEST_POLICY)
        if row is None:
            raise NotFound("No policy was adopted yet.", do="Run `remit init` or adopt a charter")
        return compile_policy(row["number"], row["digest"], row["documents"])

    def policy_of(self, digest: str) -> CompiledPolicy:
        """Return the policy with this digest, however old. Raises `NotFound` when there is none."""
        row = self._one(_POLICY_OF, digest=digest)
        if row is None:
            raise NotFound(asked=f"the policy {digest[:12]}", found="no such policy", do="Run `remit doctor`")
        return compile_policy(row["number"], row["digest"], row["documents"])

    def action(self, proposal: ProposalId) -> Action | None:
        """Return one action."""
        row = self._one(_ACTION, proposal=proposal)
        return None if row is None else to_action(row)

    def actions(self, proposals: Collection[ProposalId]) -> Mapping[ProposalId, Action]:
        """Return many actions by proposal; one that is not there is left out."""
        return {row["proposal"]: to_action(row) for row in self._all(_ACTIONS, listed=listed(proposals))}

    def existing(self, proposal: ProposalId) -> Action:
        """Return one action. Raises `NotFound` when there is none."""
        found = self.action(proposal)
        if found is None:
            raise NotFound(asked=f"proposal {proposal}", found="no such proposal", do="Run `remit inbox` for what is held")
        return found

    def by_call(self, agent: str, call_id: str) -> Action | None:
        """Return the action an agent asked for under this call id."""
        row = self._one(_BY_CALL, agent=agent, call_id=call_id)
        return None if row is None else to_action(row)

    def content(self, fact: str, name: str) -> Any:
        """Return the content sealed in a fact; None when it was erased or never there."""
        row = self._one(_CONTENT, fact=fact, name=name)
        return None if row is None else orjson.loads(row["body"])

    def contents(self, facts: Collection[str], name: str) -> Mapping[str, Any]:
        """Return what is sealed under one name in many facts, by fact; what was erased or never there is left out."""
        rows = self._all(_CONTENTS, listed=listed(facts), name=name)
        return {row["fact"]: orjson.loads(row["body"]) for row in rows}

    def decision(self, action: Action) -> Decided:
        """Return the decision in force for an action."""
        row = self._one(_FACT, id=action.decided)
        if row is None:
            raise NotFound(asked=f"the decision about {action.proposal}")
        return to_decided(row)

    def agent_key(self, key_digest: str) -> AgentKey | None:
        """Return whose key this is; None for one that was revoked."""
        row = self._one(_KEY, key_digest=key_digest)
        return None if row is None or row["revoked"] else _agent_key(row)

    def agent_keys(self, use_case: UseCaseId) -> list[AgentKey]:
        """Return the agent versions admitted to a use case, also those whose key was revoked."""
        keys = [_agent_key(row) for row in self._all(_KEYS)]
        return [key for key in keys if use_case in key.use_cases]

    def policy_documents(self) -> tuple[int, Mapping[str, str]]:
        """Return the number and documents of the policy in force; 0 and nothing before the first."""
        row = self._one(_LATEST_POLICY)
        return (0, {}) if row is None else (row["number"], orjson.loads(row["documents"]))

    def every_action(self) -> Iterator[tuple[Action, Mapping[str, Value] | None]]:
        """Walk every action with the arguments in force (None where they were erased), oldest first."""
        for row in self._all(_EVERY_ACTION):
            values = dict(row)
            arguments = values.pop("arguments")
            yield to_action(values), None if arguments is None else orjson.loads(arguments)

    def in_states(self, states: Collection[State], *, use_case: UseCaseId | None = None, limit: int = 1000) -> list[Action]:
        """Return actions in these states, oldest first."""
        found = (self._in_state(state, use_case, limit) for state in states)  # each along its index, so that nothing is sorted
        return [to_action(row) for row in islice(merge(*found, key=itemgetter("proposed_at", "proposal")), limit)]

    def _in_state(self, state: State, use_case: UseCaseId | None, limit: int) -> list[Any]:
        if use_case is None:
            return self._all(_IN_STATE, state=str(state), most=limit)
        return self._all(_IN_STATE_OF, state=str(state), most=limit, use_case=use_case)

    def due(
        self, states: Collection[State], now: datetime, *, limit: int = 1000, without: Collection[UseCaseId] = ()
    ) -> list[Action]:
        """Return actions in these states whose time has come, most overdue first, but for those of some use cases."""
        query, more = (_DUE_WITHOUT, {"listed": listed(without)}) if without else (_DUE, {})
        found = (self._all(query, state=str(state), now=now, most=limit, **more) for state in states)
        return [to_action(row) for row in islice(merge(*found, key=itemgetter("due_at", "proposal")), limit)]

    def taken(self, span: Span) -> Mapping[int, int]:
        """Return what each bucket of a limit's window holds; one that nobody took from is left out."""
        found = rows_of(self._connection, [span])
        return found.get((span.limit, span.scope), {})

    def fullest(self, limit: str, first: int, *, most: int) -> list[tuple[str, int]]:
        """Return whose counts of a limit are the fullest since a bucket, with what each comes to."""
        self._flush()
        return fullest_of(self._connection, limit, first, most)

    def facts(self, *, after: int = 0, limit: int = 1000, kinds: Collection[str] = ()) -> list[Entry]:
        """Return facts in order."""
        query = sa.select(t.facts).where(t.facts.c.seq > after).order_by(t.facts.c.seq).limit(limit)
        if kinds:
            query = query.where(t.facts.c.kind.in_(list(kinds)))
        return [to_entry(row) for row in self._all(query)]


_LATEST_POLICY = sa.select(t.policies).order_by(t.policies.c.number.desc()).limit(1)
_POLICY_OF = sa.select(t.policies).where(t.policies.c.digest == sa.bindparam("digest")).order_by(t.policies.c.number).limit(1)
_ACTION = sa.select(t.actions).where(t.actions.c.proposal == sa.bindparam("proposal"))
_BY_CALL = sa.select(t.actions).where(t.actions.c.agent == sa.bindparam("agent"), t.actions.c.call_id == sa.bindparam("call_id"))
_CONTENT = sa.select(t.contents.c.body).where(
    t.contents.c.fact == sa.bindparam("fact"), t.contents.c.name == sa.bindparam("name")
)
_IN_STATE = (
    sa.select(t.actions)
    .where(t.actions.c.state == sa.bindparam("state"))
    .order_by(t.actions.c.proposed_at, t.actions.c.proposal)
    .limit(sa.bindparam("most"))
)
_IN_STATE_OF = _IN_STATE.where(t.actions.c.use_case == sa.bindparam("use_case"))
_DUE = (
    sa.select(t.actions)
    .where(t.actions.c.state == sa.bindparam("state"), t.actions.c.due_at <= sa.bindparam("now", type_=t.Moment))
    .order_by(t.actions.c.due_at, t.actions.c.proposal)
    .limit(sa.bindparam("most"))
)
_DUE_WITHOUT = _DUE.where(t.actions.c.use_case.not_in(LISTED))
_CONTENTS = sa.select(t.contents.c.fact, t.contents.c.body).where(
    t.contents.c.fact.in_(LISTED), t.contents.c.name == sa.bindparam("name")
)
BY_CALLS = sa.select(t.actions).where(t.actions.c.agent == sa.bindparam("agent"), t.actions.c.call_id.in_(LISTED))
FACTS = sa.select(t.facts).where(t.facts.c.id.in_(LISTED))
_ACTIONS = sa.select(t.actions).where(t.actions.c.proposal.in_(LISTED))
_FACT = sa.select(t.facts).where(t.facts.c.id == sa.bindparam("id"))
_KEY = sa.select(t.keys).where(t.keys.c.key_digest == sa.bindparam("key_digest"))
_KEYS = sa.select(t.keys).order_by(t.keys.c.agent, t.keys.c.version)


_EVERY_ACTION = (
    sa.select(t.actions, t.contents.c.body.label("arguments"))
    .outerjoin(t.contents, sa.and_(t.contents.c.fact == t.actions.c.content, t.contents.c.name == "arguments"))
    .order_by(t.actions.c.proposed_at, t.actions.c.proposal)
)


def _agent_key(row: Any) -> AgentKey:
    use_cases = tuple(UseCaseId(name) for name in orjson.loads(row["use_cases"]))
    return AgentKey(agent=row["agent"], version=row["version"], use_cases=use_cases, revoked=row["revoked"])


def to_decided(row: Any) -> Decided:
    """Build a decision from the row of its fact."""
    return fact_in(row["body"], Decided)


@lru_cache(maxsize=8)
def compile_policy(number: int, digest: str, documents: bytes) -> CompiledPolicy:
    """Compile the documents of a policy; policies never change, so the last few are kept."""
    return compile_documents(number, digest, orjson.loads(documents))
