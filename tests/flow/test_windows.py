"""Governed windows: only the charter's rows, nothing whole that it redacts, and what is old is said to be old."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from remit.core.facts import ContextRead, ContextRefused, ViolationFound
from remit.core.types import Record, Value
from remit.errors import NotAllowed
from remit.flow.adopt import adopt
from remit.flow.see import Look, Page, see
from tests.flow.stage import ADA, CRM, Stage, charter, every_operation

PEOPLE: dict[str, Any] = {
    "kind": "contact",
    "fields": ["name", "email", "entered_on", "phone", "job"],
    "version": 3,
    "source": "the CRM",
    "where": {"region": "north"},
    "fresh_hours": 48,
    "redact": {"name": "initial", "email": "domain", "entered_on": "year", "phone": "presence"},
}
ANNA: dict[str, Value] = {
    "name": "Anna",
    "email": "anna@example.com",
    "entered_on": "2024-05-01",
    "phone": "555",
    "job": "nurse",
    "region": "north",
}


async def governed(stage: Stage, **changed: Any) -> None:
    """Put a governed window into force and two people where it shows them, and one where not."""
    document = charter(CRM, every_operation(), windows={"people": {**PEOPLE, **changed}})
    await adopt(stage.house, {"charter:crm": json.dumps(document)}, "olga")
    rows: dict[str, dict[str, Value]] = {
        "anna": ANNA,
        "boris": {"job": "clerk", "region": "north"},
        "carl": {**ANNA, "region": "south"},
    }
    people = [(Record(kind="contact", id=name), fields) for name, fields in rows.items()]
    stage.world.put(people, by="import", at=stage.clock.now())


async def look(stage: Stage, *fields: str, **where: Value) -> Page:
    """Look through it."""
    return await see(stage.house, ADA, CRM, Look(window="people", fields=fields, where=where))


async def test_a_window_shows_the_charters_rows_and_of_a_redacted_field_what_is_left(stage: Stage) -> None:
    await governed(stage)
    page = await look(stage)
    assert {row.id: dict(row.fields) for row in page.rows} == {
        "anna": {"name": "A", "email": "example.com", "entered_on": "2024", "phone": True, "job": "nurse"},
        "boris": {"job": "clerk", "phone": False},
    }
    assert page.version == 3


async def test_the_filter_of_an_agent_narrows_and_never_widens(stage: Stage) -> None:
    await governed(stage, fields=["job", "region"], redact={})
    assert [row.id for row in (await look(stage, job="clerk")).rows] == ["boris"]
    assert (await look(stage, region="south")).rows == ()
    assert len((await look(stage, region=["north", "south"])).rows) == 2


async def test_an_agent_may_ask_for_less_than_the_window_shows(stage: Stage) -> None:
    await governed(stage)
    page = await look(stage, "job", "name")
    assert {name for row in page.rows for name in row.fields} == {"job", "name"}
    assert stage.facts_of(ContextRead)[-1].fields == ("job", "name")


REFUSED: dict[str, tuple[tuple[str, ...], dict[str, Value], tuple[str, ...]]] = {
    "a hidden field": (("job", "balance"), {}, ("balance",)),
    "a filter on a hidden field": ((), {"region": "south"}, ("region",)),
    "a filter on a redacted field": ((), {"name": "Anna"}, ("name",)),
    "what is no field": ((), {"Anna Miller": "x"}, ("something that is no field's name",)),
}


@pytest.mark.parametrize(("fields", "where", "kept"), REFUSED.values(), ids=REFUSED)
async def test_a_look_beyond_the_window_is_refused_recorded_and_a_violation(
    stage: Stage, fields: tuple[str, ...], where: dict[str, Value], kept: tuple[str, ...]
) -> None:
    await governed(stage)
    with pytest.raises(NotAllowed, match="outside the window"):
        await look(stage, *fields, **where)
    (refused,), (found,) = stage.facts_of(ContextRefused), stage.facts_of(ViolationFound)
    assert (refused.agent, refused.window, refused.fields) == ("ada", "people", kept)
    assert (found.rule, found.severity, found.owner, found.proposal) == ("context_refused", "medium", "marketing_ops", None)
    assert not stage.facts_of(ContextRead)


async def test_what_is_older_than_the_charter_calls_fresh_is_marked_and_counted(stage: Stage) -> None:
    await governed(stage)
    stage.clock.move(hours=48)
    assert (await look(stage)).stale == 0
    stage.clock.move(seconds=1)
    stage.world.edit(Record(kind="contact", id="boris"), {"job": "nurse"})
    page = await look(stage)
    assert ({row.id: row.stale for row in page.rows}, page.stale) == ({"anna": True, "boris": False}, 1)
    assert stage.facts_of(ContextRead)[-1].stale == 1


async def test_a_late_window_is_as_old_as_what_it_shows(stage: Stage) -> None:
    await governed(stage, delay_hours=24)
    stage.clock.move(hours=49)
    stage.world.edit(Record(kind="contact", id="anna"), {"job": "clerk"})
    page = await look(stage)
    assert {row.id: (row.fields["job"], row.stale) for row in page.rows} == {"anna": ("nurse", True), "boris": ("clerk", True)}
    assert page.as_of == stage.clock.now() - timedelta(hours=24)


async def test_the_ledger_remembers_what_was_read(stage: Stage) -> None:
    await governed(stage)
    page = await look(stage)
    (read,) = stage.facts_of(ContextRead)
    told = (read.window, read.version, read.digest, read.records, read.stale)
    assert told == ("people", 3, page.digest, 2, 0)
    assert read.fields == tuple(sorted(PEOPLE["fields"]))
