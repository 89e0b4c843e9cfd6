"""Who waits is asked in steps; people are away, claim what they work on, and are told outside the screens."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns and the tables; what waits already is asked about from here on."""
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
