"""Printed Python, the slow walk, C++ CEL and DuckDB agree on every verdict and every error, on random rules and random rows."""

from pathlib import Path
from random import Random

import pytest

from remit import rules
from tests.rules.engines import Oracle, by_duckdb, by_python, by_walking
from tests.rules.random_rules import SCHEMA, condition, row

RULES = 20
ROWS = 1000


def disagreements(seed: int, folder: Path) -> list[str]:
    random = Random(seed)
    asked = [rules.compile(condition(random), SCHEMA) for _ in range(RULES)]
    asked = [rules.load(rule.stored()) for rule in asked[: RULES // 2]] + asked[RULES // 2 :]
    given = [row(random) for _ in range(ROWS)]
    printed, walked = by_python(asked, given), by_walking(asked, given)
    oracle, sql = Oracle(SCHEMA).answers(asked, given), by_duckdb(asked, given, SCHEMA, folder)
    return [
        f"{asked[rule].source} on {given[at]}: printed {printed[at][rule]}, walked {walked[at][rule]}, "
        f"cel {oracle[at][rule]}, sql {sql[at][rule]}"
        for at in range(ROWS)
        for rule in range(RULES)
        if not printed[at][rule] is walked[at][rule] is oracle[at][rule] is sql[at][rule]
    ]


@pytest.mark.parametrize("seed", range(20))
def test_the_engines_agree(seed: int, tmp_path: Path) -> None:
    found = disagreements(seed, tmp_path)
    assert not found, f"{len(found)} disagreements, the first: {found[0]}"


@pytest.mark.soak
@pytest.mark.parametrize("part", range(50))
def test_the_engines_agree_on_a_million_rows(part: int, tmp_path: Path) -> None:
    found = [one for seed in range(20) for one in disagreements(1000 + 20 * part + seed, tmp_path)]
    assert not found, f"{len(found)} disagreements, the first: {found[0]}"
