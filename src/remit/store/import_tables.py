"""The tables about what was imported: the imports, baselines, and history, which is no evidence."""

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
