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


def test_a_moment_is_stored_in_utc_as_everybody_writes_it() -> None:
    told = rules.compile('at < timestamp("2026-01-31T00:00:00+01:00")', SCHEMA).stored()["tree"]["args"][1]
    assert told == {"value": {"timestamp": "2026-01-30T23:00:00+00:00"}, "at": 5}


def test_a_rule_shows_what_it_is_made_of_and_no_machinery() -> None:
    assert "_printed" not in repr(rules.compile("level < 3", SCHEMA))


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


SMUGGLED: list[tuple[str, Any, str]] = [
    ("a text", "level", "str stands where a node should"),
    ("a list", [LEVEL], "list stands where a node should"),
    ("nothing", None, "NoneType stands where a node should"),
    ("no keys", {}, "no node has the keys []"),
    ("an unknown key", {"name": "level", "at": 0}, "no node has the keys ['at', 'name']"),
    ("one key too many", call("<", LEVEL | {"note": 1}, THREE), "no node has the keys ['at', 'attribute', 'note']"),
    ("one key too few", {"op": "<", "args": [LEVEL, THREE]}, "no node has the keys ['args', 'op']"),
    ("many keys", dict.fromkeys("gfedcba", 0), "no node has the keys ['a', 'b', 'c', 'd', 'e']"),
    ("two nodes in one", call("<", LEVEL | {"has": "level"}, THREE), "no node has the keys ['at', 'attribute', 'has']"),
    ("a key that is no text", {1: 2, "at": 0}, "no node has the keys ['1', 'at']"),
    ("an undeclared attribute", call("<", {"attribute": "__import__", "at": 0}, THREE), "an attribute is not declared"),
    ("an undeclared has", {"has": "facts.other", "at": 0}, "an attribute is not declared"),
    ("an attribute that is no text", call("<", {"attribute": ["level"], "at": 0}, THREE), "an attribute is not declared"),
    ("a place that is no number", {"attribute": "human", "at": "0"}, "a place is no number within the source"),
    ("a place that is a bool", {"attribute": "human", "at": True}, "a place is no number within the source"),
    ("a place before the source", {"attribute": "human", "at": -1}, "a place is no number within the source"),
    ("a place after the source", {"attribute": "human", "at": MAX_SOURCE + 1}, "a place is no number within the source"),
    ("an unknown operation", call("__class__", LEVEL, THREE), "an operation is not one of ours"),
    ("an operation by its inner name", call("LT", LEVEL, THREE), "an operation is not one of ours"),
    ("an operation that is no text", call(["<"], LEVEL, THREE), "an operation is not one of ours"),
    ("too few sides", call("<", LEVEL), "< with 1 sides"),
    ("too many sides", call("<", LEVEL, THREE, THREE), "< with 3 sides"),
    ("too many sides of !", call("!", HUMAN, HUMAN), "! with 2 sides"),
    ("no sides", call("!"), "! with 0 sides"),
    ("sides that are no list", {"op": "!", "args": HUMAN, "at": 0}, "a list is none, or is too long"),
    ("sides of two types", call("<", LEVEL, value("double", "3.0")), "int compared with double"),
    ("sides of no order", call("<", HUMAN, HUMAN), "yes and no have no order"),
    ("lists compared", call("==", TAGS, TAGS), "lists are not compared"),
    ("a list compared", call("==", TAGS, REGION), "lists are not compared"),
    ("compared with a list", call("==", REGION, TAGS), "lists are not compared"),
    ("choices compared with", call("==", choices({"int": "3"}), LEVEL), "lists are not compared"),
    ("choices compared", call("==", LEVEL, choices({"int": "3"})), "lists are not compared"),
    ("a number as yes or no", call("!", LEVEL), "! with int and int"),
    ("text joined", call("&&", HUMAN, REGION), "&& with bool and string"),
    ("the start of a number", call("startsWith", LEVEL, THREE), "startsWith with int and int"),
    ("the size of a number", call(">", call("size", LEVEL), THREE), "the size of neither text nor a list"),
    ("the size of choices", call(">", call("size", choices({"int": "3"})), THREE), "the size of neither text nor a list"),
    ("in of no list", call("in", LEVEL, THREE), "int in a list of something else"),
    ("in of another list", call("in", LEVEL, TAGS), "int in a list of something else"),
    ("in of other choices", call("in", LEVEL, choices({"string": "3"})), "int in a list of something else"),
    ("a list in choices", call("in", TAGS, choices()), "a list inside a list"),
    ("choices in choices", call("in", choices({"int": "3"}), choices({"int": "3"})), "a list inside a list"),
    ("choices of two types", call("in", LEVEL, choices({"int": "3"}, {"string": "3"})), "int in a list of something else"),
    ("choices that are no list", call("in", LEVEL, {"choices": {"int": "3"}, "at": 0}), "a list is none, or is too long"),
    ("a choice without a type", call("in", LEVEL, choices("3")), "a written value has no single type"),
    ("a value without a type", call("<", LEVEL, {"value": 3, "at": 0}), "a written value has no single type"),
    (
        "a value of two types",
        call("<", LEVEL, {"value": {"int": "3", "double": "3"}, "at": 0}),
        "a written value has no single type",
    ),
    ("a value of an unknown type", call("<", LEVEL, value("code", "3")), "a written value is not of its type"),
    ("a value of a list type", call("in", REGION, value("list(string)", ["a"])), "a written value is not of its type"),
    ("an int that is a number", call("<", LEVEL, value("int", 3)), "a written value is not of its type"),
    ("an int that is code", call("<", LEVEL, value("int", "3) or (1")), "a written value is not of its type"),
    ("an int with spaces", call("<", LEVEL, value("int", " 3")), "a written value is not of its type"),
    ("an int with a plus", call("<", LEVEL, value("int", "+3")), "a written value is not of its type"),
    ("an int with underscores", call("<", LEVEL, value("int", "1_0")), "a written value is not of its type"),
    ("an int in other digits", call("<", LEVEL, value("int", "٣")), "a written value is not of its type"),
    ("an int beyond 64 bits", call("<", LEVEL, value("int", str(2**63))), "a written value is not of its type"),
    ("an int below 64 bits", call("<", LEVEL, value("int", str(-(2**63) - 1))), "a written value is not of its type"),
    ("a huge int", call("<", LEVEL, value("int", "9" * 5000)), "a written value is not of its type"),
    (
        "a double that is none",
        call("<", {"attribute": "confidence", "at": 0}, value("double", "nan")),
        "a written value is not of its type",
    ),
    (
        "an endless double",
        call("<", {"attribute": "confidence", "at": 0}, value("double", "inf")),
        "a written value is not of its type",
    ),
    (
        "a double that is a number",
        call("<", {"attribute": "confidence", "at": 0}, value("double", 0.5)),
        "a written value is not of its type",
    ),
    (
        "a double written otherwise",
        call("<", {"attribute": "confidence", "at": 0}, value("double", "0.50")),
        "a written value is not of its type",
    ),
    ("a bool that is text", call("==", HUMAN, value("bool", "true")), "a written value is not of its type"),
    ("a bool that is a number", call("==", HUMAN, value("bool", 1)), "a written value is not of its type"),
    ("text that is a number", call("==", REGION, value("string", 3)), "a written value is not of its type"),
    (
        "text with ideas of its own",
        call("==", REGION, value("string", type("Text", (str,), {})("DE"))),
        "a written value is not of its type",
    ),
    ("half a character", call("==", REGION, value("string", "\ud800")), "a written value is not of its type"),
    (
        "a moment without a zone",
        call("<", {"attribute": "at", "at": 0}, value("timestamp", "2026-01-31T00:00:00")),
        "a written value is not of its type",
    ),
    (
        "a moment in another zone",
        call("<", {"attribute": "at", "at": 0}, value("timestamp", "2026-01-31T00:00:00+01:00")),
        "a written value is not of its type",
    ),
    (
        "a moment that is none",
        call("<", {"attribute": "at", "at": 0}, value("timestamp", "soon")),
        "a written value is not of its type",
    ),
    (
        "a moment that is a number",
        call("<", {"attribute": "at", "at": 0}, value("timestamp", 0)),
        "a written value is not of its type",
    ),
    ("no yes or no", LEVEL, "the condition gives no yes or no"),
    ("a size alone", call("size", TAGS), "the condition gives no yes or no"),
    ("choices alone", choices(), "the condition gives no yes or no"),
    ("nothing looked at", call("==", THREE, THREE), "the condition looks at no attribute"),
    ("a constant alone", value("bool", True), "the condition looks at no attribute"),
    ("too many levels", nested(MAX_DEPTH + 1), "the tree is nested too deeply"),
    ("too many choices", call("in", LEVEL, choices(*[{"int": "3"}] * (MAX_SOURCE + 1))), "a list is none, or is too long"),
    ("very many levels", nested(900), "the tree is nested too deeply"),
]


@pytest.mark.parametrize(("told", "found"), [case[1:] for case in SMUGGLED], ids=[case[0] for case in SMUGGLED])
def test_a_stored_tree_smuggles_nothing(told: Any, found: str) -> None:
    with pytest.raises(RuleError) as caught:
        from_json(told, KINDS)
    assert caught.value.message == f"A stored rule does not hold: {found}."
    assert caught.value.do == "Store the policy again from its source."


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
        call("in", LEVEL, choices(*[{"int": "3"}] * MAX_SOURCE)),
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


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("source_sha256", "its source is not the one that was stored"),
        ("schema_sha256", "it is not what was stored"),
        ("sha256", "it is not what was stored"),
    ],
)
def test_a_stored_rule_whose_digest_does_not_fit_is_refused(key: str, found: str) -> None:
    with pytest.raises(RuleError, match=f"^A stored rule does not hold: {found}\\. Store the policy again from its source\\.$"):
        rules.load(rules.compile("level < 3", SCHEMA).stored() | {key: "0" * 64})


@pytest.mark.parametrize("change", [{"form": 2}, {"note": ""}], ids=["another form", "a key too many"])
def test_a_stored_rule_of_another_form_is_refused_as_such(change: dict[str, Any]) -> None:
    found = "it has not the keys of form 1"
    with pytest.raises(RuleError, match=f"^A stored rule does not hold: {found}\\. Store the policy again from its source\\.$"):
        rules.load(rules.compile("level < 3", SCHEMA).stored() | change)


def test_a_changed_tree_is_refused() -> None:
    stored = copy.deepcopy(rules.compile("level < 3", SCHEMA).stored())
    stored["tree"]["op"] = ">"
    with pytest.raises(RuleError, match=r"does not hold: it is not what was stored\."):
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
