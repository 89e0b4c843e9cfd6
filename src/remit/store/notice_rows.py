"""The named queries about what waits, absences, wishes and notices, and what a transaction keeps of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from remit.core.action import Action
from remit.core.asking import Absence
from remit.core.codec import from_bytes
from remit.core.facts import Escalated, Reminded
from remit.core.lifecycle import WAITS
from remit.core.notice import Notice, NoticeKind, Wishes
from remit.core.quorum import Approval
from remit.core.types import ProposalId, UseCaseId
from remit.ports.notice_port import Told, WaitingGroup
from remit.store import tables as t
from remit.store.action_rows import to_action
from remit.store.queries import LISTED, Queries, listed


class NoticeReader(Queries):
    """Answers the port's questions about waiting and telling. It never writes."""

    def reached(self, use_case: UseCaseId, step: int, horizon: datetime, *, limit: int) -> list[Action]:
        """Return what waits, took so many steps, and lapses no later than a moment; most overdue first."""
        found = (
            self._all(_REACHED, state=str(state), use_case=use_case, step=step, horizon=horizon, most=limit) for state in WAITS
        )
        return [to_action(row) for rows in found for row in rows][:limit]

    def asked_before(self, proposals: Collection[ProposalId]) -> Mapping[ProposalId, Sequence[tuple[str, ...]]]:
        """Return who was asked about each proposal, step by step, the oldest first."""
        found: dict[ProposalId, list[tuple[str, ...]]] = {proposal: [] for proposal in proposals}
        for row in self._all(_ASKED, listed=listed(proposals)):
            fact = from_bytes(row["seq"], row["body"]).fact
            if isinstance(fact, Reminded | Escalated):
                found[fact.proposal].append(fact.asked)
        return found

    def waiting_groups(self, soon: datetime, *, since: datetime | None = None) -> list[WaitingGroup]:
        """Return what waits for a person, alike counted together; with `since` only what came in after it."""
        query = _GROUPS if since is None else _GROUPS.where(t.actions.c.proposed_at > since)
        return [_group(row) for row in self._all(query, soon=soon)]

    def absences(self) -> list[Absence]:
        """Return every absence that was set and not ended."""
        return [Absence(**dict(row)) for row in self._all(_ABSENCES)]

    def wishes(self) -> Mapping[str, Told]:
        """Return how people want to be told, by login."""
        return {row["person"]: _told(row) for row in self._all(_WISHES)}

    def notices_due(self, now: datetime, *, limit: int = 100) -> list[Notice]:
        """Return what is to be told now, the longest due first."""
        return [_notice(row) for row in self._all(_DUE, now=now, most=limit)]

    def notices(self, *, limit: int, only_open: bool = False) -> list[Notice]:
        """Return what people were told and are to be told, newest first."""
        return [_notice(row) for row in self._all(_OPEN if only_open else _NOTICES, most=limit)]


class NoticeWriter(NoticeReader):
    """Keeps what people said about being told."""

    @abstractmethod
    def execute(self, statement: sa.Executable, **values: Any) -> None:
        """Run one rare statement, after everything that came before it."""

    @abstractmethod
    def _moment(self) -> datetime:
        """Return the moment of this transaction."""

    def keep_wishes(self, person: str, wishes: Wishes) -> None:
        """Keep how somebody wants to be told."""
        body = msgspec.json.encode(wishes)
        row = {"person": person, "body": body, "digested": "", "told_at": self._moment()}
        self.execute(insert(t.wishes).values(row).on_conflict_do_update(index_elements=["person"], set_={"body": body}))

    def drop_wishes(self, person: str) -> None:
        """Forget it, with the address."""
        self.execute(sa.delete(t.wishes).where(t.wishes.c.person == person))

    def keep_digested(self, person: str, day: str) -> None:
        """Keep that the digest of a day was considered, whether or not there was anything in it."""
        self.execute(sa.update(t.wishes).where(t.wishes.c.person == person).values(digested=day))

    def keep_told(self, person: str, until: datetime) -> None:
        """Keep until when somebody knows what is new."""
        self.execute(sa.update(t.wishes).where(t.wishes.c.person == person).values(told_at=until))


_actions = t.actions.c
_REACHED = (
    sa.select(t.actions)
    .where(
        _actions.state == sa.bindparam("state"),
        _actions.due_at <= sa.bindparam("horizon", type_=t.Moment),
        _actions.use_case == sa.bindparam("use_case"),
        _actions.steps == sa.bindparam("step"),
    )
    .order_by(_actions.due_at, _actions.proposal)
    .limit(sa.bindparam("most"))
)
_ASKED = (
    sa.select(t.facts.c.seq, t.facts.c.body)
    .where(t.facts.c.subject.in_(LISTED), t.facts.c.kind.in_(["Reminded", "Escalated"]))
    .order_by(t.facts.c.seq)
)
_SOON = sa.func.sum(sa.case((_actions.due_at <= sa.bindparam("soon", type_=t.Moment), 1), else_=0))
_ALIKE = (_actions.use_case, _actions.agent, _actions.version, _actions.requester, _actions.approvals)
_GROUPS = (
    sa.select(*_ALIKE, sa.func.count().label("many"), _SOON.label("soon"))
    .where(_actions.state.in_([str(state) for state in WAITS]))
    .group_by(*_ALIKE)
)
_ABSENCES = sa.select(t.absences).order_by(t.absences.c.person, t.absences.c.since)
_WISHES = sa.select(t.wishes).order_by(t.wishes.c.person)
_DUE = (
    sa.select(t.notices)
    .where(t.notices.c.next_at <= sa.bindparam("now", type_=t.Moment))
    .order_by(t.notices.c.next_at, t.notices.c.notice)
    .limit(sa.bindparam("most"))
)
_NOTICES = sa.select(t.notices).order_by(t.notices.c.written_at.desc(), t.notices.c.notice.desc()).limit(sa.bindparam("most"))
_OPEN = _NOTICES.where(t.notices.c.next_at.is_not(None))


def _group(row: Any) -> WaitingGroup:
    approvals = () if row["approvals"] is None else msgspec.json.decode(row["approvals"], type=tuple[Approval, ...])
    told = {name: row[name] for name in ("use_case", "agent", "version", "requester", "many", "soon")}
    return WaitingGroup(**told, approved_by=frozenset(one.by for one in approvals))


def _told(row: Any) -> Told:
    return Told(wishes=msgspec.json.decode(row["body"], type=Wishes), digested=row["digested"], told_at=row["told_at"])


def _notice(row: Any) -> Notice:
    return Notice(**dict(row) | {"kind": NoticeKind(row["kind"])})
