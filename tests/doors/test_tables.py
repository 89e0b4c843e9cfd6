"""Tables for people fold or turn into blocks on a narrow terminal, and lose nothing."""

from __future__ import annotations

import pytest
from rich.console import Console

from remit.cli import options
from remit.cli.options import show_table

COLUMNS = ["violation", "rule", "owner", "what"]
ROWS = [
    ["01a21638-370c-75fe-8ef3-2e89349cefea", "argument_not_in_charter", "line_of_business", "another value of tag, by an agent"],
    ["01a21638-3702-724d-a444-471076e7f500", "outside_window", "risk", "a/very/long/word/without/a/single/blank/in/it"],
]


def shown(width: int, columns: list[str], rows: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Show a table on a terminal of this width and return its lines."""
    console = Console(highlight=False, width=width)
    monkeypatch.setattr(options, "console", console)
    with console.capture() as captured:
        show_table("Found", columns, rows)
    return captured.get().splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 110, 118, 130, 200])
def test_a_table_loses_nothing_however_narrow_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(width, COLUMNS, ROWS, monkeypatch)
    together = "".join("".join(lines).split())
    assert max(map(len, lines)) <= width
    assert all("".join(cell.split()) in together for row in ROWS for cell in row[:3])
    assert "".join(ROWS[0][3].split()) in together or width > 100  # one that folds beside others is read column by column


@pytest.mark.parametrize("width", [56, 57, 58, 59, 60, 61, 62, 63])
def test_the_last_column_folds_into_what_is_left(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    last = "from_address of sender/main"
    lines = shown(width, ["attribute", "from"], [["person.address_from_sale_of_people", last]], monkeypatch)
    assert max(map(len, lines)) <= width
    assert "".join(line.split("people")[-1] for line in lines[2:]).split() == last.split()


def test_a_row_that_does_not_fit_beside_its_heads_is_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(60, COLUMNS, ROWS[:1], monkeypatch) == [
        "Found",
        "01a21638-370c-75fe-8ef3-2e89349cefea",
        "  rule   argument_not_in_charter",
        "  owner  line_of_business",
        "  what   another value of tag, by an agent",
    ]
