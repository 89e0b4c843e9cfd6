"""The engines that must agree: our printed Python, the slow walk, Google's C++ CEL and DuckDB.

Each answers True, False or None, which is an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from cel_expr_python import cel  # type: ignore[import-untyped]  # it ships no types

from remit.rules import Outcome, Rule, bundle
from remit.rules.cells import Broken, cell
from remit.rules.evaluate import outcome_of
from remit.rules.kinds import Kind
from remit.rules.presence import swap_has

Answer = bool | None
_SQL = {
    "int": "BIGINT",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "bool": "BOOLEAN",
    "list(string)": "VARCHAR[]",
    "list(int)": "BIGINT[]",
    "timestamp": "TIMESTAMPTZ",
}


def by_python(rules: Sequence[Rule], rows: Sequence[Mapping[str, Any]]) -> list[list[Answer]]:
    """Ask the printed function, all rules at once."""
    asked = bundle(rules)
    return [_of_fired(dict(asked.evaluate(row)), len(rules)) for row in rows]


def _of_fired(fired: Mapping[int, str | None], many: int) -> list[Answer]:
    return [False if number not in fired else True if fired[number] is None else None for number in range(many)]


def by_walking(rules: Sequence[Rule], rows: Sequence[Mapping[str, Any]]) -> list[list[Answer]]:
    """Ask the slow walk."""
    return [[_of_outcome(outcome_of(rule.tree, rule.cells(row))) for rule in rules] for row in rows]


def _of_outcome(outcome: Outcome) -> Answer:
    return None if outcome.error else outcome.fires


class Oracle:
    """Google's C++ evaluator. Its errors come as values, and they are truthy: the type is what tells them."""

    def __init__(self, schema: Mapping[str, str]) -> None:
        kinds = {name: Kind(text) for name, text in schema.items()}
        t = cel.Type
        types = {
            Kind.BOOL: t.BOOL,
            Kind.INT: t.INT,
            Kind.DOUBLE: t.DOUBLE,
            Kind.STRING: t.STRING,
            Kind.TIMESTAMP: t.TIMESTAMP,
            Kind.STRINGS: t.List(t.STRING),
            Kind.INTS: t.List(t.INT),
        }
        self._kinds = kinds
        self._variables = {name: types[kind] for name, kind in kinds.items()}

    def answers(self, rules: Sequence[Rule], rows: Sequence[Mapping[str, Any]]) -> list[list[Answer]]:
        """Ask the oracle; a missing or broken cell is a name it does not know."""
        prepared = [self._prepare(rule) for rule in rules]
        cells = [{name: cell(kind, row, name) for name, kind in self._kinds.items()} for row in rows]
        return [[_judged(program, present, found) for program, present in prepared] for found in cells]

    def _prepare(self, rule: Rule) -> tuple[Any, dict[str, str]]:
        swapped = swap_has(rule.source, self._kinds)
        env = cel.NewEnv(variables={**self._variables, **dict.fromkeys(swapped.asked, cel.Type.BOOL)})
        return env.compile(swapped.source), swapped.asked


def _judged(program: Any, present: Mapping[str, str], cells: Mapping[str, Any]) -> Answer:
    data = {
        name: list(value) if isinstance(value, tuple) else value for name, value in cells.items() if not isinstance(value, Broken)
    }
    for stand_in, name in present.items():
        if cells[name] is not Broken.ERROR:
            data[stand_in] = cells[name] is not Broken.MISSING
    result = program.eval(data=data)
    return result.value() if result.type() == cel.Type.BOOL else None


def by_duckdb(
    rules: Sequence[Rule], rows: Sequence[Mapping[str, Any]], schema: Mapping[str, str], folder: Path
) -> list[list[Answer]]:
    """Load the rows as columns and ask every rule in one query."""
    path = folder / "rows.json"
    with path.open("w", encoding="utf-8") as file:
        for number, row in enumerate(rows):
            file.write(json.dumps({"number": number, **_columns(row, schema)}) + "\n")
    columns = {"number": "BIGINT", **{name: _SQL[kind] for name, kind in schema.items()}}
    columns |= {f"{name}__broken": "BOOLEAN" for name in schema}
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    told = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    source = f"read_json('{path}', format='newline_delimited', columns={{{told}}})"
    connection.execute(f"CREATE TABLE rows AS SELECT * FROM {source}")  # noqa: S608  # names and a path of our own
    asked = ", ".join(f"{rule.sql()} AS r{number}" for number, rule in enumerate(rules))
    query = f"SELECT {asked} FROM rows ORDER BY number"  # noqa: S608  # what is asked is what is tested
    return [list(found) for found in connection.execute(query).fetchall()]


def _columns(row: Mapping[str, Any], schema: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in schema.items():
        value = cell(Kind(kind), row, name)
        found[f"{name}__broken"] = value is Broken.ERROR
        if not isinstance(value, Broken):
            found[name] = value.isoformat() if isinstance(value, datetime) else value
    return found
