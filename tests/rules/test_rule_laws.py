"""What holds for every rule and every mapping."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from remit import rules
from remit.rules.cells import Broken
from remit.rules.evaluate import outcome_of
from remit.rules.explain import Deciding
from tests.rules.random_rules import SCHEMA, condition, row

SEEDS = st.integers(0, 2**32)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.datetimes()
    | st.datetimes(timezones=st.timezones())
    | st.sampled_from([object(), Broken.MISSING, Broken.ERROR, Ellipsis, int]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3) | st.tuples(inner),
    max_leaves=4,
)


def some_rule(seed: int) -> rules.Rule:
    return rules.compile(condition(Random(seed)), SCHEMA)


@given(SEEDS, SEEDS)
def test_printed_python_is_the_slow_walk_is_what_was_stored(seed: int, other: int) -> None:
    rule, given_row = some_rule(seed), row(Random(other))
    found = rule.evaluate(given_row)
    assert found == outcome_of(rule.tree, rule.cells(given_row)) == rules.load(rule.stored()).evaluate(given_row)
    assert rules.bundle([rule, rule]).evaluate(given_row) == ([(0, found.error), (1, found.error)] if found.fires else [])


@given(SEEDS, st.dictionaries(st.sampled_from(sorted(SCHEMA)), ANYTHING))
def test_evaluate_and_explain_never_raise(seed: int, mapping: Mapping[str, Any]) -> None:
    rule = some_rule(seed)
    found, explained = rule.evaluate(mapping), rule.explain(mapping)
    assert type(found.fires) is bool
    assert (explained.fires, explained.error) == (found.fires, found.error)
    assert str(explained)


@given(SEEDS, SEEDS)
def test_a_rule_with_an_error_fires(seed: int, other: int) -> None:
    found = some_rule(seed).evaluate(row(Random(other)))
    assert found.fires or found.error is None


@given(SEEDS)
def test_a_rule_that_knows_nothing_fires_or_needs_nothing(seed: int) -> None:
    rule = some_rule(seed)
    if not rule.evaluate({}).fires:
        assert "has(" in rule.source or any(word in rule.source for word in ("true", "1 ==", '"b" in', "size("))


@given(SEEDS, SEEDS)
def test_what_a_rule_does_not_look_at_changes_nothing(seed: int, other: int) -> None:
    rule, given_row = some_rule(seed), row(Random(other))
    assert rule.evaluate(given_row) == rule.evaluate({name: value for name, value in given_row.items() if name in rule.names})


@given(SEEDS, SEEDS)
def test_losing_a_value_never_turns_a_verdict_into_the_opposite(seed: int, other: int) -> None:
    """Without a value, a rule says the same or tells an error: only `has` may answer for what is missing."""
    rule, given_row = some_rule(seed), row(Random(other))
    before = rule.evaluate(given_row)
    if before.error or "has(" in rule.source:
        return
    for name in rule.names:
        after = rule.evaluate({key: value for key, value in given_row.items() if key != name})
        assert after.error or after == before


@given(SEEDS, SEEDS)
def test_every_outcome_names_a_reason(seed: int, other: int) -> None:
    rule, given_row = some_rule(seed), row(Random(other))
    explained = rule.explain(given_row)
    assert str(explained)
    assert explained.deciding or not explained.error
    names = {one.attribute for one in (*explained.deciding, *explained.nearest)}
    assert names <= {*rule.names, ""}


@given(SEEDS, SEEDS)
def test_without_what_decided_the_outcome_is_another(seed: int, other: int) -> None:
    """Losing everything that the explanation names leaves a rule that names something else, or an error."""
    rule, given_row = some_rule(seed), row(Random(other))
    explained = rule.explain(given_row)
    if explained.error or not explained.nearest or "has(" in rule.source:
        return
    named = {one.attribute for one in explained.deciding}
    kept = rule.explain({name: value for name, value in given_row.items() if name in named or name not in SCHEMA})
    assert kept.fires is explained.fires or kept.error


LEAVES = st.sampled_from(
    [
        "i < 3",
        "i == 3",
        "i != 3",
        "i >= 3",
        's == "a"',
        's != "a"',
        's in ["a", "b"]',
        '"a" in l',
        "f",
        "!f",
        't < timestamp("2026-01-01T00:00:00Z")',
    ]
)
TURNED = {"i": "int", "s": "string", "l": "list(string)", "f": "bool", "t": "timestamp"}
START = datetime(2026, 1, 1, tzinfo=UTC)
FORMS: dict[str, list[Any]] = {
    "i": [2, 3, 4],
    "s": ["a", "b", "c"],
    "l": [["a"], [], ["b"]],
    "f": [True, False],
    "t": [START, START - timedelta(days=1)],
}


@given(st.lists(LEAVES, min_size=1, max_size=4), st.lists(st.sampled_from(["&&", "||", "=="]), min_size=4), st.data())
def test_turning_round_the_nearest_comparisons_turns_round_the_outcome(
    leaves: list[str], joins: list[str], data: st.DataObject
) -> None:
    """Each comparison has attributes of its own here, so that each can be turned round alone."""
    schema, source = {}, ""
    for number, leaf in enumerate(leaves):
        name = next(one for one in TURNED if one in leaf.replace("in", "").replace("timestamp", ""))
        schema[f"{name}{number}"] = TURNED[name]
        text = f"({_renamed(leaf, name, number)})"
        source = f"({source} {joins[number]} {text})" if source else text
    rule = rules.compile(source, schema)
    mapping = {name: data.draw(st.sampled_from(FORMS[name[0]]), label=name) for name in schema}
    explained = rule.explain(mapping)
    assert explained.nearest
    assert set(explained.nearest) <= set(explained.deciding)
    turned = dict(mapping)
    for one in explained.nearest:
        turned[one.attribute] = _turned(rule, mapping, one)
    assert rule.evaluate(turned).fires is not explained.fires
    for one in explained.nearest:
        assert rule.evaluate({**turned, one.attribute: mapping[one.attribute]}).fires is explained.fires


def _renamed(leaf: str, name: str, number: int) -> str:
    parts = leaf.split(" ")
    return " ".join(f"{part}{number}" if part == name else f"!{name}{number}" if part == f"!{name}" else part for part in parts)


def _turned(rule: rules.Rule, mapping: Mapping[str, Any], one: Deciding) -> Any:
    """Find the value for which the comparison that was named says otherwise."""
    for value in FORMS[one.attribute[0]]:
        told = rule.explain({**mapping, one.attribute: value})
        if one.text not in {other.text for other in told.deciding} and value != mapping[one.attribute]:
            texts = [other for other in told.deciding if other.attribute == one.attribute]
            if not texts or texts[0].otherwise != one.otherwise:
                return value
    raise AssertionError(one)
