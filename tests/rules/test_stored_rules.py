"""A stored rule equals the compiled one, needs no front end, and can hold nothing that a checked one could not."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from remit import rules
from remit.errors import RuleError
from remit.rules.kinds import Kind
from remit.rules.stored import digest, from_json, to_json
from remit.rules.tree import MAX_DEPTH, MAX_SOURCE
from tests.rules.random_rules import SCHEMA, condition

KINDS = {name: Kind(kind) for name, kind in SCHEMA.items()}
LEVEL = {"attribute": "level", "at": 0}
THREE = {"value": {"int": "3"}, "at": 8}
REGION = {"attribute": "region", "at": 0}
TAGS = {"attribute": "tags", "at": 0}
HUMAN = {"attribute": "human", "at": 0}


def call(op: Any, *args: Any) -> dict[str, Any]:
    return {"op": op, "args": list(args), "at": 0}


def value(kind: str, text: Any) -> dict[str, Any]:
    return {"value": {kind: text}, "at": 0}


def choices(*values: Any) -> dict[str, Any]:
    return {"choices": list(values), "at": 0}


def nested(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = HUMAN
    for _ in range(levels - 1):
        found = call("!", found)
    return found


@pytest.mark.parametrize("seed", range(60))
def test_a_rule_comes_back_equal_through_json(seed: int) -> None:
    rule = rules.compile(condition(Random(seed)), SCHEMA)
    stored = json.loads(json.dumps(rule.stored()))
    assert stored == rule.stored()
    loaded = rules.load(stored)
    assert loaded == rule
    assert hash(loaded) == hash(rule)
    assert loaded.sql() == rule.sql()
    assert loaded.stored() == stored


@pytest.mark.parametrize(
    "source",
    [
        "level == -9223372036854775808 || level == 9007199254740993",
        "confidence in [0.1, -0.0, 1e300, 5e-324]",
        'region in ["\\u0000", "\\"", "\\\\", "\\n", "\U0001d54f", "\\u202e"]',
        'at < timestamp("2026-01-31T00:00:00.000001+02:00")',
        "human in [true, false] && region in []",
        "has(facts.consent)",
    ],
)
def test_every_written_value_comes_back_the_same(source: str) -> None:
    rule = rules.compile(source, SCHEMA)
    assert repr(rules.load(json.loads(json.dumps(rule.stored()))).tree) == repr(rule.tree)


def test_a_stored_tree_holds_no_number_that_a_reader_could_round() -> None:
    stored = rules.compile("level == 9007199254740993 && confidence > 0.1", SCHEMA).stored()
    numbers = [item for item in _inside(stored) if isinstance(item, (int, float)) and not isinstance(item, bool)]
    assert all(isinstance(number, int) and number <= MAX_SOURCE for number in numbers)


def _inside(told: Any) -> list[Any]:
    if isinstance(told, dict):
        return [found for item in told.values() for found in _inside(item)]
    return [found for item in told for found in _inside(item)] if isinstance(told, list) else [told]


def test_a_stored_rule_looks_like_this() -> None:
    assert rules.compile("level < 3", {"level": "int", "region": "string"}).stored() == {
        "form": 1,
        "source": "level < 3",
        "source_sha256": "d389a133d68bbd808b8148333c13223da87bdc897da3b9c0280b765a8b152c13",
        "schema_sha256": "01f0f2d963bff1f71d65f6bf426a86a65a9b6a65eac8dbfe1f54346c8e4761c6",
        "kinds": {"level": "int"},
        "tree": {"op": "<", "args": [{"attribute": "level", "at": 0}, {"value": {"int": "3"}, "at": 8}], "at": 6},
        "sha256": "18f34daa960f839c3d04373e687cecb0f0384eca86f8d48731505f4d07e10aeb",
    }


def test_the_schemas_name_does_not_depend_on_its_order() -> None:
    one = rules.compile("level < 3", {"level": "int", "region": "string"})
    assert one == rules.compile("level < 3", {"region": "string", "level": "int"})
    assert one != rules.compile("level < 3", {"level": "int"})


def test_a_worker_without_the_front_end_evaluates_what_was_stored() -> None:
    stored = json.dumps(rules.compile("level < 3 && has(facts.consent)", SCHEMA).stored())
    program = f"""
import json, sys
sys.modules["cel_expr_python"] = None
from remit import rules
from remit.errors import RuleError
rule = rules.load(json.loads({stored!r}))
assert rule.evaluate({{"level": 2, "facts.consent": "x"}}) == rules.Outcome(fires=True)
assert rule.evaluate({{"level": 3, "facts.consent": "x"}}) == rules.Outcome(fires=False)
try:
    rules.compile("level < 3", {{"level": "int"}})
except RuleError as error:
    assert "cel-expr-python is not installed" in error.message, error
else:
    raise AssertionError
"""
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": ":".join(filter(None, sys.path))})


SMUGGLED: list[tuple[str, Any]] = [
    ("a text", "level"),
    ("a list", [LEVEL]),
    ("nothing", None),
    ("no keys", {}),
    ("an unknown key", {"name": "level", "at": 0}),
    ("one key too many", call("<", LEVEL | {"note": 1}, THREE)),
    ("one key too few", {"op": "<", "args": [LEVEL, THREE]}),
    ("two nodes in one", call("<", LEVEL | {"has": "level"}, THREE)),
    ("a key that is no text", {1: 2, "at": 0}),
    ("an undeclared attribute", call("<", {"attribute": "__import__", "at": 0}, THREE)),
    ("an undeclared has", {"has": "facts.other", "at": 0}),
    ("an attribute that is no text", call("<", {"attribute": ["level"], "at": 0}, THREE)),
    ("a place that is no number", {"attribute": "human", "at": "0"}),
    ("a place that is a bool", {"attribute": "human", "at": True}),
    ("a place before the source", {"attribute": "human", "at": -1}),
    ("a place after the source", {"attribute": "human", "at": MAX_SOURCE + 1}),
    ("an unknown operation", call("__class__", LEVEL, THREE)),
    ("an operation by its inner name", call("LT", LEVEL, THREE)),
    ("an operation that is no text", call(["<"], LEVEL, THREE)),
    ("too few sides", call("<", LEVEL)),
    ("too many sides", call("<", LEVEL, THREE, THREE)),
    ("too many sides of !", call("!", HUMAN, HUMAN)),
    ("no sides", call("!")),
    ("sides that are no list", {"op": "!", "args": HUMAN, "at": 0}),
    ("sides of two types", call("<", LEVEL, value("double", "3.0"))),
    ("sides of no order", call("<", HUMAN, HUMAN)),
    ("lists compared", call("==", TAGS, TAGS)),
    ("choices compared", call("==", LEVEL, choices({"int": "3"}))),
    ("a number as yes or no", call("!", LEVEL)),
    ("text joined", call("&&", HUMAN, REGION)),
    ("the start of a number", call("startsWith", LEVEL, THREE)),
    ("the size of a number", call(">", call("size", LEVEL), THREE)),
    ("the size of choices", call(">", call("size", choices({"int": "3"})), THREE)),
    ("in of no list", call("in", LEVEL, THREE)),
    ("in of another list", call("in", LEVEL, TAGS)),
    ("in of other choices", call("in", LEVEL, choices({"string": "3"}))),
    ("a list in choices", call("in", TAGS, choices())),
    ("choices in choices", call("in", choices({"int": "3"}), choices({"int": "3"}))),
    ("choices of two types", call("in", LEVEL, choices({"int": "3"}, {"string": "3"}))),
    ("choices that are no list", call("in", LEVEL, {"choices": {"int": "3"}, "at": 0})),
    ("a choice without a type", call("in", LEVEL, choices("3"))),
    ("a value without a type", call("<", LEVEL, {"value": 3, "at": 0})),
    ("a value of two types", call("<", LEVEL, {"value": {"int": "3", "double": "3"}, "at": 0})),
    ("a value of an unknown type", call("<", LEVEL, value("code", "3"))),
    ("a value of a list type", call("in", REGION, value("list(string)", ["a"]))),
    ("an int that is a number", call("<", LEVEL, value("int", 3))),
    ("an int that is code", call("<", LEVEL, value("int", "3) or (1"))),
    ("an int with spaces", call("<", LEVEL, value("int", " 3"))),
    ("an int with a plus", call("<", LEVEL, value("int", "+3"))),
    ("an int with underscores", call("<", LEVEL, value("int", "1_0"))),
    ("an int in other digits", call("<", LEVEL, value("int", "٣"))),
    ("an int beyond 64 bits", call("<", LEVEL, value("int", str(2**63)))),
    ("an int below 64 bits", call("<", LEVEL, value("int", str(-(2**63) - 1)))),
    ("a huge int", call("<", LEVEL, value("int", "9" * 5000))),
    ("a double that is none", call("<", {"attribute": "confidence", "at": 0}, value("double", "nan"))),
    ("an endless double", call("<", {"attribute": "confidence", "at": 0}, value("double", "inf"))),
    ("a double that is a number", call("<", {"attribute": "confidence", "at": 0}, value("double", 0.5))),
    ("a double written otherwise", call("<", {"attribute": "confidence", "at": 0}, value("double", "0.50"))),
    ("a bool that is text", call("==", HUMAN, value("bool", "true"))),
    ("a bool that is a number", call("==", HUMAN, value("bool", 1))),
    ("text that is a number", call("==", REGION, value("string", 3))),
    ("half a character", call("==", REGION, value("string", "\ud800"))),
    ("a moment without a zone", call("<", {"attribute": "at", "at": 0}, value("timestamp", "2026-01-31T00:00:00"))),
    ("a moment in another zone", call("<", {"attribute": "at", "at": 0}, value("timestamp", "2026-01-31T00:00:00+01:00"))),
    ("a moment that is none", call("<", {"attribute": "at", "at": 0}, value("timestamp", "soon"))),
    ("a moment that is a number", call("<", {"attribute": "at", "at": 0}, value("timestamp", 0))),
    ("no yes or no", LEVEL),
    ("a size alone", call("size", TAGS)),
    ("choices alone", choices()),
    ("nothing looked at", call("==", THREE, THREE)),
    ("a constant alone", value("bool", True)),
    ("too many levels", nested(MAX_DEPTH + 1)),
    ("very many levels", nested(900)),
]


@pytest.mark.parametrize("told", [told for _, told in SMUGGLED], ids=[name for name, _ in SMUGGLED])
def test_a_stored_tree_smuggles_nothing(told: Any) -> None:
    with pytest.raises(RuleError, match="A stored rule does not hold"):
        from_json(told, KINDS)


@pytest.mark.parametrize(
    "told",
    [
        call("<", LEVEL, THREE),
        call("in", REGION, TAGS),
        call("in", REGION, choices()),
        call("in", LEVEL, choices({"int": "3"}, {"int": "-3"})),
        call("==", value("int", "0"), call("size", REGION)),
        {"has": "facts.reach", "at": MAX_SOURCE},
        nested(MAX_DEPTH),
    ],
    ids=lambda told: str(told)[:40],
)
def test_a_sound_tree_is_read_and_written_alike(told: Any) -> None:
    assert to_json(from_json(told, KINDS)) == told


def _sign(stored: dict[str, Any]) -> dict[str, Any]:
    return stored | {"sha256": digest({key: item for key, item in stored.items() if key != "sha256"})}


CHANGED: list[tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = [
    ("another form", lambda stored: stored | {"form": 2}),
    ("a key too many", lambda stored: stored | {"note": ""}),
    ("a key too few", lambda stored: {key: item for key, item in stored.items() if key != "kinds"}),
    ("another source", lambda stored: stored | {"source": "level < 4"}),
    ("a source that is no text", lambda stored: stored | {"source": 3}),
    ("a source with half a character", lambda stored: stored | {"source": "\ud800"}),
    ("another digest of the source", lambda stored: stored | {"source_sha256": "0" * 64}),
    ("a schema digest that is no text", lambda stored: stored | {"schema_sha256": None}),
    ("kinds that are none", lambda stored: stored | {"kinds": ["level"]}),
    ("an unknown kind", lambda stored: stored | {"kinds": {"level": "map"}}),
    ("another kind", lambda stored: stored | {"kinds": {"level": "string"}}),
    ("a kind too many", lambda stored: stored | {"kinds": {"level": "int", "region": "string"}}),
    ("a kind too few", lambda stored: stored | {"kinds": {}}),
    ("an odd name", lambda stored: stored | {"kinds": {'le"vel': "int"}}),
    ("a tree that is none", lambda stored: stored | {"tree": None}),
    ("a tree that is no JSON", lambda stored: stored | {"tree": {1, 2}}),
]


@pytest.mark.parametrize("change", [change for _, change in CHANGED], ids=[name for name, _ in CHANGED])
def test_a_stored_rule_that_was_changed_is_refused_even_if_signed_again(
    change: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    changed = change(copy.deepcopy(rules.compile("level < 3", SCHEMA).stored()))
    with pytest.raises(RuleError):
        rules.load(changed)
    try:
        signed = _sign(changed)
    except (TypeError, ValueError):
        return
    with pytest.raises(RuleError):
        rules.load(signed)


@pytest.mark.parametrize("key", ["source_sha256", "schema_sha256", "sha256"])
def test_a_stored_rule_whose_digest_does_not_fit_is_refused(key: str) -> None:
    with pytest.raises(RuleError, match="does not hold"):
        rules.load(rules.compile("level < 3", SCHEMA).stored() | {key: "0" * 64})


def test_a_changed_tree_is_refused() -> None:
    stored = copy.deepcopy(rules.compile("level < 3", SCHEMA).stored())
    stored["tree"]["op"] = ">"
    with pytest.raises(RuleError, match="it is not what was stored"):
        rules.load(stored)


def test_a_tree_far_too_deep_to_digest_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"args": deep}
    with pytest.raises(RuleError):
        rules.load(rules.compile("level < 3", SCHEMA).stored() | {"tree": deep})
    while deep:
        deep = deep["args"]


def test_a_stored_rule_survives_json_that_sorts_its_keys() -> None:
    rule = rules.compile("zeal > 1 && alpha > 2", {"alpha": "int", "zeal": "int"})
    assert rules.load(json.loads(json.dumps(rule.stored(), sort_keys=True))) == rule
