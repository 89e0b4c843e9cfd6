"""`remit register`: the record of processing activities on the screen or as a file, in three forms that say the same."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from remit.cli.registering import _inert
from tests.doors.terminal import Remit


@pytest.fixture
def prepared(about_three: Path) -> Path:
    return about_three


def test_the_three_forms_name_the_same_activities(remit: Remit, tmp_path: Path) -> None:
    for form in ("md", "csv", "json"):
        assert "2 activities" in remit("register", "--out", tmp_path / f"r.{form}").out
    told = json.loads((tmp_path / "r.json").read_text())
    assert told == remit("register", "--json").told
    titles = [one["title"] for one in told["activities"]]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text())))
    assert [row["title"] for row in rows] == titles
    page = (tmp_path / "r.md").read_text()
    assert [line.rpartition(" (")[0] for line in page.splitlines() if line.startswith("## ")] == [f"## {one}" for one in titles]
    assert remit("register").out.split() == page.split()


def test_how_long_content_is_kept_comes_from_the_settings(remit: Remit, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "images: until erased" in remit("register").out
    monkeypatch.setenv("REMIT_KEEP_IMAGES_DAYS", "90")
    assert "images: 90 days" in remit("register").out


@pytest.mark.parametrize("name", ["r.pdf", "r", "no/r.md"])
def test_a_file_that_cannot_be_written_is_refused_with_words(remit: Remit, tmp_path: Path, name: str) -> None:
    said = remit("register", "--out", tmp_path / name, "--json")
    assert said.problem["code"] == "invalid_input"
    assert said.problem["do"]


def test_a_cell_that_a_spreadsheet_would_calculate_is_made_inert() -> None:
    assert [_inert(cell)[0] for cell in ("=1+1", "+1", "-1", "@a")] == ["'"] * 4
    assert _inert("Goal") == "Goal"
