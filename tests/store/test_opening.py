"""Who may open a data folder, and what is said of one that cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from remit.errors import SecondWriter, StoreCorrupt, StoreUnavailable
from remit.store import tables as t
from remit.store.migrate import HEAD
from remit.store.sqlite import FILE, LOCK, holder, open_store, take_lock
from tests.store.small_house import CountedIds, FrozenClock, begin, hold, in_file, opened, rows

ROOT = Path(__file__).parents[2]
PRELUDE = """
import os, sys
from pathlib import Path
from remit.errors import SecondWriter
from tests.store.small_house import begin, hold, opened
folder = Path(sys.argv[1])
"""


def another_process(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code on the folder in a process of its own."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    return subprocess.run(
        [sys.executable, "-c", PRELUDE + code, str(folder)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": paths},
    )


TRY_TO_WRITE = """
try:
    with opened(folder) as store:
        store.write_now(begin)
except SecondWriter as refused:
    print(refused)
"""


def test_a_second_writer_process_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        told = another_process(tmp_path, TRY_TO_WRITE)
        assert f"process {os.getpid()} writes to it" in told.stdout, told.stderr
        assert str(tmp_path) in told.stdout
        assert rows(store.engine, t.facts) == []


def test_a_second_writer_in_the_same_process_is_refused_too(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(SecondWriter, match=f"process {os.getpid()}"):
        open_store(tmp_path, FrozenClock(), CountedIds())


def test_who_is_refused_does_not_hide_who_the_first_is(tmp_path: Path) -> None:
    with opened(tmp_path):
        for _ in range(2):
            with pytest.raises(SecondWriter, match=f"process {os.getpid()}"):
                take_lock(tmp_path)


def test_a_claim_ends_with_its_process_however_it_ends_and_so_does_what_was_not_committed(tmp_path: Path) -> None:
    died = another_process(
        tmp_path,
        """
with opened(folder) as store:
    store.write_now(begin)
    def work(tx):
        hold("p1")(tx)
        tx.stops()  # everything so far is in the database, and not committed
        os._exit(9)
    store.write_now(work)
""",
    )
    assert died.returncode == 9, died.stderr
    with opened(tmp_path, first=100) as store:
        assert [row["kind"] for row in rows(store.engine, t.facts)] == ["PolicyAdopted", "KeyIssued", "TrialStarted"]
        assert rows(store.engine, t.actions) == rows(store.engine, t.contents) == []
        store.write_now(hold("p1"))


def test_a_closed_folder_may_be_opened_again_and_holds_what_was_written(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.write_now(begin)
    with opened(tmp_path) as store:
        assert [row["seq"] for row in rows(store.engine, t.facts)] == [1, 2, 3]


def test_a_new_folder_is_made_and_migrated(tmp_path: Path) -> None:
    store = open_store(tmp_path / "new" / "folder", FrozenClock(), CountedIds())
    store.write_now(begin)
    store.close()
    assert (tmp_path / "new" / "folder" / FILE).exists()


# ---------------------------------------------------------------------------------------------------------------- not usable


def damaged(folder: Path, content: bytes) -> None:
    """Put something else where the database should be."""
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_bytes(content)


def overwritten(folder: Path) -> None:
    """Write over all pages but the first, which only says what kind of file it is."""
    with opened(folder):
        pass
    path = folder / FILE
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


@pytest.mark.parametrize("how", ["no database", "torn pages"])
def test_a_damaged_file_is_called_corrupt_with_what_to_do(tmp_path: Path, how: str) -> None:
    if how == "no database":
        damaged(tmp_path, b"this is a shopping list, not a database" * 200)
    else:
        overwritten(tmp_path)
    with pytest.raises(StoreCorrupt) as refused:
        open_store(tmp_path, FrozenClock(), CountedIds())
    assert str(tmp_path / FILE) in refused.value.asked
    assert "backup" in refused.value.do


def test_a_damaged_file_can_be_replaced_at_once(tmp_path: Path) -> None:
    damaged(tmp_path, b"x" * 5000)
    with pytest.raises(StoreCorrupt):
        open_store(tmp_path, FrozenClock(), CountedIds())
    (tmp_path / FILE).unlink()
    with opened(tmp_path) as store:
        store.write_now(begin)


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreUnavailable) as refused:
        open_store(tmp_path / "file" / "data", FrozenClock(), CountedIds())
    assert not isinstance(refused.value, StoreCorrupt | SecondWriter)
    assert str(tmp_path / "file" / "data") in refused.value.asked


def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreUnavailable) as refused:
        open_store(tmp_path, FrozenClock(), CountedIds())
    assert not isinstance(refused.value, StoreCorrupt)
    assert refused.value.do


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write to any folder")
def test_a_folder_without_the_right_to_write_is_unavailable(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreUnavailable, match=str(tmp_path)):
        open_store(tmp_path, FrozenClock(), CountedIds())


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    in_file(tmp_path / FILE, ("UPDATE alembic_version SET version_num = ?", ("9999",)))
    with pytest.raises(StoreUnavailable, match="9999"):
        open_store(tmp_path, FrozenClock(), CountedIds())
    in_file(tmp_path / FILE, ("UPDATE alembic_version SET version_num = ?", (HEAD,)))
    with opened(tmp_path) as store:
        store.write_now(begin)


def test_the_lock_names_only_its_holder(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("process 99999999 and a long story about it")
    with opened(tmp_path):
        assert (tmp_path / LOCK).read_text() == f"process {os.getpid()}"


def test_who_writes_to_a_folder_can_be_asked(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    with opened(tmp_path):
        assert holder(tmp_path) == f"process {os.getpid()}"
    assert holder(tmp_path) is None
