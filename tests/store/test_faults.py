"""Disks fill up, fail and may only be read, clocks jump back: it is said with words, nothing is half there, the process goes on.

The faults are real ones, in a process of their own: a library in front of the C library that fails when told to (where there is a
compiler), a limit of the operating system on the size of a file, a user who may not write.
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from remit.core.lifecycle import State
from remit.errors import StoreUnavailable
from remit.ledgerproof.verify import Verified
from remit.runner.local import run
from remit.store.sqlite import FILE
from remit.wire import verify_ledger
from tests.doors.doorway import agent, desk, tagging
from tests.flow.stage import TAKE_BACK, Stage, copied, furnish, tag

ROOT = Path(__file__).parents[2]
NOBODY = 65_534
PRELUDE = """
import asyncio, os, sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from remit.errors import RemitError
from remit.store.ledger import Sealer, verify_file
from remit.store.sqlite import FILE
from tests.store.small_house import START, begin, hold, opened, rows
from remit.store import tables as t
folder, fault = Path(sys.argv[1]), Path(sys.argv[2])
key = Ed25519PrivateKey.from_private_bytes(bytes(32))

def tried(work):
    try:
        work()
    except RemitError as error:
        print("refused:", error.code, "|", error.found, "|", error.do)
    else:
        print("done")
"""
WRITES_AROUND_A_FAULT = """
with opened(folder) as store:
    store.write_now(begin)
    tried(lambda: store.write_now(hold("before")))
    begins(fault)
    tried(lambda: store.write_now(hold("during")))
    tried(lambda: store.write_now(hold("during again")))
    ends(fault)
    tried(lambda: store.write_now(hold("after")))
    print(sorted(row["proposal"] for row in rows(store.engine, t.actions)))
    Sealer(store, key).seal(START)
with opened(folder, first=1000) as store:
    print(sorted(row["proposal"] for row in rows(store.engine, t.actions)))
print(type(verify_file(folder / FILE, key.public_key()).outcome).__name__)
"""
BY_LIBRARY = """
def begins(fault): fault.write_text("{word}")
def ends(fault): fault.unlink()
"""
BY_LIMIT = """
import resource
def begins(fault):
    most = (folder / (FILE + "-wal")).stat().st_size + 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
def ends(fault):
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
"""


def another_process(code: str, folder: Path, **env: str) -> list[str]:
    """Run code in a process of its own and return the lines it prints."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    told = subprocess.run(
        [sys.executable, "-c", PRELUDE + code, str(folder), str(folder.with_name("fault"))],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": paths, **env},
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()


def nothing_half_there(lines: list[str]) -> None:
    """See that what came during the fault was refused with words, and that what came before and after is there whole."""
    before, during, again, after, shown, reopened, verified = lines
    assert (before, after, verified) == ("done", "done", Verified.__name__)
    for refused in (during, again):
        assert refused.startswith("refused: store_unavailable")
        assert "Check free space and permissions" in refused
    assert shown == reopened == "['after', 'before']"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here")
    target = tmp_path_factory.mktemp("library") / "failing_disk.so"
    source = Path(__file__).with_name("failing_disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(target), str(source), "-ldl"], check=True, capture_output=True)
    return target


@pytest.mark.parametrize("word", ["full", "sync"], ids=["a full disk", "a sync that fails"])
def test_a_disk_that_fails_is_said_and_what_comes_after_is_written(tmp_path: Path, library: Path, word: str) -> None:
    env = {"LD_PRELOAD": str(library), "REMIT_TEST_FAULT": str(tmp_path / "fault")}
    nothing_half_there(another_process(BY_LIBRARY.format(word=word) + WRITES_AROUND_A_FAULT, tmp_path / "data", **env))


def test_a_file_that_may_not_grow_is_said_and_what_comes_after_is_written(tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    nothing_half_there(another_process(BY_LIMIT + WRITES_AROUND_A_FAULT, tmp_path / "data"))


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furnished") / "data"
    furnish(folder)
    return folder


@pytest.fixture
def folder(furnished: Path) -> Iterator[Path]:
    """Make a furnished folder that other users can reach too."""
    outer = Path(tempfile.mkdtemp())
    outer.chmod(0o755)
    yield Path(shutil.copytree(furnished, outer / "data"))
    shutil.rmtree(outer)


AS_SOMEBODY_ELSE = """
from remit.cli import main
import remit.web.app  # loaded later otherwise, by somebody who may not read where it lies
if os.getuid() == 0:
    os.setuid({nobody})
sys.argv = ["remit", "stop", "all", "--json", "--data-dir", str(folder)]
try:
    main.main()
except SystemExit as ended:
    print(ended.code)
"""


@pytest.mark.parametrize("what", ["the folder", "the file"])
def test_a_folder_that_may_only_be_read_is_said_at_the_command(folder: Path, what: str) -> None:
    paths = [folder, *folder.iterdir()]
    if os.getuid() == 0:
        for path in paths:
            os.chown(path, NOBODY, NOBODY)
    closed = paths if what == "the folder" else [folder / FILE]
    modes = {path: path.stat().st_mode for path in paths}
    for path in closed:
        path.chmod(0o500 if path.is_dir() else 0o400)
    assert another_process(AS_SOMEBODY_ELSE.format(nobody=NOBODY), folder)[-1] == "6"
    for path, mode in modes.items():
        path.chmod(mode)
    assert another_process(AS_SOMEBODY_ELSE.format(nobody=NOBODY), folder)[-1] == "0"


# ------------------------------------------------------------------------------------------------------- behind the other doors


@pytest.fixture
def stage(furnished: Path, tmp_path: Path) -> Iterator[Stage]:
    with copied(furnished, tmp_path / "data") as found:
        yield found


def room(stage: Stage, pages: int) -> None:
    """Let the database hold so many pages more, as on a disk that is nearly full."""

    def work(tx: object) -> None:
        connection = tx._connection  # type: ignore[attr-defined]  # noqa: SLF001  # the disk is nobody's public name
        count = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={count + pages}")

    stage.opened.store.write_now(work)


async def test_an_agent_hears_that_nothing_can_be_written_and_is_heard_again_later(stage: Stage) -> None:
    room(stage, 0)
    async with agent(stage) as client:
        with pytest.raises(StoreUnavailable, match="disk is full"):
            await client.propose_many([tagging(f"c{number:04}", call_id=f"n{number}") for number in range(100)])
    async with desk(stage) as http:
        assert (await http.get("/api/v1/desk/inbox")).json() == []
        refused = await http.post("/api/v1/desk/stops", json={"scope": "everything", "reason": "x" * 9000})
    assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
    assert refused.json()["do"]
    room(stage, 10_000)
    async with agent(stage) as client:
        assert (await client.propose(tagging())).state == "held"


async def test_the_runner_waits_for_the_disk_and_finishes_what_it_was_at(stage: Stage) -> None:
    action = await stage.approved(tag())
    stage.clock.move(seconds=TAKE_BACK)
    told: list[StoreUnavailable] = []
    odd = stage.between()
    odd.meanwhile = lambda: stage.opened.store.write_now(_broken)
    task = asyncio.create_task(run(stage.house, lambda: None, {}, told.append))
    async with asyncio.timeout(20):
        while stage.state(action) is not State.DONE:  # noqa: ASYNC110  # the runner tells nobody
            await asyncio.sleep(0.05)
    task.cancel()
    assert [error.code for error in told] == ["store_unavailable"]
    assert len(stage.effects(action)) == 1


def _broken(_tx: object) -> None:
    raise StoreUnavailable(found="the disk is full")


async def test_a_clock_that_jumps_back_lets_nothing_leave_early_and_breaks_nothing(stage: Stage) -> None:
    approved = await stage.approved(tag())
    stage.clock.move(hours=-1)
    held = await stage.proposed(tag("c0002"))
    assert await stage.leave() == 0
    assert stage.state(approved) is State.LEAVING
    stage.clock.move(hours=1)
    await stage.leave()
    assert (stage.state(approved), stage.state(held)) == (State.DONE, State.HELD)
    stage.opened.sealer.seal(stage.clock.now())
    assert isinstance(verify_ledger(stage.folder).outcome, Verified)
