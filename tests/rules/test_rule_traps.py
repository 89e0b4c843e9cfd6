"""Where other rule engines fail open, ours fires. Each trap is one test, named for what must hold."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cel_expr_python import cel  # type: ignore[import-untyped]  # it ships no types

from remit import rules
from remit.errors import RuleError

SCHEMA = {
    "level": "int",
    "confidence": "double",
    "region": "string",
    "suppressed": "bool",
    "tags": "list(string)",
    "steps": "list(int)",
    "at": "timestamp",
    "facts.reach": "int",
    "facts.flag": "bool",
}


def outcome(source: str, **given: Any) -> rules.Outcome:
    mapping = {name.replace("__", "."): value for name, value in given.items()}
    rule = rules.compile(source, SCHEMA)
    found = rule.evaluate(mapping)
    assert rules.load(rule.stored()).evaluate(mapping) == found
    return found


def fires_with_error(source: str, **given: Any) -> bool:
    found = outcome(source, **given)
    return found.fires and found.error is not None


def test_an_error_of_the_front_ends_own_evaluator_is_truthy_and_ours_is_told_apart() -> None:
    program = cel.NewEnv(variables={"level": cel.Type.INT}).compile("level < 3")
    result = program.eval(data={})
    assert result.type() == cel.Type.ERROR
    assert result.value(), "its error stopped being truthy: the trap is gone, and this test may go too"
    assert outcome("level < 3") == rules.Outcome(fires=True, error="level is missing")


def test_an_outcome_without_error_is_plain_true_or_false() -> None:
    assert outcome("level < 3", level=2).fires is True
    assert outcome("level < 3", level=3).fires is False
    assert outcome("level < 3", level=3).error is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("source", ["confidence >= 0.9", "confidence < 0.9", "confidence == confidence", "!(confidence > 0.5)"])
def test_a_number_that_is_not_finite_fires(source: str, value: float) -> None:
    assert fires_with_error(source, confidence=value)


@pytest.mark.parametrize(
    ("source", "given", "fires"),
    [
        ("level == 3 && suppressed", {"level": 2}, False),
        ("suppressed && level == 3", {"level": 2}, False),
        ("level == 3 || suppressed", {"level": 3}, True),
        ("suppressed || level == 3", {"level": 3}, True),
        ("!(level == 3 && suppressed)", {"level": 2}, True),
        ("(suppressed && level == 3) || region == 'DE'", {"level": 2, "region": "US"}, False),
        ("(suppressed || level == 3) && region == 'DE'", {"level": 3, "region": "US"}, False),
        ("suppressed && confidence > 0.5 && level == 3", {"level": 2}, False),
    ],
)
def test_a_side_that_settles_the_matter_absorbs_the_error_of_the_other(source: str, given: dict[str, Any], fires: bool) -> None:
    assert outcome(source, **given) == rules.Outcome(fires=fires)


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ("level == 3 && suppressed", {"level": 3}),
        ("suppressed && level == 3", {"level": 3}),
        ("level == 3 || suppressed", {"level": 2}),
        ("(level == 3 && suppressed) == false", {"level": 3}),
        ("suppressed && confidence > 0.5", {}),
        ("suppressed == suppressed", {}),
        ("(level == 2 && suppressed) in []", {"level": 2}),
        ("(level == 3 || suppressed) in [true]", {"level": 2}),
        ("(level == 3 || suppressed) in []", {"level": 2}),
        ("suppressed in []", {}),
        ("region in []", {}),
        ("region in tags", {"tags": []}),
        ("!suppressed", {}),
    ],
)
def test_an_error_that_nothing_absorbs_fires(source: str, given: dict[str, Any]) -> None:
    assert fires_with_error(source, **given)


def test_a_missing_attribute_in_a_forbidding_rule_is_not_skipped() -> None:
    """A rule that others skip (and so allow) is one that fires here."""
    assert outcome("facts.reach > 500") == rules.Outcome(fires=True, error="facts.reach is missing")


def test_a_missing_attribute_is_no_truthy_object_that_a_negation_turns_into_no() -> None:
    assert fires_with_error("suppressed")
    assert fires_with_error("!suppressed")


@pytest.mark.parametrize(
    "source", ["level < 4", "level > 4", "!(level < 4)", "4 > level", "level != 4", "level == 4", "level <= 4"]
)
def test_missing_is_neither_less_nor_more_than_a_number(source: str) -> None:
    assert fires_with_error(source)


@pytest.mark.parametrize("value", [None, 3, b"DE", ["DE"], True, object()])
@pytest.mark.parametrize("source", ['region.contains("D")', 'region.startsWith("D")', 'region.endsWith("E")', 'region == "DE"'])
def test_a_text_rule_never_silently_fails_to_match(source: str, value: Any) -> None:
    assert fires_with_error(source, region=value)
    assert fires_with_error(f"!{source}" if "==" not in source else f"!({source})", region=value)


@pytest.mark.parametrize("name", ["level", "confidence", "region", "suppressed", "tags", "steps", "at", "facts.reach"])
def test_null_is_an_error_of_every_type(name: str) -> None:
    source = {
        "level": "level == 0",
        "confidence": "confidence == 0.0",
        "region": 'region == ""',
        "suppressed": "suppressed",
        "tags": "size(tags) == 0",
        "steps": "1 in steps",
        "at": 'at < timestamp("2026-01-01T00:00:00Z")',
        "facts.reach": "facts.reach == 0",
    }[name]
    found = rules.compile(source, SCHEMA).evaluate({name: None})
    assert found == rules.Outcome(fires=True, error=f"{name} is not what it was declared to be")


@pytest.mark.parametrize(("value", "fires"), [(2**63 - 1, True), (-(2**63), False), (2**53 + 1, True)])
def test_every_64_bit_integer_is_a_value(value: int, fires: bool) -> None:
    assert outcome("level > 9007199254740992", level=value) == rules.Outcome(fires=fires)


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**30])
def test_an_integer_beyond_64_bits_fires(value: int) -> None:
    assert fires_with_error("level > 0", level=value)
    assert fires_with_error("1 in steps", steps=[1, value])


def test_the_smallest_integer_can_be_written() -> None:
    assert outcome("level == -9223372036854775808", level=-(2**63)) == rules.Outcome(fires=True)


@pytest.mark.parametrize("value", [True, False])
def test_a_bool_is_no_int(value: bool) -> None:
    assert fires_with_error("level == 1", level=value)
    assert fires_with_error("level != 1", level=value)
    assert fires_with_error("1 in steps", steps=[value])


@pytest.mark.parametrize("value", [0, 1, "true", "", None, 1.0, []])
def test_nothing_but_a_bool_is_yes_or_no(value: Any) -> None:
    assert fires_with_error("suppressed", suppressed=value)
    assert fires_with_error("!suppressed", suppressed=value)


@pytest.mark.parametrize(
    ("name", "value"), [("level", 3.0), ("confidence", 1), ("level", "3"), ("confidence", "0.9"), ("region", 1)]
)
def test_no_value_is_coerced(name: str, value: Any) -> None:
    source = {"level": "level == 3", "confidence": "confidence == 1.0", "region": 'region == "1"'}[name]
    assert fires_with_error(source, **{name: value})


@pytest.mark.parametrize("value", [["vip", None], ["vip", 1], "vip", {"vip": 1}, {"vip"}, [["vip"]], ["vip", "\ud800"]])
def test_a_list_with_one_broken_item_is_broken(value: Any) -> None:
    assert fires_with_error('"vip" in tags', tags=value)


def test_half_a_character_is_no_text() -> None:
    assert fires_with_error('region != "DE"', region="\ud800")


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), "2026-01-01T00:00:00Z", 0])  # noqa: DTZ001  # without a zone, on purpose
def test_a_moment_without_a_zone_fires(value: Any) -> None:
    assert fires_with_error('at < timestamp("2030-01-01T00:00:00Z")', at=value)


class _NoZone(tzinfo):
    def dst(self, _: datetime | None) -> timedelta | None:
        return None

    def tzname(self, _: datetime | None) -> str | None:
        return None

    def utcoffset(self, _: datetime | None) -> timedelta | None:
        return None


class _BrokenZone(_NoZone):
    def utcoffset(self, _: datetime | None) -> timedelta | None:
        raise RuntimeError


@pytest.mark.parametrize("zone", [_NoZone(), _BrokenZone()])
def test_a_zone_that_tells_nothing_is_no_zone(zone: tzinfo) -> None:
    assert fires_with_error('at != timestamp("2030-01-01T00:00:00Z")', at=datetime(2026, 1, 1, tzinfo=zone))


def test_a_moment_in_a_changed_hour_equals_itself_in_another_zone() -> None:
    """Python finds such moments unequal to every moment of another zone."""
    repeated = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    assert repeated != repeated.astimezone(UTC), "Python mended it: the trap is gone, and this test may go too"
    assert outcome('at == timestamp("2026-10-25T01:30:00Z")', at=repeated) == rules.Outcome(fires=True)


def test_a_moment_that_utc_cannot_hold_fires() -> None:
    early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))
    assert fires_with_error('at > timestamp("2030-01-01T00:00:00Z")', at=early)


class _Yes(str):
    """Text that is equal to everything and contains everything."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, _: object) -> bool:
        return False

    def __contains__(self, _: object) -> bool:
        return False


class _Moment(datetime):
    def __lt__(self, _: object) -> bool:
        return False


class _List(list[str]):
    def __contains__(self, _: object) -> bool:
        return False


def test_a_value_with_its_own_idea_of_equality_is_broken() -> None:
    assert fires_with_error('region == "DE"', region=_Yes("DE"))
    assert fires_with_error('"vip" in tags', tags=_List(["vip"]))
    assert fires_with_error('"vip" in tags', tags=[_Yes("vip")])
    assert fires_with_error('at < timestamp("2030-01-01T00:00:00Z")', at=_Moment(2026, 1, 1, tzinfo=UTC))


def test_a_mapping_that_fails_when_it_is_read_makes_the_rule_fire() -> None:
    class Failing(dict[str, Any]):
        def __getitem__(self, _: str) -> Any:
            raise RuntimeError

    assert rules.compile("level < 3", SCHEMA).evaluate(Failing(level=5)).error


def test_minus_zero_is_zero() -> None:
    assert outcome("confidence == 0.0", confidence=-0.0) == rules.Outcome(fires=True)


def test_a_nested_value_never_fills_in_for_a_fact() -> None:
    """An agent's claim called `facts` must not stand where a fact is missing."""
    assert rules.compile("facts.reach > 500", SCHEMA).evaluate({"facts": {"reach": 1}}).error == "facts.reach is missing"


@pytest.mark.parametrize(
    ("facts", "answer"), [({}, False), ({"reach": 3, "flag": False}, True), ({"reach": 0}, True), ({"flag": True}, False)]
)
def test_has_asks_what_cel_asks_of_a_message_or_map(facts: dict[str, Any], answer: bool) -> None:
    env = cel.NewEnv(variables={"facts": cel.Type.Map(cel.Type.STRING, cel.Type.DYN)})
    assert env.compile("has(facts.reach)").eval(data={"facts": facts}).value() is answer
    mapping = {f"facts.{name}": value for name, value in facts.items()}
    assert rules.compile("has(facts.reach)", SCHEMA).evaluate(mapping) == rules.Outcome(fires=answer)


@pytest.mark.parametrize("value", [None, "3", 3.0, True, 2**63])
def test_has_of_a_broken_fact_is_an_error_and_neither_yes_nor_no(value: Any) -> None:
    assert fires_with_error("has(facts.reach)", facts__reach=value)
    assert fires_with_error("!has(facts.reach)", facts__reach=value)


@pytest.mark.parametrize(
    "source",
    [
        "has(facts.flag)",
        "has (facts.flag)",
        "has(\n  facts.flag\n)",
        "// don't\nhas(facts.flag) && region == 'a' || has(facts.flag)",
        'region == r"\\d" || has(facts.flag)',
        "region == R'\\\\' || has(facts.flag)",
        "region == '''it's''' || has(facts.flag)",
        "region == 'it\\'s' || has(facts.flag)",
        "true && has(facts.flag) // has(facts.reach)",
    ],
)
def test_has_is_never_read_as_the_value(source: str) -> None:
    """The front end takes `has(facts.flag)` for the flag itself; here the flag is there and false."""
    assert outcome(source, facts__flag=False, region="DE") == rules.Outcome(fires=True)


@pytest.mark.parametrize(
    ("source", "region"),
    [
        ('region == "has(facts.flag)"', "has(facts.flag)"),
        ("region == r'\\d' || region == 'has(facts.flag)'", "has(facts.flag)"),
        ('region == """"has(facts.flag)"""', '"has(facts.flag)'),
        ('region == r"""a\nhas(facts.flag)"""', "a\nhas(facts.flag)"),
        ("region == '\"has(facts.flag)\"'", '"has(facts.flag)"'),
    ],
)
def test_has_inside_text_stays_text(source: str, region: str) -> None:
    assert outcome(source, region=region) == rules.Outcome(fires=True)
    assert outcome(source, region="has_facts.flag ") == rules.Outcome(fires=False)


@pytest.mark.parametrize("source", ["has\u2003(facts.flag)", "has(facts.flag\u00a0)", "has(facts.flägg)"], ids=ascii)
def test_has_is_read_only_as_it_is_written_everywhere(source: str) -> None:
    with pytest.raises(RuleError, match=r"means nothing in a condition\."):
        rules.compile(source, SCHEMA)
