"""Brings a database file to the schema this version needs, through Alembic."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from remit.errors import StoreUnavailable

HEAD = "0005"
"""The revision this version of Remit needs; a test holds it to what the migrations say."""

_FORGOTTEN = "SELECT NOT EXISTS (SELECT 1 FROM grants) AND EXISTS (SELECT 1 FROM policies)"

MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(engine: sa.Engine) -> None:
    """Migrate where needed. A file that is up to date costs one query; one from a newer version is refused."""
    found = revision(engine)
    if found is not None and found > HEAD:
        known = f"revision {found}, and this version of Remit knows {HEAD}"
        raise StoreUnavailable(asked=f"opening {engine.url.database}", found=known, do="Use the newer version, or a backup")
    if found != HEAD:
        upgrade(engine, HEAD)


def levels_forgotten(engine: sa.Engine) -> bool:
    """Whether evidence and levels have to be folded again from the facts: a migration empties them where they say more since."""
    with engine.connect() as connection:
        return bool(connection.execute(sa.text(_FORGOTTEN)).scalar())


def revision(engine: sa.Engine) -> str | None:
    """Return the file's revision, None for an empty file."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: sa.Engine, to: str) -> None:
    """Run the migrations up to a revision, in one transaction."""
    from alembic import command  # noqa: PLC0415  # slow to import, and rarely needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        connection.execution_options(remit_writer=True)
        with connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, to)
