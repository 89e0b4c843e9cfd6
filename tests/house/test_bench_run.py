"""The runner of the benchmarks measures; it neither hides a missed budget nor a crash."""

import json
from pathlib import Path

import pytest

from bench.run import main

MISSED = """
def run():
    yield {"name": "gate", "value": 5, "unit": "us", "budget": 4, "ok": False, "n": 10, "note": "slow disk"}
"""
CRASHED = """
def run():
    yield {"name": "first", "value": 1, "unit": "ms"}
    raise RuntimeError("no such table")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two benchmarks: one misses its budget, one breaks."""
    (tmp_path / "bench_missed.py").write_text(MISSED)
    (tmp_path / "bench_crashed.py").write_text(CRASHED)
    return tmp_path


def test_a_missed_budget_is_told_and_fails_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["missed"], folder) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"name": "gate", "value": 5, "unit": "us", "budget": 4, "ok": False, "n": 10, "note": "slow disk"}


def test_a_crash_fails_and_the_others_still_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], folder) == 1
    told = capsys.readouterr()
    assert [json.loads(line)["name"] for line in told.out.splitlines()] == ["first", "gate"]
    assert "no such table" in told.err


def test_an_unknown_name_lists_the_known_ones(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gates"], folder) == 2
    assert "no benchmark gates. Known: crashed, missed" in capsys.readouterr().err


OUT_OF_FORM = {
    "no-unit": {"name": "gate", "value": 5},
    "budget-without-ok": {"name": "gate", "value": 5, "unit": "us", "budget": 4},
    "unknown-field": {"name": "gate", "value": 5, "unit": "us", "colour": "red"},
}


@pytest.mark.parametrize("figure", OUT_OF_FORM.values(), ids=OUT_OF_FORM)
def test_a_figure_out_of_form_is_a_crash(tmp_path: Path, figure: dict[str, object]) -> None:
    (tmp_path / "bench_form.py").write_text(f"def run():\n    yield {figure!r}\n")
    assert main([], tmp_path) == 1
