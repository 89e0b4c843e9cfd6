"""The tables, in SQLAlchemy Core. Original are facts, contents, accounts and sessions; the rest are projections of the facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


class Moment(sa.TypeDecorator[datetime]):
    """A moment with zone, kept as whole microseconds since 1970 UTC: exact, and it sorts."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        """Turn a moment into microseconds."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        """Turn microseconds into a moment in UTC."""
        return None if value is None else moment(value)


def microseconds(at: datetime) -> int:
    """Return how many whole microseconds after 1970 UTC a moment lies."""
    return (at - _EPOCH) // _MICRO


def moment(after: int) -> datetime:
    """Return the moment so many microseconds after 1970 UTC."""
    return _EPOCH + after * _MICRO


facts = sa.Table(
    "facts",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Index("facts_by_subject", "subject"),
)

contents = sa.Table(
    "contents",
    METADATA,
    sa.Column("fact", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

checkpoints = sa.Table(
    "checkpoints",
    METADATA,
    sa.Column("size", sa.Integer, primary_key=True),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

actions = sa.Table(
    "actions",
    METADATA,
    sa.Column("proposal", sa.Text, primary_key=True),
    sa.Column("use_case", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("agent", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("call_id", sa.Text, nullable=False),
    sa.Column("trial", sa.Integer, nullable=False),
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("draw_ppm", sa.Integer, nullable=False),
    sa.Column("record", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("row_version", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("proposed_at", Moment, nullable=False),
    sa.Column("verdict", sa.Integer),
    sa.Column("decided", sa.Text),
    sa.Column("counts", sa.Boolean, nullable=False),
    sa.Column("draw_rate_ppm", sa.Integer, nullable=False),
    sa.Column("seen", sa.Text, nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("answered_by", sa.Text),
    sa.Column("loss_ppm", sa.Integer),
    sa.Column("seconds_seen", sa.Integer),
    sa.Column("started", sa.Text),
    sa.Column("done", sa.Text),
    sa.Column("ended_at", Moment),
    sa.Column("reserved", sa.LargeBinary),
    sa.Column("approvals", sa.LargeBinary),
    sa.Column("requester", sa.Text),
    sa.Column("not_before", Moment),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("agent", "call_id"),
    sa.Index("actions_by_state", "state", "due_at"),
    sa.Index("actions_by_age", "state", "proposed_at", "proposal"),
    sa.Index("actions_by_cluster", "use_case", "operation", "version", "trial", "cluster"),
    sa.Index("actions_by_time", "use_case", "operation", "proposed_at"),
)

clusters = sa.Table(
    "clusters",
    METADATA,
    sa.Column("use_case", sa.Text, primary_key=True),
    sa.Column("operation", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("trial", sa.Integer, primary_key=True),
    sa.Column("cluster", sa.Text, primary_key=True),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Index("clusters_open", "opened_at", sqlite_where=sa.text("closed = 0"), postgresql_where=sa.text("NOT closed")),
    sqlite_with_rowid=False,
)

limit_rows = sa.Table(
    "limit_rows",
    METADATA,
    sa.Column("limit", sa.Text, primary_key=True),
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("bucket", sa.BigInteger, primary_key=True),
    sa.Column("reserved", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

policies = sa.Table(
    "policies",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("documents", sa.LargeBinary, nullable=False),
)

policy_offers = sa.Table(
    "policy_offers",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("documents", sa.LargeBinary, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("offered_at", Moment, nullable=False),
)

policy_signatures = sa.Table(
    "policy_signatures",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("by", sa.Text, primary_key=True),
)

reconsiderations = sa.Table(
    "reconsiderations",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("last", sa.Text, nullable=False),
)

measures = sa.Table(
    "measures",
    METADATA,
    sa.Column("use_case", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

keys = sa.Table(
    "keys",
    METADATA,
    sa.Column("key_digest", sa.Text, primary_key=True),
    sa.Column("agent", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("use_cases", sa.LargeBinary, nullable=False),
    sa.Column("revoked", sa.Boolean, nullable=False),
    sa.Column("issued_by", sa.Text),
)

grants = sa.Table(
    "grants",
    METADATA,
    sa.Column("use_case", sa.Text, primary_key=True),
    sa.Column("operation", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

evidence = sa.Table(
    "evidence",
    METADATA,
    sa.Column("use_case", sa.Text, primary_key=True),
    sa.Column("operation", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

qa_rates = sa.Table(
    "qa_rates",
    METADATA,
    sa.Column("use_case", sa.Text, primary_key=True),
    sa.Column("operation", sa.Text, primary_key=True),
    sa.Column("rate_ppm", sa.Integer, nullable=False),
)

signatures = sa.Table(
    "signatures",
    METADATA,
    sa.Column("use_case", sa.Text, primary_key=True),
    sa.Column("operation", sa.Text, primary_key=True),
    sa.Column("by", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

violations = sa.Table(
    "violations",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("use_case", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("proposal", sa.Text),
    sa.Column("agent", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("found_at", Moment, nullable=False),
    sa.Column("settled_at", Moment),
    sa.Column("settled_by", sa.Text, nullable=False),
    sa.Index("violations_by_time", "found_at", "id"),
)

stops = sa.Table(
    "stops",
    METADATA,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("lift_by", sa.Text),
    sa.Column("lift_level", sa.Integer),
    sa.Column("lift_at", Moment),
)

people = sa.Table(
    "people",
    METADATA,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("roles", sa.LargeBinary, nullable=False),
    sa.Column("left", sa.Boolean, nullable=False),
)

accounts = sa.Table(
    "accounts",
    METADATA,
    sa.Column("login", sa.Text, primary_key=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
)

sessions = sa.Table(
    "sessions",
    METADATA,
    sa.Column("token_digest", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Index("sessions_by_person", "person"),
)

PROJECTIONS = (
    actions,
    limit_rows,
    clusters,
    policies,
    policy_offers,
    policy_signatures,
    reconsiderations,
    measures,
    keys,
    grants,
    evidence,
    qa_rates,
    signatures,
    violations,
    stops,
    people,
)
"""What `rebuild` empties and folds again from the facts."""
