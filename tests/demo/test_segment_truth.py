"""Reviewers of segments count again."""

from __future__ import annotations

from datetime import date

import pytest

from remit.demo.segment_truth import check_segment
from remit.demo.world import World

DAY = date(2008, 7, 21)


def size(world: World, job: str) -> int:
    return sum(contact.row.job == job and contact.entered_on <= DAY for contact in world.contacts)


@pytest.mark.parametrize(("off", "wrong"), [(0.0, False), (0.04, False), (-0.04, False), (0.07, True), (-0.07, True)])
def test_a_size_may_be_five_percent_off(world: World, off: float, wrong: bool) -> None:
    told = round(size(world, "technician") * (1 + off))
    assert check_segment(world, {"definition": "job = technician", "size": told}, DAY).wrong is wrong


def test_clauses_are_joined(world: World) -> None:
    definition = "job = technician AND balance >= 1500 AND housing = yes AND loan = no AND status = closed"
    members = [
        contact
        for contact in world.contacts
        if contact.row.job == "technician" and contact.row.balance >= 1500 and contact.row.housing and not contact.row.loan
    ]
    closed = sum(contact.due_on < DAY and not contact.row.said_yes for contact in members)
    assert check_segment(world, {"definition": definition, "size": closed}, DAY).wrong is False


@pytest.mark.parametrize(
    "definition", ["", "age over 60", "job = technician AND age over 60", "balance >= many", "housing = maybe"]
)
def test_what_nobody_can_count_is_wrong(world: World, definition: str) -> None:
    assert check_segment(world, {"definition": definition, "size": 10}, DAY).code == "cannot_recount"


def test_a_size_must_be_a_number(world: World) -> None:
    assert check_segment(world, {"definition": "job = technician", "size": "many"}, DAY).code == "cannot_recount"
