"""`remit policy eval`: one decision a line, whatever the line, and nothing else; no data folder anywhere."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from remit.cli.evaluating import _decided, _policy
from remit.cli.main import app
from remit.core.policy import CATALOGUE, compile_documents
from remit.errors import RemitError, RuleError
from remit.wire import packaged_documents, starters, templates
from remit.yaml_text import to_json

NARROW = {"reach": 1, "field_empty": True, "set_by_person": False, "listeners": [], "reserved_fields": []}
SOUND: dict[str, Any] = {
    "operation": "contact.enrich:industry",
    "level": 3,
    "arguments": {"contact": "c1", "industry": "Retail"},
    "facts": NARROW,
    "claimed": {"confidence": 0.9, "grounds": ["company"]},
    "used": {"lead-enrichment/daily": 3},
}
DAYS_LIMIT = {"risk_statement/everything": 9}


@pytest.fixture
def charter(tmp_path: Path) -> Path:
    path = tmp_path / "charter.yaml"
    path.write_text(templates()["lead-enrichment"])
    return path


def evaluated(charter: Path, lines: Sequence[object], *more: object, status: int = 0) -> list[dict[str, Any]]:
    """Evaluate lines and return what was printed, line by line."""
    given = charter.with_name("in.ndjson")
    given.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n")
    result = CliRunner().invoke(app, ["policy", "eval", str(charter), "--input", str(given), "--json", *map(str, more)])
    assert result.exit_code == status, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_decision_tells_everything(charter: Path) -> None:
    [told] = evaluated(charter, [SOUND])
    assert list(told) == [
        "line",
        "operation",
        "verdict",
        "reasons",
        "allowed_if",
        "class",
        "level",
        "wait_minutes",
        "policy",
    ]
    assert (told["line"], told["verdict"], told["level"], told["wait_minutes"]) == (1, "allow", 3, 0)
    assert told["class"] == {"risk": "low", "reversibility": "easy", "form": "narrow"}
    assert [(reason["code"], reason["floor"]) for reason in told["reasons"]] == [("level_table", "allow")]
    assert told["reasons"][0]["text"].startswith("At level 3 (Execute low-risk)")
    assert len(told["policy"]) == 64


DECIDED: dict[str, tuple[dict[str, Any], str, str]] = {
    "at the charter's own level it waits": ({"level": None}, "hold", "level_table"),
    "a name does as well as a number": ({"level": "execute"}, "allow", "level_table"),
    "the charter's highest level caps what anybody grants": ({"level": 4}, "allow", "ceiling_charter"),
    "a ceiling caps too": ({"ceilings": [{"level": 1, "code": "version", "detail": "v1"}]}, "draft", "ceiling_version"),
    "another value than the charter lists": (
        {"operation": "contact.enrich:company_size", "arguments": {"company_size": "huge"}},
        "block",
        "argument_not_in_charter",
    ),
    "a field outside the windows": ({"claimed": {"confidence": 0.9, "grounds": ["phone"]}}, "block", "outside_window"),
    "not sure enough": ({"claimed": {"confidence_ppm": 100_000}}, "hold", "confidence_below"),
    "a rule": ({"facts": NARROW | {"set_by_person": True}}, "block", "rule"),
    "a rule about a dotted fact": ({"facts": NARROW | {"further": {"person.legal_hold": True}}}, "block", "rule"),
    "a limit that is used up": ({"used": {"lead-enrichment/daily": 400}}, "hold", "limit_reached"),
    "a stop": ({"stops": ["everything"]}, "hold", "stopped"),
    "a draw": ({"drawn": True}, "hold", "drawn_for_review"),
    "an operation the charter does not list": ({"operation": "contact.merge"}, "block", "operation_not_in_charter"),
    "another use case": ({"use_case": "nobody's"}, "block", "unknown_use_case"),
}


@pytest.mark.parametrize("name", DECIDED)
def test_a_question_is_decided_as_the_product_does(name: str, charter: Path) -> None:
    changes, verdict, code = DECIDED[name]
    [told] = evaluated(charter, [{key: value for key, value in (SOUND | changes).items() if value is not None}])
    assert (told["verdict"], told["reasons"][0]["code"]) == (verdict, code)


def test_a_line_that_cannot_be_read_is_blocked_in_its_place_and_the_rest_goes_on(charter: Path) -> None:
    lines = [SOUND, "not json", "", SOUND | {"levl": 3}, {"operation": "contact.enrich:industry", "facts": {"reech": 1}}, SOUND]
    told = evaluated(charter, lines, status=2)
    assert [one["line"] for one in told] == [1, 2, 4, 5, 6]
    assert [one["verdict"] for one in told] == ["allow", "block", "block", "block", "allow"]
    assert told[3] == {
        "line": 5,
        "verdict": "block",
        "error": {"line": 5, "found": "fact reech: no fact of that name", "do": "Did you mean reach?"},
    }


def test_a_line_that_is_too_long_is_blocked_and_never_held_whole(charter: Path) -> None:
    long = json.dumps(SOUND | {"arguments": {"x": "y" * (3 << 20)}})
    told = evaluated(charter, [SOUND, long, SOUND], status=2)
    assert [(one["line"], one["verdict"]) for one in told] == [(1, "allow"), (2, "block"), (3, "allow")]
    assert "at most 1048576 bytes" in told[1]["error"]["found"]


def test_a_file_without_a_last_newline_is_read_to_its_end(charter: Path) -> None:
    given = charter.with_name("in.ndjson")
    given.write_text(json.dumps(SOUND))
    result = CliRunner().invoke(app, ["policy", "eval", str(charter), "--input", str(given), "--json"])
    assert json.loads(result.stdout)["verdict"] == "allow"


def test_what_comes_with_it_is_decided_by_too(charter: Path, tmp_path: Path) -> None:
    statement = tmp_path / "risk.yaml"
    statement.write_text(starters()["risk-statement"].replace("low, easy: 4", "low, easy: 2"))
    [told] = evaluated(charter, [SOUND | {"used": SOUND["used"] | DAYS_LIMIT}], "--with", statement)
    assert (told["verdict"], told["reasons"][0]["code"], told["level"]) == ("hold", "ceiling_risk_statement", 2)
    brand = tmp_path / "brand.yaml"
    brand.write_text(starters()["brand"])
    [other] = evaluated(charter, [SOUND], "--with", brand)
    assert told["policy"] != other["policy"]


def test_the_packs_that_ship_are_asked_when_they_are_named(charter: Path) -> None:
    for packs in (["--packs", "gdpr"], ["--packs", "all"]):
        [told] = evaluated(charter, [SOUND], *packs)
        assert (told["verdict"], told["reasons"][0]["code"]) == ("hold", "rule_not_evaluated")
        assert "gdpr.lawful_basis" in told["reasons"][0]["text"]
    [told] = evaluated(charter, [SOUND], "--packs", "casl")
    assert told["verdict"] == "allow"
    error = refused(charter, "--input", "x", "--packs", "gdrp")
    assert (error.exit_status, error.do) == (2, "Did you mean gdpr?")


def test_people_are_told_which_packs_had_no_say_and_machines_are_not(charter: Path) -> None:
    given = charter.with_name("in.ndjson")
    given.write_text(json.dumps(SOUND))
    words = ["policy", "eval", str(charter), "--input", str(given)]
    assert "Left out: gdpr. These packs ship, and look at what was asked about" in CliRunner().invoke(app, words).stderr
    assert CliRunner().invoke(app, [*words, "--json"]).stderr == ""
    assert CliRunner().invoke(app, [*words, "--packs", "gdpr"]).stderr == ""


def test_people_get_one_line_each(charter: Path) -> None:
    given = charter.with_name("in.ndjson")
    given.write_text(f"{json.dumps(SOUND)}\n{json.dumps(SOUND | {'facts': {}})}\nnope\n{json.dumps(SOUND | {'levle': 3})}\n")
    result = CliRunner().invoke(app, ["policy", "eval", str(charter), "--input", str(given)])
    first, second, third, fourth = result.stdout.splitlines()
    assert first.startswith("1: allow: contact.enrich:industry: At level 3")
    assert second.startswith("2: block: contact.enrich:industry: The rule person-typed-it-in could not be evaluated")
    assert second.endswith("more)")
    assert third.startswith("3: block: cannot be read: a question:")
    assert fourth.startswith("4: block: cannot be read: a question: Object contains unknown field `levle`")
    assert result.exit_code == 2


def test_questions_come_from_standard_input_too(charter: Path) -> None:
    command = [sys.executable, "-c", "from remit.cli.main import main; main()", "policy", "eval", str(charter)]
    done = subprocess.run(
        [*command, "--input", "-", "--json"],
        input=json.dumps(SOUND),
        cwd=charter.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["verdict"] == "allow"
    assert [path.name for path in charter.parent.iterdir()] == ["charter.yaml"]


def refused(*words: object) -> RemitError:
    error = CliRunner().invoke(app, ["policy", "eval", *map(str, words)]).exception
    assert isinstance(error, RemitError)
    return error


def test_a_charter_that_cannot_be_read_is_refused_with_its_line(charter: Path) -> None:
    text = templates()["lead-enrichment"].replace("starts_at: 2", "starts_at: two").replace("miss_rate: 0.1", "miss_rate: 10")
    charter.write_text(text)
    error = refused(charter, "--input", "x")
    assert isinstance(error, RuleError)
    assert error.found.startswith("line 21, starts_at: the text")
    assert f"`remit charter check {charter}` names 1 more" in error.do
    charter.write_text("a: b: c")
    assert refused(charter, "--input", "x").found.startswith("line 1: mapping values")


def test_the_first_document_has_to_be_a_charter(tmp_path: Path) -> None:
    (tmp_path / "brand.yaml").write_text(starters()["brand"])
    assert "Name the charter first" in refused(tmp_path / "brand.yaml", "--input", "x").do


def test_questions_that_are_not_there_are_refused(charter: Path) -> None:
    assert refused(charter, "--input", charter.with_name("none")).exit_status == 2


def test_the_memory_does_not_grow_with_the_lines(charter: Path) -> None:
    own, policy = _policy(charter, [])
    line = json.dumps(SOUND).encode() + b"\n"
    walked = _decided(_Endless(line, 20_000), own, policy)
    for _ in range(200):
        next(walked)
    tracemalloc.start()
    for _ in walked:
        pass
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 200_000  # twenty thousand decisions kept would be tens of megabytes


class _Endless(io.BytesIO):
    """A file of many equal lines that holds one of them."""

    def __init__(self, line: bytes, many: int) -> None:
        super().__init__()
        self._line, self._left = line, many

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size
        self._left -= 1
        return self._line if self._left >= 0 else b""


class _Terminal(io.StringIO):
    """Standard error of somebody who looks on."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_hears_how_far_it_is(charter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = charter.with_name("in.ndjson")
    given.write_text((json.dumps(SOUND) + "\n") * 25)
    monkeypatch.setattr("remit.cli.evaluating._EVERY", 10)
    terminal, out = _Terminal(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(sys, "stdout", out)
    app(["policy", "eval", str(charter), "--input", str(given), "--json"], standalone_mode=False)
    assert "\r10 lines" in terminal.getvalue()
    assert "\r20 lines" in terminal.getvalue()
    assert len(out.getvalue().splitlines()) == 25


def test_deciding_under_a_file_is_deciding_under_the_policy_it_would_become(charter: Path) -> None:
    own, policy = _policy(charter, [])
    documents = {
        CATALOGUE: packaged_documents()[CATALOGUE],
        f"charter:{own.id}": to_json(charter.read_text(), source="c"),
    }
    assert policy.charters == compile_documents(1, "", documents).charters
    assert policy.catalogue == compile_documents(1, "", documents).catalogue
