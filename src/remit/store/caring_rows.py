"""The named queries about reviewers' answers and planted proposals, and what a transaction keeps of cases."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from remit.core.care import Answering
from remit.core.codec import fact_in
from remit.core.facts import Answered, Seeded
from remit.core.lifecycle import PLANTED, State
from remit.core.types import Answer, Operation, ProposalId, UseCaseId
from remit.ports.care_port import SeedCase
from remit.store import tables as t
from remit.store.queries import Queries


class CareReader(Queries):
    """Answers the port's questions about care. It never writes."""

    def cases(self) -> list[SeedCase]:
        """Return every kept case, in the order in which they came."""
        return [_case(row) for row in self._all(_CASES)]

    def next_cases(self) -> Mapping[UseCaseId, SeedCase]:
        """Return the case of each use case that is planted next; a use case without one is left out."""
        found: dict[UseCaseId, SeedCase] = {}
        for row in self._all(_CASES.where(t.seed_cases.c.planted.is_(None))):
            found.setdefault(row["use_case"], _case(row))
        return found

    def answers_since_planted(self, use_case: UseCaseId) -> tuple[str, int]:
        """Return the latest planted proposal of a use case (empty before the first), and how many were answered since."""
        latest = self._all(_LATEST_PLANTED, use_case=use_case)
        since = latest[0]["proposed_at"] if latest else None
        query = _ANSWERED_IN if since is None else _ANSWERED_IN.where(t.actions.c.proposed_at > since)
        return (latest[0]["proposal"] if latest else ""), int(self._all(query, use_case=use_case)[0]["n"])

    def planted_ends(self, person: str | None) -> tuple[int, int]:
        """Return how many planted proposals were caught and missed since answers counted (again); of all, without a person."""
        kept = self._all(_CARE, person=person or "")
        since = kept[0]["counted_at"] if kept else None
        query = _ENDS if person is None else _ENDS.where(t.actions.c.answered_by == person)
        query = query if since is None else query.where(t.actions.c.ended_at > since)
        found = {row["state"]: int(row["n"]) for row in self._all(query)}
        return found.get(str(State.CAUGHT), 0), found.get(str(State.MISSED), 0)

    def is_discounted(self, person: str) -> bool:
        """Whether answers are no evidence for now; the empty name is the team's."""
        rows = self._all(_CARE, person=person)
        return bool(rows) and bool(rows[0]["discounted"])

    def was_told(self, person: str) -> str:
        """Return of which mode a person was told, empty where she never was."""
        rows = self._all(_CARE, person=person)
        return str(rows[0]["told"]) if rows else ""

    def answerings(self, since: datetime, until: datetime) -> list[Answering]:
        """Return every answer between two moments as care looks at it, oldest first."""
        planted = {row["subject"] for row in self._all(_SEEDED)}
        facts = [(row["at"], fact_in(row["body"], Answered)) for row in self._all(_ANSWERS, since=since, until=until)]
        others: dict[ProposalId, list[tuple[str, bool]]] = defaultdict(list)
        for _, fact in facts:
            if fact.answer is not Answer.LATER:
                others[fact.proposal].append((fact.by, fact.answer in _APPROVING))
        return [_answering(at, fact, planted, others) for at, fact in facts if fact.answer is not Answer.LATER]


class CareWriter(CareReader):
    """Keeps cases."""

    @abstractmethod
    def execute(self, statement: sa.Executable, **values: Any) -> None:
        """Run one rare statement, after everything that came before it."""

    def keep_cases(self, cases: Sequence[SeedCase]) -> None:
        """Keep cases."""
        for one in cases:
            body = orjson.dumps({"arguments": dict(one.arguments), "why": one.why, "by": one.by})
            row = {"case": one.case, "use_case": one.use_case, "operation": one.operation, "body": body, "planted": one.planted}
            self.execute(t.seed_cases.insert().values(row))

    def mark_planted(self, case: str, what: str) -> None:
        """Keep which proposal a case became, or why none, so that it is not planted again."""
        self.execute(sa.update(t.seed_cases).where(t.seed_cases.c.case == case).values(planted=what))


_APPROVING = {Answer.APPROVE, Answer.APPROVE_EDITED, Answer.USED, Answer.USED_EDITED}
_PLANTED = [str(state) for state in PLANTED]
_CASES = sa.select(t.seed_cases).order_by(t.seed_cases.c.case)
_CARE = sa.select(t.care).where(t.care.c.person == sa.bindparam("person"))
_LATEST_PLANTED = (
    sa.select(t.actions.c.proposal, t.actions.c.proposed_at)
    .where(t.actions.c.use_case == sa.bindparam("use_case"), t.actions.c.state.in_(_PLANTED))
    .order_by(t.actions.c.proposed_at.desc())
    .limit(1)
)
_ANSWERED_IN = sa.select(sa.func.count().label("n")).where(
    t.actions.c.use_case == sa.bindparam("use_case"), t.actions.c.answered_by.is_not(None)
)
_ENDS = (
    sa.select(t.actions.c.state, sa.func.count().label("n"))
    .where(t.actions.c.state.in_([str(State.CAUGHT), str(State.MISSED)]))
    .group_by(t.actions.c.state)
)
_SEEDED = sa.select(t.facts.c.subject).where(t.facts.c.kind == Seeded.__name__)
_ANSWERS = (
    sa.select(t.facts.c.at, t.facts.c.body)
    .where(
        t.facts.c.kind == Answered.__name__,
        t.facts.c.at >= sa.bindparam("since", type_=t.Moment),
        t.facts.c.at < sa.bindparam("until", type_=t.Moment),
    )
    .order_by(t.facts.c.seq)
)


def _case(row: Any) -> SeedCase:
    body = orjson.loads(row["body"])
    operation = Operation(row["operation"])
    return SeedCase(case=row["case"], use_case=row["use_case"], operation=operation, planted=row["planted"], **body)


def _answering(
    at: datetime, fact: Answered, planted: set[str], others: Mapping[ProposalId, Sequence[tuple[str, bool]]]
) -> Answering:
    said = fact.answer in _APPROVING
    beside = [approves for by, approves in others[fact.proposal] if by != fact.by]
    return Answering(
        by=fact.by,
        at=at,
        seconds_seen=fact.seconds_seen,
        fast=fact.too_fast,
        caught=None if fact.proposal not in planted else fact.answer is not Answer.APPROVE,
        agreed=None if not beside else all(approves is said for approves in beside),
    )
