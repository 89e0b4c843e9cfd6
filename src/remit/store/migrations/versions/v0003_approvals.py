"""Several people may approve an action; one may be asked for by a person, for later, or put off; a key knows who issued it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ISSUERS = """
UPDATE keys SET issued_by = (
  SELECT substr(facts.actor, length('person:') + 1) FROM facts
  WHERE facts.kind = 'KeyIssued' AND facts.actor LIKE 'person:%'
    AND json_extract(CAST(facts.body AS TEXT), '$.fact.key_digest') = keys.key_digest
)
"""


def upgrade() -> None:
    """Add the columns; who issued a key is read from the facts, as a rebuild would."""
    op.add_column("actions", sa.Column("approvals", sa.LargeBinary()))
    op.add_column("actions", sa.Column("requester", sa.Text()))
    op.add_column("actions", sa.Column("not_before", sa.BigInteger()))
    op.add_column("actions", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("stops", sa.Column("lift_by", sa.Text()))
    op.add_column("stops", sa.Column("lift_level", sa.Integer()))
    op.add_column("stops", sa.Column("lift_at", sa.BigInteger()))
    op.add_column("keys", sa.Column("issued_by", sa.Text()))
    op.execute(_ISSUERS)
