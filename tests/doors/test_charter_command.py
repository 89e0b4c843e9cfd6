"""`remit charter`: what is written, what is said about it, and what is shown. Only list and show ask a data folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from remit.cli.main import app
from remit.core.policy import compile_documents, digest_of, with_checked_rules
from remit.core.types import UseCaseId
from remit.errors import Conflict, InvalidInput, NotFound, NotInitialised, RemitError
from remit.wire import packaged_documents, starters, templates
from remit.yaml_text import read_yaml, to_json
from tests.doors.terminal import Remit, commands
from tests.flow.stage import Stage

TEMPLATE = templates()["lead-enrichment"]


def run(*words: object, said: str | None = None) -> Any:
    return CliRunner().invoke(app, ["charter", *map(str, words)], input=said)


def told(*words: object, said: str | None = None) -> str:
    result = run(*words, said=said)
    assert result.exception is None, result.exception
    return str(result.stdout)


def refused(*words: object) -> RemitError:
    error = run(*words).exception
    assert isinstance(error, RemitError)
    return error


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    path = tmp_path / "risk.yaml"
    path.write_text(starters()["risk-statement"])
    return path


@pytest.fixture
def charter(tmp_path: Path) -> Path:
    path = tmp_path / "charter.yaml"
    path.write_text(TEMPLATE)
    return path


# ------------------------------------------------------------------------------------------------------------------ templates


def test_every_template_is_whole_and_leaves_nothing_to_say(tmp_path: Path) -> None:
    documents = templates() | starters()
    assert len(templates()) == 10
    for name, text in documents.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    found = json.loads(told("check", *(tmp_path / f"{name}.yaml" for name in documents), "--json"))
    assert found["errors"] == 0
    assert [file["file"] for file in found["files"] if not file["name"]] == []
    remarks = [(file["name"], remark["code"]) for file in found["files"] for remark in file["findings"]]
    assert [remark for remark in remarks if remark[1] not in {"not_connected", "pack_bars_all"}] == []


@pytest.mark.parametrize("name", templates())
def test_a_template_fills_in_what_a_team_has_to_think_about(name: str) -> None:
    document = read_yaml(templates()[name], source=name).value
    assert document["use_case"] == name
    for entry in (
        "owner_role",
        "line_of_business",
        "measure",
        "kept_by_people",
        "rules",
        "limits",
        "readiness",
        "escalation",
        "grant_days",
        "kpi_targets",
        "baseline_minutes",
        "hourly_cost_minor",
        "assumptions",
    ):
        assert document[entry], entry
    assert document["measure"]["counter_metric"]
    assert all(window["why"] for window in document["windows"].values())


# ---------------------------------------------------------------------------------------------------------------------- check


def test_a_sound_document_is_told_so(statement: Path) -> None:
    assert f"{statement}: the risk statement Example Company has nothing to remark\n0 errors, 0 findings" in told(
        "check", statement
    )


def test_findings_are_no_errors(charter: Path, statement: Path) -> None:
    result = run("check", charter, statement)
    assert result.exit_code == 0
    assert f"{charter}:20:1: finding: connector: hubspot is not connected; connected: sandbox" in result.stdout
    assert "finding: operations: the pack gdpr looks at contact.enrich:" in result.stdout
    assert result.stdout.endswith("0 errors, 2 findings\n")


def test_without_a_risk_statement_it_says_what_was_not_compared(charter: Path) -> None:
    assert "Give the risk statement too" in told("check", charter)


def test_errors_have_file_line_place_and_what_to_write(charter: Path) -> None:
    charter.write_text(TEMPLATE.replace("starts_at: 2", "starts_at: two").replace("highest_reach: 1", "highest_reech: 1"))
    result = run("check", charter)
    assert result.exit_code == 2
    assert f'{charter}:21:1: error: starts_at: the text "two"\n    Write a level: 0 (off), 1 (assist)' in result.stdout
    assert "error: highest_reech: no entry is called highest_reech\n    Did you mean highest_reach?" in result.stdout
    assert result.stdout.endswith("2 errors, 0 findings\n")


def test_a_machine_gets_the_same(charter: Path) -> None:
    charter.write_text(TEMPLATE.replace("after_hours: 24", "after_hours: 0"))
    result = run("check", charter, "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["errors"], found["findings"]) == (2, 1, 0)
    [error] = found["files"][0]["errors"]
    line = 1 + next(number for number, text in enumerate(TEMPLATE.splitlines()) if "after_hours: 24" in text)
    assert error["path"] == ["escalation", 0, "after_hours"]
    assert error["place"] == "escalation / item 1 / after_hours"
    assert (error["line"], error["code"], error["found"]) == (line, "cannot_be_read", "the number 0")
    assert error["do"] == "Write a whole number from 1 on"


def test_a_charter_is_compared_with_the_statement_that_comes_with_it(charter: Path, statement: Path) -> None:
    statement.write_text(statement.read_text().replace("tolerance: 0.05", "tolerance: 0.01"))
    assert "0.05 is looser than the risk statement's 0.01" in told("check", charter, statement)


BROKEN: dict[str, tuple[str, str]] = {
    "no YAML": ("a: b: c", "error: mapping values are not allowed"),
    "an entry twice": ("use_case: a\nuse_case: b\n", ":2:1: error: `use_case` a second time; it stands on line 1 already"),
    "another document": ("kind: Deployment\n", "error: it is none of the documents Remit knows"),
    "nothing": ("# to be written\n", "broken.yaml: error: the file is empty\n    Begin it with use_case (a charter)"),
    "no text": ("\0", "error: unacceptable character"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_document_is_said_and_the_rest_is_checked(name: str, tmp_path: Path, statement: Path) -> None:
    text, wanted = BROKEN[name]
    (tmp_path / "broken.yaml").write_text(text)
    result = run("check", tmp_path / "broken.yaml", tmp_path / "missing.yaml", statement)
    assert result.exit_code == 2
    assert wanted in result.stdout
    assert "missing.yaml: error: No such file or directory" in result.stdout
    assert "nothing to remark" in result.stdout


def test_bytes_that_are_no_text_are_said(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    found = json.loads(run("check", tmp_path / "x.yaml", tmp_path, tmp_path / "none.yaml", "--json").stdout)
    errors = [file["errors"][0] for file in found["files"]]
    assert [(error["code"], error["line"]) for error in errors] == [("no_text", None), ("a_folder", None), ("no_such_file", None)]
    assert [error["found"] for error in errors] == ["it is not UTF-8 text", "it is a folder", "No such file or directory"]


def test_a_map_is_checked_like_every_document(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text("map: crm\ntitle: Ours\nattributes:\n  person.regoin: {field: land, reads: region}\n")
    said = run("check", path)
    assert said.exit_code == 2
    assert f"{path}:4:3: error: attributes / person.regoin: no attribute that a record could tell" in said.stdout
    assert "Did you mean person.region?" in said.stdout
    path.write_text(path.read_text().replace("regoin", "region"))
    assert f"{path}: the map crm has nothing to remark" in told("check", path)


def test_a_brand_and_a_pack_that_are_not_there_are_remarked_whatever_else_is_given(charter: Path) -> None:
    packs = "brand: ours\npacks:\n  without: {gdrp: Not us., ccpa: Not us.}\n"
    charter.write_text(TEMPLATE.replace("starts_at: 2\n", f"starts_at: 2\n{packs}"))
    said = told("check", charter)
    assert "finding: brand: no brand document is called ours\n    Give the brand document too" in said
    assert "no pack is called gdrp\n    Did you mean gdpr?" in said
    assert "no pack is called ccpa" not in said


def test_two_documents_of_one_name_are_not_both_taken(charter: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.yaml"
    again.write_text(TEMPLATE)
    result = run("check", charter, again)
    assert result.exit_code == 2
    assert f"{again}:1:1: error: {charter} is the charter lead-enrichment already" in result.stdout


# ------------------------------------------------------------------------------------------------------------------------ new


def test_answers_from_a_file_leave_no_question(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(
        "template: lead-scoring\ntitle: Ours\nuse_case: ours\nconnector: sandbox\nby: 2027-01-31\n"
    )
    out = tmp_path / "ours.yaml"
    said = told("new", "--answers", tmp_path / "answers.yaml", "--out", out)
    assert "contact.tag.add (add a tag to a contact): low risk, easy to undo when" in said
    assert "It starts at level 2." in said
    assert "Level 3 takes " in said
    assert "finding: operations: the pack ai-act looks at " in told("check", out)
    assert out.read_text().startswith("# yaml-language-server: $schema=charter.schema.json\n# The name of the use case")
    document = read_yaml(out.read_text(), source="ours").value
    schema = json.loads((tmp_path / "charter.schema.json").read_text())
    assert not list(Draft202012Validator(schema).iter_errors(document))
    assert (document["use_case"], document["measure"]["by"]) == ("ours", "2027-01-31")


@pytest.mark.parametrize("name", templates())
def test_what_new_writes_is_what_the_template_says(name: str, tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text("")
    found = json.loads(told("new", "--template", name, "--answers", tmp_path / "none.yaml", "--json"))
    document = read_yaml(templates()[name], source=name).value
    assert read_yaml(found["yaml"], source=name).value == found["charter"] == document
    assert yaml.safe_load(found["yaml"])["use_case"] == name  # whoever reads YAML as of old reads it too
    assert (found["file"], found["starts_at"]) == (None, document["starts_at"])
    assert found["classes"]
    assert found["level_3"]


def test_the_same_is_written_to_standard_output_with_the_words_beside_it(tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text("")
    result = run("new", "--answers", tmp_path / "none.yaml")
    assert read_yaml(result.stdout, source="out").value["use_case"] == "lead-enrichment"
    assert "It starts at level 2." in result.stderr


def test_it_asks_in_plain_words_and_again_where_an_answer_cannot_be_read(tmp_path: Path) -> None:
    said = [
        "lead-scoring",
        "Who to call",
        "Calls that pay.",
        "Sales",
        "Ines",
        "boss",
        "data",
        "sandbox",
        "Meetings",
        "many",
        "5",
        "9",
        "soon",
        "2027-01-31",
        "Losses",
        "400",
        "1",
        "25",
        "It is cheap.",
        "3",
        "40",
        "EUR",
        "#sales",
        "Who to call",
        "who-to-call",
        "Never at night.",
        "",
        "",
        "UPPER",
        "",
        "contact.tag.add",
        "",
    ]
    out = tmp_path / "asked.yaml"
    result = run("new", "--out", out, said="\n".join(said) + "\n")
    assert result.exception is None, result.output
    for words in (
        "Sales calls those first who are about to decide.",
        'the text "boss": write one of marketing_ops',
        'the text "many": write a number',
        'the text "soon": write a date such as 2026-11-30',
        'the text "Who to call": write a name in small letters',
        'the text "UPPER": write a name in small letters',
    ):
        assert words in result.stderr
    document = read_yaml(out.read_text(), source="out").value
    assert (document["use_case"], document["owner_role"], document["hourly_cost_minor"]) == ("who-to-call", "data", 4000)
    assert document["non_negotiables"] == ["Never at night."]
    assert document["kept_by_people"][0] == "Deciding whom to call at all."
    assert list(document["operations"]) == ["contact.tag.add"]
    assert document["evidence"]["tolerance"] == 0.04
    assert document["rules"]["something-listens"]["verdict"] == "hold"


@pytest.mark.parametrize("kind", starters())
def test_the_other_documents_begin_as_they_ship(kind: str, tmp_path: Path) -> None:
    out = tmp_path / f"{kind}.yaml"
    assert f"remit charter check {out}" in told("new", "--template", kind, "--out", out)
    assert starters()[kind] in out.read_text()
    assert (tmp_path / f"{kind}.schema.json").exists()
    assert starters()[kind] in told("new", "--template", kind)
    assert starters()[kind] in json.loads(told("new", "--template", kind, "--json"))["yaml"]


def test_a_file_that_is_there_is_never_replaced(charter: Path) -> None:
    assert isinstance(refused("new", "--out", charter), Conflict)
    assert charter.read_text() == TEMPLATE


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ("titel: x\n", "line 1, titel: no entry is called titel"),
        ("title: x\none_wrong_in: 1\n", "line 2, one_wrong_in: the number 1"),
        ("- a\n", "line 1, : a list of 1"),
    ],
)
def test_answers_that_cannot_be_read_are_refused_with_the_line(answers: str, found: str, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(answers)
    error = refused("new", "--answers", tmp_path / "answers.yaml")
    assert isinstance(error, InvalidInput)
    assert error.found == found


def test_a_template_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text("template: lead-enrich\n")
    for words in (["--template", "lead-enrich"], ["--answers", tmp_path / "answers.yaml"]):
        error = refused("new", *words)
        assert error.found == "no such template"
        assert "lead-enrichment" in error.do
        assert "risk-statement" in error.do


def test_a_place_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    error = refused("new", "--template", "brand", "--out", tmp_path / "no" / "such" / "folder.yaml")
    assert error.do == "Name a file you may write"


# -------------------------------------------------------------------------------------------------------- schema, list and show


@pytest.mark.parametrize("kind", ["charter", "risk-statement", "brand", "pack"])
def test_a_schema_is_printed_whole(kind: str) -> None:
    assert json.loads(told("schema", kind)) == json.loads(told("schema", kind, "--json"))


def test_the_schema_is_the_charters_unless_another_is_named() -> None:
    assert json.loads(told("schema"))["title"] == "Remit charter"


def test_templates_are_listed_and_shown_without_a_data_folder(tmp_path: Path) -> None:
    assert [one["use_case"] for one in json.loads(told("list", "--templates", "--json"))] == list(templates())
    assert "First-touch routing" in told("list", "--templates")
    shown = told("show", "follow-up-tasks", "--template")
    for words in (
        "goal        No lead",
        "never       Nobody who opted out",
        "by people   Closing a task.",
        "may see     open-inquiries: lifecycle_stage",
        "may do      task.create: contact, title, due",
        "rule        opted-out: block when suppressed",
        "limit       per-contact: at most 2 actions in 7 days for each contact",
        "counts once argument:due, argument:title",
    ):
        assert words in shown
    assert "(at most level 2)" in told("show", "nurture-drafts", "--template")
    document = read_yaml(templates()["follow-up-tasks"], source="t").value
    assert json.loads(told("show", "follow-up-tasks", "--template", "--json")) == document
    assert read_yaml(told("show", "follow-up-tasks", "--template", "--yaml"), source="t").value == document
    assert not list(tmp_path.iterdir())


def test_a_template_that_is_not_there_is_refused_with_a_near_miss() -> None:
    error = refused("show", "follow-up-task", "--template")
    assert isinstance(error, NotFound)
    assert error.do == "Did you mean follow-up-tasks?"


def test_without_a_data_folder_there_is_nothing_in_force(tmp_path: Path) -> None:
    assert isinstance(refused("list", "--data-dir", tmp_path / "none"), NotInitialised)


@pytest.fixture
def remit(stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Remit:
    folder = stage.folder
    stage.opened.store.close()
    return commands(folder, monkeypatch, capsys)


def test_the_charters_in_force_are_listed_and_shown(remit: Remit) -> None:
    listed = remit("charter", "list", "--json").told
    assert [one["use_case"] for one in listed] == sorted(one["use_case"] for one in listed)
    assert UseCaseId("crm") in {one["use_case"] for one in listed}
    assert "The crm of the tests" in remit("charter", "list").out
    shown = remit("charter", "show", "crm", "--json").told
    assert shown["title"] == "The crm of the tests"
    assert "Keep promises." in remit("charter", "show", "crm").out
    assert read_yaml(remit("charter", "show", "crm", "--yaml").out, source="crm").value == shown


def test_a_charter_that_is_not_in_force_is_refused_with_those_that_are(remit: Remit) -> None:
    said = remit("charter", "show", "cmr", "--json")
    assert (said.status, said.problem["code"]) == (3, "not_found")
    assert "crm" in said.problem["found"]


def test_check_needs_no_data_folder(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(TEMPLATE)
    command = [sys.executable, "-c", "from remit.cli.main import main; main()", "charter", "check", "c.yaml", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["errors"]) == (0, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["c.yaml"]


def test_every_template_can_be_compiled_beside_what_ships() -> None:
    written = {name: to_json(text, source=name) for name, text in templates().items()}
    documents = packaged_documents() | {f"charter:{name}": text for name, text in written.items()}
    documents |= {"risk_statement": to_json(starters()["risk-statement"], source="r")}
    documents |= {"brand:our-brand": to_json(starters()["brand"], source="b")}
    checked = with_checked_rules(documents)
    assert set(templates()) <= set(compile_documents(1, digest_of(checked), checked).charters)
