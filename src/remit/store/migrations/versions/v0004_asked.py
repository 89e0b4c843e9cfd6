"""Who waits is asked in steps; people are away, claim what they work on, and are told outside the screens."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


_SINCE = """
SELECT granted.at AS since,
       (SELECT min(lost.at) FROM facts AS lost
        WHERE lost.kind = 'LevelLost' AND lost.subject = granted.subject AND lost.seq > granted.seq) AS until
FROM facts AS granted WHERE granted.kind = 'Granted' AND granted.subject = :subject
  AND json_extract(CAST(granted.body AS TEXT), '$.fact.level') >= 3
  AND granted.seq = (SELECT max(newest.seq) FROM facts AS newest WHERE newest.kind = 'Granted' AND newest.subject = :subject)
"""
_COUNT = """
SELECT count(*) FROM violations JOIN actions USING (proposal)
WHERE actions.use_case = :use_case AND actions.operation = :operation AND actions.version = :version AND actions.trial = :trial
  AND violations.found_at >= :since AND (:until IS NULL OR violations.found_at < :until)
"""


def upgrade() -> None:
    """Add the columns and the tables; what waits already is asked about from here on, and violations at a level are counted."""
    _add_tables()
    bind = op.get_bind()
    for row in bind.execute(sa.text("SELECT * FROM evidence")).mappings().all():
        key = {name: row[name] for name in ("use_case", "operation", "version")}
        body = row["body"].decode()
        counted = _violations(bind, key, json.loads(body)["trial"])
        told = f'{body.removesuffix("}")},"violations":{counted}}}'.encode()  # as it is written since: last, and every entry
        where = "use_case = :use_case AND operation = :operation AND version = :version"
        bind.execute(sa.text(f"UPDATE evidence SET body = :body WHERE {where}"), {**key, "body": told})  # noqa: S608  # our own words


def _violations(bind: sa.Connection, key: dict[str, str], trial: int) -> int:
    """Count the violations since the level was given, as a rebuild would."""
    span = bind.execute(sa.text(_SINCE), {"subject": f"{key['use_case']}/{key['operation']}"}).mappings().first()
    if span is None:
        return 0
    return int(bind.execute(sa.text(_COUNT), {**key, **span, "trial": trial}).scalar() or 0)


def _add_tables() -> None:
    op.add_column("actions", sa.Column("steps", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("actions", sa.Column("claimed_by", sa.Text()))
    op.add_column("actions", sa.Column("claimed_until", sa.BigInteger()))
    op.add_column("violations", sa.Column("escalated_at", sa.BigInteger()))
    op.create_table(
        "absences",
        sa.Column("person", sa.Text(), primary_key=True),
        sa.Column("since", sa.BigInteger(), primary_key=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("delegate", sa.Text()),
    )
    op.create_table(
        "notices",
        sa.Column("notice", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "person", "channel")),
        sa.Column("use_case", sa.Text()),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("count", "soon", "mine")),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("dropped", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_index("notices_open", "notices", ["next_at"], sqlite_where=sa.text("next_at IS NOT NULL"))
    op.create_index("notices_by_time", "notices", ["written_at", "notice"])
    op.create_table(
        "wishes",
        sa.Column("person", sa.Text(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digested", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "imports",
        sa.Column("batch", sa.Text(), primary_key=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "baselines",
        sa.Column("use_case", sa.Text(), primary_key=True),
        sa.Column("metric", sa.Text(), primary_key=True),
        sa.Column("value_micro", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "history",
        sa.Column("batch", sa.Text(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("use_case", "operation")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer()),
        sa.Column("edit_ppm", sa.Integer()),
        sa.Column("record", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("draft", sa.Text()),
        sa.Column("final", sa.Text()),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "care",
        sa.Column("person", sa.Text(), primary_key=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("discounted", sa.Boolean(), nullable=False),
        sa.Column("counted_at", sa.BigInteger()),
    )
    op.create_table(
        "seed_cases",
        sa.Column("case", sa.Text(), primary_key=True),
        sa.Column("use_case", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("planted", sa.Text()),
    )
    op.create_table(
        "incidents",
        sa.Column("incident", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("use_case", "severity", "owner")),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("proposals", "violations")),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("closed_by", sa.Text(), nullable=False),
    )
    op.create_table(
        "drills",
        sa.Column("what", sa.Text(), primary_key=True),
        sa.Column("use_case", sa.Text(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
    )
