"""`remit erase`: a person is forgotten, everybody hears so, and no backup from before brings her back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from remit.core.types import Role
from remit.store.erasures import ERASURES
from remit.store.sqlite import FILE
from tests.doors.doorway import desk, knock
from tests.doors.sessions_of import account, signed_in
from tests.doors.terminal import Remit
from tests.doors.test_backup_command import made
from tests.flow.stage import CRM, Stage, ask, tag


@pytest.fixture
def prepared(about_three: Path) -> Path:
    return about_three


def test_whoever_was_erased_after_a_backup_is_gone_from_it_once_it_is_restored(
    remit: Remit, folder: Path, tmp_path: Path
) -> None:
    archive, there = made(remit, tmp_path), tmp_path / "there"
    assert remit("erase", "--contact", "c0001", "--json").told["list"] == str(folder / ERASURES)
    told = remit("restore", archive, "--erasures", folder / ERASURES, "--json", data_dir=there).told
    assert (told["erased_again"], told["list_found"]) == (["contact/c0001"], True)
    assert [one["arguments"]["contact"] for one in remit("inbox", "--json", data_dir=there).told] == ["c0002", "c0003"]
    assert remit("doctor", data_dir=there).status == 0
    assert b'{"contact":"c0001"' not in (there / FILE).read_bytes()


def test_a_later_backup_beside_it_knows_who_was_erased_since(remit: Remit, tmp_path: Path) -> None:
    before = made(remit, tmp_path / "a.tar")
    remit("erase", "--contact", "c0001")
    made(remit, tmp_path / "b.tar")
    (tmp_path / "c.tar").write_text("something else")
    assert remit("restore", before, "--json", data_dir=tmp_path / "there").told["erased_again"] == ["contact/c0001"]


@pytest.mark.parametrize("place", ["beside the backup", "at the target"])
def test_the_list_is_found_where_people_put_it(remit: Remit, folder: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "kept").mkdir()
    archive, there = made(remit, tmp_path / "kept"), tmp_path / "there"
    remit("erase", "--contact", "c0002")
    if place == "at the target":
        there.mkdir()
    shutil.copy(folder / ERASURES, there if place == "at the target" else archive.parent)
    assert remit("restore", archive, "--json", data_dir=there).told["erased_again"] == ["contact/c0002"]
    again = json.loads((there / ERASURES).read_text())
    assert [one["record"] for one in again["erasures"]] == ["contact/c0002"]


def test_without_a_list_a_restore_says_that_it_found_none(remit: Remit, tmp_path: Path) -> None:
    archive = made(remit, tmp_path)
    remit("erase", "--contact", "c0001")
    assert "No list of erasures was found" in remit("restore", archive, data_dir=tmp_path / "there").out


def test_a_backup_from_after_an_erasure_knows_of_it(remit: Remit, folder: Path, tmp_path: Path) -> None:
    remit("erase", "--contact", "c0003")
    archive = made(remit, tmp_path)
    told = remit("restore", archive, "--erasures", folder / ERASURES, "--json", data_dir=tmp_path / "there").told
    assert told["erased_again"] == []


def test_the_list_of_another_installation_says_nothing_about_this_one(remit: Remit, folder: Path, tmp_path: Path) -> None:
    archive = made(remit, tmp_path)
    remit("erase", "--contact", "c0001")
    foreign = json.loads((folder / ERASURES).read_text()) | {"installation": "another"}
    (tmp_path / ERASURES).write_text(json.dumps(foreign))
    told = remit("restore", archive, "--json", data_dir=tmp_path / "one").told
    assert (told["erased_again"], told["list_found"]) == ([], False)
    said = remit("restore", archive, "--erasures", tmp_path / ERASURES, "--json", data_dir=tmp_path / "two")
    assert "another installation" in said.problem["found"]
    (tmp_path / ERASURES).write_text("nonsense")
    assert remit("restore", archive, "--json", data_dir=tmp_path / "two").problem["code"] == "invalid_input"


def test_a_dry_run_says_what_it_would_reach_and_reaches_nothing(remit: Remit) -> None:
    before = remit("inbox", "--json").told
    said = remit("erase", "--contact", "c0001", "--dry-run")
    assert "Would erase 1 piece of content about contact/c0001, of 1 proposal." in said.out
    assert remit("inbox", "--json").told == before


@pytest.mark.parametrize(
    ("words", "code"),
    [(["nobody"], "not_found"), (["c0001", "--also", "x"], "invalid_input"), ([""], "invalid_input")],
)
def test_who_cannot_be_erased_is_said_with_what_to_do(remit: Remit, words: list[str], code: str) -> None:
    said = remit("erase", "--contact", *words, "--json")
    assert said.problem["code"] == code
    assert said.problem["do"]


def test_why_inbox_and_undo_say_that_it_was_erased(remit: Remit) -> None:
    [first, *_] = remit("inbox", "--json").told
    remit("erase", "--contact", "c0001")
    said = remit("why", first["proposal"])
    assert "Its content was erased" in said.out
    assert "Nothing was carried out" in said.out
    assert "c0001" not in remit("inbox").out
    assert remit("undo", first["proposal"]).status == 5


async def test_only_who_may_erases_at_the_door(stage: Stage) -> None:
    await stage.proposed(ask("note.create", CRM, "n1", contact="c0001", text="likes tea"))
    await account(stage, "rita", Role.RISK)
    await account(stage, "dana", Role.REVIEWER)
    wanted = {"kind": "contact", "id": "c0001"}
    async with signed_in(stage, "dana") as http:
        assert (await http.post("/api/v1/desk/erasures", json=wanted)).status_code == 403
    async with signed_in(stage, "rita") as http:
        told = (await http.post("/api/v1/desk/erasures", json=wanted)).json()
    assert (told["contents"], told["blocked"], told["scrubbed"]) == (1, 1, True)


async def test_what_lost_its_content_is_shown_as_erased(stage: Stage) -> None:
    action = await stage.proposed(tag())
    with stage.opened.store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM contents")
    async with desk(stage) as http:
        told = (await http.get(f"/api/v1/desk/proposals/{action.proposal}")).json()
    assert (told["erased"], told["arguments"]) == (True, None)
    async with knock(stage.opened) as http:
        await http.get(f"/enter?token={stage.opened.app.state.tokens.once}")
        page = await http.get("/", headers={"accept": "text/html"})
    assert "Its content was erased." in page.text
