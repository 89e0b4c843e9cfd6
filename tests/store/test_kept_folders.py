"""Whoever installs a newer Remit goes on with the data folder there is: nothing that waits is stranded by an upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from remit.core.action import Action
from remit.core.lifecycle import State
from remit.core.types import Answer
from remit.flow.people import existing
from remit.flow.review import take_back
from remit.flow.undo import undo
from remit.ledgerproof.verify import Verified
from remit.runner.local import drain
from remit.store import tables as t
from remit.store.checkup import check_up
from remit.store.migrate import HEAD, MIGRATIONS, revision, upgrade
from remit.store.sqlite import FILE, make_engine
from remit.wire import public_key, verify_ledger
from tests.flow.stage import START, CountedIds, FrozenClock, Stage, opened
from tests.store.kept.keep_folder import HELD, HERE, PEOPLE, kept, put_back
from tests.store.test_migrations import schema

KEPT = sorted(path.name.partition(".")[0] for path in HERE.glob("*.remit.sqlite"))
MOST_BYTES = 500_000


def revisions() -> list[str]:
    """Return every revision there is, the first one first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


@pytest.fixture(params=KEPT)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    put_back(request.param, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def upgraded(folder: Path) -> Iterator[Stage]:
    clock = FrozenClock(moment=START + timedelta(seconds=20))
    with opened(folder, clock=clock, ids=CountedIds(1_000_000)) as stage:
        yield stage


def waiting(stage: Stage, state: State, operation: str = "contact.tag.add") -> list[Action]:
    """Return what stands in a state, of one operation."""
    with stage.house.store.read() as reading:
        return [action for action in reading.in_states([state]) if action.operation == operation]


def test_a_folder_is_kept_for_every_revision() -> None:
    assert revisions() == KEPT, "keep a folder before the schema changes: see CONTRIBUTING.md"
    assert all(path.stat().st_size < MOST_BYTES for name in KEPT for path in kept(name))


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_folder_has_the_schema_of_its_revision(name: str, tmp_path: Path) -> None:
    put_back(name, tmp_path / "data")
    there, stepwise = make_engine(tmp_path / "data" / FILE), make_engine(tmp_path / "stepwise.db")
    upgrade(stepwise, name)
    assert revision(there) == name
    assert schema(there) == schema(stepwise)


def test_a_file_migrated_step_by_step_from_nothing_has_the_fresh_schema(tmp_path: Path) -> None:
    stepwise, fresh = make_engine(tmp_path / "stepwise.db"), make_engine(tmp_path / "fresh.db")
    for step in revisions():
        upgrade(stepwise, step)
    with fresh.begin() as connection:
        t.METADATA.create_all(connection)
    assert schema(stepwise) == schema(fresh)


def test_an_upgraded_folder_is_sound(upgraded: Stage) -> None:
    assert revision(upgraded.opened.store.engine) == HEAD
    found = check_up(upgraded.folder, public_key(upgraded.folder), upgraded.clock, upgraded.ids)
    assert [one for one in found if not one.sound] == []
    assert isinstance(verify_ledger(upgraded.folder).outcome, Verified)


async def test_whatever_waited_for_a_person_can_still_be_decided(upgraded: Stage) -> None:
    held = waiting(upgraded, State.HELD)
    assert len(held) == HELD
    for action, said in zip(held, (Answer.APPROVE, Answer.APPROVE, Answer.REJECT, Answer.RETURN), strict=True):
        await upgraded.say(action, said)
    [note] = waiting(upgraded, State.HELD, "note.create")
    await upgraded.say(note, Answer.APPROVE_EDITED, edited={"contact": "c0007", "text": "call back soon"})
    [draft] = waiting(upgraded, State.DRAFTED)
    await upgraded.say(draft, Answer.USED)
    await upgraded.leave()
    ended = [upgraded.state(action) for action in (*held, note, draft)]
    assert ended == [State.DONE, State.DONE, State.REJECTED, State.RETURNED, State.DONE, State.USED]
    assert upgraded.has_tag("c0002")
    assert not upgraded.has_tag("c0004")


async def test_whatever_was_carried_out_can_still_be_undone(upgraded: Stage) -> None:
    [done] = waiting(upgraded, State.DONE)
    assert upgraded.has_tag("c0000")
    await undo(upgraded.house, [done.proposal], "dana")
    await drain(upgraded.house)
    assert upgraded.state(done) is State.UNDONE
    assert not upgraded.has_tag("c0000")


async def test_an_approval_whose_window_was_open_still_leaves_or_is_taken_back(folder: Path) -> None:
    with opened(folder, clock=FrozenClock(moment=START), ids=CountedIds(1_000_000)) as stage:
        [leaving] = waiting(stage, State.LEAVING)
        assert (await take_back(stage.house, leaving.proposal, "dana")).state is State.HELD
        await stage.say(stage.action(leaving.proposal))
        await stage.leave()
        assert stage.state(leaving) is State.DONE
        assert stage.has_tag("c0009")


def test_people_keys_and_the_policy_are_still_there(upgraded: Stage) -> None:
    with upgraded.house.store.read() as reading:
        assert {who: existing(reading, who).roles for who in PEOPLE} == {who: (role,) for who, role in PEOPLE.items()}
        assert reading.policy().number == 1
        assert [key.agent for key in reading.issued_keys()] == ["ada", "otto"]
        assert reading.password_hash("dana") == "hash of dana"
