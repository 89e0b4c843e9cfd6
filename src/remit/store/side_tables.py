"""The tables beside the work: imports, baselines, history, reviewer care with its cases, incidents and drills."""

from __future__ import annotations

import sqlalchemy as sa

from remit.store.metadata import METADATA, Moment

imports = sa.Table(
    "imports",
    METADATA,
    sa.Column("batch", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("left_out", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

baselines = sa.Table(
    "baselines",
    METADATA,
    sa.Column("use_case", sa.Text, primary_key=True),
    sa.Column("metric", sa.Text, primary_key=True),
    sa.Column("value_micro", sa.BigInteger, nullable=False),
)

history = sa.Table(
    "history",
    METADATA,
    sa.Column("batch", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("use_case", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("seconds", sa.Integer),
    sa.Column("edit_ppm", sa.Integer),
    sa.Column("record", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("draft", sa.Text),
    sa.Column("final", sa.Text),
    sqlite_with_rowid=False,
)

care = sa.Table(
    "care",
    METADATA,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("discounted", sa.Boolean, nullable=False),
    sa.Column("counted_at", Moment),
)

seed_cases = sa.Table(
    "seed_cases",
    METADATA,
    sa.Column("case", sa.Text, primary_key=True),
    sa.Column("use_case", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("planted", sa.Text),
)

incidents = sa.Table(
    "incidents",
    METADATA,
    sa.Column("incident", sa.Text, primary_key=True),
    sa.Column("use_case", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("opened_by", sa.Text, nullable=False),
    sa.Column("proposals", sa.LargeBinary, nullable=False),
    sa.Column("violations", sa.LargeBinary, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Column("closed_by", sa.Text, nullable=False),
)

drills = sa.Table(
    "drills",
    METADATA,
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("use_case", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("passed", sa.Boolean, nullable=False),
    sa.Column("told", sa.Boolean, nullable=False),
)

suite_runs = sa.Table(
    "suite_runs",
    METADATA,
    sa.Column("use_case", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
