"""Where things lie: every room has a row, every file name says where you are, and no file hides a second idea."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.house.house_plan import PACKAGE, ROOT, contract, modules, rows

BESIDE = {"config", "sdk"}
CODELESS = {"data"}
LONG = 300
STILL_LONG: dict[str, int] = {}
"""Files longer than that, with their length today. The list only shrinks: split one, then take it out. Tests are free: a file
of promises has one idea, the file it is about."""

MEANINGLESS = {"base", "common", "helper", "helpers", "manager", "service", "services", "util", "utils"}
SAME_EVERYWHERE = {"__init__", "__main__", "conftest"}


def rooms() -> set[str]:
    """Return what lies directly in the package: folders and files that hold code."""
    return {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in modules("src/remit")} - {"__init__"}


def test_every_room_has_its_row() -> None:
    homeless = rooms() - frozenset().union(*rows()) - BESIDE
    assert not homeless, f"{sorted(homeless)} stand in no row. Give them one in pyproject.toml and ARCHITECTURE.md first."


def test_both_plans_of_the_house_have_the_same_rooms() -> None:
    assert frozenset().union(*rows("beside")) == frozenset().union(*rows()) | BESIDE


def test_what_the_rows_leave_out_is_known() -> None:
    assert contract("rows")["exhaustive"] is contract("beside")["exhaustive"] is True
    assert set(contract("rows")["exhaustive_ignores"]) == BESIDE | CODELESS
    assert set(contract("beside")["exhaustive_ignores"]) == CODELESS


def test_data_holds_no_code() -> None:
    assert not [path for room in CODELESS for path in modules(f"src/remit/{room}")]


def test_every_pure_room_is_kept_pure() -> None:
    ports = next(number for number, row in enumerate(rows()) if "ports" in row)
    below = frozenset().union(*rows()[ports:]) & rooms() - {"errors"}
    assert {room.removeprefix("remit.") for room in contract("pure")["source_modules"]} == below


def test_the_package_itself_imports_nothing_of_the_house() -> None:
    body = ast.parse((PACKAGE / "__init__.py").read_text()).body
    assert not [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize("folder", ["src/remit", "tests"])
def test_file_names_are_unique(folder: str) -> None:
    files = [path for path in modules(folder) if path.stem not in SAME_EVERYWHERE and "migrations" not in path.parts]
    twice = [name for name, count in Counter(path.name for path in files).items() if count > 1]
    assert not twice, f"{twice}: a tab or a traceback should say where you are"


def test_every_name_means_something() -> None:
    files = modules("src", "tests", "bench")
    empty = [path for path in files if MEANINGLESS & {word for part in _inside(path) for word in _words(part)}]
    assert not empty, f"{empty}: if it has no better name, it has no meaning yet"


def test_no_file_hides_a_second_idea() -> None:
    long = {name: lines for name, lines in _lengths().items() if lines > STILL_LONG.get(name, LONG)}
    assert not long, f"longer than {LONG} lines, or grown: {long}"


def test_the_list_of_long_files_only_shrinks() -> None:
    lengths = _lengths()
    mended = [name for name in STILL_LONG if lengths.get(name, 0) <= LONG]
    assert not mended, f"take {mended} out of STILL_LONG"


def _inside(path: Path) -> tuple[str, ...]:
    return path.relative_to(ROOT).with_suffix("").parts


def _words(part: str) -> list[str]:
    return [part] if part == "base" else [word for word in part.split("_") if word != "base"]


def _lengths() -> dict[str, int]:
    return {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules("src", "bench")}
