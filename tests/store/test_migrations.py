"""A migrated file has the schema that the program describes, by whatever way it got there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from remit.store import tables as t
from remit.store.metadata import EPOCH, MICRO
from remit.store.migrate import HEAD, MIGRATIONS, bring_up_to_date, revision, upgrade
from remit.store.sqlite import make_engine


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    engine = make_engine(tmp_path_factory.mktemp("migrated") / "remit.db")
    bring_up_to_date(engine)
    return engine


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    engine = make_engine(tmp_path_factory.mktemp("fresh") / "remit.db")
    with engine.begin() as connection:
        t.METADATA.create_all(connection)
    return engine


def schema(engine: sa.Engine) -> dict[str, str]:
    """Return what SQLite was told to make, without the spaces."""
    with engine.connect() as connection:
        made = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        return {
            name: re.sub(r"\s+", " ", sql).replace("( ", "(").replace(" )", ")") for name, sql in made if "alembic" not in name
        }


def test_a_migrated_file_equals_a_fresh_one(migrated: sa.Engine, fresh: sa.Engine) -> None:
    assert schema(migrated) == schema(fresh)


def test_no_difference_is_left_to_migrate(migrated: sa.Engine) -> None:
    with migrated.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.METADATA) == []


def scripts() -> ScriptDirectory:
    """Return the migrations as Alembic reads them."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def test_the_needed_revision_is_the_newest_file() -> None:
    files = sorted(path.name for path in Path(MIGRATIONS / "versions").glob("v*.py"))
    assert scripts().get_heads() == [HEAD]
    assert files[-1].startswith(f"v{HEAD}_")
    assert len(list(scripts().walk_revisions())) == len(files)


def test_a_file_knows_its_revision(migrated: sa.Engine, tmp_path: Path) -> None:
    assert revision(migrated) == HEAD
    assert revision(make_engine(tmp_path / "empty.db")) is None


def test_migrating_twice_changes_nothing(migrated: sa.Engine) -> None:
    before = schema(migrated)
    bring_up_to_date(migrated)
    assert schema(migrated) == before


def test_every_revision_on_the_way_can_be_reached(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "remit.db")
    for script in reversed(list(scripts().walk_revisions())):
        upgrade(engine, script.revision)
        assert revision(engine) == script.revision


def test_moments_keep_their_microseconds_and_their_zone(fresh: sa.Engine) -> None:
    moments = [EPOCH, EPOCH + 1_234_567 * MICRO, EPOCH - MICRO]  # the edges of what is kept
    column = t.Moment()
    kept = [column.process_bind_param(moment, fresh.dialect) for moment in moments]
    assert kept == [0, 1_234_567, -1]
    assert [column.process_result_value(number, fresh.dialect) for number in kept] == moments
    assert column.process_bind_param(None, fresh.dialect) is None
    assert column.process_result_value(None, fresh.dialect) is None
