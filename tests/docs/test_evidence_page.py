"""The page about evidence shows what the library says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from remit.evidence import promotion

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "evidence.md").read_text()
PICTURES = Path(__file__).parents[2] / "docs" / "explanation" / "pictures"


def test_the_examples_run() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "evidence.md", "exec"), {})  # noqa: S102  the page's own example


@pytest.mark.parametrize("row", re.findall(r"^\| (\d+) in 100 \|(.*)\|$", PAGE, re.MULTILINE), ids=lambda row: row[0])
def test_the_table_of_answers_is_what_the_test_needs(row: tuple[str, str]) -> None:
    first = promotion.trial_alpha(0.05, 1)
    needed = [promotion.reviews_needed(errors, tolerance=int(row[0]) / 100, alpha=first) for errors in range(5)]
    assert [int(cell) for cell in row[1].split("|")] == needed


def test_every_module_of_the_library_is_on_the_page() -> None:
    modules = {path.stem for path in Path(promotion.__file__).parent.glob("*.py")} - {"__init__", "ranges"}
    assert modules == set(re.findall(r"`(\w+)`", PAGE)) & modules


def test_every_picture_is_shown_and_says_what_it_shows() -> None:
    shown = {name: said for said, name in re.findall(r"!\[(.+?)\]\(pictures/([\w-]+\.svg)\)", PAGE)}
    assert set(shown) == {path.name for path in PICTURES.iterdir()}
    assert all(len(said) > 60 for said in shown.values())
