"""A question somebody wrote down is read as the gate takes it, or refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remit.core.attributes import ActionFacts, InnerCall
from remit.core.charter import OperationSpec
from remit.core.gate import Ceiling, Claimed, GateInput
from remit.core.question_reading import read_question
from remit.core.types import Level, Operation, UseCaseId
from remit.errors import InvalidInput
from tests.core.small_policy import OPERATION, USE_CASE, charter, policy

OTHER = UseCaseId("other")
POLICY = policy(charters={USE_CASE: charter(), OTHER: charter(use_case="other", starts_at=Level.ASSIST)})


def read(**told: Any) -> GateInput:
    return read_question(json.dumps({"operation": OPERATION} | told).encode(), charter(), POLICY)


def test_an_operation_is_enough() -> None:
    assert read() == GateInput(use_case=USE_CASE, operation=OPERATION, granted=Level.RECOMMEND)


@pytest.mark.parametrize("told", [{"level": 3}, {"granted": 3}, {"level": "execute"}, {"level": "EXECUTE", "granted": 3}])
def test_a_level_is_a_number_or_a_name(told: dict[str, Any]) -> None:
    assert read(**told).granted is Level.EXECUTE


def test_the_level_is_the_charters_otherwise() -> None:
    assert read(use_case="other").granted is Level.ASSIST
    assert read(use_case="nobody's").granted is Level.RECOMMEND


def test_arguments_are_held_to_the_charter() -> None:
    assert read(arguments={"region": "north", "contact": "c1"}).odd_arguments == ()
    assert read(arguments={"region": "east", "mood": 3}).odd_arguments == ("mood", "another value of region")
    assert read(use_case="nobody's", arguments={"mood": 3}).odd_arguments == ()


def test_facts_are_plain_dotted_and_further() -> None:
    told = read(facts={"reach": 1, "listeners": [], "person.region": "DE", "further": {"message.foreign_links": ["x"]}}).facts
    assert told == ActionFacts(reach=1, listeners=(), further={"person.region": "DE", "message.foreign_links": ("x",)})


def test_what_is_null_is_not_known() -> None:
    assert read(facts={"reach": None, "person.region": None}).facts == ActionFacts()


def test_calls_inside_have_facts_of_their_own() -> None:
    told = read(facts={"reach": 2, "inner": [{"operation": "contact.tag.add", "facts": {"reach": 1, "person.region": "DE"}}]})
    call = InnerCall(operation=Operation("contact.tag.add"), facts=ActionFacts(reach=1, further={"person.region": "DE"}))
    assert told.facts == ActionFacts(reach=2, inner=(call,))
    assert read(facts={"inner": None}).facts == ActionFacts()


@pytest.mark.parametrize("told", [{"confidence": 0.8}, {"confidence_ppm": 800_000}])
def test_a_confidence_is_kept_in_millionths(told: dict[str, Any]) -> None:
    assert read(claimed=told | {"grounds": ["job", "age"]}).claimed == Claimed(confidence_ppm=800_000, grounds=("age", "job"))


def test_the_rest_is_taken_as_it_is() -> None:
    told = read(certificate=True, drawn=True, stops=["everything"], used={"enrich/daily": 3})
    assert (told.certificate, told.drawn, told.stops, told.used) == (True, True, ("everything",), {"enrich/daily": 3})


def test_ceilings_are_those_given_and_the_charters_own() -> None:
    given = read(level=3, ceilings=[{"level": "recommend", "code": "expired", "detail": "2026-01-01"}])
    assert given.ceilings == (Ceiling(level=Level.RECOMMEND, code="expired", detail="2026-01-01"),)
    capped = charter(highest_level=Level.RECOMMEND, operations={OPERATION: OperationSpec(arguments=())})
    line = json.dumps({"operation": OPERATION, "level": 4}).encode()
    found = read_question(line, capped, policy(charters={USE_CASE: capped}))
    assert found.ceilings == (Ceiling(level=Level.RECOMMEND, code="charter"),)
    assert read(use_case="nobody's", level=4).ceilings == ()


REFUSED: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "a misspelt part": ({"levl": 3}, "levl", "no entry is called levl", "Did you mean level?"),
    "a part of another type": ({"arguments": 3}, "arguments", "the number 3", "Write names below it"),
    "a level that does not exist": ({"level": 7}, "a level", "7", "Use 0 or off, 1 or assist"),
    "a level nobody named": ({"level": "high"}, "a level", "high", "4 or optimise"),
    "two levels": ({"level": 1, "granted": 3}, "a level", "level 1 and granted 3", "Give one"),
    "two confidences": ({"claimed": {"confidence": 1, "confidence_ppm": 1}}, "a confidence", "confidence_ppm", "Give one"),
    "a confidence of eighty": ({"claimed": {"confidence": 80}}, "claimed / confidence", "the number 80", "80 % is 0.8"),
    "a misspelt part of a ceiling": (
        {"ceilings": [{"levle": 2}]},
        "ceilings / item 1 / levle",
        "no entry",
        "Did you mean level?",
    ),
    "a fact nobody knows": ({"facts": {"reech": 1}}, "fact reech", "no fact of that name", "Did you mean reach?"),
    "a dotted fact nobody knows": ({"facts": {"person.regio": "DE"}}, "fact person.regio", "no fact", "person.region?"),
    "a claim among the facts": (
        {"facts": {"claimed.confidence_ppm": 1}},
        "fact claimed.confidence_ppm",
        "the agent claims",
        "under `claimed`",
    ),
    "a fact of another type": ({"facts": {"owned": 1}}, "fact owned", "1", "a value of type bool, or null"),
    "true for a count": ({"facts": {"reach": True}}, "fact reach", "true", "a value of type int, or null"),
    "a text for a list": ({"facts": {"listeners": "x"}}, "fact listeners", '"x"', "list(string)"),
    "numbers in a list": ({"facts": {"listeners": [1]}}, "fact listeners", "[1]", "list(string)"),
    "a number for a text": ({"facts": {"further": {"person.region": 3}}}, "fact person.region", "3", "type string"),
    "a count below zero": ({"facts": {"reach": -1}}, "fact reach", "-1", "from 0 on"),
    "further that is no mapping": ({"facts": {"further": 3}}, "fact further", "3", "a mapping of dotted names"),
    "calls inside that are none": ({"facts": {"inner": [3]}}, "fact inner", "inner", "a list of mappings"),
    "a fact of a call inside": ({"facts": {"inner": [{"operation": "x", "facts": {"reech": 1}}]}}, "fact reech", "no", "reach?"),
    "a ceiling nobody knows": ({"ceilings": [{"level": 2, "code": "mood"}]}, "ceiling mood", "no such ceiling", "Use charter, "),
    "a use below zero": ({"used": {"a": -1}}, "used / a", "the number -1", "Write a whole number from 0 on"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_question_that_cannot_be_read_is_refused_by_name(name: str) -> None:
    told, asked, found, do = REFUSED[name]
    with pytest.raises(InvalidInput) as refused:
        read(**told)
    assert refused.value.asked == asked
    assert found in refused.value.found
    assert do in refused.value.do


@pytest.mark.parametrize("line", [b"", b"{", b"\xff", b"3", b"[" * 100_000, b'{"level": 3}', b'{"operation": NaN}'])
def test_what_is_no_question_is_refused(line: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_question(line, charter(), POLICY)
