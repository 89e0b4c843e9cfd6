"""The tables about people: accounts, sessions, absences, how they want to be told, and what they were told."""

from __future__ import annotations

import sqlalchemy as sa

from remit.store.metadata import METADATA, Moment

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

absences = sa.Table(
    "absences",
    METADATA,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("since", Moment, primary_key=True),
    sa.Column("until", Moment, nullable=False),
    sa.Column("delegate", sa.Text),
)

notices = sa.Table(
    "notices",
    METADATA,
    sa.Column("notice", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("use_case", sa.Text),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("soon", sa.Integer, nullable=False),
    sa.Column("mine", sa.Integer, nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("written_at", Moment, nullable=False),
    sa.Column("next_at", Moment),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("dropped", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index(
        "notices_open", "next_at", sqlite_where=sa.text("next_at IS NOT NULL"), postgresql_where=sa.text("next_at IS NOT NULL")
    ),
    sa.Index("notices_by_time", "written_at", "notice"),
)

wishes = sa.Table(
    "wishes",
    METADATA,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("digested", sa.Text, nullable=False),
    sa.Column("told_at", Moment, nullable=False),
)
