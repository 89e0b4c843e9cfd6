"""Reviewers of drafts look at three things: approval, expiry, product. A mended draft is right."""

from __future__ import annotations

from datetime import date

import pytest

from remit.core.types import Value
from remit.demo.draft_truth import approved, check_draft
from remit.demo.truth import grade
from remit.demo.world import World

BEFORE, AFTER = date(2008, 9, 29), date(2008, 10, 20)


def draft(*facts: str, segment: str = "technician") -> dict[str, Value]:
    lines = "\n".join(approved()[fact].line() for fact in facts)
    return {"segment": segment, "subject": "S", "body": f"Dear customer,\n\n{lines}\n\nGoodbye\n"}


def test_a_draft_with_facts_that_hold_is_right() -> None:
    assert check_draft(draft("TD-1", "TD-2"), BEFORE).wrong is False


def test_an_expired_fact_is_found_and_mended() -> None:
    found = check_draft(draft("TD-1", "TD-2"), AFTER)
    assert (found.wrong, found.code) == (True, "expired_fact")
    assert found.corrected is not None
    assert "TD-1" not in str(found.corrected["body"])
    assert "TD-3" in str(found.corrected["body"])
    assert check_draft(found.corrected, AFTER).wrong is False


def test_a_fact_holds_on_its_last_day() -> None:
    assert check_draft(draft("TD-1"), approved()["TD-1"].expires).wrong is False


@pytest.mark.parametrize(
    ("fact", "segment"), [("HL-1", "retired"), ("TD-2", "services"), ("SP-2", "management"), ("SP-2", "aristocracy")]
)
def test_a_product_that_does_not_suit_the_segment_is_wrong(fact: str, segment: str) -> None:
    assert check_draft(draft(fact, segment=segment), BEFORE).code == "wrong_product"


@pytest.mark.parametrize("body", ["", "- Free money for all. [TD-2]", "- Free money for all. [XX-1]"])
def test_what_nobody_approved_is_wrong(body: str) -> None:
    assert check_draft({"segment": "technician", "subject": "S", "body": body}, BEFORE).code == "unapproved_fact"


def test_some_facts_expire_in_the_autumn_of_2008() -> None:
    expiring = {fact.product for fact in approved().values() if date(2008, 9, 1) <= fact.expires <= date(2008, 11, 30)}
    assert expiring == {fact.product for fact in approved().values()}


@pytest.mark.parametrize(
    ("facts", "segment", "day", "answers"),
    [
        (("TD-2", "TD-3"), "technician", BEFORE, {"used"}),
        (("TD-1", "TD-2"), "technician", AFTER, {"used_edited", "used"}),
        (("HL-1", "HL-3"), "retired", BEFORE, {"discarded", "used"}),
    ],
)
def test_a_draft_is_used_edited_or_discarded(
    world: World, facts: tuple[str, ...], segment: str, day: date, answers: set[str]
) -> None:
    graded = grade(world, "email.draft.use", draft(*facts, segment=segment), ["job"], day)
    assert graded.answer.value in answers
    assert (graded.edited_arguments is not None) is (graded.answer.value == "used_edited")
