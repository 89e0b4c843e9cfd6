"""What the pages show is true: every example can be read, every message is the one that comes, every table is current."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from remit.cli.main import app
from remit.core.charter_draft import Answers
from remit.core.document_kinds import kind_of
from remit.wire import starters, templates
from remit.yaml_text import read_yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TUTORIAL = (DOCS / "tutorial" / "first-charter.md").read_text()
HOW_TO = (DOCS / "how-to" / "write-a-charter.md").read_text()
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILES: dict[str, str] = {name: text for _, name, text in BLOCK.findall(TUTORIAL) if "." in name}
MISTAKE = re.compile(r"<!-- mistake: (.*?) -->\n```text\n(.*?)```", re.DOTALL)
MISTAKES: dict[str, str] = dict(MISTAKE.findall(TUTORIAL))
YAML = [
    (f"{page.name}-{number}", text)
    for page in sorted(DOCS.rglob("*.md"))
    for number, (language, name, text) in enumerate(BLOCK.findall(page.read_text()))
    if language == "yaml" and name != "answers"
]


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """Load the script that writes schemas and tables."""
    spec = importlib.util.spec_from_file_location("build_schema", DOCS / "build_schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_schemas_are_what_the_code_says(builder: ModuleType) -> None:
    wanted = builder.schemas()
    assert {path.name: path.read_text() for path in (DOCS / "schema").iterdir()} == {
        path.name: text for path, text in wanted.items()
    }, "run `make fix`"


def test_the_tables_of_entries_are_what_the_code_says(builder: ModuleType) -> None:
    assert builder.how_to(HOW_TO) == HOW_TO, "run `make fix`"


def test_every_entry_of_every_document_has_a_line(builder: ModuleType) -> None:
    tables = " ".join(owners for _, owners, _ in builder.TABLE.findall(HOW_TO)).replace(",", "").split()
    assert set(tables) == {place.partition(".")[0] for place in builder.FIELD_WORDS}


def test_every_code_of_a_finding_is_explained() -> None:
    core = ROOT / "src" / "remit" / "core"
    review = "".join((core / name).read_text() for name in ("charter_review.py", "pack_demands.py"))
    told = HOW_TO.partition("## What `check` finds")[2].partition("## Try it")[0]
    assert set(re.findall(r'code="(\w+)"', review)) == {
        code for row in re.findall(r"^\| (`.*?) \|", told, re.MULTILINE) for code in re.findall(r"`(\w+)`", row)
    }


DOCUMENTS = {**templates(), **starters(), **dict(YAML)}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_example_and_template_fits_the_published_schema(name: str) -> None:
    document = read_yaml(DOCUMENTS[name], source=name).value
    kind = kind_of(document)
    assert kind is not None
    published: dict[str, Any] = json.loads((DOCS / "schema" / f"{kind.name}.schema.json").read_text())
    validator = Draft202012Validator(published, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize("name", dict(YAML))
def test_every_example_passes_check(name: str, tmp_path: Path) -> None:
    (tmp_path / "example.yaml").write_text(dict(YAML)[name])
    result = CliRunner().invoke(app, ["charter", "check", str(tmp_path / "example.yaml")])
    assert result.exit_code == 0, result.stdout


def written(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)


def changed(mistake: str) -> str:
    """Return the tutorial's charter with one mistake in it."""
    charter = FILES["lead-enrichment.yaml"]
    if mistake == "none":
        return charter
    right, wrong = mistake.split(" => ")
    assert right in charter
    return charter.replace(right, wrong, 1)


def test_the_tutorial_makes_five_mistakes() -> None:
    assert len(MISTAKES.keys() - {"none"}) == 5


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_gives_the_message_that_the_page_shows(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, FILES | {"lead-enrichment.yaml": changed(mistake)})
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["charter", "check", "risk-statement.yaml", "lead-enrichment.yaml"])
    assert MISTAKES[mistake] in result.stdout
    assert result.exit_code == (2 if " error: " in MISTAKES[mistake] else 0)


def test_the_tutorial_decides_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    words = ["policy", "eval", "lead-enrichment.yaml", "--input", "questions.ndjson", "--with", "risk-statement.yaml"]
    [shown] = re.findall(r"<!-- decides -->\n```text\n(.*?)```", TUTORIAL, re.DOTALL)
    told = CliRunner().invoke(app, words)
    assert told.stdout == shown
    assert "Left out: gdpr." in told.stderr
    [shown] = re.findall(r"<!-- decides with packs -->\n```text\n(.*?)```", TUTORIAL, re.DOTALL)
    assert CliRunner().invoke(app, [*words, "--packs", "all"]).stdout == shown


def test_the_answers_of_the_how_to_make_a_charter_that_can_be_asked(tmp_path: Path) -> None:
    blocks = {name: text for _, name, text in BLOCK.findall(HOW_TO)}
    (tmp_path / "answers.yaml").write_text(blocks["answers"])
    (tmp_path / "question.ndjson").write_text(blocks["question"])
    out = tmp_path / "charter.yaml"
    made = CliRunner().invoke(app, ["charter", "new", "--answers", str(tmp_path / "answers.yaml"), "--out", str(out)])
    assert made.exit_code == 0, made.output
    checked = CliRunner().invoke(app, ["charter", "check", str(out), "--json"])
    assert {one["code"] for one in json.loads(checked.stdout)["files"][0]["findings"]} == {"pack_bars_all"}
    words = ["policy", "eval", str(out), "--input", str(tmp_path / "question.ndjson"), "--json"]
    assert json.loads(CliRunner().invoke(app, words).stdout)["verdict"] == "allow"


def test_the_answers_of_the_how_to_name_every_answer() -> None:
    blocks = {name: text for _, name, text in BLOCK.findall(HOW_TO)}
    assert set(read_yaml(blocks["answers"], source="a").value) == {field.name for field in dataclasses.fields(Answers)}
