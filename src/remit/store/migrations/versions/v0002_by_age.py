"""What waits is found in the order of its age without sorting it."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the index that the inbox reads along."""
    op.create_index("actions_by_age", "actions", ["state", "proposed_at", "proposal"], unique=False)
