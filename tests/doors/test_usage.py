"""A command that was typed wrong is answered in words, and every help speaks alike."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from remit.cli.main import app
from remit.cli.usage import in_words
from tests.doors.test_commands import every_command

KNOWN = "is not one of 'marketing_ops', 'risk', 'admin'."


@pytest.mark.parametrize(("typed", "meant"), [("marketing-ops", "marketing_ops"), ("Risk", "risk"), ("adm'in", "admin")])
def test_a_near_miss_is_answered_with_what_was_meant(typed: str, meant: str) -> None:
    assert in_words(f"Value error, '{typed}' {KNOWN}") == f"'{typed}' {KNOWN} Did you mean {meant}?"


@pytest.mark.parametrize("told", [f"'boss' {KNOWN}", "Input should be a valid integer", ""])
def test_what_is_near_to_nothing_is_only_said(told: str) -> None:
    assert in_words(told) == in_words(f"Value error, {told}") == told


def test_a_wrong_role_is_refused_in_words() -> None:
    result = CliRunner().invoke(app, ["role", "give", "dana", "marketing-ops"])
    said = " ".join(result.stderr.replace("│", " ").split())
    assert (result.exit_code, "Value error" in said, "Did you mean marketing_ops?" in said) == (2, False, True)


@pytest.mark.parametrize("command", [(), ("role",), ("role", "give")], ids=" ".join)
def test_a_short_way_to_help_is_known_everywhere(command: tuple[str, ...]) -> None:
    short, long = (CliRunner().invoke(app, [*command, one]) for one in ("-h", "--help"))
    assert (short.exit_code, short.stdout) == (0, long.stdout)


def test_every_placeholder_is_written_in_capitals() -> None:
    arguments = {
        (name, one.metavar) for name, command in every_command().items() for one in command.params if one.opts[0][:1] != "-"
    }
    assert arguments
    assert not [
        (name, word)
        for name, word in arguments
        if word is None or "..." in word or word.split(".")[0] != word.split(".")[0].upper()
    ]
