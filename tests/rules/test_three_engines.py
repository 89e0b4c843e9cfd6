"""Printed Python, C++ CEL and DuckDB agree on every verdict and every error, on random rules and random rows."""

from pathlib import Path
from random import Random

import pytest

from remit import rules
from tests.rules.engines import Oracle, by_duckdb, by_python
from tests.rules.random_rules import SCHEMA, condition, row

RULES = 20


def disagreements(seed: int, rows: int, folder: Path) -> list[str]:
    random = Random(seed)
    asked = [rules.compile(condition(random), SCHEMA) for _ in range(RULES)]
    given = [row(random) for _ in range(rows)]
    ours, oracle = by_python(asked, given), Oracle(SCHEMA).answers(asked, given)
    sql = by_duckdb(asked, given, SCHEMA, folder)
    return [
        f"{asked[rule].source} on {given[at]}: python {ours[at][rule]}, cel {oracle[at][rule]}, sql {sql[at][rule]}"
        for at in range(rows)
        for rule in range(RULES)
        if not ours[at][rule] is oracle[at][rule] is sql[at][rule]
    ]


def test_the_three_engines_agree(tmp_path: Path) -> None:
    found = [one for seed in range(20) for one in disagreements(seed, 1000, tmp_path)]
    assert not found, f"{len(found)} disagreements, the first: {found[0]}"


@pytest.mark.soak
@pytest.mark.parametrize("part", range(50))
def test_the_three_engines_agree_on_a_million_rows(part: int, tmp_path: Path) -> None:
    found = [one for seed in range(20) for one in disagreements(1000 + 20 * part + seed, 1000, tmp_path)]
    assert not found, f"{len(found)} disagreements, the first: {found[0]}"
