"""No text in a condition, a value or a name breaks out: not into Python, not into SQL."""

from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from remit import rules
from remit.errors import RuleError
from remit.rules.cells import cell, unsure
from remit.rules.kinds import Kind
from remit.rules.to_python import print_many
from remit.rules.to_sql import print_sql
from remit.rules.tree import Attribute, Call, Choices, Constant, Literal, Op

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NASTY = st.sampled_from([
    "'", "''", '"', "\\", "\\'", "'; DROP TABLE rows; --", "' OR 1=1 --", "$$",
    "E'\\''", "\x00", "a\x00'b", "/*", "--", "{}", "%s", "\n",
    "\u2028", "__import__('os')", ") or (1", "'''", '"""', "#", "\r", "é",
    "\U0001d54f", "\ufeff", "chr(0)"])  # fmt: skip
WRITTEN = TEXT | NASTY | st.tuples(NASTY, TEXT, NASTY).map("".join)
VALUES = (
    WRITTEN
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis gives the zone
)


def of_type(value: Literal) -> str:
    return {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR", datetime: "TIMESTAMPTZ"}[type(value)]


def asked(sql: str, column: str, kind: str, value: Any) -> Any:
    assert len(duckdb.extract_statements(f"SELECT {sql}")) == 1
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    query = f"SELECT {sql} FROM (SELECT CAST(? AS {kind}) AS {column})"  # noqa: S608  # what is asked is what is tested
    rows = connection.execute(query, [value]).fetchall()
    return rows[0][0]


@given(VALUES)
def test_a_written_value_equals_itself_in_python_and_in_sql(value: Literal) -> None:
    tree = Call(op=Op.EQ, args=(Attribute(name="x", at=0), Constant(value=value, at=0)), at=0)
    assert print_many([tree], ("x",))((value,)) == [(0, None)]
    if "\0" not in str(value):  # DuckDB's driver takes no such parameter
        assert asked(print_sql(tree), '"x"', of_type(value), value) is True


@given(WRITTEN, WRITTEN)
def test_a_written_text_equals_no_other(one: str, other: str) -> None:
    tree = Call(op=Op.IN, args=(Attribute(name="x", at=0), Choices(values=(one, one), at=0)), at=0)
    assert bool(print_many([tree], ("x",))((other,))) is (one == other)
    if "\0" not in other:
        assert asked(print_sql(tree), '"x"', "VARCHAR", other) is (one == other)


@given(st.lists(WRITTEN, max_size=4))
def test_every_text_in_a_source_is_the_text_that_is_compared(texts: list[str]) -> None:
    quoted = ", ".join('"' + "".join(f"\\U{ord(character):08x}" for character in text) + '"' for text in texts)
    rule = rules.compile(f"region in [{quoted}]", {"region": "string"})
    for text in (*texts, "none of them"):
        assert rule.evaluate({"region": text}).fires is (text in texts)


@given(WRITTEN)
@example('a"b')
@example('"; DROP TABLE rows; --')
def test_an_attributes_name_stays_a_name_in_sql(name: str) -> None:
    """No schema lets such a name in; the printer does not count on that."""
    if not name or "\0" in name:
        return
    tree = Attribute(name=name, at=0)
    assert asked(print_sql(tree), '"' + name.replace('"', '""') + '"', "BOOLEAN", True) is True


PIECES = st.sampled_from(["region", "level", " ", "\n", "==", "&&", "(", ")", "has(", "in", "[", "]", "1", '"a"', "//", "r'"])


@given(st.text(max_size=60) | st.lists(NASTY | PIECES).map("".join))
def test_any_source_is_a_rule_or_a_refusal_with_a_place(source: str) -> None:
    found = compiled_or_refused(source)
    if isinstance(found, rules.Rule):
        assert rules.load(found.stored()) == found
        return
    assert found.line is not None
    assert found.column is not None
    lines = source.split("\n")
    assert 1 <= found.line <= len(lines)
    assert 1 <= found.column <= len(lines[found.line - 1]) + 1
    assert found.do


def compiled_or_refused(source: str) -> rules.Rule | RuleError:
    try:
        return rules.compile(source, {"region": "string", "level": "int", "facts.flag": "bool"})
    except RuleError as error:
        return error


@pytest.mark.parametrize(
    ("kind", "value", "sound"),
    [
        (Kind.INT, 2**63 - 1, True),
        (Kind.INT, 2**63, False),
        (Kind.INT, -(2**63), True),
        (Kind.INT, -(2**63) - 1, False),
        (Kind.STRING, "\ud7ff", True),
        (Kind.STRING, "a\ud800", False),
        (Kind.STRING, "\udfffa", False),
        (Kind.STRING, "\ue000", True),
        (Kind.STRINGS, ("a",), True),
        (Kind.INTS, [1, 2], True),
        (Kind.INTS, (1, "2"), False),
    ],
)
def test_the_door_lets_in_what_is_sound_and_nothing_beside_it(kind: Kind, value: Any, sound: bool) -> None:
    found = cell(kind, {"x": value}, "x")
    assert (found == (tuple(value) if isinstance(value, list) else value)) if sound else (str(found) == "Broken.ERROR")


@pytest.mark.parametrize(
    ("kind", "plain", "odd"),
    [
        (Kind.BOOL, [True, False], [None, 0, 1, "true"]),
        (Kind.INT, [0, -1, 2**63 - 1, -(2**63)], [None, True, 2**63, -(2**63) - 1, 1.0]),
        (Kind.STRING, ["", "a"], [None, 3, "é", "\ud800"]),
        (Kind.STRINGS, [()], [None, (1,), ["a"], "a"]),
        (Kind.INTS, [()], [None, (True,), [1], 1]),
    ],
)
def test_a_plain_value_goes_past_its_reader_and_an_odd_one_never_does(kind: Kind, plain: list[Any], odd: list[Any]) -> None:
    asked = unsure(kind, "given")
    assert not any(eval(asked, {"given": value}) for value in plain)  # noqa: S307  # what is printed is what is tested
    assert all(eval(asked, {"given": value}) for value in odd)  # noqa: S307  # as above


def test_another_dialect_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^There is no dialect 'postgres'; there is duckdb\.$"):
        rules.compile("level < 3", {"level": "int"}).sql(dialect="postgres")
