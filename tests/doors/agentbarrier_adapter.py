"""Our API behind the adapter of an independent suite: its actions are proposals, its probe is a connected system.

A run is one agent with a key of its own. Everything goes through the HTTP door as agents and people use it, and the runner
carries it out. What the suite calls cancelling is a stop of that agent: what is in flight is cut off, looked up, and kept back.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
from agentbarrier.adapter import AgentAdapter, RunHandle, validate_actions
from agentbarrier.errors import AmbiguousEffectError
from agentbarrier.models import (
    ActionRequest,
    AuditEvent,
    AuditReceipt,
    Capability,
    ReconciliationEvidence,
    ReconciliationStatus,
    RunOutcome,
    RunStatus,
    action_digest,
)
from agentbarrier.probe import EffectProbe

from remit.core.facts import Answered, Decided
from remit.core.lifecycle import State
from remit.core.types import Answer, Image, ProposalId, Record, UseCaseId, Value
from remit.flow.adopt import admit
from remit.flow.execute import clarify, recover
from remit.ports import (
    Call,
    Effect,
    Established,
    Forgot,
    Forgotten,
    House,
    KeyedCall,
    KeyedRestore,
    Performed,
    Query,
    Row,
    Standing,
)
from remit.runner.local import drain

DESK = "/api/v1/desk"
GATED, FREE = UseCaseId("gated"), UseCaseId("free")
_OVER = {State.DONE, State.FAILED, State.UNCLEAR, State.REJECTED, State.RETURNED, State.STOPPED, State.BLOCKED, State.WITHDRAWN}


@dataclass(kw_only=True)
class ProbeSystem:
    """A connected system whose effects are the suite's probe. It answers a key it has seen the first way."""

    name: str = "sandbox"
    probes: dict[str, tuple[EffectProbe, ActionRequest]] = field(default_factory=dict)
    answered: dict[str, tuple[Performed, ActionRequest]] = field(default_factory=dict)

    def standing(self) -> Standing:
        """Say that all is well."""
        return Standing()

    def room(self) -> int:
        """Take whatever comes."""
        return 1000

    async def establish(self, calls: Sequence[Call]) -> list[Established]:
        """Say that each call makes one new thing that nobody listens to."""
        now = datetime.now(UTC)
        return [
            Established(reach=1, listeners=(), suppressed=False, notifies=(), further={"money.spend_minor": 0}, as_of=now)
            for _ in calls
        ]

    async def perform(self, calls: Sequence[KeyedCall]) -> list[Performed]:
        """Let the probe act, all at once."""
        return list(await asyncio.gather(*map(self._once, calls)))

    async def _once(self, asked: KeyedCall) -> Performed:
        if asked.key in self.answered:
            return self.answered[asked.key][0]
        probe, action = self._of(asked.call.arguments)
        try:
            await probe(action)
        except AmbiguousEffectError:
            end = Performed(effect=Effect.UNCLEAR, detail="the answer was lost")
        else:
            record = Record(kind="task", id=action.action_id)
            end = Performed(effect=Effect.DONE, record=record, before=Image(exists=False), after=Image(exists=True))
        self.answered[asked.key] = end, action
        return end

    def _of(self, arguments: Any) -> tuple[EffectProbe, ActionRequest]:
        probe, action = self.probes[arguments["action_id"]]
        return probe, action.with_arguments({name: value for name, value in arguments.items() if name != "action_id"})

    async def look_up(self, keys: Sequence[str]) -> list[Performed | None]:
        """Ask the probe's own journal how each key ended."""
        return [await self._find(key) for key in keys]

    async def _find(self, key: str) -> Performed | None:
        if key not in self.answered:
            return None
        end, action = self.answered[key]
        if end.effect is not Effect.UNCLEAR:
            return end
        try:
            evidence = await self.probes[action.action_id][0].reconcile(action)
        except sqlite3.Error:
            return end  # the journal of an earlier scenario is closed: nobody can say any more
        if evidence.status is ReconciliationStatus.COMMITTED:
            return Performed(effect=Effect.DONE, record=Record(kind="task", id=action.action_id), after=Image(exists=True))
        return None if evidence.status is ReconciliationStatus.NOT_COMMITTED else end

    async def restore(self, calls: Sequence[KeyedRestore]) -> list[Performed]:
        """Restore nothing: the suite undoes nothing."""
        return [Performed(effect=Effect.FAILED, detail="nothing goes back") for _ in calls]

    async def images(self, wanted: Sequence[tuple[Record, tuple[str, ...]]]) -> list[Image]:
        """Read nothing."""
        return [Image(exists=True) for _ in wanted]

    async def read(self, query: Query) -> list[Row]:
        """Read nothing."""
        _ = query
        return []

    async def forget(self, record: Record, *, look_only: bool = False) -> Forgotten:
        """Forget nothing."""
        _ = record, look_only
        return Forgotten(how=Forgot.NOTHING)


@dataclass(kw_only=True)
class RemitAdapter(AgentAdapter):
    """Starts the suite's runs as agents of a house."""

    house: House
    system: ProbeSystem
    http: httpx.AsyncClient
    token: str
    name: str = "remit"
    capabilities: frozenset[Capability] = frozenset(Capability)
    runs: int = 0

    async def begin(
        self, *, run_id: str, actions: Sequence[ActionRequest], effect: EffectProbe, timeout_seconds: float | None = None
    ) -> RunHandle:
        """Admit an agent for the run and let it propose."""
        self.runs += 1
        run = _Run(adapter=self, run_id=run_id, actions=validate_actions(actions), effect=effect, timeout=timeout_seconds)
        await run.start(f"agent-{self.runs}")
        return run


@dataclass(kw_only=True)
class _Run(RunHandle):
    """One run: an agent, its proposals, and the runner that carries out what may leave."""

    adapter: RemitAdapter
    run_id: str
    actions: tuple[ActionRequest, ...]
    effect: EffectProbe
    timeout: float | None
    agent: str = ""
    key: str = ""
    tries: dict[str, int] = field(default_factory=dict)
    proposals: dict[str, ProposalId] = field(default_factory=dict)
    receipts: list[tuple[int, AuditEvent, ActionRequest | None]] = field(default_factory=list)
    ended: RunStatus | None = None
    task: asyncio.Task[None] | None = None

    # what goes through the door

    async def _post(self, path: str, body: object, *, token: str, person: str = "dana") -> Any:
        headers = {"authorization": f"Bearer {token}", "x-remit-person": person}
        reply = await self.adapter.http.post(path, content=msgspec.json.encode(body), headers=headers)
        assert reply.is_success, reply.text
        return reply.json()

    async def _about(self, action_id: str, way: str, body: object) -> Any:
        return await self._post(f"{DESK}/proposals/{self.proposals[action_id]}/{way}", body, token=self.adapter.token)

    async def _propose(self, action: ActionRequest) -> None:
        arguments: dict[str, Any] = {**action.arguments, "action_id": action.action_id}
        call = f"{action.action_id} {self.tries.get(action.action_id, 0)}"
        use_case = GATED if action.requires_approval else FREE
        asked = {"use_case": use_case, "operation": "task.create", "arguments": arguments, "call_id": call, "confidence": 1.0}
        (reply,) = await self._post("/api/v1/proposals", [asked], token=self.key)
        self.proposals[action.action_id] = ProposalId(reply["proposal_id"])

    def _state(self, action_id: str) -> State:
        with self.adapter.house.store.read() as reading:
            return reading.existing(self.proposals[action_id]).state

    # the run

    async def start(self, agent: str) -> None:
        """Admit the agent, propose what needs a person first, and begin to work."""
        self.agent, self.key = agent, f"the key of {agent}"
        house = self.adapter.house
        await admit(house, agent=agent, version="v1", use_cases=(GATED, FREE), key=self.key, by="olga")
        self._note(AuditEvent.RUN_STARTED)
        for action in self.actions:
            self.adapter.system.probes[action.action_id] = self.effect, action
        for action in self.actions:
            if action.requires_approval:
                await self._propose(action)
        self.task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        try:
            await asyncio.wait_for(self._go_on(), self.timeout)
        except TimeoutError:
            await self._cut_off()
            self._end(RunStatus.TIMED_OUT, AuditEvent.RUN_TIMED_OUT)

    async def _go_on(self) -> None:
        """Ask for what needs nobody once nothing of the run waits for a person any more, and carry out what may leave."""
        while True:
            await drain(self.adapter.house)
            states = {name: self._state(name) for name in self.proposals}
            if not any(state is State.HELD for state in states.values()):
                fresh = [one for one in self.actions if one.action_id not in self.proposals and self._may_ask(one, states)]
                for action in fresh:
                    await self._propose(action)
                if not fresh and all(state in _OVER for state in states.values()):
                    break
            await asyncio.sleep(0.005)
        unclear = State.UNCLEAR in states.values()
        self._end(*((RunStatus.UNKNOWN, AuditEvent.RUN_UNKNOWN) if unclear else (RunStatus.COMPLETED, AuditEvent.RUN_COMPLETED)))

    def _may_ask(self, action: ActionRequest, states: dict[str, State]) -> bool:
        """Whether everybody this was delegated by went through."""
        parents = {one.action_id: one.parent_action_id for one in self.actions}
        parent = action.parent_action_id
        while parent is not None:
            if states.get(parent) in {State.REJECTED, State.RETURNED, State.STOPPED, State.FAILED, State.BLOCKED}:
                return False
            parent = parents[parent]
        return True

    async def _cut_off(self) -> None:
        """Stop this run's agent, and let what was in flight be looked up and kept back."""
        await self._post(f"{DESK}/stops", {"scope": f"agent:{self.agent}", "reason": "the run ended"}, token=self.adapter.token)
        await recover(self.adapter.house)
        await drain(self.adapter.house)

    def _end(self, status: RunStatus, event: AuditEvent) -> None:
        self.ended = status
        self._note(event)

    def _note(self, event: AuditEvent, action: ActionRequest | None = None) -> None:
        self.receipts.append((time.time_ns(), event, action))

    # what the suite asks for

    async def wait_for_pending(self, timeout_seconds: float) -> tuple[ActionRequest, ...]:
        """Return what is held."""
        async with asyncio.timeout(timeout_seconds):
            while True:
                held = tuple(
                    one for one in self.actions if one.action_id in self.proposals and self._state(one.action_id) is State.HELD
                )
                if held:
                    return held
                await asyncio.sleep(0.005)

    async def approve(self, action_id: str, replacement: ActionRequest | None = None) -> None:
        """Approve as it was shown, or with an edit."""
        await self._answer(action_id, Answer.APPROVE if replacement is None else Answer.APPROVE_EDITED, replacement)

    async def reject(self, action_id: str, reason: str | None = None) -> None:
        """Reject."""
        await self._answer(action_id, Answer.REJECT, note=reason or "")

    async def _answer(self, action_id: str, answer: Answer, replacement: ActionRequest | None = None, note: str = "") -> None:
        with self.adapter.house.store.read() as reading:
            seen = reading.existing(self.proposals[action_id]).seen
        edited = None if replacement is None else {**replacement.arguments, "action_id": action_id}
        await self._about(action_id, "answer", {"answer": answer, "seen": seen, "note": note, "edited": edited})

    async def cancel(self) -> None:
        """Cut off what is in flight and let nothing more of this run start."""
        if self.task is None or self.task.done():
            return
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        await self._cut_off()
        self._end(RunStatus.CANCELLED, AuditEvent.RUN_CANCELLED)

    async def wait(self, timeout_seconds: float) -> RunOutcome:
        """Wait for the end."""
        assert self.task is not None
        await asyncio.wait({self.task}, timeout=timeout_seconds)
        if self.task.done() and not self.task.cancelled():
            self.task.result()  # an error of ours is not to be hidden
        return RunOutcome(self.ended or RunStatus.FAILED)

    async def reconcile(self, action_id: str, timeout_seconds: float) -> ReconciliationEvidence:
        """Look the effect up; what the system surely never saw, a person settles."""
        action = next(one for one in self.actions if one.action_id == action_id)
        self._note(AuditEvent.RECONCILIATION_STARTED, action)
        try:
            async with asyncio.timeout(timeout_seconds):
                await clarify(self.adapter.house)
                evidence = await self.effect.reconcile(action)
        except TimeoutError:
            self._note(AuditEvent.RECONCILIATION_TIMED_OUT, action)
            status, detail = ReconciliationStatus.UNAVAILABLE, "the look-up timed out"
            return ReconciliationEvidence(action_id, status, action_digest(action), detail=detail)
        if evidence.status is ReconciliationStatus.NOT_COMMITTED:
            await self._about(action_id, "verdict", {"happened": False, "note": "not in the journal"})
            self.tries[action_id] = self.tries.get(action_id, 0) + 1
        settled = {ReconciliationStatus.COMMITTED: State.DONE, ReconciliationStatus.NOT_COMMITTED: State.FAILED}
        assert self._state(action_id) is settled.get(evidence.status, State.UNCLEAR)
        self._note(AuditEvent[f"RECONCILIATION_{evidence.status.name}"], action)
        return evidence

    async def replay(self) -> RunHandle:
        """Let the same agent ask for the same again, under the same call ids where an effect may be there."""
        again = _Run(
            adapter=self.adapter,
            run_id=self.run_id,
            actions=self.actions,
            effect=self.effect,
            timeout=self.timeout,
            agent=self.agent,
            key=self.key,
            tries=self.tries,
        )
        for action in self.actions:
            await again._propose(action)  # its own kind
        again.task = asyncio.create_task(again._work())
        return again

    async def audit_receipts(self) -> tuple[AuditReceipt, ...]:
        """Return what the ledger holds of the run, with its beginning, its look-ups and its end."""
        found = [*self.receipts, *self._from_ledger()]
        return tuple(
            AuditReceipt(
                sequence=number,
                run_id=self.run_id,
                event=event,
                timestamp_ns=at,
                action_id=None if action is None else action.action_id,
                action_digest=None if action is None else action_digest(action),
            )
            for number, (at, event, action) in enumerate(sorted(found, key=lambda one: one[0]), 1)
        )

    def _from_ledger(self) -> list[tuple[int, AuditEvent, ActionRequest | None]]:
        """Read who was asked and what was answered; the arguments are those that the store holds under the ledger's seal."""
        named = {proposal: name for name, proposal in self.proposals.items()}
        events = {
            Answer.APPROVE: AuditEvent.APPROVED,
            Answer.APPROVE_EDITED: AuditEvent.APPROVED,
            Answer.REJECT: AuditEvent.REJECTED,
        }
        found: list[tuple[int, AuditEvent, ActionRequest | None]] = []
        with self.adapter.house.store.read() as reading:
            for entry in reading.facts(limit=100_000, kinds=("Decided", "Answered")):
                fact = entry.fact
                if not isinstance(fact, Decided | Answered) or fact.proposal not in named:
                    continue
                action = next(one for one in self.actions if one.action_id == named[fact.proposal])
                kept = dict(reading.content(reading.existing(fact.proposal).content, "arguments") or {})
                kept.pop("action_id")
                shown = action.with_arguments(_plain(kept))
                at = int(entry.at.timestamp() * 1e6) * 1000
                if isinstance(fact, Answered):
                    found.append((at, events[fact.answer], shown))
                elif action.requires_approval:
                    found.append((at, AuditEvent.APPROVAL_REQUESTED, shown))
        return found

    async def close(self) -> None:
        """End whatever still works."""
        await self.cancel()


def _plain(kept: dict[str, Value]) -> dict[str, Any]:
    return dict(kept)
