"""The SQL of each operation and each literal, as text and as DuckDB answers it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from remit import rules
from tests.rules.engines import by_duckdb
from tests.rules.random_rules import SCHEMA

TWO, THREE = "CAST('2' AS BIGINT)", "CAST('3' AS BIGINT)"
PRINTED = {
    "human && suppressed": '("human" AND "suppressed")',
    "human || suppressed": '("human" OR "suppressed")',
    "!human": '(NOT "human")',
    "level == 2": f'("level" = {TWO})',
    "level != 2": f'("level" <> {TWO})',
    "level < 2": f'("level" < {TWO})',
    "level <= 2": f'("level" <= {TWO})',
    "level > 2": f'("level" > {TWO})',
    "level >= 2": f'("level" >= {TWO})',
    "confidence > 0.5": "(\"confidence\" > CAST('0.5' AS DOUBLE))",
    "human == true": '("human" = TRUE)',
    "human != false": '("human" <> FALSE)',
    'region.startsWith("a")': "starts_with(\"region\", 'a')",
    'region.endsWith("b")': "ends_with(\"region\", 'b')",
    'region.contains("a")': "contains(\"region\", 'a')",
    'region == "it\'s"': "(\"region\" = 'it''s')",
    'region == "a\\u0000b"': "(\"region\" = ('a' || chr(0) || 'b'))",
    'at < timestamp("2026-01-31T00:00:00Z")': "(\"at\" < CAST('2026-01-31T00:00:00+00:00' AS TIMESTAMPTZ))",
    "size(tags) > 2": f'(len("tags") > {TWO})',
    "level in [2, 3]": f'("level" IN ({TWO}, {THREE}))',
    "level in []": '(CASE WHEN "level" IS NULL THEN NULL ELSE FALSE END)',
    '"a" in tags': "list_contains(\"tags\", 'a')",
    "has(facts.reach)": '(CASE WHEN "facts.reach__broken" THEN NULL ELSE "facts.reach" IS NOT NULL END)',
}


@pytest.mark.parametrize("source", PRINTED)
def test_a_condition_is_printed_as_this_sql(source: str) -> None:
    assert rules.compile(source, SCHEMA).sql() == PRINTED[source]


def test_duckdb_reads_what_is_printed(tmp_path: Path) -> None:
    given: dict[str, Any] = {"human": True, "suppressed": False, "level": 2, "confidence": 0.6, "region": "ab", "tags": ["a"]}
    given |= {"at": "2026-01-01T00:00:00Z", "facts.reach": 1}
    asked = [rules.compile(source, SCHEMA) for source in PRINTED if "timestamp" not in source]
    [answers] = by_duckdb(asked, [given], SCHEMA, tmp_path)
    assert answers == [bool(rule.evaluate(given).fires) for rule in asked]
