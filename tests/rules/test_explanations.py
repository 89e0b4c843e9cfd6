"""How a rule explains itself: each wording once, and what it says would have changed the outcome does change it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from remit import rules
from remit.rules.explain import Explanation, explain
from remit.rules.tree import Attribute

SCHEMA = {
    "level": "int",
    "audience": "int",
    "limit": "int",
    "confidence": "double",
    "region": "string",
    "email": "string",
    "subject": "string",
    "suppressed": "bool",
    "human": "bool",
    "tags": "list(string)",
    "steps": "list(int)",
    "at": "timestamp",
    "facts.consent": "string",
    "facts.flag": "bool",
    "facts.reach": "int",
}
GIVEN: dict[str, Any] = {
    "level": 2,
    "audience": 812,
    "limit": 500,
    "confidence": 0.95,
    "region": "DE",
    "email": "info@x.de",
    "subject": "Last call, friends",
    "suppressed": True,
    "human": False,
    "tags": ["vip", "x"],
    "steps": [1, 2],
    "at": datetime(2026, 3, 1, 11, 30, tzinfo=UTC),
    "facts.consent": "DE",
    "facts.reach": None,
}
WORDINGS: list[tuple[str, bool, str, str]] = [
    # order
    ("confidence >= 0.9", True, "confidence 0.95 >= 0.9", "confidence were less than 0.9"),
    ("audience > 500", True, "audience 812 > 500", "audience were at most 500"),
    ("level < 3", True, "level 2 < 3", "level were at least 3"),
    ("level <= 2", True, "level 2 <= 2", "level were more than 2"),
    ("level > 3", False, "level 2 <= 3", "level were more than 3"),
    ("level >= 3", False, "level 2 < 3", "level were at least 3"),
    ("level < 2", False, "level 2 >= 2", "level were less than 2"),
    ("level <= 1", False, "level 2 > 1", "level were at most 1"),
    ("3 > level", True, "level 2 < 3", "level were at least 3"),
    ("3 >= level", True, "level 2 <= 3", "level were more than 3"),
    ("1 < level", True, "level 2 > 1", "level were at most 1"),
    ("1 <= level", True, "level 2 >= 1", "level were less than 1"),
    ("audience > limit", True, "audience 812 > limit 500", "audience were at most limit 500"),
    ('region > ""', True, 'region DE > ""', 'region were at most ""'),
    # equality
    ("level == 2", True, "level is 2", "level were not 2"),
    ("level == 3", False, "level is 2, not 3", "level were 3"),
    ("level != 3", True, "level is 2, not 3", "level were 3"),
    ("level != 2", False, "level is 2", "level were not 2"),
    ("2 == level", True, "level is 2", "level were not 2"),
    ("3 != level", True, "level is 2, not 3", "level were 3"),
    ("region == facts.consent", True, "region and facts.consent are both DE", "region and facts.consent differed"),
    ("region != facts.consent", False, "region and facts.consent are both DE", "region and facts.consent differed"),
    ("region == email", False, "region is DE and email is info@x.de", "region and email were the same"),
    ("region != email", True, "region is DE and email is info@x.de", "region and email were the same"),
    # yes and no
    ("suppressed", True, "suppressed is true", "suppressed were false"),
    ("!suppressed", False, "suppressed is true", "suppressed were false"),
    ("!human", True, "human is false", "human were true"),
    ("human == true", False, "human is false", "human were true"),
    ("human != true", True, "human is false", "human were true"),
    ("human == false", True, "human is false", "human were true"),
    ("suppressed != human", True, "suppressed is true and human is false", "suppressed and human were the same"),
    ("suppressed == human", False, "suppressed is true and human is false", "suppressed and human were the same"),
    # lists
    ('"vip" in tags', True, "tags contain vip", "tags did not contain vip"),
    ('"q" in tags', False, "tags do not contain q", "tags contained q"),
    ("region in tags", False, "tags do not contain region DE", "tags contained region DE"),
    ("2 in steps", True, "steps contain 2", "steps did not contain 2"),
    ('region in ["DE", "FR"]', True, "region DE is one of DE, FR", "region were none of DE, FR"),
    ('region in ["US", "FR"]', False, "region DE is none of US, FR", "region were one of US, FR"),
    ('region in ["US"]', False, "region is DE, not US", "region were US"),
    ("region in []", False, "region DE is none of nothing", ""),
    ("level in [1, 2, 3, 4, 5]", True, "level 2 is one of 1, 2, 3, 4, 5", "level were none of 1, 2, 3, 4, 5"),
    (
        "level in [1, 2, 3, 4, 5, 6, 7]",
        True,
        "level 2 is one of 1, 2, 3, 4, 5 and 2 more",
        "level were none of 1, 2, 3, 4, 5 and 2 more",
    ),
    # text
    ('email.startsWith("info@")', True, "email info@x.de starts with info@", "email did not start with info@"),
    ('email.startsWith("a")', False, "email info@x.de does not start with a", "email started with a"),
    ('email.endsWith(".de")', True, 'email info@x.de ends with ".de"', 'email did not end with ".de"'),
    ('email.endsWith("a")', False, "email info@x.de does not end with a", "email ended with a"),
    ('email.contains("x")', True, "email info@x.de contains x", "email did not contain x"),
    ("email.contains(region)", False, "email info@x.de does not contain region DE", "email contained region DE"),
    ('subject.contains("call")', True, 'subject "Last call, friends" contains call', "subject did not contain call"),
    (
        'subject == "it\'s \\"so\\"\\n"',
        False,
        'subject is "Last call, friends", not "it\'s \\"so\\"\\n"',
        'subject were "it\'s \\"so\\"\\n"',
    ),
    # size
    ("size(tags) > 1", True, "size of tags 2 > 1", "size of tags were at most 1"),
    ("size(email) == 2", False, "size of email is 9, not 2", "size of email were 2"),
    ("size(tags) in [1, 2]", True, "size of tags 2 is one of 1, 2", "size of tags were none of 1, 2"),
    # moments
    (
        'at > timestamp("2026-01-01T00:00:00+01:00")',
        True,
        "at 2026-03-01 11:30:00 UTC > 2025-12-31 23:00:00 UTC",
        "at were at most 2025-12-31 23:00:00 UTC",
    ),
    (
        'at == timestamp("2026-03-01T11:30:00.5Z")',
        False,
        "at is 2026-03-01 11:30:00 UTC, not 2026-03-01 11:30:00.500000 UTC",
        "at were 2026-03-01 11:30:00.500000 UTC",
    ),
    # presence
    ("has(facts.consent)", True, "facts.consent is there", "facts.consent were not there"),
    ("has(facts.flag)", False, "facts.flag is missing", "facts.flag were there"),
    ("!has(facts.flag)", True, "facts.flag is missing", "facts.flag were there"),
    ("has(facts.flag) == true", False, "facts.flag is missing", "facts.flag were there"),
    # joined
    ("level < 3 && suppressed", True, "level 2 < 3 and suppressed is true", "level were at least 3"),
    ("level < 3 || suppressed", True, "level 2 < 3 and suppressed is true", "level were at least 3 and suppressed were false"),
    ("level < 3 && human", False, "human is false", "human were true"),
    ("level > 3 && human", False, "level 2 <= 3 and human is false", "level were more than 3 and human were true"),
    ("level > 3 || human", False, "level 2 <= 3 and human is false", "level were more than 3"),
    ("level > 3 || suppressed", True, "suppressed is true", "suppressed were false"),
    ("!(level < 3 || human)", False, "level 2 < 3", "level were at least 3"),
    ("level < 3 && (human || suppressed)", True, "level 2 < 3 and suppressed is true", "level were at least 3"),
    (
        "(level < 3 || suppressed) && (audience > 500)",
        True,
        "level 2 < 3 and suppressed is true and audience 812 > 500",
        "audience were at most 500",
    ),
    ("(level < 3) == suppressed", True, "level 2 < 3 and suppressed is true", "level were at least 3"),
    ("(level < 3) != suppressed", False, "level 2 < 3 and suppressed is true", "level were at least 3"),
    ("(level < 3 && human) in [true]", False, "human is false", "human were true"),
    ("level < 3 && level < 3", True, "level 2 < 3", "level were at least 3"),
    ("level > 2 || 1 == 1", True, "1 is 1", ""),
    ("level > 2 || true", True, "the rule itself says so", ""),
    # no value
    ("facts.flag", True, "could not be evaluated: facts.flag is missing", "facts.flag were known and false"),
    ("!facts.flag", True, "could not be evaluated: facts.flag is missing", "facts.flag were known and true"),
    (
        "facts.reach > 500",
        True,
        "could not be evaluated: facts.reach is not what it was declared to be",
        "facts.reach were known and at most 500",
    ),
    (
        "audience > facts.reach",
        True,
        "could not be evaluated: facts.reach is not what it was declared to be",
        "facts.reach were known and audience were at most facts.reach",
    ),
    (
        "facts.flag == suppressed",
        True,
        "could not be evaluated: facts.flag is missing",
        "facts.flag were known and facts.flag and suppressed differed",
    ),
    ("facts.flag == (level < 3)", True, "could not be evaluated: facts.flag is missing", "facts.flag were known and false"),
    (
        "has(facts.reach)",
        True,
        "could not be evaluated: facts.reach is not what it was declared to be",
        "facts.reach were not there",
    ),
    ("facts.flag && level < 3", True, "could not be evaluated: facts.flag is missing", "facts.flag were known and false"),
    ("level < 3 && facts.flag", True, "could not be evaluated: facts.flag is missing", "level were at least 3"),
    (
        "facts.flag && facts.reach > 5",
        True,
        "could not be evaluated: facts.flag is missing and facts.reach is not what it was declared to be",
        "facts.flag were known and false",
    ),
    ("facts.flag || level < 3", True, "level 2 < 3", "facts.flag were known and false and level were at least 3"),
    ("facts.flag && level > 3", False, "level 2 <= 3", "facts.flag were known and true and level were more than 3"),
]


def explained(source: str, **changed: Any) -> Explanation:
    return rules.compile(source, SCHEMA).explain(GIVEN | changed)


@pytest.mark.parametrize(("source", "fires", "text", "otherwise"), WORDINGS, ids=[wording[0] for wording in WORDINGS])
def test_a_rule_says_which_comparison_decided_and_what_would_have_changed_it(
    source: str, fires: bool, text: str, otherwise: str
) -> None:
    found = explained(source)
    assert (found.fires, str(found), found.otherwise) == (fires, text, otherwise)
    assert found.fires is rules.compile(source, SCHEMA).evaluate(GIVEN).fires
    assert found.error == rules.compile(source, SCHEMA).evaluate(GIVEN).error


@pytest.mark.parametrize(
    ("source", "attribute", "found", "limit"),
    [
        ("level < 3", "level", "2", "3"),
        ("3 > level", "level", "2", "3"),
        ("audience > limit", "audience", "812", "500"),
        ("suppressed", "suppressed", "true", ""),
        ('"vip" in tags', "tags", "vip, x", "vip"),
        ("region in tags", "tags", "vip, x", "DE"),
        ("size(tags) > 1", "tags", "2", "1"),
        ('region in ["DE", "FR"]', "region", "DE", "DE, FR"),
        ("has(facts.flag)", "facts.flag", "missing", ""),
        ("has(facts.consent)", "facts.consent", "there", ""),
        ("facts.flag", "facts.flag", "missing", ""),
        ('"a".startsWith(region)', "region", "a", "DE"),
        ("facts.reach > 5", "facts.reach", "not what it was declared to be", "5"),
    ],
)
def test_a_deciding_comparison_names_its_attribute_the_value_and_the_limit(
    source: str, attribute: str, found: str, limit: str
) -> None:
    one = explained(source).deciding[0]
    assert (one.attribute, one.found, one.limit) == (attribute, found, limit)


def test_each_deciding_comparison_says_what_would_turn_it_round() -> None:
    found = explained("level < 3 && suppressed")
    assert [one.otherwise for one in found.deciding] == ["level were at least 3", "suppressed were false"]


def test_what_decided_but_is_not_nearest_says_too_what_would_turn_it_round() -> None:
    found = explained("level > 3 || human")
    assert [one.otherwise for one in found.deciding] == ["level were more than 3", "human were true"]
    assert [one.otherwise for one in found.nearest] == ["level were more than 3"]


def test_a_comparison_that_looks_at_nothing_names_no_attribute() -> None:
    assert [one.attribute for one in explained("1 == 1 && level < 3").deciding] == ["", "level"]


def test_long_values_are_cut() -> None:
    assert str(explained('subject != "a"', subject="x" * 61)) == f'subject is "{"x" * 59}…", not a'
    assert str(explained('subject != "a"', subject="x" * 60)) == f"subject is {'x' * 60}, not a"
    assert explained('"a" in tags', tags=["b"] * 7).deciding[0].found == "b, b, b, b, b and 2 more"
    assert explained('"a" in tags', tags=[]).deciding[0].found == "nothing"


def test_an_explanation_is_one_line_whatever_the_values_hold() -> None:
    assert "\n" not in str(explained('subject != "a"', subject="a\nb\rc\u2028d"))


def test_many_equalities_inside_each_other_are_explained_in_no_time() -> None:
    source = "suppressed"
    for _ in range(28):
        source = f"human == ({source})"
    assert explained(source).nearest


def test_an_explanation_that_fails_still_tells_the_outcome() -> None:
    found = explain(Attribute(name="nowhere", at=0), {})
    assert found == Explanation(fires=True, error="the condition failed with KeyError", deciding=(), nearest=())
    assert str(found) == "could not be evaluated: the condition failed with KeyError"
