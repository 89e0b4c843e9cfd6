"""What the CRM holds of a contact on any day: nothing too early, nothing that must not be there, nothing about the truth."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.demo.bank_file import MONTHS, bank_rows
from remit.demo.contact import CRM_FIELDS, contact_of, fields_on
from remit.demo.details import MOVED, regions
from remit.demo.world import STORY_STARTS, World, build_world

A_DAY = timedelta(days=1)


def test_only_named_fields_ever_enter_the_crm(world: World) -> None:
    held = {name for contact in world.contacts for name in fields_on(contact, STORY_STARTS) or {}}
    assert held <= set(CRM_FIELDS)
    assert set(CRM_FIELDS) - held == {"region", "time_zone", "days_since_previous"}  # nobody of the past was called before


@pytest.mark.parametrize("left_out", ["age", "marital", "duration", "campaign", "y"])
def test_no_field_leaks_what_must_stay_out(left_out: str) -> None:
    assert left_out not in CRM_FIELDS


def test_a_contact_is_unknown_before_its_first_call_day(world: World) -> None:
    assert all(fields_on(contact, contact.entered_on - A_DAY) is None for contact in world.contacts)
    assert all(fields_on(contact, contact.entered_on) is not None for contact in world.contacts)


def test_the_result_is_known_in_the_evening_and_not_before(world: World) -> None:
    for contact in world.contacts:
        morning, evening = fields_on(contact, contact.due_on), fields_on(contact, contact.due_on, evening=True)
        assert morning is not None
        assert evening is not None
        assert "result" not in morning
        assert evening["result"] == ("yes" if contact.row.said_yes else "no")
        assert evening["status"] == ("won" if contact.row.said_yes else "closed")


def test_nothing_tells_the_day_of_the_last_call_beforehand(world: World) -> None:
    for contact in world.contacts:
        before = fields_on(contact, contact.due_on - A_DAY, evening=True)
        assert before is None or "due_on" not in before
        assert (fields_on(contact, contact.due_on) or {})["due_on"] == contact.due_on.isoformat()


def test_calls_are_counted_up_to_the_number_in_the_file(world: World) -> None:
    for contact in world.contacts:
        counted = [(fields_on(contact, day, evening=True) or {})["calls_made"] for day in contact.call_days]
        assert counted == list(range(contact.row.calls - len(contact.call_days) + 1, contact.row.calls + 1))


def test_the_month_never_tells_of_a_later_call(world: World) -> None:
    for contact in world.contacts:
        seen = [(contact.entered_on, (fields_on(contact, contact.entered_on) or {})["month"])]
        seen += [(day, (fields_on(contact, day, evening=True) or {})["month"]) for day in contact.call_days]
        seen.append((contact.due_on, (fields_on(contact, contact.due_on) or {})["month"]))
        assert all(month == MONTHS[day.month - 1] for day, month in seen)


def test_masks_hide_a_fifth_of_known_educations_and_never_touch_unknown_ones(world: World) -> None:
    known = [contact for contact in world.contacts if contact.row.education is not None]
    masked = [contact for contact in world.contacts if contact.education_masked]
    assert all(contact.row.education is not None for contact in masked)
    assert 0.17 < len(masked) / len(known) < 0.23
    for contact in world.contacts:
        held = fields_on(contact, contact.entered_on) or {}
        assert held.get("education") == (None if contact.education_masked else contact.row.education)


def test_a_region_is_where_the_prefix_says_but_for_those_who_moved(world: World) -> None:
    region_of = {prefix: region.region for region in regions() for prefix in region.prefixes}
    moved = [contact for contact in world.contacts if region_of[contact.details.phone_prefix] != contact.details.region]
    assert 0 < len(moved) / len(world.contacts) < 3 * MOVED


def test_details_are_plainly_made_up(world: World) -> None:
    for contact in world.contacts:
        assert contact.details.email.rpartition("@")[2] in {"example.com", "example.net", "example.org"}
        assert contact.details.email.isascii()
        assert contact.details.phone.startswith(f"+351 {contact.details.phone_prefix} 0")


def test_each_prefix_belongs_to_one_region() -> None:
    prefixes = [prefix for region in regions() for prefix in region.prefixes]
    assert len(prefixes) == len(set(prefixes))


def test_a_contact_hangs_on_seed_and_row_alone() -> None:
    row = bank_rows()[4711]
    assert contact_of(7, row) == contact_of(7, row)
    assert contact_of(7, row) == build_world(7, [bank_rows()[4710], row]).contacts[1]
    assert contact_of(7, row) != contact_of(8, row)
