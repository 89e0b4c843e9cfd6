"""A map measured over the people of a CRM: page by page, all of them, and nothing is written."""

from __future__ import annotations

import pytest

from remit.core.map_gaps import together
from remit.core.types import Record
from remit.errors import InvalidInput, NotFound
from remit.flow.adopt import adopt
from remit.flow.survey import known_of_all, survey
from remit.wire import packaged_documents
from tests.flow.stage import CONTACTS, START, Stage, person


async def mapped(stage: Stage) -> None:
    """Put the map of the sandbox into force."""
    await adopt(stage.house, {"map:sandbox": packaged_documents()["map:sandbox"]}, "olga")


async def test_every_person_is_counted_once(stage: Stage) -> None:
    await mapped(stage)
    stage.world.edit(Record(kind="contact", id=person(7)), {"country": "Germany"})
    before, after, pages = stage.written(), "", []
    while True:
        page = await survey(stage.house, "sandbox", after=after or None, limit=200)
        pages.append(page.counted)
        if page.after is None:
            break
        after = page.after
    counted = together(pages)
    assert [page.records for page in pages] == [200, 200, 100]
    assert (counted.records, counted.unknown["person.region"]) == (CONTACTS, CONTACTS - 1)
    assert counted.unknown["person.opted_out"] == 0, "the map says what an empty field means"
    assert stage.written() == before


async def test_what_is_the_same_for_every_message_is_known_or_not(stage: Stage) -> None:
    await mapped(stage)
    assert set((await known_of_all(stage.house, "sandbox")).values()) == {False}
    stage.world.put([(Record(kind="sender", id="main"), {"one_click": "yes"})], by="import", at=START)
    known = await known_of_all(stage.house, "sandbox")
    assert {name for name, there in known.items() if there} == {"message.one_click"}


async def test_a_system_without_a_map_and_a_page_that_is_none_are_refused(stage: Stage) -> None:
    with pytest.raises(NotFound, match="no map at all"):
        await survey(stage.house, "sandbox", after=None, limit=10)
    await mapped(stage)
    with pytest.raises(NotFound, match="sandbox"):
        await survey(stage.house, "elsewhere", after=None, limit=10)
    for limit in (0, 1001):
        with pytest.raises(InvalidInput, match="1 to 1000"):
            await survey(stage.house, "sandbox", after=None, limit=limit)
