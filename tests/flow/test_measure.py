"""What a level waits for: not measured is as low as measured badly, and a measure ends on its day."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from remit.core.facts import Measured
from remit.core.lifecycle import State
from remit.core.types import UseCaseId
from remit.errors import InvalidInput, NotFound
from remit.flow.adopt import adopt
from remit.flow.judge import judge
from remit.flow.measure import measure
from tests.flow.stage import CRM, Stage, charter, every_operation, person, tag

FULL = 1_000_000


async def asked(stage: Stage, **readiness: object) -> None:
    """Ask for something to be measured before a level may rise."""
    await adopt(stage.house, {"charter:crm": json.dumps(charter(CRM, every_operation(), readiness=readiness))}, "olga")


async def states(stage: Stage, first: int) -> set[State]:
    """Return what becomes of twenty new tags; at level 3 some are drawn for review."""
    return {(await stage.proposed(tag(person(first + one)))).state for one in range(20)}


async def test_what_was_never_measured_caps_a_level_at_2_until_it_is(earned: Stage) -> None:
    await asked(earned, data_quality=0.9)
    assert await states(earned, 0) == {State.HELD}
    until = earned.clock.now() + timedelta(days=10)
    await measure(earned.house, CRM, "data_quality", value_ppm=910_000, until=until, by="dora", note="Counted by hand.")
    assert State.LEAVING in await states(earned, 20)
    earned.clock.move(days=10)
    assert await states(earned, 40) == {State.HELD}


async def test_a_measure_below_what_is_asked_caps_it_too_and_a_newer_one_counts(earned: Stage) -> None:
    await asked(earned, undo_proven=True)
    until = earned.clock.now() + timedelta(days=10)
    await measure(earned.house, CRM, "undo_proven", value_ppm=0, until=until, by="dora")
    action = await earned.proposed(tag(person(0)))
    assert (action.state, earned.reasons(action)[0]) == (State.HELD, "ceiling_readiness")
    await measure(earned.house, CRM, "undo_proven", value_ppm=FULL, until=until, by="dora")
    assert State.LEAVING in await states(earned, 20)
    with earned.house.store.read() as reading:
        assert reading.measures(CRM)["undo_proven"].value_ppm == FULL
        assert reading.measures(UseCaseId("desk")) == {}
    assert len(earned.facts_of(Measured)) == 2


async def test_a_ceiling_of_one_operation_holds_it_alone(earned: Stage) -> None:
    operations = every_operation()
    operations["contact.tag.add"] = {**operations["contact.tag.add"], "highest_level": 2}  # type: ignore[dict-item]
    await adopt(earned.house, {"charter:crm": json.dumps(charter(CRM, operations))}, "olga")
    action = await earned.proposed(tag(person(0)))
    assert (action.state, earned.reasons(action)[0]) == (State.HELD, "ceiling_charter")


async def test_a_harm_cap_of_the_risk_statement_raises_the_share_that_is_drawn(stage: Stage) -> None:
    await judge(stage.house)
    statement = {
        "organisation": "Tests",
        "signed_by": "Ines",
        "signed_on": "2026-03-01",
        "highest_level": {},
        "otherwise": 4,
        "tolerance": 0.02,
        "tolerance_in_words": "at most 1 in 50 wrong",
        "harm_cap": 0.001,
    }
    await adopt(stage.house, {"risk_statement": json.dumps(statement)}, "olga")
    for one in range(20):
        await stage.proposed(tag(person(one)))
    await judge(stage.house)
    with stage.house.store.read() as reading:
        rate = reading.qa_rate_ppm(CRM, tag().operation)
    assert rate
    assert rate > 990_000


WRONG: dict[str, dict[str, object]] = {
    "of nothing": {"what": "mood"},
    "below nothing": {"value_ppm": -1},
    "more than all": {"value_ppm": FULL + 1},
    "already over": {"until": timedelta(0)},
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_measure_that_means_nothing_is_refused(stage: Stage, name: str) -> None:
    plain: dict[str, object] = {"what": "data_quality", "value_ppm": 5, "until": timedelta(days=1)} | WRONG[name]
    until = stage.clock.now() + plain.pop("until")  # type: ignore[operator]
    before = stage.written()
    with pytest.raises(InvalidInput):
        await measure(stage.house, CRM, until=until, by="dora", **plain)  # type: ignore[arg-type]
    assert stage.written() == before


async def test_a_measure_of_a_use_case_that_does_not_exist_is_refused(stage: Stage) -> None:
    until = stage.clock.now() + timedelta(days=1)
    with pytest.raises(NotFound):
        await measure(stage.house, UseCaseId("nobody"), "data_quality", value_ppm=1, until=until, by="dora")
