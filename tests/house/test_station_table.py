"""ARCHITECTURE.md stays true: the rows it draws are the rows that are checked, and every verb has its station."""

import re

import pytest

from remit.core import facts
from tests.house.house_plan import PACKAGE, ROOT, modules, rooms_of, rows

COLUMNS = ["step", "noun", "judgement in core", "verb in flow", "facts", "seen in"]
ROW = re.compile(r"(?:    )?(\(?\w+\)?(?: \| \(?\w+\)?)*)(?: {2,}.*)?")


@pytest.fixture(scope="module")
def page() -> str:
    """Return the plan of the house as the repository tells it."""
    return (ROOT / "ARCHITECTURE.md").read_text()


@pytest.fixture(scope="module")
def stations(page: str) -> list[dict[str, str]]:
    """Return the station table, a mapping per line."""
    lines = [[cell.strip() for cell in line.strip("| ").split("|")] for line in page.splitlines() if line.startswith("|")]
    head = next((number for number, cells in enumerate(lines) if [cell.lower() for cell in cells] == COLUMNS), None)
    assert head is not None, f"ARCHITECTURE.md has no table with the columns {COLUMNS}"
    body: list[dict[str, str]] = []
    for cells in lines[head + 2 :]:
        if len(cells) != len(COLUMNS):
            break
        body.append(dict(zip(COLUMNS, cells, strict=True)))
    return body


def test_every_file_the_stations_name_exists(stations: list[dict[str, str]]) -> None:
    named = {path for station in stations for cell in station.values() for path in _paths(cell)}
    assert named, "the station table names no file"
    assert not {path for path in named if not (PACKAGE / path).is_file()}


def test_every_verb_has_its_station(stations: list[dict[str, str]]) -> None:
    verbs = {f"flow/{path.name}" for path in modules("src/remit/flow") if path.stem != "__init__"}
    assert verbs == {path for station in stations for path in _paths(station["verb in flow"])}


def test_every_judgement_at_a_station_is_one_of_the_core(stations: list[dict[str, str]]) -> None:
    assert all(path.startswith("core/") for station in stations for path in _paths(station["judgement in core"]))


def test_every_fact_has_its_station(stations: list[dict[str, str]]) -> None:
    told = {name for station in stations for name in re.findall(r"`(\w+)`", station["facts"])}
    assert told == set(facts.KINDS)


def test_the_drawn_rows_are_the_checked_rows(page: str) -> None:
    drawings = [drawing for drawing in _drawings(page) if {"errors"} in drawing]
    assert drawings, "ARCHITECTURE.md draws no rows"
    assert drawings[0] == rows()


def _paths(cell: str) -> list[str]:
    return re.findall(r"`((?:core|flow)/\w+\.py)`", cell)


def _drawings(page: str) -> list[list[frozenset[str]]]:
    drawings: list[list[frozenset[str]]] = [[]]
    for line in _code_lines(page):
        row = ROW.fullmatch(line)
        if row:
            drawings[-1].append(rooms_of(row[1]))
        elif drawings[-1]:
            drawings.append([])
    return drawings


def _code_lines(page: str) -> list[str]:
    fenced, lines = False, []
    for line in page.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        lines.append(line if fenced or line.startswith("    ") else "")
    return lines
