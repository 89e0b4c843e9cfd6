"""Pages that lag fail here: the changelog, the commands people are told to type, the form of a decision."""

import re
from pathlib import Path

import pytest

from tests.house.house_plan import ROOT, code_in

DECISIONS = ROOT / "docs" / "decisions"
HEADINGS = ["Question", "Choice", "Price", "What would change our mind"]


def test_the_changelog_says_what_is_unreleased() -> None:
    parts = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    unreleased = [part for part in parts if part.startswith("[Unreleased]")]
    assert len(unreleased) == 1
    assert re.findall(r"^- \S", unreleased[0], flags=re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_a_page_names_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {target for line in code_in((ROOT / page).read_text()) for target in re.findall(r"\bmake ([a-z]+)", line)}
    assert {"demo", "test"} <= named <= targets


def test_every_make_target_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)[0].split()
    assert sorted(re.findall(r"^([a-z]+):.*## \S", makefile, flags=re.MULTILINE)) == sorted(phony)


def _decisions() -> list[Path]:
    return sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")


def test_a_decision_has_its_four_headings() -> None:
    for decision in _decisions():
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", decision.name)
        assert re.findall(r"^## (.*)$", decision.read_text(), flags=re.MULTILINE) == HEADINGS, decision.name


def test_no_two_decisions_share_a_number() -> None:
    numbers = [path.name[:4] for path in _decisions()]
    assert len(numbers) == len(set(numbers))
