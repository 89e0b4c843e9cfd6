"""`remit catalogue`: what is told to people and to machines, and how a slip is answered. No data folder anywhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from remit.cli.main import app
from remit.errors import InvalidInput, NotFound, RemitError


def told(*words: str) -> str:
    """Run a command that succeeds and return what it printed."""
    result = CliRunner().invoke(app, ["catalogue", *words])
    assert result.exception is None
    return result.stdout


def plain(*words: str) -> Any:
    return json.loads(told(*words, "--json"))


def refused(*words: str) -> RemitError:
    """Run a command that is refused and return the error."""
    error = CliRunner().invoke(app, ["catalogue", *words]).exception
    assert isinstance(error, RemitError)
    return error


def test_the_list_names_every_action() -> None:
    everything = plain("list")
    assert len(everything) == 62
    assert all(entry["operation"] in told("list") for entry in everything)


def test_the_list_can_be_of_one_stage() -> None:
    found = plain("list", "--stage", "human_only")
    assert {entry["stage"] for entry in found} == {"human_only"}
    assert "contact.erase_gdpr" in told("list", "--stage", "human_only")
    assert "contact.tag.add" not in told("list", "--stage", "human_only")


def test_a_stage_that_does_not_exist_is_refused_with_those_that_do() -> None:
    result = CliRunner().invoke(app, ["catalogue", "list", "--stage", "later"])
    assert result.exit_code == 2
    assert "human_only" in result.output


def test_an_action_is_shown_whole() -> None:
    shown = told("show", "suppression.add")
    for part in (
        "Stop marketing to people",
        "medium risk, partly undone",
        "no more than 50 records",
        "on customerio",
        "captured",
    ):
        assert part in shown
    entry = plain("show", "suppression.add")
    assert (entry["wide"], entry["narrow"], entry["narrow_when"]) == ("medium, partial", "low, partial", ["within_reach"])
    assert entry["reach"] == {"unit": "records", "narrow_up_to": 50}
    assert entry["overrides"]["customerio"]["at_least"] == "high, irreversible"
    assert set(entry["undo"]) == {"how", "capture", "residue"}


def test_a_variant_is_shown_as_its_base() -> None:
    assert plain("show", "contact.enrich:education") == plain("show", "contact.enrich")


CLASSIFIED: dict[str, tuple[list[str], dict[str, Any], str]] = {
    "nothing is known": (
        ["contact.tag.add"],
        {"risk": "medium", "form": "wide", "unknown": ["within_reach", "no_listeners"]},
        "nobody could tell how much it touches or what listens to what it changes",
    ),
    "all is established": (
        ["contact.tag.add", "reach=1", "listeners=[]"],
        {"risk": "low", "reversibility": "easy", "form": "narrow", "failed": []},
        "It has the milder form, because it touches no more than 500 records and nothing listens to what it changes.",
    ),
    "an empty list in short": (["contact.tag.add", "reach=1", "listeners="], {"form": "narrow"}, "low risk, easy to undo"),
    "a list in short": (
        ["contact.tag.add", "reach=1", "listeners=welcome,spring"],
        {"form": "wide", "failed": ["no_listeners"], "unknown": []},
        "an automation listens to what it changes",
    ),
    "not known, in so many words": (
        ["contact.tag.add", "reach=1", "listeners=null"],
        {"unknown": ["no_listeners"]},
        "nobody could",
    ),
    "a connector that does more": (
        ["suppression.add", "reach=1", "--connector", "customerio"],
        {"risk": "high", "reversibility": "irreversible", "worse_on": "customerio", "two_people": True},
        "On customerio it does more than elsewhere",
    ),
    "another connector": (["suppression.add", "reach=1", "--connector", "mautic"], {"risk": "low", "worse_on": None}, "low risk"),
    "an envelope nobody opened": (["bulk.import"], {"reversibility": "irreversible", "form": "wide"}, "which calls are inside"),
    "an envelope with a harmless call": (
        ["bulk.import", "reach=1", "--inner", "contact.tag.add reach=1 listeners=[]"],
        {"risk": "high", "reversibility": "partial", "riskiest": None},
        "every call inside is known",
    ),
    "an envelope with a grave call": (
        ["bulk.import", "reach=2", "--inner", "contact.tag.add reach=1 listeners=[]", "--inner", "contact.merge"],
        {"reversibility": "irreversible", "riskiest": "contact.merge"},
        "It carries contact.merge",
    ),
    "an envelope with a call nobody knows": (["bulk.import", "--inner", "x.y"], {"riskiest": "x.y"}, "It carries x.y"),
}


@pytest.mark.parametrize("name", CLASSIFIED)
def test_a_class_is_told_with_its_reason(name: str) -> None:
    words, wanted, sentence = CLASSIFIED[name]
    found = plain("classify", *words)
    assert {key: found[key] for key in wanted} == wanted
    assert all(set(reason) == {"code", "text"} for reason in found["reasons"])
    assert sentence in told("classify", *words)


@pytest.mark.parametrize("command", ["show", "classify"])
def test_an_unknown_operation_is_refused_with_what_may_have_been_meant(command: str) -> None:
    error = refused(command, "contact.tagg.add")
    assert isinstance(error, NotFound)
    assert error.do == "Did you mean contact.tag.add?"
    assert "high risk and irreversible" in error.found
    assert refused(command, "qqq").do == "Choose one from `remit catalogue list`"


@pytest.mark.parametrize(
    ("fact", "do"),
    [
        pytest.param("reach", "Write it as name=value, such as listeners=[]", id="no value"),
        pytest.param("rech=1", "Did you mean reach?", id="a slip"),
        pytest.param("zzz=1", "Choose one from these: ", id="an odd name"),
        pytest.param("inner=[]", "", id="not in this way"),
        pytest.param("claimed.confidence_ppm=1", "", id="a claim is no fact"),
        pytest.param("reach=many", "Give a value of type int, or null", id="no number"),
        pytest.param("reach=1.5", "Give a value of type int, or null", id="no whole number"),
        pytest.param("owned=1", "Give a value of type bool, or null", id="no truth"),
        pytest.param("listeners=5", "Give a value of type list(string), or null", id="no list"),
    ],
)
def test_a_bad_fact_is_refused_by_name(fact: str, do: str) -> None:
    for words in (["contact.tag.add", fact], ["bulk.import", "--inner", f"contact.tag.add {fact}"]):
        error = refused("classify", *words)
        assert isinstance(error, InvalidInput)
        assert fact.partition("=")[0] in error.asked
        assert error.do.startswith(do)


def test_it_needs_no_data_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from remit.cli.main import main; main()", "catalogue", "classify", "no.such", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stderr)["code"]) == (3, "not_found")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("operation", ["contact.lifecycle.advance", "email.draft.create", "segment.create"])
def test_an_action_is_shown_in_words_and_not_in_codes(operation: str) -> None:
    told = CliRunner().invoke(app, ["catalogue", "show", operation]).stdout
    assert "  what it is  a" in told
    assert "  who does it a" in told
    assert not re.search(r"^  (sort|persons +data (none|direct|indirect|sensitive))", told, re.MULTILINE)
    assert "execute_low_risk" not in told
