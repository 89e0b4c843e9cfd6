"""What the tests of the house read: the tree, the contracts in pyproject.toml, and the pages that promise things."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "remit"


def contract(name: str) -> dict[str, Any]:
    """Return the import-linter contract with this id."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return next(each for each in contracts if each["id"] == name)


def rooms_of(layer: str) -> frozenset[str]:
    """Return the rooms of one row, as written in a contract or drawn on a page; brackets (planned) are dropped."""
    return frozenset(room.strip(" ()") for room in re.split(r"[|:]", layer))


def rows(name: str = "rows") -> list[frozenset[str]]:
    """Return the rows of a layers contract, from the top."""
    return [rooms_of(layer) for layer in contract(name)["layers"]]


def project_files() -> list[Path]:
    """Return every file that is, or is about to be, part of the project: tracked, or new and not ignored."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def modules(*folders: str) -> list[Path]:
    """Return the Python files under these folders of the project."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def code_in(markdown: str) -> list[str]:
    """Return the lines of a page's code: fenced or indented blocks, and spans in backticks."""
    fenced = re.findall(r"^```.*?$(.*?)^```", markdown, flags=re.DOTALL | re.MULTILINE)
    prose = re.sub(r"^```.*?^```", "", markdown, flags=re.DOTALL | re.MULTILINE)
    indented = re.findall(r"^(?: {4}|\t)(.*)$", prose, flags=re.MULTILINE)
    return [line for block in fenced for line in block.splitlines()] + indented + re.findall(r"`([^`\n]+)`", prose)
