"""The named queries about levels: what is in force, what is known, which clusters are open, which versions stand side by side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from remit.core.action import Action
from remit.core.codec import from_bytes
from remit.core.facts import Entry
from remit.core.fold import gradable, settled_without_answer
from remit.core.level import Evidence, Grant
from remit.core.lifecycle import APART, State
from remit.core.observation import Item, OpenCluster
from remit.core.suite import SuiteResult
from remit.core.types import Level, Operation, UseCaseId
from remit.store import tables as t
from remit.store.action_rows import to_action
from remit.store.newest import to_entry
from remit.store.queries import Queries


class LevelReader(Queries):
    """Answers what judging asks. It never writes."""

    def grant(self, use_case: UseCaseId, operation: Operation) -> Grant:
        """Return the level in the hands of an operation; off where nobody ever granted one."""
        row = self._one(_GRANT, use_case=use_case, operation=operation)
        return Grant(level=Level.OFF) if row is None else _GRANT_IN.decode(row["body"])

    def evidence(self, use_case: UseCaseId, operation: Operation, version: str) -> Evidence:
        """Return the evidence of a version's latest trial."""
        row = self._one(_EVIDENCE, use_case=use_case, operation=operation, version=version)
        return Evidence(version=version, trial=0) if row is None else _EVIDENCE_IN.decode(row["body"])

    def latest_trial(self, use_case: UseCaseId, operation: Operation) -> int:
        """Return the number of the operation's latest trial over all versions, 0 before the first."""
        rows = self._all(_EVIDENCE_OF_OPERATION, use_case=use_case, operation=operation)
        return max((_EVIDENCE_IN.decode(row["body"]).trial for row in rows), default=0)

    def suite_result(self, use_case: UseCaseId, version: str) -> SuiteResult | None:
        """Return how a version did when it was last tried on the golden cases, None before it ever was."""
        row = self._one(_SUITE_RUN, use_case=use_case, version=version)
        return None if row is None else _SUITE_IN.decode(row["body"])

    def qa_rate_ppm(self, use_case: UseCaseId, operation: Operation) -> int | None:
        """Return the share drawn for review, None before it was ever set."""
        row = self._one(_QA_RATE, use_case=use_case, operation=operation)
        return None if row is None else int(row["rate_ppm"])

    def open_clusters(self, *, limit: int = 100_000) -> list[OpenCluster]:
        """Return clusters that are not closed, with their gradable items."""
        found: dict[tuple[Any, ...], list[Any]] = {}
        for row in self._all(_OPEN_CLUSTERS, most=limit):
            found.setdefault(tuple(row[name] for name in _CLUSTER_KEY), []).append(row)
        return [_open_cluster(rows) for rows in found.values()]

    def proposed_since(self, use_case: UseCaseId, operation: Operation, since: datetime) -> int:
        """Count the proposals of an operation since a moment."""
        rows = self._all(_PROPOSED_SINCE, use_case=use_case, operation=operation, since=since)
        return int(rows[0]["n"])

    def closed_since(self, use_case: UseCaseId, operation: Operation, version: str, since: datetime) -> int:
        """Count the observations of a version whose cluster opened since a moment."""
        rows = self._all(_CLOSED_SINCE, use_case=use_case, operation=operation, version=version, since=since)
        return int(rows[0]["n"])

    def level_history(self, use_case: UseCaseId, operation: Operation) -> list[Entry]:
        """Return every fact that moved the level of an operation, or its trials and certificates, oldest first."""
        return [to_entry(row) for row in self._all(_HISTORY, subject=f"{use_case}/{operation}")]

    def evidence_facts(self, use_case: UseCaseId) -> Iterator[Entry]:
        """Walk every fact that the evidence of a use case rests on, in order."""
        self._flush()
        about = {"use_case": use_case, "first": f"{use_case}/", "last": f"{use_case}0"}  # 0 follows on /
        for seq, body in self._connection.execute(_EVIDENCE_FACTS, about):
            yield from_bytes(seq, body)

    def planted_of(self, use_case: UseCaseId) -> tuple[int, int]:
        """Return how many planted proposals of a use case were ever caught and missed."""
        found = {row["state"]: int(row["n"]) for row in self._all(_PLANTED_ENDS, use_case=use_case)}
        return found.get(str(State.CAUGHT), 0), found.get(str(State.MISSED), 0)

    def newest_beside(self, use_case: UseCaseId, operation: Operation, record: str | None, version: str) -> Action | None:
        """Return the newest proposal about a record by another version than this one, shadows and planted ones left out."""
        row = self._all(_BESIDE, use_case=use_case, operation=operation, record=record, version=version)
        return to_action(row[0]) if row else None

    def shadow_pairs(self, use_case: UseCaseId, operation: Operation, version: str) -> list[tuple[Action, Action]]:
        """Return every shadow of a version with the proposal it stands beside, oldest first."""
        shadows = [to_action(row) for row in self._all(_SHADOWS, use_case=use_case, operation=operation, version=version)]
        pairs = {row["proposal"]: to_action(row) for row in self._all(_PAIRS, use_case=use_case, operation=operation)}
        return [(one, pairs[one.pair]) for one in shadows if one.pair in pairs]


_GRANT_IN = msgspec.json.Decoder(Grant)
_EVIDENCE_IN = msgspec.json.Decoder(Evidence)
_SUITE_IN = msgspec.json.Decoder(SuiteResult)
_SUITE_RUN = sa.select(t.suite_runs).where(
    t.suite_runs.c.use_case == sa.bindparam("use_case"), t.suite_runs.c.version == sa.bindparam("version")
)
_CLUSTER_KEY = ("use_case", "operation", "version", "trial", "cluster")


def _of_operation(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table).where(table.c.use_case == sa.bindparam("use_case"), table.c.operation == sa.bindparam("operation"))


_GRANT = _of_operation(t.grants)
_QA_RATE = _of_operation(t.qa_rates)
_EVIDENCE_OF_OPERATION = _of_operation(t.evidence)
_EVIDENCE = _of_operation(t.evidence).where(t.evidence.c.version == sa.bindparam("version"))
_PROPOSED_SINCE = sa.select(sa.func.count().label("n")).where(
    t.actions.c.use_case == sa.bindparam("use_case"),
    t.actions.c.operation == sa.bindparam("operation"),
    t.actions.c.proposed_at >= sa.bindparam("since", type_=t.Moment),
    t.actions.c.pair.is_(None),  # what stands beside another is no further work
)
_OPEN = (
    sa.select(t.clusters)
    .where(t.clusters.c.closed == sa.false())
    .order_by(t.clusters.c.opened_at, t.clusters.c.cluster)
    .limit(sa.bindparam("most"))
    .subquery()
)
_OPEN_CLUSTERS = (
    sa.select(_OPEN, *(t.actions.c[name] for name in ("proposal", "draw_ppm", "loss_ppm", "state", "ended_at", "decided")))
    .join(t.actions, sa.and_(*(_OPEN.c[name] == t.actions.c[name] for name in _CLUSTER_KEY)))
    .where(sa.or_(t.actions.c.counts == sa.true(), t.actions.c.certifies == sa.true()))
    .order_by(_OPEN.c.opened_at, _OPEN.c.cluster, t.actions.c.proposal)
)


_CLOSED_SINCE = sa.select(sa.func.count().label("n")).where(
    t.clusters.c.use_case == sa.bindparam("use_case"),
    t.clusters.c.operation == sa.bindparam("operation"),
    t.clusters.c.version == sa.bindparam("version"),
    t.clusters.c.closed == sa.true(),
    t.clusters.c.opened_at >= sa.bindparam("since", type_=t.Moment),
)
_TELLS = ("TrialStarted", "GrantOffered", "GrantSigned", "Granted", "LevelLost", "Certified")
_HISTORY = (
    sa.select(t.facts).where(t.facts.c.subject == sa.bindparam("subject"), t.facts.c.kind.in_(_TELLS)).order_by(t.facts.c.seq)
)
_RESTS_ON = (
    "Proposed",
    "Decided",
    "Answered",
    "Lapsed",
    "Withdrawn",
    "Done",
    "Observed",
    "HeldAgain",
    "TakenBack",
    "Unhalted",
    "Blocked",
    "Seeded",
    "ViolationFound",
    "TrialStarted",
    "ClusterClosed",
    "Certified",
    "GrantOffered",
    "Granted",
    "LevelLost",
)
_OF_ACTIONS = sa.select(t.actions.c.proposal).where(t.actions.c.use_case == sa.bindparam("use_case"))
_EVIDENCE_FACTS = (
    sa.select(t.facts.c.seq, t.facts.c.body)
    .where(
        sa.or_(
            t.facts.c.kind == "PolicyAdopted",
            sa.and_(t.facts.c.subject.in_(_OF_ACTIONS), t.facts.c.kind.in_(_RESTS_ON)),
            sa.and_(
                t.facts.c.subject >= sa.bindparam("first"),
                t.facts.c.subject < sa.bindparam("last"),
                t.facts.c.kind.in_(_RESTS_ON),
            ),
        )
    )
    .order_by(t.facts.c.seq)
)
_PLANTED_ENDS = (
    sa.select(t.actions.c.state, sa.func.count().label("n"))
    .where(t.actions.c.use_case == sa.bindparam("use_case"), t.actions.c.state.in_([str(State.CAUGHT), str(State.MISSED)]))
    .group_by(t.actions.c.state)
)
_BESIDE = (
    _of_operation(t.actions)
    .where(
        t.actions.c.record.is_not_distinct_from(sa.bindparam("record")),
        t.actions.c.version != sa.bindparam("version"),
        t.actions.c.state.not_in(sorted(APART)),
    )
    .order_by(t.actions.c.proposed_at.desc(), t.actions.c.proposal.desc())
    .limit(1)
)
_SHADOWS = (
    _of_operation(t.actions)
    .where(t.actions.c.version == sa.bindparam("version"), t.actions.c.pair.is_not(None))
    .order_by(t.actions.c.proposed_at, t.actions.c.proposal)
)
_PAIRS = _of_operation(t.actions).where(
    t.actions.c.proposal.in_(
        sa.select(t.actions.c.pair).where(
            t.actions.c.use_case == sa.bindparam("use_case"), t.actions.c.operation == sa.bindparam("operation")
        )
    )
)


def _open_cluster(rows: list[Any]) -> OpenCluster:
    items = tuple(
        Item(
            proposal=row["proposal"],
            draw_ppm=row["draw_ppm"],
            loss_ppm=row["loss_ppm"],
            settled=settled_without_answer(State(row["state"])),
            ended_at=row["ended_at"],
            decided=row["decided"],
        )
        for row in rows
        if gradable(State(row["state"]), row["loss_ppm"])
    )
    first = rows[0]
    return OpenCluster(**{name: first[name] for name in (*_CLUSTER_KEY, "opened_at")}, items=items)
