"""`remit backup` and `remit restore`: one file becomes a working folder again, and what is damaged never does."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import stat
import tarfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.errors import RemitError
from remit.flow.propose import propose
from remit.store.archive import MANIFEST, read_manifest, unpack
from remit.store.backup import Place, write_backup
from remit.store.ledger_keys import FIRST, LEDGER_KEY
from remit.store.migrate import HEAD
from remit.store.sqlite import FILE
from remit.wire import PERSON_TOKEN, SANDBOX, SECRET, SystemClock, installation, public_key
from tests.doors.terminal import Remit
from tests.flow.stage import ADA, START, person, tag

KEYS = (SECRET, LEDGER_KEY, PERSON_TOKEN)


@pytest.fixture(scope="session")
def prepared(about_three: Path) -> Path:
    return about_three


@pytest.fixture(scope="module")
def archive(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("archive") / "b.tar"
    place = Place(folder=prepared, databases=(FILE, SANDBOX))
    write_backup(place, target, public_key(prepared), START, keys=True, tell=lambda _done, _whole: None)
    return target


def made(remit: Remit, to: Path, *more: str) -> Path:
    """Make a backup and return its file."""
    said = remit("backup", "--to", to, "--json", *more)
    assert said.status == 0, said.err
    return Path(said.told["file"])


def left_behind(folder: Path) -> list[str]:
    """Name the hidden folders in which work was done."""
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


# --------------------------------------------------------------------------------------------------------- there and back again


def test_a_backup_becomes_a_working_folder_with_everything_that_waits(remit: Remit, tmp_path: Path) -> None:
    there = tmp_path / "there"
    told = remit("restore", made(remit, tmp_path), "--json", data_dir=there).told
    assert (told["keys"], told["erased_again"], told["dry_run"]) == (True, [], False)
    assert remit("doctor", data_dir=there).status == 0
    inbox = remit("inbox", "--json").told
    assert remit("inbox", "--json", data_dir=there).told == inbox
    answered = remit("answer", inbox[0]["proposal"], "reject", data_dir=there)
    assert answered.status == 0, answered.err
    assert remit("ledger", "verify", "--json", data_dir=there).told["kind"] == "verified"
    assert left_behind(tmp_path) == []


def test_only_its_owner_can_read_a_backup_and_what_comes_of_it(remit: Remit, tmp_path: Path) -> None:
    archive, there = made(remit, tmp_path), tmp_path / "there"
    remit("restore", archive, data_dir=there)
    paths = [archive, *(there / name for name in (*KEYS, FILE))]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert stat.S_IMODE(there.stat().st_mode) == 0o700


def test_a_backup_says_what_it_is(remit: Remit, tmp_path: Path) -> None:
    manifest = read_manifest(made(remit, tmp_path))
    assert set(manifest.files) == {FILE, SANDBOX, FIRST, *KEYS}
    assert (manifest.keys, manifest.revision, manifest.format) == (True, HEAD, 1)
    assert "named.tar holds" in remit("backup", "--to", tmp_path / "named.tar").out


def test_without_keys_no_key_is_in_it_and_the_original_ones_make_it_whole(remit: Remit, folder: Path, tmp_path: Path) -> None:
    archive, there = made(remit, tmp_path, "--without-keys"), tmp_path / "there"
    content = archive.read_bytes()
    assert [name for name in KEYS if (folder / name).read_bytes() in content] == []
    assert "put instance.secret" in remit("restore", archive, data_dir=there).out
    assert remit("inbox", data_dir=there).status == 6
    for name in KEYS:
        shutil.copy(folder / name, there / name)
    assert remit("doctor", data_dir=there).status == 0
    assert "The keys are not in it" in remit("backup", "--to", tmp_path / "other.tar", "--without-keys").out


def test_a_file_that_nobody_knows_is_in_it_too_and_one_of_the_moment_is_not(remit: Remit, folder: Path, tmp_path: Path) -> None:
    (folder / "more").mkdir()
    (folder / "more" / "old.key").write_text("a key from before")
    (folder / "server.json").write_text("{}")
    remit("restore", made(remit, tmp_path), data_dir=tmp_path / "there")
    assert (tmp_path / "there" / "more" / "old.key").read_text() == "a key from before"
    assert not (tmp_path / "there" / "server.json").exists()
    assert "more/old.key" not in read_manifest(made(remit, tmp_path / "k.tar", "--without-keys")).files


def test_dry_runs_write_nothing(remit: Remit, tmp_path: Path) -> None:
    assert remit("backup", "--to", tmp_path / "b.tar", "--dry-run", "--json").told["dry_run"]
    assert not (tmp_path / "b.tar").exists()
    archive, there = made(remit, tmp_path), tmp_path / "far" / "there"
    before = sorted(tmp_path.iterdir())
    assert "would become" in remit("restore", archive, "--dry-run", data_dir=there).out
    assert sorted(tmp_path.iterdir()) == before


def test_a_backup_beside_writers_is_whole_and_holds_what_was_written_before_it(
    remit: Remit, folder: Path, tmp_path: Path
) -> None:
    over = threading.Event()

    def write_on() -> None:
        with installation(folder) as opened:
            number = 0
            while not over.is_set():
                number += 1
                asyncio.run(propose(opened.house, ADA, [tag(person(number % 400), call_id=f"w{number}")]))
                opened.sealer.seal(SystemClock().now())

    writing = threading.Thread(target=write_on)
    writing.start()
    try:
        archives = [made(remit, tmp_path / f"b{number}.tar") for number in range(4)]
    finally:
        over.set()
        writing.join()
    facts = [read_manifest(archive).facts for archive in archives]
    assert facts == sorted(facts)
    assert len(set(facts)) > 1, "there were writers"
    remit("restore", archives[-1], data_dir=tmp_path / "there")
    assert remit("doctor", data_dir=tmp_path / "there").status == 0


# ------------------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("to", "found"),
    [
        ("data/b.tar", "inside the data folder"),
        ("data", "inside the data folder"),
        ("no/b.tar", "no folder"),
        ("b.tar", "already"),
    ],
)
def test_a_place_for_no_backup_is_refused_with_words(remit: Remit, tmp_path: Path, to: str, found: str) -> None:
    (tmp_path / "b.tar").write_text("mine")
    said = remit("backup", "--to", tmp_path / to, "--json")
    assert (said.status, said.problem["code"]) == (2, "invalid_input")
    assert found in said.problem["found"]
    assert (tmp_path / "b.tar").read_text() == "mine"


def test_nothing_is_restored_over_anything(remit: Remit, folder: Path, archive: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    said = remit("restore", archive, "--json")
    assert (said.status, said.problem["code"]) == (2, "invalid_input")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (tmp_path / "file").write_text("mine")
    assert remit("restore", archive, data_dir=tmp_path / "file").status == 2


def test_what_is_no_backup_is_refused_with_words(remit: Remit, folder: Path, tmp_path: Path) -> None:
    for wrong in (folder / FILE, tmp_path / "nothing.tar", tmp_path):
        said = remit("restore", wrong, "--json", data_dir=tmp_path / "there")
        assert said.problem["code"] == "invalid_input"
        assert "remit backup" in said.problem["do"]
    assert not (tmp_path / "there").exists()


def test_a_backup_of_a_newer_form_is_left_to_the_newer_version(remit: Remit, archive: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.tar"
    newer.write_bytes(archive.read_bytes().replace(b'"format": 1', b'"format": 2'))
    said = remit("restore", newer, "--json", data_dir=tmp_path / "there")
    assert said.problem["code"] == "store_unavailable"
    assert "newer version" in said.problem["do"]


@settings(deadline=None)
@given(st.data())
def test_a_byte_that_changed_in_a_backup_is_found_wherever_it_is(archive: Path, data: st.DataObject) -> None:
    manifest, content = read_manifest(archive), bytearray(archive.read_bytes())
    with tarfile.open(archive) as tar:
        members = {one.name: one for one in tar}
    member = members[data.draw(st.sampled_from(sorted(manifest.files)))]
    content[member.offset_data + data.draw(st.integers(0, member.size - 1))] ^= data.draw(st.integers(1, 255))
    changed = archive.with_name("changed.tar")
    changed.write_bytes(content)
    with pytest.raises(RemitError, match=member.name):
        unpack(changed, manifest, None)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_backup_that_was_cut_off_makes_no_folder(remit: Remit, archive: Path, tmp_path: Path, share: float) -> None:
    content = archive.read_bytes()
    (tmp_path / "cut.tar").write_bytes(content[: int(len(content) * share)])
    said = remit("restore", tmp_path / "cut.tar", "--json", data_dir=tmp_path / "there")
    assert said.problem["code"] == "store_corrupt"
    assert left_behind(tmp_path) == []
    assert not (tmp_path / "there").exists()


def test_a_backup_that_names_another_installation_is_refused(remit: Remit, archive: Path, tmp_path: Path) -> None:
    whose = read_manifest(archive).installation
    other = tmp_path / "other.tar"
    other.write_bytes(archive.read_bytes().replace(whose.encode(), b"x" * len(whose), 1))
    said = remit("restore", other, "--json", data_dir=tmp_path / "there")
    assert said.problem["code"] == "store_corrupt"
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize("name", ["../out", "/out-of-the-folder", "a/../../out"])
def test_a_name_that_leads_out_of_the_folder_is_refused(remit: Remit, archive: Path, tmp_path: Path, name: str) -> None:
    manifest = json.loads(member_of(archive, MANIFEST))
    manifest["files"] = {name: {"size": 0, "sha256": "0" * 64}}
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        for one, content in ((MANIFEST, json.dumps(manifest).encode()), (name, b"")):
            header = tarfile.TarInfo(one)
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    said = remit("restore", tmp_path / "evil.tar", "--json", data_dir=tmp_path / "there")
    assert said.problem["code"] == "store_corrupt"
    assert not (tmp_path / "out").exists()


def member_of(archive: Path, name: str) -> bytes:
    """Return the content of one file in a backup."""
    with tarfile.open(archive) as tar:
        content = tar.extractfile(name)
        assert content
        return content.read()


def test_a_folder_that_is_not_sound_gives_no_backup(remit: Remit, folder: Path, tmp_path: Path) -> None:
    content = bytearray((folder / FILE).read_bytes())
    content[content.rindex(b'"kind":"Proposed"') - 3] ^= 1
    (folder / FILE).write_bytes(content)
    said = remit("backup", "--to", tmp_path / "b.tar", "--json")
    assert said.problem["code"] == "ledger_broken"
    assert left_behind(tmp_path) == []
    assert not (tmp_path / "b.tar").exists()
