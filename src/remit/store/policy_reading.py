"""The named queries about policies: what is offered, what was decided again, what was measured, what was decided before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
import orjson
import sqlalchemy as sa

from remit.core.change import Direction
from remit.core.codec import from_plain
from remit.core.facts import Decided
from remit.core.policy_offer import PolicyOffer
from remit.core.readiness import Measure, Measures
from remit.core.replay import Recorded
from remit.core.types import ProposalId, UseCaseId
from remit.store import tables as t


class PolicyReader:
    """The part of the reading port that is about changing policy. It never writes."""

    def _all(self, query: sa.Executable, **values: Any) -> list[Any]:
        """Answer a query that has to see everything written so far."""
        raise NotImplementedError

    def policy_offers(self) -> list[PolicyOffer]:
        """Return what is offered, oldest first; also what is stale by now."""
        offers = self._all(_OFFERS)
        signed: dict[str, list[str]] = {}
        for row in self._all(_POLICY_SIGNATURES) if offers else ():
            signed.setdefault(row["digest"], []).append(row["by"])
        return [_offer(row, signed.get(row["digest"], [])) for row in offers]

    def reconsidering(self) -> tuple[int, ProposalId] | None:
        """Return which policy has not yet been put to all that waits, and after which proposal to go on."""
        rows = self._all(sa.select(t.reconsiderations))
        return (rows[0]["number"], rows[0]["last"]) if rows else None

    def waiting(self, states: Collection[str], *, after: str, limit: int) -> list[ProposalId]:
        """Return the proposals in these states in the order of their ids, after one of them."""
        query = sa.select(t.actions.c.proposal).where(t.actions.c.state.in_(list(states)), t.actions.c.proposal > after)
        return [row["proposal"] for row in self._all(query.order_by(t.actions.c.proposal).limit(limit))]

    def measures(self, use_case: UseCaseId) -> Measures:
        """Return the newest measure of each thing that was measured for a use case."""
        rows = self._all(_MEASURES, use_case=use_case)
        return {row["what"]: msgspec.json.decode(row["body"], type=Measure) for row in rows}

    def recorded(self, since: datetime, *, after: int = 0, limit: int = 1000) -> tuple[list[Recorded], int]:
        """Return decisions since a moment, in order, with the number of the last fact seen; 0 when there are no more."""
        rows = self._all(_RECORDED, since=since, after=after, most=limit)
        return [_recorded(row) for row in rows], rows[-1]["seq"] if len(rows) == limit else 0

    def count_recorded(self, since: datetime) -> int:
        """Count the decisions since a moment."""
        return int(self._all(_COUNT_RECORDED, since=since)[0]["n"])


_OFFERS = sa.select(t.policy_offers).order_by(t.policy_offers.c.offered_at, t.policy_offers.c.digest)
_POLICY_SIGNATURES = sa.select(t.policy_signatures).order_by(t.policy_signatures.c.digest, t.policy_signatures.c.by)
_MEASURES = sa.select(t.measures).where(t.measures.c.use_case == sa.bindparam("use_case")).order_by(t.measures.c.what)
_SINCE = (t.facts.c.kind == "Decided", t.facts.c.at >= sa.bindparam("since", type_=t.Moment))
_RECORDED = (
    sa.select(t.facts.c.seq, t.facts.c.body, t.contents.c.body.label("arguments"))
    .join(t.actions, t.actions.c.proposal == t.facts.c.subject)
    .outerjoin(t.contents, sa.and_(t.contents.c.fact == t.actions.c.content, t.contents.c.name == "arguments"))
    .where(*_SINCE, t.facts.c.seq > sa.bindparam("after"))
    .order_by(t.facts.c.seq)
    .limit(sa.bindparam("most"))
)
_COUNT_RECORDED = sa.select(sa.func.count().label("n")).select_from(t.facts).where(*_SINCE)


def _offer(row: Any, signed: list[str]) -> PolicyOffer:
    values = dict(row)
    values["documents"] = orjson.loads(values["documents"])
    values["direction"] = Direction(values["direction"])
    return PolicyOffer(**values, signed_by=tuple(signed))


def _recorded(row: Any) -> Recorded:
    decided = from_plain(Decided, orjson.loads(row["body"])["fact"])
    arguments = None if row["arguments"] is None else orjson.loads(row["arguments"])
    return Recorded(proposal=decided.proposal, given=decided.given, arguments=arguments)
