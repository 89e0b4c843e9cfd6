"""What waits for a person asks further: first whoever may answer, then who the charter names. It never answers by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from remit.core import facts as f
from remit.core.action import Action
from remit.core.asking import askable, may_answer_for, works_on
from remit.core.charter import Charter
from remit.core.deadline import Step, Waiting, waiting
from remit.core.notice import NoticeKind, Occasion
from remit.core.types import ProposalId, Role, UseCaseId
from remit.flow.notify import announce
from remit.ports import House, Reading, Writing

_MOST = 1000
_BY = "remit"


async def escalate(house: House) -> int:
    """Take every step that is due, of a thousand proposals at most for each. Returns how many were taken."""
    now = house.clock.now()
    with house.store.read() as reading:
        if not any(True for _ in _due(reading, now, most=1)):
            return 0
    return await house.store.write(lambda tx: ask_further(house, tx, _due(tx, now, most=_MOST), now))


def _due(reading: Reading, now: datetime, *, most: int) -> Iterator[Action]:
    """Walk what waits and has a step to take."""
    policy = reading.policy()
    for use_case, charter in policy.charters.items():
        timed = waiting(charter, policy.risk_statement)
        for number, step in enumerate(timed.steps):
            yield from reading.reached(use_case, number, timed.horizon(step, now), limit=most)


@dataclass(slots=True)
class _Round:
    """What a round asks: of each person and channel, how many proposals, and when the first of them lapses."""

    count: dict[tuple[NoticeKind, UseCaseId, str, str], list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: NoticeKind, action: Action, people: Iterable[str], channel: str) -> None:
        """Count one proposal for everybody who is asked about it."""
        for person in people:
            self.count[kind, action.use_case, person, ""].append(action.due_at or action.proposed_at)
        if channel:
            self.count[kind, action.use_case, "", channel].append(action.due_at or action.proposed_at)


def ask_further(house: House, tx: Writing, actions: Iterable[Action], now: datetime) -> int:
    """Take the steps of these that are due by now, and tell each person and channel once of all of them. Returns how many."""
    found = list({action.proposal: action for action in actions}.values())
    before = {proposal: list(steps) for proposal, steps in tx.asked_before([one.proposal for one in found]).items()}
    told, taken = _Round(), 0
    for action in found:
        taken += _steps(tx, action, before, told, now)
    for (kind, use_case, person, channel), ends in told.count.items():
        occasion = Occasion(kind=kind, use_case=use_case, count=len(ends), due_at=min(ends))
        announce(house, tx, occasion, person=person, channel=channel)
    return taken


def _steps(tx: Writing, action: Action, before: Mapping[ProposalId, list[tuple[str, ...]]], told: _Round, now: datetime) -> int:
    policy = tx.policy()
    charter = policy.charters[action.use_case]
    timed = waiting(charter, policy.risk_statement)
    earlier = before[action.proposal][len(before[action.proposal]) - action.steps :]
    known = {name for people in earlier for name in people}
    taken = 0
    for step in timed.steps[action.steps :]:
        if not _reached(action, timed, step, now):
            break
        people = _whom(tx, action, charter, step, known, now)
        tx.record(_fact(action, step, people), actor=_BY)
        told.add(NoticeKind.ESCALATION if step.role else NoticeKind.REMINDER, action, people, step.channel)
        known.update(people)
        taken += 1
    return taken


def _reached(action: Action, timed: Waiting, step: Step, now: datetime) -> bool:
    return action.due_at is not None and action.due_at <= timed.horizon(step, now)


def _fact(action: Action, step: Step, people: tuple[str, ...]) -> f.Reminded | f.Escalated:
    due_at = action.due_at or action.proposed_at
    if step.role is None:
        return f.Reminded(proposal=action.proposal, asked=people, due_at=due_at)
    return f.Escalated(proposal=action.proposal, role=step.role, channel=step.channel, asked=people, due_at=due_at)


def _whom(reading: Reading, action: Action, charter: Charter, step: Step, known: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Return who is asked: who works on it, else who may answer, else the role; never twice, and never for her own wish."""
    if step.role is None and (holder := works_on(action, now)) is not None:
        return (holder,)
    roles = may_answer_for(charter) if step.role is None else frozenset((Role(step.role),))
    without = {*known, *involved(reading, action)}
    return askable(reading.people(), roles, reading.absences(), now, without=without)


def involved(reading: Reading, action: Action) -> Sequence[str]:
    """Return who has nothing to answer: for whom it was asked, who issued the agent's key, who approved it already."""
    behind = [*reading.issuers(action.agent, action.version), *(one.by for one in action.approvals)]
    return [*behind, action.requester] if action.requester else behind
