"""Days unfold in order: contacts enter, are listed, are called; every call of the file's contacts happens once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from remit.demo.bank_file import bank_rows
from remit.demo.contact import entry_fields, fields_on, listing_fields
from remit.demo.unfold import LONGEST_GAP, MOST_EARLIER_CALLS, RANG_BACK_GAP, SHORTEST_GAP
from remit.demo.working_days import is_working_day, working_days_between
from remit.demo.world import STORY_STARTS, World, build_world

PAST = (date(2008, 3, 1), STORY_STARTS - timedelta(days=1))


def test_calls_unfold_in_order_and_end_on_the_row_date(world: World) -> None:
    for contact in world.contacts:
        gaps = [working_days_between(earlier, later) for earlier, later in pairwise(contact.call_days)]
        assert contact.call_days[-1] == contact.row.called_on
        assert len(contact.call_days) == min(contact.row.calls, MOST_EARLIER_CALLS + 1)
        assert all(gap == RANG_BACK_GAP or SHORTEST_GAP <= gap <= LONGEST_GAP for gap in gaps)
        assert all(is_working_day(day) for day in contact.call_days[:-1])


def test_customers_ring_back_as_rarely_as_stated(world: World) -> None:
    gaps = [working_days_between(*pair) for contact in world.contacts for pair in pairwise(contact.call_days)]
    assert 0.005 < sum(gap == RANG_BACK_GAP for gap in gaps) / len(gaps) < 0.025


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    rows = bank_rows()[:300]
    assert build_world(1, rows) == build_world(1, rows)
    assert build_world(1, rows).contacts != build_world(2, rows).contacts


def test_every_contact_enters_once_is_listed_once_and_ends_with_its_result(world: World) -> None:
    days = list(world.days(*PAST))
    everybody = {contact.id for contact in world.contacts}
    entered = [contact.id for day in days for contact in day.entering]
    listed = [contact.id for day in days for contact in day.call_list]
    ended = {call.contact.id: call.result for day in days for call in day.calls if call.final}
    assert sorted(entered) == sorted(listed) == sorted(everybody)
    assert ended == {contact.id: "yes" if contact.row.said_yes else "no" for contact in world.contacts}


def test_only_a_last_call_has_a_result(world: World) -> None:
    calls = [call for day in world.days(*PAST) for call in day.calls]
    assert all((call.result is None) is not call.final for call in calls)
    assert all(("result" in call.changes) is call.final for call in calls)


def test_playing_the_days_gives_what_the_crm_holds(world: World) -> None:
    crm: dict[str, dict[str, object]] = {}
    for day in world.days(*PAST):
        crm |= {contact.id: dict(entry_fields(contact)) for contact in day.entering}
        for contact in day.call_list:
            crm[contact.id].update(listing_fields(contact))
        for call in day.calls:
            crm[call.contact.id].update(call.changes)
    assert crm == {contact.id: fields_on(contact, STORY_STARTS) for contact in world.contacts}


def test_weekends_count_only_with_a_call_in_the_file() -> None:
    saturday = next(row for row in bank_rows() if not is_working_day(row.called_on))
    week = [
        day.date
        for day in build_world(1, [saturday]).days(saturday.called_on - timedelta(days=5), saturday.called_on + timedelta(days=1))
    ]
    assert len(week) == 6
    assert week[-1] == saturday.called_on


def test_the_past_ends_with_the_last_contact_closed_before_the_story() -> None:
    world = build_world(1, bank_rows()[:20_000])
    last = world.last_closed_before(STORY_STARTS)
    assert last == "c18823"
    assert world.by_id[last].due_on < STORY_STARTS
    assert world.last_closed_before(date(2008, 1, 1)) == ""
    before = list(world.entered_before(STORY_STARTS))
    assert all(contact.entered_on < STORY_STARTS for contact in before)
    assert len(before) > 18_823  # some contacts are on their way when the story begins
