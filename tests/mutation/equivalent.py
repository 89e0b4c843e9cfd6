"""Reads the list of mutants that nobody can tell from the program."""

from __future__ import annotations

from pathlib import Path

LIST = Path(__file__).with_name("equivalent.txt")


def equivalent_in(file: str, text: str | None = None) -> dict[str, str]:
    """Return the reason for each mutant of a file, by its name.

    The list has a heading for each file, such as `== core/gate.py`, and under it paragraphs: a reason in one line, and below it,
    indented, the mutants it holds for.
    """
    found: dict[str, str] = {}
    here, reason = False, ""
    for line in (text if text is not None else LIST.read_text(encoding="utf-8")).splitlines():
        if line.startswith("== "):
            here = line.removeprefix("== ").strip() == file
        elif here and line.startswith("    "):
            found[line.strip()] = reason
        elif line.strip():
            reason = line.strip()
    return found
