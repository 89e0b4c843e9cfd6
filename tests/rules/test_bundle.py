"""Many rules in one function say what each says alone, and never fail open."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from remit import rules
from remit.errors import RuleError
from remit.rules import to_python
from remit.rules.cells import Broken
from remit.rules.kinds import Kind
from remit.rules.to_python import print_many
from remit.rules.tree import Attribute, Call, Constant, Op
from tests.rules.random_rules import SCHEMA, condition, row, sound


def test_a_bundle_says_what_each_rule_says_alone() -> None:
    random = Random(5)
    each = [rules.compile(condition(random), SCHEMA) for _ in range(50)]
    together = rules.bundle(each)
    for _ in range(200):
        given = row(random)
        alone = [(number, outcome.error) for number, rule in enumerate(each) if (outcome := rule.evaluate(given)).fires]
        assert together.evaluate(given) == together.fired(together.cells(given)) == alone


def test_a_bundle_names_every_attribute_once_in_order_of_appearance() -> None:
    found = rules.bundle(
        [rules.compile(source, SCHEMA) for source in ("level < limit", "region in tags", "limit > level && human")]
    )
    assert found.names == ("level", "limit", "region", "tags", "human")
    assert found.kinds == (Kind.INT, Kind.INT, Kind.STRING, Kind.STRINGS, Kind.BOOL)
    cells = found.cells({"limit": 3, "tags": ["a"], "unasked": 1})
    assert len(cells) == 5
    assert cells[1] == 3
    assert cells[3] == ("a",)
    assert all(cells[number] is Broken.MISSING for number in (0, 2, 4))


def test_bundles_of_equal_rules_are_equal_and_show_nothing_but_them() -> None:
    one, other = (rules.bundle([rules.compile("level < 3", SCHEMA)]) for _ in range(2))
    assert one == other
    assert "_printed" not in repr(one)


def test_no_rules_fire_where_there_are_none() -> None:
    found = rules.bundle([])
    assert found.names == ()
    assert found.evaluate({}) == []


def test_rules_that_disagree_about_a_type_do_not_share_cells() -> None:
    one, other = rules.compile("level < 3", {"level": "int"}), rules.compile('level == "3"', {"level": "string"})
    with pytest.raises(RuleError) as caught:
        rules.bundle([one, other])
    assert caught.value.message == "The attribute level is int in one rule and string in another."
    assert caught.value.do == "Check both under one schema."


@pytest.mark.parametrize("cells", [(), (1,), (1, 2, 3), None, 7, {1: 2, 2: 3, 3: 4}])
def test_cells_that_do_not_fit_make_every_rule_fire(cells: Any) -> None:
    found = rules.bundle([rules.compile(source, SCHEMA) for source in ("level < limit", "limit < 0", "level > 9")])
    fired = found.fired(cells)
    assert [number for number, _ in fired] == [0, 1, 2]
    assert all(error for _, error in fired)


@pytest.mark.parametrize("cells", [(1, 2, 3), {0: 1, 1: 2, 2: 3}], ids=["too many", "too many by number"])
def test_cells_of_other_rules_are_called_so(cells: Any) -> None:
    found = rules.bundle([rules.compile("level < limit", SCHEMA)])
    assert found.fired(cells) == [(0, "the cells are not those of these rules")]


class Hostile:
    """A cell that no door would let in."""

    def __getattribute__(self, _: str) -> Any:
        raise RuntimeError

    def __lt__(self, _: object) -> bool:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError


@pytest.mark.parametrize("make", [Hostile, type(None), str, list, object])
def test_an_exception_nobody_foresaw_fires_and_is_named(make: Callable[[], Any]) -> None:
    found = rules.bundle([rules.compile("level < 3", SCHEMA), rules.compile("human", SCHEMA)])
    cells: Any = (make(), False)
    [(number, error)] = found.fired(cells)
    assert number == 0
    assert error is not None
    assert error.startswith("the condition failed with ")


def test_a_value_that_is_neither_true_nor_false_fires() -> None:
    class Neither:
        def __bool__(self) -> bool:
            raise RuntimeError

    cells: Any = (Neither(),)
    assert rules.bundle([rules.compile("human", SCHEMA)]).fired(cells) == [(0, "the condition gives no yes or no")]


def test_a_tree_that_no_check_made_fires_instead_of_failing() -> None:
    tree = Call(op=Op.STARTS_WITH, args=(Attribute(name="level", at=0), Constant(value=3, at=0)), at=0)
    assert print_many([tree], ("level",))((3,)) == [(0, "the condition failed with TypeError")]


def test_an_error_never_carries_a_value() -> None:
    found = rules.bundle([rules.compile("level < 3", SCHEMA)]).fired(("jo@customer.example",))
    assert "jo@" not in str(found)


def test_the_printed_function_reaches_nothing_but_what_it_needs() -> None:
    printed: Any = print_many([rules.compile("size(tags) > 1", SCHEMA).tree], ("tags",))
    assert set(printed.__globals__) == {"__builtins__", "slow", "there", "evaluate"}
    assert set(printed.__globals__["__builtins__"]) == {"len", "type", "int", "str", "tuple", "Exception"}
    assert printed((("a", "b"),)) == [(0, None)]
    assert printed.__code__.co_filename == "<rules>"


def test_a_rule_alone_is_printed_when_it_is_first_asked_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    prints: list[Any] = []

    def printing(*asked: Any) -> Any:
        prints.append(asked)
        return print_many(*asked)

    monkeypatch.setattr(to_python, "print_many", printing)
    rule = rules.compile("level < 3", SCHEMA)
    assert prints == []
    assert [rule.evaluate({"level": level}).fires for level in (2, 3, 2)] == [True, False, True]
    assert prints == [([rule.tree], ("level",))]


def held(values: dict[str, Any]) -> SimpleNamespace:
    """Return an object that holds values under dotted paths; what is not there is None."""
    plain = {name: values.get(name) for name in SCHEMA if "." not in name}
    facts = {name.removeprefix("facts."): values.get(name) for name in SCHEMA if "." in name}
    return SimpleNamespace(**plain, facts=SimpleNamespace(**facts))


def test_a_bundle_that_fetches_its_values_says_what_it_says_of_their_cells() -> None:
    random = Random(6)
    together = rules.bundle([rules.compile(condition(random), SCHEMA) for _ in range(50)])
    fetched = together.over(str)
    for _ in range(300):
        given = {name: value for name, value in row(random).items() if value is not None}
        assert fetched(held(given)) == together.evaluate(given)


@pytest.mark.parametrize("kind", ["int", "double", "bool", "string", "list(string)", "list(int)", "timestamp"])
def test_a_fetched_value_that_fails_when_it_is_looked_at_is_broken(kind: str) -> None:
    literal = {"double": "1.0", "bool": "true", "string": '"a"', "timestamp": 'timestamp("2026-01-31T00:00:00Z")'}
    source = f"1 in it.x{kind[4:].strip('()')}" if kind == "list(int)" else '"a" in it.x' if kind == "list(string)" else ""
    asked = rules.bundle([rules.compile(source or f"it.x == {literal.get(kind, '1')}", {"it.x": kind, "it.xint": kind})])
    for value in (Hostile(), "\ud800", 2**63, -(2**63) - 1, float("nan"), [None], object()):
        [(number, error)] = asked.over(lambda _: "x")(SimpleNamespace(x=value))
        assert (number, error) == (0, f"{asked.names[0]} is not what it was declared to be")


class _BrokenZone(tzinfo):
    def utcoffset(self, _: datetime | None) -> timedelta | None:
        raise RuntimeError

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str | None:
        return None


def test_a_moment_that_fails_when_it_is_looked_at_is_broken_and_not_missing() -> None:
    asked = rules.bundle([rules.compile('at < timestamp("2026-01-31T00:00:00Z")', SCHEMA), rules.compile("level < 3", SCHEMA)])
    moment = datetime(2026, 1, 1, tzinfo=_BrokenZone())
    told = [(0, "at is not what it was declared to be"), (1, None)]
    assert asked.evaluate({"at": moment, "level": 1}) == told
    assert asked.over(str)(SimpleNamespace(at=moment, level=1)) == told


def test_what_several_paths_go_through_is_fetched_once() -> None:
    class Holder:
        fetched = 0

        @property
        def facts(self) -> SimpleNamespace:
            self.fetched += 1
            return SimpleNamespace(reach=2, consent="a")

    holder = Holder()
    sources = ("facts.reach > 1", 'facts.consent == "a"', "facts.reach < 9")
    assert rules.bundle([rules.compile(source, SCHEMA) for source in sources]).over(str)(holder) == [
        (0, None),
        (1, None),
        (2, None),
    ]
    assert holder.fetched == 1


def test_paths_that_read_alike_lead_to_their_own_values() -> None:
    asked = rules.bundle([rules.compile("level == 1 && limit == 2 && facts.reach == 3", SCHEMA)])
    paths = {"level": "outer.inner.value", "limit": "outer_inner.value", "facts.reach": "outer.value"}
    held = SimpleNamespace(outer=SimpleNamespace(inner=SimpleNamespace(value=1), value=3), outer_inner=SimpleNamespace(value=2))
    assert asked.over(paths.__getitem__)(held) == [(0, None)]
    assert rules.bundle([rules.compile("level == 2 || limit == 1", SCHEMA)]).over(paths.__getitem__)(held) == []


def test_a_plain_value_that_is_fetched_goes_past_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []

    def watched(kind: Kind) -> Callable[[Any], Any]:
        def reader(value: Any) -> Any:
            read.append((kind, value))
            return value

        return reader

    monkeypatch.setattr(to_python, "reader_of", watched)
    fetched = rules.bundle([rules.compile("level < 3 && confidence > 0.5", SCHEMA)]).over(str)
    assert fetched(SimpleNamespace(level=2, confidence=0.9)) == [(0, None)]
    assert read == [(Kind.DOUBLE, 0.9)]


def test_values_that_cannot_be_fetched_make_every_rule_fire() -> None:
    both = rules.bundle([rules.compile("level < 3", SCHEMA), rules.compile("!has(facts.consent)", SCHEMA)]).over(str)
    for thing in (None, object(), Hostile()):
        fired = both(thing)
        assert [number for number, _ in fired] == [0, 1]
        assert all(error for _, error in fired)


def test_no_rules_fetch_nothing() -> None:
    assert rules.bundle([]).over(str)(None) == []


@pytest.mark.parametrize(
    ("source", "given", "fires"),
    [
        ("size(tags) in [2, 3]", {"tags": ["a", "b"]}, True),
        ("size(tags) in [1, 3]", {"tags": ["a", "b"]}, False),
        ("(level > 1) in [true]", {"level": 2}, True),
        ("(human && level > 1) in [false]", {"human": True, "level": 2}, False),
        ("(human || level > 1) in [true]", {"human": False, "level": 2}, True),
        ("1 in steps", {"steps": [2, 1]}, True),
        ('region.startsWith("b")', {"region": "ab"}, False),
        ('region.startsWith("a")', {"region": "ab"}, True),
        ('region.endsWith("a")', {"region": "ab"}, False),
        ('region.endsWith("b")', {"region": "ab"}, True),
        ('region.contains("ba")', {"region": "ab"}, False),
        ('"a".contains(region)', {"region": "ab"}, False),
    ],
)
def test_each_operation_is_printed_as_what_it_is(source: str, given: dict[str, Any], fires: bool) -> None:
    asked = rules.bundle([rules.compile(source, SCHEMA)])
    assert asked.evaluate(given) == asked.over(str)(held(given)) == ([(0, None)] if fires else [])


@pytest.mark.parametrize(
    ("source", "fires"),
    [
        ("human && level == 2", True),
        ("human || level == 3", True),
        ('region == "ab"', True),
        ('region == "a"', False),
        ('region != "a"', True),
        ("level < 2", False),
        ("level <= 2", True),
        ("level > 2", False),
        ("level >= 2", True),
        ("confidence >= 0.5", True),
    ],
)
def test_each_operator_is_decided_without_the_slow_walk(source: str, fires: bool) -> None:
    rule = rules.compile(source, SCHEMA)
    printed: Any = print_many([rule.tree], rule.names)
    printed.__globals__["slow"] = None
    given = {"human": True, "level": 2, "region": "ab", "confidence": 0.5}
    assert bool(printed(tuple(rule.cells(given).values()))) is fires


def test_a_value_in_a_mapping_is_fetched_by_its_key() -> None:
    asked = rules.bundle([rules.compile('facts.consent == "a" && facts.reach > 1', SCHEMA)])
    paths = {"facts.consent": "facts.further[person.consent]", "facts.reach": "facts.further[a.b]"}.__getitem__
    further = {"person.consent": "a", "a.b": 2}
    assert asked.over(paths)(SimpleNamespace(facts=SimpleNamespace(further=further))) == [(0, None)]
    assert asked.over(paths)(SimpleNamespace(facts=SimpleNamespace(further={**further, "a.b": 1}))) == []
    assert asked.over(paths)(SimpleNamespace(facts=SimpleNamespace(further={"a.b": 2}))) == [(0, "facts.consent is missing")]


def test_the_printed_function_decides_alone_where_every_cell_is_sound() -> None:
    """The slow walk would be right as well, and a hundred times slower."""
    random = Random(9)
    for _ in range(200):
        rule = rules.compile(condition(random), SCHEMA)
        given = {name: sound(random, kind) for name, kind in SCHEMA.items()}
        printed: Any = print_many([rule.tree], rule.names)
        printed.__globals__["slow"] = None
        try:
            alone = printed(tuple(rule.cells(given).values()))
        except TypeError:
            pytest.fail(f"{rule.source} on {given} needed the slow walk")
        assert bool(alone) is rule.evaluate(given).fires
