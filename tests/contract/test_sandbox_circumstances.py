"""What the sandbox establishes so that an operation may be judged in its narrow form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from remit.connectors.sandbox import Sandbox
from remit.core.types import Operation, Record, Value
from remit.ports import Call, Established
from tests.contract.connector_drivers import START, sandbox


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Sandbox]:
    with sandbox(tmp_path) as opened:
        people: list[tuple[Record, dict[str, Value]]] = [
            (Record(kind="contact", id="anna"), {"name": "Anna"}),
            (Record(kind="deal", id="d1"), {"stage": "new"}),
        ]
        opened.connector.world.put(people, by="import", at=START)
        yield opened.connector


async def established(crm: Sandbox, operation: str, **arguments: Value) -> Established:
    (found,) = await crm.establish([Call(operation=Operation(operation), arguments=arguments)])
    assert found.problem is None
    return found


@pytest.mark.parametrize("operation", ["contact.enrich", "contact.field.update"])
@pytest.mark.parametrize(
    ("field", "value", "reserved"),
    [("owner", "dana", True), ("score", 7, True), ("status", "called", True), ("region", "north", False)],
)
async def test_nobody_routes_or_scores_under_the_name_of_filling_a_field(
    crm: Sandbox, operation: str, field: str, value: Value, reserved: bool
) -> None:
    found = await established(crm, operation, contact="anna", name="Anna", **{field: value})
    assert found.reserved_fields == ((field,) if reserved else ())


async def test_an_operation_may_write_the_field_it_is_there_for(crm: Sandbox) -> None:
    assert (await established(crm, "lead.score.update", contact="anna", score=7)).reserved_fields == ()


DRAFT: dict[str, Value] = {"segment": "dormant", "subject": "Hello", "body": "We miss you"}
SEGMENT: dict[str, Value] = {"name": "Dormant", "definition": "no call in 90 days", "size": 812}


@pytest.mark.parametrize(
    ("operation", "arguments", "published"),
    [
        ("email.draft.create", DRAFT, False),
        ("email.draft.use", DRAFT, True),
        ("segment.suggest", SEGMENT, False),
        ("segment.create", SEGMENT, True),
        ("contact.field.update", {"contact": "anna", "status": "open"}, None),
        ("deal.stage.change", {"deal": "d1", "stage": "won"}, None),
        ("note.create", {"contact": "anna", "text": "asked for a quote"}, None),
    ],
)
async def test_what_stays_a_draft_is_told_from_what_does_not(
    crm: Sandbox, operation: str, arguments: dict[str, Value], published: bool | None
) -> None:
    assert (await established(crm, operation, **arguments)).published is published


COUPON: dict[str, Value] = {"name": "Spring", "codes": 40, "value_minor": 500, "expires": "2026-05-01"}


@pytest.mark.parametrize(
    ("operation", "arguments", "spend_minor"),
    [
        ("coupon.create", COUPON, 20_000),
        ("coupon.create", {**COUPON, "codes": 1_000_000, "value_minor": 100_000_000}, 10**14),
        ("deal.stage.change", {"deal": "d1", "stage": "won"}, 0),
        ("segment.create", SEGMENT, 0),
    ],
)
async def test_what_money_a_call_commits_is_established(
    crm: Sandbox, operation: str, arguments: dict[str, Value], spend_minor: int
) -> None:
    assert (await established(crm, operation, **arguments)).further["money.spend_minor"] == spend_minor


@pytest.mark.parametrize(
    ("operation", "arguments", "person"),
    [
        ("note.create", {"contact": "anna", "text": "asked for a quote"}, Record(kind="contact", id="anna")),
        ("contact.tag.add", {"contact": "anna", "tag": "vip"}, Record(kind="contact", id="anna")),
        ("deal.stage.change", {"deal": "d1", "stage": "won"}, None),
        ("coupon.create", COUPON, None),
    ],
)
async def test_whom_a_call_is_about_is_established(
    crm: Sandbox, operation: str, arguments: dict[str, Value], person: Record | None
) -> None:
    assert (await established(crm, operation, **arguments)).person == person
