"""The truth and the agents share no code of the house, and agents know the SDK alone."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from remit import agents, demo

AGENTS = sorted(Path(str(agents.__file__)).parent.glob("*.py"))
TRUTHS = sorted(Path(str(demo.__file__)).parent.glob("*truth.py"))
ALLOWED = {"remit.sdk", "remit.errors", "remit.agents", "sklearn", "yaml"}


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def reached(files: list[Path]) -> set[str]:
    """Follow the imports of the house to their ends."""
    found: set[str] = set()
    waiting = [name for file in files for name in imported(file)]
    while waiting:
        file = house_file(name := waiting.pop())
        if file is not None and name not in found:
            found.add(name)
            waiting.extend(imported(file))
    return found


def house_file(name: str) -> Path | None:
    if not name.startswith("remit."):
        return None
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        return None  # a name inside a module
    return None if spec is None or spec.origin is None else Path(spec.origin)


def test_the_truth_shares_no_code_with_the_agents() -> None:
    truth, agent = reached(TRUTHS), reached(AGENTS)
    assert any(name.startswith("remit.demo.") for name in truth)
    assert not [name for name in truth if name.startswith(("remit.agents", "remit.sdk"))]
    assert not [name for name in agent if name.startswith("remit.demo")]
    assert truth & agent == set()


def test_agents_import_the_sdk_errors_and_nothing_else_of_the_house() -> None:
    for file in AGENTS:
        for name in imported(file):
            known = any(name == one or name.startswith(f"{one}.") for one in ALLOWED)
            assert known or name.split(".")[0] in sys.stdlib_module_names, f"{file.name} imports {name}"
