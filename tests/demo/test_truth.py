"""The reviewers judge by what they alone know, miss as rarely as stated, and answer the same after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

import pytest

from remit.core.types import Answer, Value
from remit.demo.contact import Contact
from remit.demo.stated_rules import STATED_RULES
from remit.demo.truth import FORBIDDEN_GROUNDS, LEAST_SECONDS, MEDIAN_SECONDS, MISSED, Grading, grade
from remit.demo.unfold import RANG_BACK_GAP
from remit.demo.working_days import working_days_between
from remit.demo.world import World
from tests.changed import replace

REVIEWED = {True: {Answer.REJECT, Answer.APPROVE}, False: {Answer.APPROVE}, None: {Answer.RETURN}}


def tag(world: World, contact: Contact, day: date | None = None) -> Grading:
    return grade(world, "contact.tag.add", {"contact": contact.id, "tag": "not-now"}, ["balance"], day or contact.due_on)


def educate(world: World, contact: Contact, education: str) -> Grading:
    arguments: Mapping[str, Value] = {"contact": contact.id, "education": education}
    return grade(world, "contact.enrich:education", arguments, ["job"], contact.entered_on)


def call_again(world: World, contact: Contact, day: date) -> Grading:
    arguments: Mapping[str, Value] = {"contact": contact.id, "title": "Call again", "due": day.isoformat()}
    return grade(world, "task.create", arguments, ["last_call_on"], day)


def test_a_tag_is_wrong_exactly_when_the_customer_said_yes(world: World) -> None:
    for contact in world.contacts:
        graded = tag(world, contact)
        assert graded.wrong is contact.row.said_yes
        assert graded.answer is (Answer.REJECT if contact.row.said_yes else Answer.APPROVE)


def test_a_tag_before_the_last_call_cannot_be_graded(world: World) -> None:
    contact = next(one for one in world.contacts if one.entered_on < one.due_on)
    graded = tag(world, contact, contact.entered_on)
    assert (graded.gradable, graded.answer, graded.reason_code) == (False, Answer.RETURN, "cannot_know")


def test_an_education_is_compared_with_the_masked_one(world: World) -> None:
    for contact in (one for one in world.contacts if one.education_masked):
        graded = educate(world, contact, "tertiary")
        assert graded.wrong is (contact.row.education != "tertiary")
        assert graded.answer in REVIEWED[graded.wrong]


def test_an_education_nobody_knows_is_returned_and_never_graded(world: World) -> None:
    unknown = [contact for contact in world.contacts if contact.row.education is None]
    assert unknown
    for contact in unknown:
        graded = educate(world, contact, "secondary")
        assert (graded.gradable, graded.answer, graded.reason_code) == (False, Answer.RETURN, "cannot_know")


@pytest.mark.parametrize(("change", "expected"), [({}, False), ({"region": "Elsewhere"}, True), ({"time_zone": "UTC"}, True)])
def test_region_and_time_zone_must_both_be_right(world: World, change: dict[str, str], expected: bool) -> None:
    contact = world.contacts[0]
    arguments = {"contact": contact.id, "region": contact.details.region, "time_zone": contact.details.time_zone, **change}
    assert grade(world, "contact.enrich:region", arguments, ["phone_prefix"], contact.entered_on).wrong is expected


def test_a_task_for_a_closed_customer_is_wrong(world: World) -> None:
    contact = world.contacts[0]
    graded = call_again(world, contact, contact.due_on + timedelta(days=1))
    assert (graded.wrong, graded.reason_code or "already_closed") == (True, "already_closed")


def test_a_task_at_the_contact_cap_is_wrong(world: World) -> None:
    contact = next(one for one in world.contacts if one.row.calls == 8)
    assert call_again(world, contact, contact.call_days[6]).wrong is True
    assert call_again(world, contact, contact.call_days[5]).wrong is False


def test_a_task_after_the_customer_rang_back_is_wrong(world: World) -> None:
    found = [
        (contact, before, later)
        for contact in world.contacts
        for before, later, last in zip(contact.call_days, contact.call_days[1:], contact.call_days[2:], strict=False)
        if working_days_between(before, later) == RANG_BACK_GAP and contact.row.calls < 6 and last > later + timedelta(days=1)
    ]
    assert found
    assert all(call_again(world, contact, later + timedelta(days=1)).wrong for contact, _, later in found)


def test_a_task_for_the_day_of_the_next_call_is_right(world: World) -> None:
    for contact in (one for one in world.contacts if one.row.calls < 6):
        for before, later in pairwise(contact.call_days):
            assert call_again(world, contact, later).wrong is (working_days_between(before, later) < 3)


@pytest.mark.parametrize("ground", sorted(FORBIDDEN_GROUNDS))
def test_whatever_goes_by_a_forbidden_ground_is_wrong(world: World, ground: str) -> None:
    contact = next(one for one in world.contacts if not one.row.said_yes)
    graded = grade(world, "contact.tag.add", {"contact": contact.id, "tag": "not-now"}, ["job", ground], contact.due_on)
    assert (graded.wrong, graded.reason_code) == (True, "forbidden_ground")


@pytest.mark.parametrize("key", ["c99999", "", "contact"])
def test_a_contact_nobody_knows_is_wrong(world: World, key: str) -> None:
    assert grade(world, "contact.tag.add", {"contact": key, "tag": "not-now"}, [], date(2008, 7, 1)).wrong is True


def test_reviewers_miss_as_rarely_as_stated_and_never_a_recorded_result(world: World) -> None:
    wrong = [educate(world, contact, "none of them") for contact in world.contacts if contact.row.education is not None]
    missed = sum(graded.answer is Answer.APPROVE for graded in wrong)
    assert 0 < missed / len(wrong) < 2 * MISSED
    assert all(graded.reason_code == "" for graded in wrong if graded.answer is Answer.APPROVE)


def test_a_grading_repeats_after_a_restart(world: World) -> None:
    again = replace(world)
    assert [educate(world, one, "primary") for one in world.contacts] == [
        educate(again, one, "primary") for one in world.contacts
    ]


def test_seconds_follow_the_stated_distribution(world: World) -> None:
    seconds = sorted(tag(world, contact).seconds_seen for contact in world.contacts)
    assert seconds[0] >= LEAST_SECONDS
    assert abs(seconds[len(seconds) // 2] - MEDIAN_SECONDS["contact.tag.add"]) <= 1


def test_every_rule_is_a_sentence_that_says_where_it_comes_from() -> None:
    for name, sentence in STATED_RULES.items():
        assert name.isidentifier()
        assert sentence.startswith(("Generated:", "Stated:", "Derived:", "From the file:", "Staged"))
        assert sentence.endswith(".")
