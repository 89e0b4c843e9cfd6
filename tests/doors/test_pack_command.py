"""`remit pack` and `remit map`: which rules are in force, whom they look at, and what is not known of people."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from remit.core.types import Record
from remit.flow.adopt import adopt
from remit.wire import installation, packaged_documents
from tests.doors.terminal import Remit, commands
from tests.flow.stage import CONTACTS, CRM, START, charter, every_operation, furnish

PACKS = {name: text for name, text in packaged_documents().items() if name.startswith("pack:")}


@pytest.fixture(scope="module")
def lawful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Furnish a folder with all packs and the map, and a use case that leaves one pack out."""
    folder = tmp_path_factory.mktemp("lawful") / "data"
    furnish(folder)
    crm = charter(CRM, every_operation(), packs={"without": {"house": "Nobody counts yet."}})
    documents = PACKS | {"map:sandbox": packaged_documents()["map:sandbox"], "charter:crm": json.dumps(crm)}
    with installation(folder) as opened:
        asyncio.run(adopt(opened.house, documents, "olga"))
        fields = {"country": "USA", "state": "California", "newsletter": "yes"}
        opened.sandbox.world.put([(Record(kind="contact", id="c0001"), fields)], by="import", at=START)
    return folder


@pytest.fixture
def remit(lawful: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Remit:
    return commands(Path(shutil.copytree(lawful, tmp_path / "data")), monkeypatch, capsys)


def test_every_pack_is_listed_with_the_use_cases_it_looks_at(remit: Remit) -> None:
    told = {pack["pack"]: pack for pack in remit("pack", "list", "--json").told}
    assert {f"pack:{name}" for name in told} == set(PACKS)
    mails = {"sequence.enrol", "email.one_to_one.send", "email.broadcast.schedule", "campaign.start"}
    assert {name: set(found) for name, found in told["can-spam"]["looks_at"].items()} == {"crm": mails}
    assert (told["house"]["looks_at"], told["house"]["left_out"]) == ({}, {"crm": "Nobody counts yet."})
    words = remit("pack", "list")
    assert words.status == 0
    assert "can-spam" in words.out
    assert "no use case" in words.out


def test_a_pack_is_shown_with_its_rules_and_their_sources(remit: Remit) -> None:
    said = remit("pack", "show", "tcpa")
    assert said.status == 0
    assert "not legal advice" in said.out
    assert "tcpa.quiet_hours: wait, where nobody can tell: block for people in US" in said.out
    assert "47 CFR 64.1200(c)(1)" in said.out
    told = remit("pack", "show", "house", "--json").told
    assert [rule["id"] for rule in told["rules"]] == ["house.frequency", "house.audience_drift"]
    assert "left out    crm: Nobody counts yet." in remit("pack", "show", "house").out
    missing = remit("pack", "show", "atlantis", "--json")
    assert (missing.status, missing.problem["asked"]) == (3, "pack atlantis")


def test_another_version_names_what_has_to_be_looked_at_again_and_adopts_nothing(remit: Remit, tmp_path: Path) -> None:
    document = json.loads(PACKS["pack:can-spam"])
    document["rules"][0]["because"] = "It is written otherwise."
    file = tmp_path / "next.yaml"
    file.write_text(json.dumps(document))
    told = remit("pack", "review", file, "--json").told
    assert (told["changed"], told["use_cases"], told["numbered"]) == (["canspam.sender_identity"], ["crm"], False)
    words = remit("pack", "review", file).out
    assert "its version did not grow" in words
    assert "use cases to look at again: crm" in words
    assert remit("pack", "show", "can-spam", "--json").told["rules"][0]["because"] != "It is written otherwise."


def test_a_review_of_the_same_or_of_a_new_pack_says_so(remit: Remit, tmp_path: Path) -> None:
    file = tmp_path / "same.yaml"
    file.write_text(PACKS["pack:ccpa"])
    assert "Every rule stays as it is." in remit("pack", "review", file).out
    file.write_text(PACKS["pack:ccpa"].replace('"pack": "ccpa"', '"pack": "other"'))
    assert "other: not in force, version 1 in the file" in remit("pack", "review", file).out


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(None, "No such file", id="no file"),
        pytest.param("pack: [", "error: did not find expected", id="no YAML"),
        pytest.param("pack: x", "error: title: it is missing", id="no pack"),
        pytest.param("pack: !odd x", "a tag, !odd", id="more than a document holds"),
    ],
)
def test_a_file_that_is_no_pack_is_refused(remit: Remit, tmp_path: Path, text: str | None, found: str) -> None:
    file = tmp_path / "odd.yaml"
    if text is not None:
        file.write_text(text)
    said = remit("pack", "review", file)
    assert (said.status, said.err) == (2, "")
    assert found in said.out


def test_a_pack_is_given_as_a_file_that_check_and_diff_read(remit: Remit, tmp_path: Path) -> None:
    file = tmp_path / "ccpa.yaml"
    file.write_text(remit("pack", "show", "ccpa", "--yaml").out)
    assert remit("charter", "diff", file).out.strip() == "These documents are in force already."
    assert remit("pack", "show", "ccpa", "--yaml", "--json").told == json.loads(PACKS["pack:ccpa"])
    assert remit("pack", "show", "nobody", "--yaml", "--json").problem["code"] == "not_found"


def test_a_map_says_where_every_attribute_comes_from_and_what_is_not_known(remit: Remit) -> None:
    told = remit("map", "--json").told
    assert (told["connector"], told["records"]) == ("sandbox", CONTACTS)
    region = next(one for one in told["attributes"] if one["attribute"] == "person.region")
    assert (region["field"], region["state"], region["reads"]) == ("country", "state", "region")
    assert (region["rules"], region["packs"], told["unknown"]["person.region"]) == (32, 8, CONTACTS - 1)
    assert told["look_alikes"] == [{"field": "newsletter", "looks_like": "person.consent", "filled": 1}]
    assert "data.from_person" in told["not_mapped"]


def test_people_read_of_gaps_in_sentences(remit: Remit) -> None:
    said = remit("map", "sandbox")
    assert said.status == 0
    assert "person.region is not known for 99 % of 500 people; 32 rules of 8 packs then take the strictest way." in said.out
    assert "The field newsletter looks like person.consent, holds something for 1 person and is not mapped." in said.out
    assert "Rules also ask for what no field tells:" in said.out
    missing = remit("map", "elsewhere", "--json")
    assert (missing.status, missing.problem["asked"]) == (3, "the map of elsewhere")


def test_without_a_map_there_is_nothing_to_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "plain"
    furnish(folder)
    said = commands(folder, monkeypatch, capsys)("map", "--json")
    assert (said.status, said.problem["asked"], said.problem["found"]) == (2, "a map", "none")
    assert commands(folder, monkeypatch, capsys)("pack", "list").out == "No pack is in force.\n"
