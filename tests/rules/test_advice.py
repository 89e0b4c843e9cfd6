"""An author who writes as in other languages is told what to write here."""

import pytest

from remit import rules
from remit.errors import RuleError
from remit.rules.refusal import nearest_names

SCHEMA = {
    "level": "int",
    "region": "string",
    "human": "bool",
    "tags": "list(string)",
    "facts.reach": "int",
}
IN_BRACKETS = 'Write lists in square brackets, such as region in ["DE", "FR"]'
DENY = 'Write !, such as !(region in ["DE"])'
AFTER = 'Write it after the text, such as region.startsWith("DE")'
NEVER_NULL = "Ask has(facts.x): a value is there or missing, never null"
YES_OR_NO = "Compare it with something: this takes yes or no"
ELSEWHERE: list[tuple[str, str]] = [
    # words
    ("human and human", "Write &&"),
    ("human or human", "Write ||"),
    ("level is 3", "Write =="),
    ("level equals 3", "Write =="),
    ('region like "a"', 'Write contains, startsWith or endsWith, such as email.endsWith(".org")'),
    ("level not 3", DENY),
    ("not human", DENY),
    ("level between 1 and 3", "Write two comparisons, such as level >= 1 && level <= 3"),
    ("if human", "Write && and ||: a condition has no if"),
    ("human if human else human", "Write && and ||: a condition has no if"),
    ("human else human", "Write && and ||: a condition has no else"),
    ("else", "Write && and ||: a condition has no else"),
    ('region contains "a"', 'Write it as a call, such as email.contains("@")'),
    ("level ! = 3", "Write != without a space, or ! before what is denied"),
    ("level, 3", IN_BRACKETS),
    ('region in ("a", "b")', IN_BRACKETS),
    # signs
    ("level = 3", "Write == to compare"),
    ("human & human", "Write &&"),
    ("human | human", "Write ||"),
    ("level <> 3", "Write !="),
    ("level => 3", "Write >="),
    ("level =< 3", "Write <="),
    ('region =~ "a"', "Write startsWith, endsWith or contains"),
    ("~human", "Write ! for not"),
    ("level ≥ 3", "Write >="),
    ("level ≤ 3", "Write <="),
    ("level ≠ 3", "Write !="),
    ("level > 3;", "Take it out: a condition is one expression"),
    ("region == '", "Close the text with the quote that opened it, and write \\' for a quote inside"),
    ('region == "', 'Close the text with the quote that opened it, and write \\" for a quote inside'),
    # values
    ("human == True", "Write true"),
    ("human == FALSE", "Write false"),
    ("region == None", NEVER_NULL),
    ("region == Null", NEVER_NULL),
    ("region == nil", NEVER_NULL),
    ("region == undefined", NEVER_NULL),
    # functions
    ("len(region) > 1", "Write size(...)"),
    ("length(region) > 1", "Write size(...)"),
    ('region.startswith("a")', "Write startsWith"),
    ('region.endswith("a")', "Write endsWith"),
    ('region.EndsWith("a")', "Write endsWith"),
    ('startsWith(region, "a")', AFTER),
    ('endsWith(region, "a")', AFTER),
    ('contains(region, "a")', AFTER),
    ('region.includes("a")', "Write contains for text, or `in` for a list"),
    ("Not(human)", "Write !, such as !(level < 3)"),
    # types
    ("human && 1", YES_OR_NO),
    ("human || 1", YES_OR_NO),
    ("!level", YES_OR_NO),
    ('tags["a"] == "a"', 'Write `in`, such as "vip" in tags'),
]


def advice(source: str) -> str:
    with pytest.raises(RuleError) as caught:
        rules.compile(source, SCHEMA)
    assert caught.value.do is not None
    return caught.value.do.removesuffix(".")


@pytest.mark.parametrize(("source", "wanted"), ELSEWHERE, ids=[source for source, _ in ELSEWHERE])
def test_what_is_written_as_elsewhere_is_answered_with_what_to_write(source: str, wanted: str) -> None:
    assert advice(source) == wanted


@pytest.mark.parametrize("quote", "“”„‘’«»", ids=ascii)  # noqa: RUF001  # told apart on purpose
def test_every_curly_quote_is_answered_with_a_straight_one(quote: str) -> None:
    assert advice(f"region == {quote}DE") == 'Write straight quotes, such as "DE"'


@pytest.mark.parametrize(
    ("name", "known", "wanted"),
    [
        ("level", ["LEVEL"], "Write LEVEL"),
        ("LEVEL", ["level"], "Write level"),
        ("age", ["demographics.age", "level"], "Write demographics.age"),
        ("AGE", ["demographics.Age", "level"], "Write demographics.Age"),
        ("level", ["level_1", "level_2", "level_3", "level_4"], "Write level_4 or level_3 or level_2"),
        ("age", ["demographics.agency"], "Use one of demographics.agency"),
        ("age", [], "Declare it in the schema"),
    ],
)
def test_a_name_nobody_declared_is_answered_with_those_that_may_be_meant(name: str, known: list[str], wanted: str) -> None:
    assert nearest_names(name, known) == wanted


def test_of_a_long_line_sixty_characters_are_shown_on_either_side() -> None:
    before, after = "human && " * 20, " && human" * 20
    with pytest.raises(RuleError) as caught:
        rules.compile(f"{before}lvel > 2{after}", SCHEMA)
    _, line, caret, *_ = caught.value.message.split("\n")
    assert line == f" {before[-60:]}{f'lvel > 2{after}'[:60]}"
    assert caret == f" {' ' * 60}^"
