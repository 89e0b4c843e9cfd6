"""Alembic's entry: runs on the connection it is handed."""

from alembic import context

from remit.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=False)
context.run_migrations()
