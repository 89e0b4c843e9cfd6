"""What was erased can be read in no file of the data folder any more: not in a row, a free page, a gap of a page, or a log."""

from __future__ import annotations

import asyncio
import random
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest

from remit.core.types import Answer, ProposalId, Record
from remit.flow.erase import Wish, erase
from remit.flow.propose import propose
from remit.flow.sweep import sweep
from remit.store import tables as t
from remit.store.migrate import HEAD
from remit.store.sqlite import FILE, LOCK
from remit.store.transaction import Transaction
from remit.wire import SANDBOX
from tests.flow.stage import ADA, CRM, Stage, ask, copied, furnish, opened
from tests.flow.stage import CountedIds as Ids
from tests.flow.stage import FrozenClock as Clock
from tests.store.kept.keep_folder import put_back
from tests.store.small_house import FrozenClock, begin, hold, rows
from tests.store.small_house import opened as opened_store

HERS = ("Annabel", "Vasquez", "annabel@vasquez.example", "+44 7700 900123", "likes tea")
WISH = Wish(record=Record(kind="contact", id="c0001"), by="rita")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    furnish(tmp_path / "furnished")
    with copied(tmp_path / "furnished", tmp_path / "data") as found:
        yield found


def readable(folder: Path, *texts: str) -> dict[str, list[str]]:
    """Return which texts stand in which file of a folder, byte for byte or as base64."""
    found: dict[str, list[str]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes().lower()
        there = [one for one in texts if one.lower().encode() in content or b64encode(one.encode()).lower() in content]
        if there:
            found[path.name] = there
    return found


async def written_about_her(stage: Stage) -> None:
    """Let her data pass through everything that is written."""
    name, last, mail, phone, note = HERS
    stage.world.edit(WISH.record, {"name": f"{name} {last}", "email": mail})
    await stage.done(ask("contact.field.update", CRM, "call 1", contact="c0001", phone=phone))
    await stage.done(ask("note.create", CRM, "call 2", contact="c0001", text=f"{name} {note}"))
    held = await stage.proposed(
        ask("email.one_to_one.send", CRM, "call 3", contact="c0001", subject=f"Dear {name}", body=mail * 900)
    )
    await stage.say(held, Answer.APPROVE_EDITED, edited={"contact": "c0001", "subject": "Hello", "body": f"{mail} {phone}"})
    rejected = await stage.proposed(ask("contact.field.update", CRM, "call 4", contact="c0001", job=last))
    await stage.say(rejected, Answer.REJECT, note=f"{name} is no {last}")


async def test_nothing_of_an_erased_person_is_left_in_any_file(stage: Stage) -> None:
    await written_about_her(stage)
    before = readable(stage.folder, *HERS)
    assert set(before) == {f"{FILE}-wal", f"{SANDBOX}-wal"}, "her data were there"
    assert {one for there in before.values() for one in there} == set(HERS)
    found = await erase(stage.house, WISH)
    assert found.scrubbed
    assert readable(stage.folder, *HERS) == {}
    assert (stage.folder / f"{FILE}-wal").stat().st_size == 0


async def test_nothing_is_left_after_the_server_ended_either(stage: Stage) -> None:
    await written_about_her(stage)
    await erase(stage.house, WISH)
    stage.opened.store.close()
    stage.opened.sandbox.close()
    assert readable(stage.folder, *HERS) == {}


def keep_all(marks: Mapping[str, str], tx: Transaction) -> None:
    """Hold a proposal for every mark."""
    for name, mark in marks.items():
        hold(name, {"arguments": {"text": mark}})(tx)


def test_a_page_keeps_no_copy_of_what_once_moved_on_it(tmp_path: Path) -> None:
    """Overwriting what is deleted is not enough: a page that was split keeps what moved away, in its gap."""
    moved = random.Random(5)
    with opened_store(tmp_path, FrozenClock()) as store:
        store.write_now(begin)
        marks = {f"p{number}": f"mark-{number:05}-" * moved.randint(1, 40) for number in range(3_000)}
        for start in range(0, len(marks), 50):
            names = list(marks)[start : start + 50]
            store.write_now(partial(keep_all, {one: marks[one] for one in names}))
        gone = [ProposalId(one) for one in moved.sample(list(marks), 600)]
        store.write_now(lambda tx: tx.drop_contents(gone, ()))
        assert store.scrub_now()
        content = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name != LOCK)
        assert [one for one in gone if marks[one][:11].encode() in content] == []
        assert len(rows(store.engine, t.contents)) == len(marks) - len(gone)


async def test_a_folder_from_before_forgets_as_well(tmp_path: Path) -> None:
    put_back(HEAD, tmp_path / "data")
    with opened(tmp_path / "data", clock=Clock(), ids=Ids(1_000_000)) as stage:
        await propose(stage.house, ADA, [ask("note.create", CRM, "call 5", contact="c0001", text="likes tea")])
        await erase(stage.house, WISH)
        assert readable(stage.folder, "likes tea") == {}


async def test_what_was_swept_is_left_in_no_file(stage: Stage) -> None:
    await stage.say(await stage.proposed(ask("note.create", CRM, "call 6", contact="c0001", text="likes tea")), Answer.REJECT)
    stage.clock.move(days=3)
    await sweep(stage.house, {"arguments": 2})
    assert readable(stage.folder, "likes tea") == {}


async def test_a_reader_of_an_old_state_is_waited_for_and_then_named(stage: Stage) -> None:
    await stage.proposed(ask("note.create", CRM, "call 7", contact="c0001", text="likes tea"))
    with stage.house.store.read() as reading:
        reading.stops()
        found = await erase(stage.house, WISH)
        assert not found.scrubbed
    assert stage.opened.store.scrub_now()
    assert readable(stage.folder, "likes tea") == {}


async def test_people_work_on_while_somebody_is_forgotten(stage: Stage) -> None:
    asked = [ask("contact.tag.add", contact=f"c{number:04}", tag="vip") for number in range(10, 60)]
    outcome = await asyncio.gather(erase(stage.house, WISH), *(propose(stage.house, ADA, [one]) for one in asked))
    assert len(outcome) == 1 + len(asked)
