"""Looking: an agent sees the fields of its windows, as late as the charter says, and the ledger remembers that it looked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.core.facts import ContextRead, ContextRefused, ViolationFound
from remit.core.types import Record, UseCaseId, Value
from remit.errors import InvalidInput, NotAllowed, NotFound
from remit.flow.see import Look, Page, see
from remit.ports import AgentKey
from tests.flow.stage import ADA, CONTACTS, CRM, DESK, Stage, person

ANNA = Record(kind="contact", id="c0001")


async def look(
    stage: Stage,
    window: str = "now",
    *,
    key: AgentKey = ADA,
    use_case: UseCaseId = CRM,
    where: dict[str, Value] | None = None,
    after: str | None = None,
    limit: int = 1000,
    fields: tuple[str, ...] = (),
) -> Page:
    """Read one page of a window."""
    return await see(stage.house, key, use_case, Look(window=window, fields=fields, where=where or {}, after=after, limit=limit))


async def test_an_agent_sees_the_fields_of_the_window_and_no_others(stage: Stage) -> None:
    stage.world.edit(ANNA, {"score": 7, "phone": "555"})
    page = await look(stage)
    anna = next(row for row in page.rows if row.id == "c0001")
    assert dict(anna.fields) == {"job": "clerk", "score": 7}
    assert {name for row in page.rows for name in row.fields} <= {"job", "region", "score"}


async def test_a_filter_on_what_the_window_shows_narrows_it(stage: Stage) -> None:
    stage.world.edit(ANNA, {"job": "nurse"})
    assert [row.id for row in (await look(stage, where={"job": "nurse"})).rows] == ["c0001"]


@pytest.mark.parametrize("field", ["name", "phone", "do_not_contact", "status", ""])
async def test_a_filter_cannot_ask_about_what_the_window_hides(stage: Stage, field: str) -> None:
    facts, effects = stage.written()
    with pytest.raises(NotAllowed, match="outside the window"):
        await look(stage, where={field: "x"})
    assert stage.written() == (facts + 2, effects)
    assert [type(fact) for fact in stage.facts()[-2:]] == [ContextRefused, ViolationFound]


async def test_a_late_window_shows_the_world_as_it_was(stage: Stage) -> None:
    stage.world.edit(ANNA, {"status": "won"})
    stage.world.put([(Record(kind="contact", id="new"), {"job": "clerk"})], by="import", at=stage.clock.now())
    page = await look(stage, "late")
    rows = {row.id: dict(row.fields) for row in page.rows}
    assert ("new" in rows, rows["c0001"]) == (False, {"job": "clerk"})
    assert page.as_of == stage.clock.now() - timedelta(hours=24)
    stage.clock.move(hours=24)
    rows = {row.id: dict(row.fields) for row in (await look(stage, "late")).rows}
    assert (rows["c0001"]["status"], rows["new"]) == ("won", {"job": "clerk"})


async def test_a_late_filter_does_not_tell_what_happened_since(stage: Stage) -> None:
    stage.world.edit(ANNA, {"status": "won"})
    assert (await look(stage, "late", where={"status": "won"})).rows == ()


async def test_pages_together_are_the_window_without_gap_or_double(stage: Stage) -> None:
    seen, after = [], None
    while True:
        page = await look(stage, after=after, limit=70)
        seen += [row.id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert seen == [person(number) for number in range(CONTACTS)]


@pytest.mark.parametrize("limit", [0, -1, 1001])
async def test_a_page_has_a_size(stage: Stage, limit: int) -> None:
    with pytest.raises(InvalidInput, match="1 to 1000"):
        await look(stage, limit=limit)


async def test_the_ledger_remembers_who_looked_at_what(stage: Stage) -> None:
    page = await look(stage, where={"job": "clerk"}, limit=10)
    (fact,) = stage.facts_of(ContextRead)
    assert (fact.agent, fact.use_case, fact.window, fact.digest, fact.records) == ("ada", CRM, "now", page.digest, 10)
    assert fact.as_of == page.as_of == stage.clock.now()


async def test_a_window_has_a_digest_of_its_own(stage: Stage) -> None:
    digests = {(await look(stage, window)).digest for window in ("now", "late", "now")}
    assert len(digests) == 2


REFUSED = {
    "a window that does not exist": ({"window": "everything"}, NotFound, "late, now"),
    "a use case that does not exist": ({"use_case": UseCaseId("crn")}, NotFound, "crn"),
    "a use case of another key": ({"use_case": DESK}, NotAllowed, "desk"),
}


@pytest.mark.parametrize(("asked", "error", "named"), REFUSED.values(), ids=REFUSED)
async def test_what_is_not_for_this_agent_is_refused_and_not_read(
    stage: Stage, asked: dict[str, object], error: type[Exception], named: str
) -> None:
    before = stage.written()
    with pytest.raises(error, match=named):
        await look(stage, **asked)  # type: ignore[arg-type]  # the table has a column per argument
    assert stage.written() == before
