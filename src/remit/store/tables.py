"""The tables, in SQLAlchemy Core. Original are facts, contents, accounts, sessions, wishes, history, cases."""

from __future__ import annotations

import sqlalchemy as sa

from remit.store.metadata import METADATA, Moment, microseconds, moment
from remit.store.people_tables import absences, accounts, notices, people, sessions, wishes
from remit.store.side_tables import baselines, care, drills, history, imports, incidents, seed_cases, suite_runs

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
    sa.Column("steps", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claimed_by", sa.Text),
    sa.Column("claimed_until", Moment),
    sa.Column("certifies", sa.Boolean, nullable=False, server_default="0"),
    sa.Column("pair", sa.Text),
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
    sa.Column("escalated_at", Moment),
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
    absences,
    notices,
    imports,
    baselines,
    care,
    incidents,
    drills,
    suite_runs,
)
"""What `rebuild` empties and folds again from the facts."""

__all__ = [
    "METADATA",
    "PROJECTIONS",
    "Moment",
    "absences",
    "accounts",
    "actions",
    "baselines",
    "care",
    "checkpoints",
    "clusters",
    "contents",
    "drills",
    "evidence",
    "facts",
    "grants",
    "history",
    "imports",
    "incidents",
    "keys",
    "limit_rows",
    "measures",
    "microseconds",
    "moment",
    "notices",
    "people",
    "policies",
    "policy_offers",
    "policy_signatures",
    "qa_rates",
    "reconsiderations",
    "seed_cases",
    "sessions",
    "signatures",
    "stops",
    "suite_runs",
    "violations",
    "wishes",
]
