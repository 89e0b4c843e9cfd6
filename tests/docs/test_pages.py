"""Pages do not lead nowhere, and what they promise has a test of that name."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from remit.connectors.sandbox_forms import FORMS, NOT_HERE
from remit.connectors.sandbox_quirks import Quirks

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
TEST = re.compile(r"`(test_\w+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page: Path) -> None:
    local = [target for target in LINK.findall(page.read_text()) if "://" not in target]
    assert not [target for target in local if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", ["promises.md", "explanation/owasp-aisvs.md"])
def test_every_promise_names_a_test_that_exists(page: str) -> None:
    written = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    promised = TEST.findall((ROOT / "docs" / page).read_text())
    assert promised
    assert not [name for name in promised if f"def {name}(" not in written]


def test_every_named_path_exists() -> None:
    for page in (ROOT / "README.md", ROOT / "ARCHITECTURE.md"):
        named = re.findall(r"`((?:docs|src|tests|bench)/[\w./-]+)`", page.read_text())
        assert not [path for path in named if not (ROOT / path).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_table_has_its_head(page: Path) -> None:
    blocks = re.split(r"\n(?!\|)", page.read_text())
    tables = [block.splitlines() for block in blocks if "\n|" in block or block.startswith("|")]
    rows = [[line for line in table if line.startswith("|")] for table in tables]
    assert not [
        table for table in rows if len(table) < 2 or not re.fullmatch(r"\|[-:| ]+\|", table[1])
    ]  # rows without a head show as text


def test_the_page_about_the_sandbox_tells_what_it_does_and_what_not() -> None:
    page = (ROOT / "docs" / "explanation" / "the-sandbox.md").read_text()
    assert set(re.findall(r"`([a-z_]+\.[a-z_.]+)`", page)) - {"sandbox.db"} == {*FORMS, *NOT_HERE}
    assert all(f"| `{name}` | {why} |" in page for name, why in NOT_HERE.items())
    assert f"{len(FORMS)} of the {len(FORMS) + len(NOT_HERE)} kinds" in page
    assert {one.name for one in fields(Quirks)} == {
        name.partition("=")[0] for name in re.findall(r"^\| `(\w+)(?:=N)?` \|", page, re.MULTILINE)
    }
