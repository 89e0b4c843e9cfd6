"""A condition that cannot be a rule is refused with its place, what was found, and what to write instead."""

import sys
from typing import Any

import pytest

from remit import rules
from remit.errors import RuleError
from remit.rules.checked_wire import Checked, Raw
from remit.rules.kinds import Kind, misfit
from remit.rules.plain_words import in_plain_words
from remit.rules.presence import Swapped
from remit.rules.refusal import start_of_name
from remit.rules.subset import Subset
from remit.rules.tree import MAX_DEPTH, MAX_SOURCE, Attribute, Call, Node, Op, depth

SCHEMA = {
    "level": "int",
    "confidence": "double",
    "region": "string",
    "human": "bool",
    "tags": "list(string)",
    "at": "timestamp",
    "facts.reach": "int",
    "facts.flag": "bool",
}
ARITHMETIC = "Compute it beforehand as an attribute: a condition does no arithmetic"
MOMENT = 'Write a moment with its zone, such as timestamp("2026-01-31T00:00:00Z")'
ASK_ONE = "Ask about one value with `in`, or compute it beforehand as an attribute"
NAME_IT = "Name an attribute, and put text in quotes"
ONLY = "Use only &&, ||, !, ==, !=, <, <=, >, >=, in, startsWith, endsWith, contains, size, has and timestamp"
PLACES: list[tuple[str, int, int, str, str]] = [
    # what is outside the subset, by the name the author wrote
    ("level + 1 > 2", 1, 7, "+ is not allowed in a condition", ARITHMETIC),
    ("level > 1 && level - 1 > 2", 1, 20, "- is not allowed in a condition", ARITHMETIC),
    ("-level > 1", 1, 1, "- is not allowed in a condition", ARITHMETIC),
    ("level * 2 > 2", 1, 7, "* is not allowed in a condition", ARITHMETIC),
    ("level / 2 > 2", 1, 7, "/ is not allowed in a condition", ARITHMETIC),
    ("level % 2 == 1", 1, 7, "% is not allowed in a condition", ARITHMETIC),
    ('human && tags.exists(t, t == "x")', 1, 15, "exists is not allowed in a condition", 'Write `in`, such as "vip" in tags'),
    ('tags.all(t, t == "x")', 1, 6, "all is not allowed in a condition", ASK_ONE),
    ('tags.exists_one(t, t == "x")', 1, 6, "exists_one is not allowed in a condition", ASK_ONE),
    ("tags.map(t, t) == tags", 1, 6, "map is not allowed in a condition", "Compute it beforehand as an attribute"),
    ('tags.filter(t, t == "x") == tags', 1, 6, "filter is not allowed in a condition", "Compute it beforehand as an attribute"),
    ("human ? human : human", 1, 7, "?: is not allowed in a condition", "Write both cases with && and ||"),
    ('tags[0] == "a"', 1, 5, "[] is not allowed in a condition", 'Write `in`, such as "vip" in tags'),
    ('region.matches("a")', 1, 8, "matches is not allowed in a condition", "Write startsWith, endsWith or contains"),
    ("int(region) == 1", 1, 1, "int is not allowed in a condition", ONLY),
    ("at.getHours() > 1", 1, 4, "getHours is not allowed in a condition", ONLY),
    (
        'duration("1s") == duration("2s")',
        1,
        1,
        "duration is not allowed in a condition",
        "Compute it beforehand as an attribute, such as facts.hours_since",
    ),
    ("int == int", 1, 1, "int is no attribute", NAME_IT),
    (
        "null == null",
        1,
        1,
        "null, bytes and unsigned numbers are not allowed in a condition",
        "Write text, a number, true or false",
    ),
    ("{} == {}", 1, 1, "a map is not allowed in a condition", "Write `in` and a list"),
    ("level in [1, 2.0]", 1, 10, "a list of anything but written values of one type", "Write the values out, all of one type"),
    ("region in [region]", 1, 11, "a list of anything but written values of one type", "Write the values out, all of one type"),
    ('tags == ["a"]', 1, 6, "lists are not compared", "Ask with `in` or `size`"),
    ("[] == []", 1, 4, "lists are not compared", "Ask with `in` or `size`"),
    ('tags in [["a"]]', 1, 9, "a list of anything but written values of one type", "Write the values out, all of one type"),
    ("tags in []", 1, 6, "a list inside a list", "Ask for one value"),
    ("human < human", 1, 7, "yes and no have no order", "Use == or !="),
    ("size([1]) == level", 1, 1, "the size of neither text nor a list", "Name an attribute"),
    ("confidence == 1e999", 1, 15, "no finite number", "Write one that a double can hold"),
    ('at < timestamp("soon")', 1, 6, "soon is no moment, or has no zone, or is finer than a microsecond", MOMENT),
    (
        'at < timestamp("2026-01-31T00:00:00")',
        1,
        6,
        "2026-01-31T00:00:00 is no moment, or has no zone, or is finer than a microsecond",
        MOMENT,
    ),
    (
        'at < timestamp("2026-02-30T00:00:00Z")',
        1,
        6,
        "2026-02-30T00:00:00Z is no moment, or has no zone, or is finer than a microsecond",
        MOMENT,
    ),
    (
        'at < timestamp("20260131T000000Z")',
        1,
        6,
        "20260131T000000Z is no moment, or has no zone, or is finer than a microsecond",
        MOMENT,
    ),
    (
        'at < timestamp("2026-01-31T00:00:00.1234567Z")',
        1,
        6,
        "2026-01-31T00:00:00.1234567Z is no moment, or has no zone, or is finer than a microsecond",
        MOMENT,
    ),
    (
        'at < timestamp("0001-01-01T00:00:00+01:00")',
        1,
        6,
        "0001-01-01T00:00:00+01:00 is no moment, or has no zone, or is finer than a microsecond",
        MOMENT,
    ),
    ("timestamp(region) < at", 1, 1, "timestamp of anything but written text", MOMENT),
    ("level", 1, 1, "the condition gives no yes or no", "Compare it with something"),
    ("size(tags)", 1, 1, "the condition gives no yes or no", "Compare it with something"),
    ("true", 1, 1, "the condition looks at no attribute, so it is always the same", "Name an attribute"),
    ("1 == 1", 1, 1, "the condition looks at no attribute, so it is always the same", "Name an attribute"),
    # names
    ("lvel > 2", 1, 1, "there is no attribute lvel", "Write level"),
    ("human && Level > 2", 1, 10, "there is no attribute Level", "Write level"),
    ("reach > 2", 1, 1, "there is no attribute reach", "Write facts.reach"),
    ("facts.raech > 2", 1, 1, "there is no attribute facts.raech", "Write facts.reach or facts.flag"),
    ("human && facts > 2", 1, 10, "there is no attribute facts", "Write facts.flag or facts.reach"),
    ("human && facts.reach.x > 1", 1, 10, "there is no attribute facts.reach.x", "Write facts.reach or facts.flag"),
    ("level.b > 1", 1, 1, "there is no attribute level.b", "Write level"),
    ("size(tags) > tags.length", 1, 14, "there is no attribute tags.length", "Write size(tags)"),
    (
        "zzz > 2",
        1,
        1,
        "there is no attribute zzz",
        "Use one of at, confidence, facts.flag, facts.reach, human, level, region, tags",
    ),
    ("human == True", 1, 10, "there is no attribute True", "Write true"),
    ("region == None", 1, 11, "there is no attribute None", "Ask has(facts.x): a value is there or missing, never null"),
    ("len(region) > 1", 1, 1, "there is no len like this", "Write size(...)"),
    ('region.startswith("a")', 1, 8, "there is no startswith like this", "Write startsWith"),
    (
        'startsWith(region, "a")',
        1,
        1,
        "there is no startsWith like this",
        'Write it after the text, such as region.startsWith("DE")',
    ),
    ("max  \t (level, 1) > 1", 1, 1, "there is no max like this", ONLY),
    ("human && level . b > 1", 1, 10, "there is no attribute level.b", "Write level"),
    ("max(level, 1) > 1", 1, 1, "there is no max like this", ONLY),
    ("not(human)", 1, 1, "there is no not like this", "Write !, such as !(level < 3)"),
    ("size(tags) > tags.size", 1, 14, "there is no attribute tags.size", "Write size(tags)"),
    ("level > facts.reach.length", 1, 9, "there is no attribute facts.reach.length", "Write size(facts.reach)"),
    (
        '"a".b == 1',
        1,
        4,
        "there is no attribute like this",
        "Use one of at, confidence, facts.flag, facts.reach, human, level, region, tags",
    ),
    ("has_human && human", 1, 1, "there is no attribute has_human", "Write human"),
    # presence
    (
        "has(level)",
        1,
        5,
        "has asks about a dotted name, and level has no dot",
        "Ask about one such as facts.reach, or leave has out: a rule counts where nobody can tell",
    ),
    ("human && has(facts.nope)", 1, 14, "there is no attribute facts.nope", "Write facts.reach or facts.flag"),
    ("has(facts . flag)", 1, 1, "has stands where it cannot be read", "Write it as has(facts.reach)"),
    ("has_facts.flag", 1, 1, "has_facts.flag is no attribute", NAME_IT),
    ("has(facts.flag) && has_facts.flag", 1, 20, "has stands where it cannot be read", "Write it as has(facts.reach)"),
    (
        "has(facts.flag) && has_facts.flag && has_facts.flag",
        1,
        20,
        "has stands where it cannot be read",
        "Write it as has(facts.reach)",
    ),
    ("has(facts.flag, level)", 1, 1, "there is no has like this", "Ask about one dotted attribute, such as has(facts.reach)"),
    ("has(1)", 1, 5, "has asks about a dotted name", "Ask about one such as has(facts.reach)"),
    # types
    (
        "level > 'x'",
        1,
        7,
        "> does not take int and string",
        "Give both sides one type: text stands in quotes, yes and no are true and false",
    ),
    (
        "confidence > 0",
        1,
        12,
        "> does not take double and int",
        "Write the number as the attribute has it: 1.0 beside a double, 1 beside an int",
    ),
    ("level == 1u", 1, 7, "== does not take int and uint", "Write the number without u"),
    ("region == b'a'", 1, 8, "== does not take string and bytes", "Write the text without b"),
    ("level == null", 1, 7, "== does not take int and null", "Ask has(facts.x): a value is there or missing, never null"),
    ("human && 1", 1, 7, "&& does not take bool and int", "Compare it with something: this takes yes or no"),
    ("!level", 1, 1, "! does not take int", "Compare it with something: this takes yes or no"),
    ("1 < level < 3", 1, 11, "< does not take bool and int", "Join comparisons with &&, such as 1 < level && level < 3"),
    (
        'tags.contains("a")',
        1,
        6,
        "contains does not take list(string) and string",
        'Write the value first, such as "vip" in tags',
    ),
    (
        "region.contains(1)",
        1,
        8,
        "contains does not take string and int",
        "Give both sides one type: text stands in quotes, yes and no are true and false",
    ),
    ('"a" in region', 1, 5, "in does not take string and string", 'Write contains, such as email.contains("@")'),
    ("level in tags", 1, 7, "in does not take int and list(string)", "Ask for a value of the type the list has"),
    ("size(level) > 1", 1, 1, "size does not take int", "Ask for the size of text or of a list"),
    ("human[0]", 1, 6, "[] does not take bool and int", 'Write `in`, such as "vip" in tags'),
    # syntax
    ("", 1, 1, "the condition is empty", "Write one, such as level < 3"),
    ("  \n ", 1, 1, "the condition is empty", "Write one, such as level < 3"),
    ("level >", 1, 8, "the condition stops too early", "Write what is to stand here"),
    ("level in [1, 2", 1, 15, "the condition stops too early", "Close the list with ]"),
    ("(level > 1", 1, 11, "a bracket is not closed: ) is missing", "Write ) here"),
    ("level > 1)", 1, 10, "nothing stands before this bracket, or it was never opened", "Take it out, or open it first"),
    ("level = 3", 1, 7, "= means nothing in a condition", "Write == to compare"),
    ("level === 3", 1, 9, "= means nothing in a condition", "Write == to compare"),
    ("level => 3", 1, 7, "=> means nothing in a condition", "Write >="),
    ("level <> 3", 1, 7, "<> means nothing in a condition", "Write !="),
    ("level ≥ 3", 1, 7, "≥ means nothing in a condition", "Write >="),
    ("level ! = 3", 1, 7, "! does not belong here", "Write != without a space, or ! before what is denied"),
    ("human & human", 1, 7, "& means nothing in a condition", "Write &&"),
    ("human | human", 1, 7, "| means nothing in a condition", "Write ||"),
    ("human and human", 1, 7, "and does not belong here", "Write &&"),
    ("human OR human", 1, 7, "OR does not belong here", "Write ||"),
    ("not human", 1, 1, "not means nothing in a condition", 'Write !, such as !(region in ["DE"])'),
    ("region not in ['a']", 1, 8, "not does not belong here", 'Write !, such as !(region in ["DE"])'),
    (
        "region like 'a'",
        1,
        8,
        "like does not belong here",
        'Write contains, startsWith or endsWith, such as email.endsWith(".org")',
    ),
    ("level between 1 and 2", 1, 7, "between does not belong here", "Write two comparisons, such as level >= 1 && level <= 3"),
    ("region in ('a', 'b')", 1, 15, ", does not belong here", 'Write lists in square brackets, such as region in ["DE", "FR"]'),
    ("level =3", 1, 7, "=3 means nothing in a condition", "Write == to compare"),
    ("level >\u00a03", 1, 8, "something means nothing in a condition", "Take it out, or put text in quotes"),
    ("level < < 3", 1, 9, "< does not belong here", "Join comparisons with && or ||, and put text in quotes"),
    ("level > > 3", 1, 9, "> does not belong here", "Join comparisons with && or ||, and put text in quotes"),
    ("human && NOT human", 1, 10, "NOT means nothing in a condition", 'Write !, such as !(region in ["DE"])'),
    ("human && (not human)", 1, 11, "not means nothing in a condition", 'Write !, such as !(region in ["DE"])'),
    ("cannot human", 1, 8, "human does not belong here", "Join comparisons with && or ||, and put text in quotes"),
    ("for > 1", 1, 1, "for is a reserved word", "Choose another name"),
    ("level 3", 1, 7, "3 does not belong here", "Join comparisons with && or ||, and put text in quotes"),
    ("level > 1;", 1, 10, "; means nothing in a condition", "Take it out: a condition is one expression"),
    ("if human", 1, 1, "if is a reserved word", "Write && and ||: a condition has no if"),
    ("region == “DE”", 1, 11, "“ means nothing in a condition", 'Write straight quotes, such as "DE"'),
    ("region == é", 1, 11, "é means nothing in a condition", "Take it out, or put text in quotes"),
    ('region == "a', 1, 11, "the text is not closed", 'Write " where it ends'),
    ('region == "abc', 1, 11, "the text is not closed", 'Write " where it ends'),
    ('region == "abc\n&& region == "x"', 1, 11, "the text is not closed", 'Write " where it ends'),
    ("region == 'a\\q'", 1, 11, "the text holds an escape that does not exist", "Write \\\\ for a backslash"),
    ('region == "\\uD800"', 1, 11, "the text holds an escape that is no character", "Write the character itself"),
    (
        "level == 9223372036854775808",
        1,
        10,
        "the number does not fit 64 bits",
        "Write one from -9223372036854775808 to 9223372036854775807",
    ),
    # places: several lines, and characters of several bytes
    ("level > 2 &&\n  lvel > 3", 2, 3, "there is no attribute lvel", "Write level"),
    ("level > 2 &&\r\n  lvel > 3", 2, 3, "there is no attribute lvel", "Write level"),
    ("\n\nlevel >", 3, 8, "the condition stops too early", "Write what is to stand here"),
    ("region == '日本𝕏é' && lvel > 2", 1, 21, "there is no attribute lvel", "Write level"),
    ("region == '日本𝕏é' && level + 1 > 2", 1, 27, "+ is not allowed in a condition", ARITHMETIC),
    ("has(\n facts.flag) && lvel > 2", 2, 17, "there is no attribute lvel", "Write level"),
    ("has(facts.flag ) &&\n level + 1 > 2", 2, 8, "+ is not allowed in a condition", ARITHMETIC),
    ("// a note\nlevel + 1 > 2", 2, 7, "+ is not allowed in a condition", ARITHMETIC),
    ("region == '''a\nb''' && lvel > 2", 2, 9, "there is no attribute lvel", "Write level"),
    ("region == '\u2028' && lvel > 2", 1, 18, "there is no attribute lvel", "Write level"),
    ("0[", 1, 3, "the condition stops too early", "Write what is to stand here"),
    # what an eye cannot see
    ("level > 1\x00", 1, 10, "a hidden character, U+0000", "Take it out, or write \\u0000 inside quotes"),
    ("human &&\n region == 'a\x07'", 2, 14, "a hidden character, U+0007", "Take it out, or write \\u0007 inside quotes"),
    ("region == '\u202e'", 1, 12, "a hidden character, U+202E", "Take it out, or write \\u202E inside quotes"),
    ("region == '\ud800'", 1, 12, "a hidden character, U+D800", "Take it out: it is half a character"),
]


def refused(source: Any, schema: Any = None) -> RuleError:
    with pytest.raises(RuleError) as caught:
        rules.compile(source, SCHEMA if schema is None else schema)
    return caught.value


@pytest.mark.parametrize(("source", "line", "column", "found", "do"), PLACES, ids=[repr(place[0]) for place in PLACES])
def test_a_refusal_names_the_place_what_was_found_and_what_to_write(
    source: str, line: int, column: int, found: str, do: str
) -> None:
    error = refused(source)
    assert (error.line, error.column) == (line, column)
    assert error.message.startswith(f"Line {line}, column {column}: ")
    assert error.message.split("\n")[0] == f"Line {line}, column {column}: {found}."
    assert error.do == f"{do}."


@pytest.mark.parametrize("source", [place[0] for place in PLACES], ids=repr)
def test_no_refusal_speaks_as_a_parser_does(source: str) -> None:
    told = str(refused(source)).replace(source, "")
    for word in (
        "_&&_",
        "_>_",
        "<EOF>",
        "mismatched",
        "extraneous",
        "IDENTIFIER",
        "overload",
        "INVALID_ARGUMENT",
        "comprehension",
        "@in",
    ):
        assert word not in told


def test_a_refusal_shows_the_place() -> None:
    error = refused("level > 2 &&\n\tlvel > 3")
    assert str(error) == "Line 2, column 2: there is no attribute lvel.\n \tlvel > 3\n \t^\n Write level."


def test_the_caret_stands_under_its_character_beside_wide_and_combining_ones() -> None:
    assert "\n region == '日e\u0301' && lvel > 2\n            \u3000      ^\n" in str(
        refused("region == '日e\u0301' && lvel > 2")
    )


def test_a_long_line_is_shown_around_its_place() -> None:
    error = refused(f"{'human && ' * 100}lvel > 2{' && human' * 100}")
    before, after = ("human && " * 100)[-60:], ("lvel > 2" + " && human" * 100)[:60]
    assert error.column == 901
    assert error.message.split("\n")[1:] == [f" {before}{after}", f" {' ' * 60}^", ""]


def nested_raw(levels: int) -> Raw:
    """Return what a front end without a limit of its own would hand out."""
    found = Raw(id=1, what="ident", text="human")
    for number in range(levels - 1):
        found = Raw(id=number + 2, what="call", text="!_", args=(found,))
    return found


def test_a_tree_has_at_most_fifty_levels_whatever_the_front_end_lets_through() -> None:
    def read(levels: int) -> Node:
        checked = Checked(root=nested_raw(levels), references={1: "human"}, positions={1: 0})
        return Subset("human", {"human": Kind.BOOL}, Swapped(source="human"), checked).root()

    assert depth(read(MAX_DEPTH)) == MAX_DEPTH
    with pytest.raises(RuleError, match=r"^Line 1, column 1: the condition is nested too deeply\.\n"):
        read(MAX_DEPTH + 1)


def test_a_condition_is_at_most_ten_thousand_characters() -> None:
    longest = "level > 1".ljust(MAX_SOURCE)
    assert rules.compile(longest, SCHEMA).source == longest
    error = refused(longest + " ")
    assert error.message == "The condition has 10,001 characters; 10,000 are the most."
    assert error.do == "Split it into several rules."
    assert (error.line, error.column) == (1, 1)


def test_many_short_conditions_joined_are_no_deep_tree() -> None:
    source = " && ".join(["level > 1"] * 700)
    assert rules.compile(source, SCHEMA).evaluate({"level": 2}).fires


@pytest.mark.parametrize("source", [None, 3, b"level > 1", ["level > 1"]])
def test_a_condition_is_text(source: Any) -> None:
    assert "A condition is text" in refused(source).message


@pytest.mark.parametrize("source", [f"{'(' * 400}human{')' * 400}", f"level in {'[' * 300}"], ids=["brackets", "lists"])
def test_a_condition_nested_beyond_what_the_front_end_reads_is_refused(source: str) -> None:
    error = refused(source)
    assert (error.line, error.column, error.do) == (1, 1, "Split it into several rules.")
    assert error.message.startswith("Line 1, column 1: the condition is nested too deeply.")


def test_what_is_no_text_is_told_at_its_very_beginning() -> None:
    error = refused(3)
    assert (error.message, error.do) == ("A condition is text, and this is int.", "Write it as text.")
    assert (error.line, error.column) == (1, 1)


def test_the_longest_condition_is_read_and_one_character_more_is_not() -> None:
    longest = "level > 1 || human".ljust(MAX_SOURCE)
    assert rules.compile(longest, SCHEMA).names == ("level", "human")
    error = refused(longest + " ")
    assert error.message == "The condition has 10,001 characters; 10,000 are the most."
    assert (error.do, error.line, error.column) == ("Split it into several rules.", 1, 1)


NO_NAME = "Use letters, digits, _ and dots, such as facts.reach."
TYPES = "Use one of bool, int, double, string, timestamp, list(string), list(int)."
TAKEN = "Choose another: that ending is taken in SQL."


@pytest.mark.parametrize(
    ("schema", "found", "do"),
    [
        ({"level": "integer"}, "The attribute level is declared as integer.", TYPES),
        ({"level": None}, "The attribute level is declared as None.", TYPES),
        ({"le vel": "int"}, "'le vel' is no name for an attribute.", NO_NAME),
        ({"a.": "int"}, "'a.' is no name for an attribute.", NO_NAME),
        ({"1a": "int"}, "'1a' is no name for an attribute.", NO_NAME),
        ({"": "int"}, "'' is no name for an attribute.", NO_NAME),
        ({"é": "int"}, "'é' is no name for an attribute.", NO_NAME),
        ({'a"b': "int"}, "'a\"b' is no name for an attribute.", NO_NAME),
        ({3: "int"}, "3 is no name for an attribute.", NO_NAME),
        ({"a__broken": "int"}, "The name a__broken ends in __broken.", TAKEN),
        ({"a__BROKEN": "int"}, "The name a__BROKEN ends in __broken.", TAKEN),
        (
            {"Region": "string", "region": "string"},
            "The attributes Region and region differ only in their capitals.",
            "Rename one: SQL takes them for one column.",
        ),
        (
            {"facts.x": "bool", "has_facts.x": "bool"},
            "The name has_facts.x reads like has(facts.x).",
            "Rename it, or leave facts.x out.",
        ),
    ],
    ids=repr,
)
def test_a_schema_that_no_condition_could_use_is_refused(schema: Any, found: str, do: str) -> None:
    error = refused("level > 1", schema)
    assert (error.message, error.do) == (found, do)


RESERVED = (
    "as break const continue else false for function has if import in let loop namespace null package return true var void while"
)


@pytest.mark.parametrize("name", RESERVED.split())
def test_a_word_that_cel_keeps_for_itself_names_no_attribute(name: str) -> None:
    for whole in (name, f"facts.{name}", f"{name}.x"):
        assert refused("level > 1", {whole: "int"}).message == f"{whole!r} is no name for an attribute."


def test_only_a_dotted_name_can_be_asked_about_and_so_mistaken() -> None:
    assert rules.compile("has_level && level > 1", {"has_level": "bool", "level": "int"}).names == ("has_level", "level")


X, Y, LISTED_X = (Attribute(name=name, at=0) for name in ("x", "y", "listed"))
UNFIT: list[tuple[Op, tuple[Node, ...], str, str]] = [
    (Op.LT, (X,), "< with 1 sides", "Give it as many as it takes"),
    (Op.NOT, (Y, Y), "! with 2 sides", "Give it as many as it takes"),
    (Op.AND, (Y, X), "&& with bool and int", "Give it bool"),
    (Op.CONTAINS, (X, X), "contains with int and int", "Give it string"),
    (Op.SIZE, (X,), "the size of neither text nor a list", "Name an attribute"),
    (Op.IN, (LISTED_X, LISTED_X), "a list inside a list", "Ask for one value"),
    (Op.IN, (Y, LISTED_X), "bool in a list of something else", "Ask for a value of the type the list has"),
    (Op.EQ, (X, Y), "int compared with bool", "Give both sides one type"),
    (Op.EQ, (LISTED_X, X), "lists are not compared", "Ask with `in` or `size`"),
    (Op.LT, (Y, Y), "yes and no have no order", "Use == or !="),
]


@pytest.mark.parametrize(("op", "args", "found", "do"), UNFIT, ids=[found for _, _, found, _ in UNFIT])
def test_sides_that_do_not_fit_are_told_with_what_to_write(op: Op, args: tuple[Node, ...], found: str, do: str) -> None:
    kinds = {"x": Kind.INT, "y": Kind.BOOL, "listed": Kind.STRINGS}
    assert misfit(Call(op=op, args=args, at=0), kinds) == (found, do)


def test_a_type_may_be_written_with_spaces() -> None:
    rule = rules.compile('"a" in tags', {"tags": "list( string )"})
    assert rule == rules.compile('"a" in tags', {"tags": "list(string)"})


def test_an_empty_schema_says_where_to_declare() -> None:
    assert refused("level > 1", {}).do == "Declare it in the schema."


def test_many_names_are_not_all_listed() -> None:
    error = refused("zzz > 1", {f"attribute_{number:02}": "int" for number in range(40)})
    assert error.do == f"Use one of {', '.join(f'attribute_{number:02}' for number in range(12))} and 28 more."


@pytest.mark.parametrize(
    ("told", "column", "found"),
    [
        ("ERROR: <input>:1:3: something new [INVALID_ARGUMENT]", 3, "something new"),
        ("ERROR: <input>:1:9: later\nERROR: <input>:1:3: sooner [INVALID_ARGUMENT]", 3, "sooner"),
        ("ERROR: <input>:-1:-1: <<nil>> parsetree [INVALID_ARGUMENT]", 1, "the condition cannot be read"),
        ("ERROR: <input>:0:1: nowhere", 1, "the condition cannot be read"),
        ("nothing we know", 1, "the condition cannot be read"),
    ],
)
def test_a_complaint_we_never_heard_still_names_its_place(told: str, column: int, found: str) -> None:
    error = in_plain_words(told, "level > 1", "level > 1", SCHEMA)
    assert error.message.split("\n")[0] == f"Line 1, column {column}: {found}."
    assert error.do == f"{ONLY}."
    assert (error.line, error.column) == (1, column)


@pytest.mark.parametrize(("many", "told"), [(12, ""), (13, " and 1 more")])
def test_twelve_names_are_listed(many: int, told: str) -> None:
    names = [f"attribute_{number:02}" for number in range(many)]
    assert refused("zzz > 1", dict.fromkeys(names, "int")).do == f"Use one of {', '.join(names[:12])}{told}."


def test_every_letter_may_stand_in_a_condition() -> None:
    letters = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in "'\\") + "äßЖ日𐍈"
    assert rules.compile(f"region == '{letters}'", SCHEMA).evaluate({"region": letters}).fires


@pytest.mark.parametrize(
    "character", "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x7f\x85\x1b", ids=ascii
)
def test_no_character_reorders_what_a_reader_sees(character: str) -> None:
    assert refused(f"region == '{character}'").column == 12


def test_a_full_width_character_takes_two_places_in_the_picture() -> None:
    assert refused("region == 'Ａ' && lvel > 2").message.split("\n")[2] == f" {' ' * 11}\u3000{' ' * 5}^"  # noqa: RUF001  # it is full width


def test_where_no_front_end_is_installed_a_condition_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    error = refused("reach < 3", {"reach": "int", "nobody_else_asks_about": "int"})
    assert error.message == "Conditions cannot be checked here: cel-expr-python is not installed."
    assert error.do == "Load stored rules."


def test_the_picture_of_a_line_leaves_out_how_it_ends() -> None:
    assert refused("lvel > 2 &&\r\nhuman").message.split("\n")[1] == " lvel > 2 &&"


@pytest.mark.parametrize(
    ("source", "at", "begin"),
    [
        ("( ", 0, 0),
        (". ", 0, 0),
        ("max  (a)", 5, 0),
        ("a && b_1 . c", 9, 5),
        ("a.b(c)", 3, 2),
        ("a.b.c", 3, 0),
        ("a b", 2, 2),
        ("a", 1, 1),
    ],
)
def test_a_name_begins_where_its_first_letter_stands(source: str, at: int, begin: int) -> None:
    assert start_of_name(source, at) == begin
