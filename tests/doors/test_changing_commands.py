"""Changing a policy by commands: what a change would do, who signs it, and what was measured."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from remit.cli.main import app
from remit.flow.adopt import adopt
from remit.flow.measure import measure
from remit.runner.local import drain
from remit.wire import installation, packaged_documents
from tests.doors.doorway import ADA_KEY, DESK, desk, nothing_written
from tests.doors.terminal import Remit
from tests.flow.stage import CRM, Stage, charter, documents, every_operation

TAG = ("propose", "--use-case", "crm", "--operation", "contact.tag.add", "tag=vip", "--key", ADA_KEY, "--json")
STATEMENT: dict[str, Any] = {
    "organisation": "Tests",
    "signed_by": "Ines",
    "signed_on": "2026-03-01",
    "highest_level": {"low, easy": 4},
    "otherwise": 4,
    "tolerance": 0.02,
    "tolerance_in_words": "at most 1 in 50 wrong",
}


@pytest.fixture
def prepared(elsewhere: Path) -> Path:
    return elsewhere


def file(folder: Path, name: str, document: dict[str, Any]) -> Path:
    """Write a document as YAML beside the data folder."""
    path = folder.parent / f"{name}.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def crm(folder: Path, **entries: Any) -> Path:
    """Write the charter of the CRM with other entries."""
    return file(folder, "crm", charter(CRM, every_operation(), **entries))


def real(folder: Path, **entries: Any) -> Path:
    """Write the charter of the desk with other entries."""
    return file(folder, "desk", json.loads(documents()["charter:desk"]) | {"connector": "hubspot"} | entries)


def flat(out: str) -> str:
    """Return what was printed in one line, however wide the table was."""
    return " ".join(out.split())


# ------------------------------------------------------------------------------------------------------------- what would change


def test_a_difference_is_told_in_words_and_on_what_was_decided(remit: Remit, folder: Path) -> None:
    proposal = remit(*TAG, "contact=c0001").told["proposal_id"]
    path = crm(folder, starts_at=0, highest_level=0)
    told = remit("charter", "diff", path, "--json").told
    assert (told["direction"], told["needs_two"], told["documents"]) == ("tighter", False, ["charter:crm"])
    paths = {change["path"] for change in told["changes"]}
    assert paths == {"charter:crm/highest_level", "charter:crm/starts_at"}
    assert told["replay"]["pairs"] == [{"now": "hold", "then": "block", "count": 1}]
    assert [one["proposal"] for one in told["replay"]["examples"]] == [proposal]
    said = remit("charter", "diff", path).out
    assert said.startswith("Tighter: nothing is allowed that was not allowed before.")
    assert "Use case crm: the highest level goes from 3 (execute) to 0 (off)." in said
    assert "Of the last 90 days, 1 decision was decided again, 1 of them of crm:" in said
    assert f"For example {proposal}: hold becomes block." in said
    assert "One person may adopt it" in said


def test_a_difference_writes_nothing(remit: Remit, folder: Path) -> None:
    before = remit("ledger", "show", "--limit", "1000", "--json").told
    remit("charter", "diff", crm(folder, highest_reach=9))
    remit("charter", "adopt", crm(folder, highest_reach=9), "--dry-run", "--json")
    assert remit("ledger", "show", "--limit", "1000", "--json").told == before


def test_what_a_change_costs_in_evidence_is_told(remit: Remit, folder: Path) -> None:
    proposal = remit(*TAG, "contact=c0001").told["proposal_id"]
    assert remit("answer", proposal, "reject", "--as", "dana").status == 0
    changed = charter(CRM, every_operation())
    changed["evidence"]["tolerance"] = 0.2
    path = file(folder, "crm", changed)
    (ended,) = remit("charter", "diff", path, "--json").told["trials"]
    assert (ended["operation"], ended["answered"]) == ("contact.tag.add", 1)
    assert "ends a trial: crm, contact.tag.add, version v1:" in remit("charter", "diff", path).out


def test_documents_that_are_in_force_already_say_so(remit: Remit, folder: Path) -> None:
    told = remit("charter", "diff", crm(folder), "--json").told
    assert (told["documents"], told["replay"]["decided"]) == ([], 0)
    assert remit("charter", "diff", crm(folder)).out.strip() == "These documents are in force already."
    assert "in force already" in remit("charter", "adopt", crm(folder)).out


def test_many_files_are_known_by_their_content(remit: Remit, folder: Path) -> None:
    pack = {
        "pack": "calm",
        "title": "Calm",
        "as_of": "2026-11-01",
        "version": 1,
        "about": "For tests.",
        "rules": [],
    }
    brand = {"brand": "ours", "title": "Ours"}
    files = [file(folder, name, one) for name, one in (("a", pack), ("b", brand), ("c", STATEMENT))]
    told = remit("charter", "diff", *files, "--json").told
    assert told["documents"] == ["brand:ours", "pack:calm", "risk_statement"]


# ------------------------------------------------------------------------------------------------------------- adopting


def test_what_tightens_is_adopted_at_once_and_listed(remit: Remit, folder: Path) -> None:
    told = remit("charter", "adopt", real(folder, highest_reach=0), "--as", "olga", "--json").told
    assert (told["adopted"], told["offer"]) == (3, None)
    listed = remit("policy", "list", "--json").told
    assert [(one["number"], one["in_force"]) for one in listed] == [(1, False), (2, False), (3, True)]
    assert (listed[-1]["by"], listed[-1]["signed_by"], listed[-1]["waited"]) == ("olga", ["olga"], False)
    said = remit("policy", "list").out
    assert "3 (in force)" in said
    assert "olga" in said


def test_what_loosens_is_offered_and_signed_by_a_second_person(remit: Remit, folder: Path) -> None:
    dry = remit("charter", "adopt", real(folder, highest_reach=9), "--dry-run")
    assert "Two people have to sign" in dry.out
    told = remit("charter", "adopt", real(folder, highest_reach=9), "--as", "olga")
    assert "Offered as policy 3. It waits for the signature of a second person: line_of_business or risk." in told.out
    assert "`remit policy show " in told.out
    (offered,) = remit("policy", "offers", "--json").told
    assert (offered["number"], offered["signed_by"], offered["stale"], offered["ripens_at"]) == (3, ["olga"], False, None)
    assert "a second person" in remit("policy", "offers").out
    assert remit("policy", "sign", 3, "--as", "olga", "--json").problem["code"] == "conflict"
    assert "Policy 3 is in force." in remit("policy", "sign", 3, "--as", "rita").out
    assert remit("policy", "offers").out.strip() == "Nothing waits for a signature."
    assert "olga, rita" in remit("policy", "list").out


def test_a_stale_offer_is_refused_with_what_changed(remit: Remit, folder: Path) -> None:
    digest = remit("charter", "adopt", real(folder, highest_reach=9), "--as", "olga", "--json").told["digest"]
    remit("charter", "adopt", crm(folder, highest_reach=0), "--as", "olga")
    assert "another policy came into force since" in flat(remit("policy", "offers").out)
    refused = remit("policy", "sign", digest[:8], "--as", "rita", "--json").problem
    assert (refused["code"], "goes from 1 to 0" in refused["found"]) == ("conflict", True)


def test_a_small_team_is_told_when_the_wait_is_over(remit: Remit, folder: Path) -> None:
    small = STATEMENT | {"small_team": {"why": "Two of us."}}
    with installation(folder) as opened:
        asyncio.run(adopt(opened.house, {"risk_statement": json.dumps(small)}, "olga"))
    said = remit("charter", "adopt", real(folder, highest_reach=9), "--as", "olga").out
    assert "Without one it comes into force at " in said
    assert "a second person: line_of_business or risk; or 2" in remit("policy", "offers").out


def test_a_policy_that_waited_says_so(remit: Remit, folder: Path) -> None:
    small = STATEMENT | {"small_team": {"why": "Two of us."}}
    remit("charter", "adopt", real(folder, title="Another"), "--as", "olga")
    with installation(folder) as opened:
        asyncio.run(adopt(opened.house, {"risk_statement": json.dumps(small)}, "olga"))
    remit("charter", "adopt", real(folder, highest_reach=9), "--as", "olga")
    with installation(folder, clock=Later()) as opened:
        asyncio.run(drain(opened.house))
    listed = remit("policy", "list", "--json").told
    assert (listed[-1]["waited"], listed[-1]["signed_by"]) == (True, ["olga"])
    assert "a wait instead of a second person" in flat(remit("policy", "list").out)


class Later:
    """The clock of the day after tomorrow."""

    def now(self) -> datetime:
        """Return the moment two days ahead."""
        return datetime.now(UTC) + timedelta(days=2)


class Earlier:
    """The clock of the day before yesterday."""

    def now(self) -> datetime:
        """Return the moment two days ago."""
        return datetime.now(UTC) - timedelta(days=2)


def test_init_leaves_a_policy_that_people_changed_alone(remit: Remit, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    assert remit("init", "--contacts", "5", data_dir=fresh).status == 0
    score = json.loads(packaged_documents()["charter:score"]) | {"title": "Ours"}
    path = tmp_path / "score.yaml"
    path.write_text(yaml.safe_dump(score))
    assert remit("charter", "adopt", path, "--json", data_dir=fresh).told["adopted"] == 2
    assert remit("init", "--contacts", "5", "--json", data_dir=fresh).told["policy"] == 2


BAD: dict[str, tuple[str, str]] = {
    "no YAML": ("a: [", "no_yaml"),
    "no document": ("kind: x", "unknown_document"),
    "a field that is misspelt": ("use_case: score\nhigest_level: 3", "cannot_be_read"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_document_is_refused(remit: Remit, folder: Path, name: str) -> None:
    text, code = BAD[name]
    path = folder.parent / "bad.yaml"
    path.write_text(text)
    for verb in ("diff", "adopt"):
        said = remit("charter", verb, path, "--json")
        [error] = [error for file in said.told["files"] for error in file["errors"]][:1]
        assert (said.status, error["code"]) == (2, code)


def test_files_that_cannot_be_read_or_say_the_same_twice_are_refused(remit: Remit, folder: Path) -> None:
    missing = remit("charter", "diff", folder.parent / "nothing.yaml")
    assert (missing.status, "nothing.yaml: error: No such file" in missing.out) == (2, True)
    binary = folder.parent / "binary.yaml"
    binary.write_bytes(b"\xff\xfe")
    assert "binary.yaml: error: it is not UTF-8 text" in remit("charter", "diff", binary).out
    one, other = crm(folder), folder.parent / "again.yaml"
    shutil.copy(one, other)
    assert f"{other}:1:1: error: {one} is the charter crm already" in remit("charter", "diff", one, other).out


def test_check_diff_and_adopt_say_the_same_of_a_file_that_cannot_be_read(remit: Remit, folder: Path) -> None:
    wrong = charter(CRM, every_operation(), highest_reech=9)
    wrong["evidence"]["tolerance"] = 5
    path = file(folder, "crm", wrong)
    checked = CliRunner().invoke(app, ["charter", "check", str(path)]).stdout
    assert "evidence / tolerance: the number 5\n    Write a number above 0 and below 0.5; 5 % is 0.05" in checked
    assert "Did you mean highest_reach?" in checked
    for verb in ("diff", "adopt"):
        said = remit("charter", verb, path)
        assert (said.status, said.err) == (2, "")
        assert said.out.splitlines()[:4] == checked.splitlines()[:4]
        assert "2 errors, 0 findings" in said.out
    assert remit("policy", "list", "--json").told[-1]["number"] == 2


def test_diff_and_adopt_say_what_a_reviewer_would_at_its_line(remit: Remit, folder: Path) -> None:
    path = real(folder, brand="nobodys", highest_reach=9)
    line = 1 + next(number for number, text in enumerate(path.read_text().splitlines()) if text.startswith("brand:"))
    for verb, more in (("diff", ()), ("adopt", ("--dry-run",)), ("adopt", ("--as", "olga"))):
        assert f"{path}:{line}:1: finding: brand: no brand document is called nobodys" in remit("charter", verb, path, *more).out
    (found,) = [one for one in remit("policy", "show", 3, "--json").told["findings"] if one["code"] == "unknown_brand"]
    assert (found["document"], found["path"]) == ("charter:desk", ["brand"])
    assert "charter:desk: finding: brand: no brand document is called nobodys" in remit("policy", "show", 3).out


def test_a_brand_in_force_is_known_to_a_charter_that_names_it(remit: Remit, folder: Path) -> None:
    remit("charter", "adopt", file(folder, "brand", {"brand": "ours", "title": "Ours"}), "--as", "olga")
    assert "no brand document" in remit("charter", "diff", crm(folder, brand="ours")).out
    remit("policy", "sign", 3, "--as", "rita")
    assert "no brand document" not in remit("charter", "diff", crm(folder, brand="ours")).out


def test_a_catalogue_and_a_map_are_adopted_from_files_too(remit: Remit, folder: Path) -> None:
    found = {name: json.loads(packaged_documents()[name]) for name in ("catalogue", "map:sandbox")}
    found["catalogue"]["actions"]["contact.tag.add"]["why"] = "Because."
    found["map:sandbox"]["title"] = "Ours"
    files = [file(folder, name.partition(":")[0], document) for name, document in found.items()]
    assert remit("charter", "diff", *files, "--json").told["documents"] == ["catalogue", "map:sandbox"]
    found["catalogue"]["actions"]["contact.tag.add"]["wide"] = "awful"
    said = remit("charter", "diff", file(folder, "catalogue", found["catalogue"]))
    assert (said.status, "error: actions / contact.tag.add: 'awful' is no class" in said.out) == (2, True)


# --------------------------------------------------------------------------------------------------------- levels and measures


def test_what_holds_a_level_down_is_told_with_its_reason(remit: Remit, folder: Path) -> None:
    remit("charter", "adopt", crm(folder, starts_at=3, readiness={"data_quality": 0.95}), "--as", "olga")
    tagging = one_of(remit("levels", "crm", "--json").told)
    assert tagging["in_force"] == 2
    assert [(held["code"], held["level"]) for held in tagging["ceilings"]] == [("data_quality", 2), ("charter", 3)]
    said = remit("levels", "--why", "crm").out
    assert "crm contact.tag.add: granted 2, in force 2" in said
    assert "at most 2: Data quality was not measured; measure it and record it with `remit measure`." in said
    assert "evidence: Level 3 takes " in said
    assert remit("levels", "nobody", "--json").problem["code"] == "not_found"
    assert {one["use_case"] for one in remit("levels", "--json").told} == {"crm", "desk"}


def one_of(levels: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the level of tagging."""
    return next(one for one in levels if one["operation"] == "contact.tag.add")


def test_a_measure_lifts_the_ceiling_that_asked_for_it(remit: Remit, folder: Path) -> None:
    remit("charter", "adopt", crm(folder, readiness={"data_quality": 0.95}), "--as", "olga")
    assert remit("measure", "list").out.strip() == "Nothing was measured."
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    asked = ("measure", "crm", "data_quality", "0.97", "--until", until, "--note", "Counted.", "--as", "dora")
    assert remit(*asked).out.strip() == f"Recorded for crm: data quality 97 %, until {until}."
    (listed,) = remit("measure", "list", "--json").told
    assert (listed["value"], listed["by"], listed["ended"], listed["note"]) == (0.97, "dora", False, "Counted.")
    assert "97 %" in remit("measure", "list").out
    assert [held["code"] for held in one_of(remit("levels", "crm", "--json").told)["ceilings"]] == ["charter"]


NO_MEASURE: dict[str, tuple[str, ...]] = {
    "no thing": ("crm",),
    "no value": ("crm", "data_quality"),
    "no day": ("crm", "data_quality", "0.9"),
    "more than all": ("crm", "data_quality", "1.5", "--until", "2999-01-01"),
    "nothing a level waits for": ("crm", "mood", "1", "--until", "2999-01-01"),
    "a day that is past": ("crm", "data_quality", "0.9", "--until", "2020-01-01"),
}


@pytest.mark.parametrize("name", NO_MEASURE)
def test_a_measure_without_all_of_it_is_refused(remit: Remit, name: str) -> None:
    assert remit("measure", *NO_MEASURE[name], "--json").problem["code"] == "invalid_input"


def test_a_measure_says_what_was_meant(remit: Remit) -> None:
    misspelt = remit("measure", "crm", "data_qualitty", "0.97", "--json").problem
    assert misspelt["do"] == "Did you mean data_quality?"
    percent = remit("measure", "crm", "data_quality", "97", "--until", "2999-01-01", "--json").problem
    assert percent["do"] == "Give a share from 0 to 1; 97 % is 0.97"
    assert remit("measure", "crm", "data_quality", "970", "--json").problem["do"] == "Give a share from 0 to 1"


def test_a_measure_that_ended_says_so(remit: Remit, folder: Path) -> None:
    until = (datetime.now(UTC) + timedelta(days=1)).date()
    with installation(folder, clock=Earlier()) as opened:
        moment = datetime.combine(until - timedelta(days=1), datetime.min.time(), UTC)
        asyncio.run(measure(opened.house, CRM, "undo_proven", value_ppm=1_000_000, until=moment, by="dora"))
    assert remit("measure", "list", "--json").told[0]["ended"] is True
    assert "(ended)" in remit("measure", "list").out


# ------------------------------------------------------------------------------------------------------------------ the routes


async def test_a_page_of_the_replay_says_where_to_go_on(stage: Stage) -> None:
    body = {"documents": {"charter:crm": json.dumps(charter(CRM, every_operation(), title="Another"))}}
    async with desk(stage, "olga") as http:
        with nothing_written(stage):
            weighed = (await http.post(f"{DESK}/policy/weigh", json=body)).json()
            page = (await http.post(f"{DESK}/policy/replay", json=body)).json()
        assert (weighed["direction"], weighed["recorded"]) == ("neither", 0)
        assert (page["decided"], page["next"], page["pairs"]) == (0, 0, [])


@pytest.mark.parametrize("path", ["policy/weigh", "policy/replay", "policy", "policy/signatures", "measures"])
async def test_a_body_that_does_not_fit_is_refused(stage: Stage, path: str) -> None:
    async with desk(stage) as http:
        with nothing_written(stage):
            bodies: list[Any] = [[], {}, {"documents": []}, {"unknown": 1}]
            for body in bodies:
                assert (await http.post(f"{DESK}/{path}", json=body)).status_code == 422
