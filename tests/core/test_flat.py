"""Flat rows of facts: every fact has one, each column a plain value, and a row for each decision, answer and attempt."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from remit.core.codec import from_bytes
from remit.core.facts import KINDS, Entry, subject_of
from remit.core.flat import TABLES, Flat

GOLDEN = Path(__file__).parents[1] / "golden"
LINES = [line for path in sorted(GOLDEN.glob("ledger*.jsonl")) for line in path.read_text().splitlines()]
ENTRIES: list[Entry] = [from_bytes(seq, json.loads(line)["body"].encode()) for seq, line in enumerate(LINES, start=1)]


def rows(table: str) -> list[dict[str, object]]:
    """Return the rows of a table out of a ledger with every kind of fact."""
    return [msgspec.to_builtins(row) for row in TABLES[table][1](ENTRIES)]


def test_every_fact_has_a_row_that_names_it() -> None:
    found = rows("facts")
    assert [(row["seq"], row["kind"], row["subject"]) for row in found] == [
        (entry.seq, type(entry.fact).__name__, subject_of(entry.fact)) for entry in ENTRIES
    ]
    assert {row["kind"] for row in found} == set(KINDS)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_flat_and_has_every_column(table: str) -> None:
    kind: type[Flat] = TABLES[table][0]
    found = rows(table)
    assert found
    for row in found:
        assert list(row) == list(kind.__struct_fields__)
        assert all(value is None or isinstance(value, str | int | bool) for value in row.values())
        assert msgspec.to_builtins(msgspec.convert(row, kind)) == row


def test_a_decision_is_told_with_its_verdict_and_its_reasons() -> None:
    found = {row["proposal"]: row for row in rows("decisions")}
    assert (found["done"]["verdict"], found["alone"]["verdict"], found["draft"]["verdict"]) == ("hold", "allow", "draft")
    assert (found["envelope"]["reason"], found["envelope"]["reasons"]) == ("level_table", "level_table,rule,rule_not_evaluated")


def test_an_answer_is_told_with_who_and_how_wrong() -> None:
    found = {(row["proposal"], row["answer"]): row for row in rows("answers")}
    assert (found["done", "approve_edited"]["by"], found["done", "approve_edited"]["loss_ppm"]) == ("ann", 500_000)
    assert found["back", "reject"]["loss_ppm"] == 1_000_000


def test_an_attempt_is_told_once_with_what_came_of_it_in_the_end() -> None:
    found = [(row["proposal"], row["what"], row["result"]) for row in rows("attempts")]
    assert ("done", "do", "done") in found
    assert ("done", "undo", "done") in found, "an unclear one that was settled"
    assert ("alone", "do", "done") in found
    assert ("failed", "do", "failed") in found
    assert len([one for one in found if one[0] == "done"]) == 2


def test_an_attempt_under_way_has_no_end_yet() -> None:
    begun = next(place for place, entry in enumerate(ENTRIES) if type(entry.fact).__name__ == "Started")
    (row,) = [msgspec.to_builtins(row) for row in TABLES["attempts"][1](ENTRIES[: begun + 1])]
    assert (row["ended_seq"], row["ended_at"], row["result"]) == (None, None, None)
