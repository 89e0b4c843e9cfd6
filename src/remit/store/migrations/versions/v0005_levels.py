"""Answers say what a confidence is worth, a version is tried beside another, and what is known of a level says more.

What is known of each operation, and the level in its hands, are emptied here; the facts fold them again when the file is opened.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns and the table; forget what is folded again."""
    op.add_column("actions", sa.Column("certifies", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("actions", sa.Column("pair", sa.Text()))
    op.create_table(
        "suite_runs",
        sa.Column("use_case", sa.Text(), primary_key=True),
        sa.Column("version", sa.Text(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.execute("DELETE FROM evidence")
    op.execute("DELETE FROM grants")
