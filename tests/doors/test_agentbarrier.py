"""An independent suite's eleven guarantees, against our API: approval, rejection, binding, replay, unknown outcomes, others."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agentbarrier.models import ScenarioStatus, SuiteResult
from agentbarrier.runner import RunnerOptions, SuiteRunner
from agentbarrier.scenarios import DEFAULT_SCENARIOS

from remit.core.types import Level, Operation
from remit.flow.adopt import adopt
from remit.wire import installation
from tests.changed import replace
from tests.doors.agentbarrier_adapter import FREE, GATED, ProbeSystem, RemitAdapter
from tests.doors.doorway import knock
from tests.flow.stage import charter, give

ARGUMENTS = {"task.create": {"arguments": ["action_id", "recipient", "amount"]}}


@pytest.fixture
async def adapter(folder: Path) -> AsyncIterator[RemitAdapter]:
    """Open a house in which one use case asks a person every time, and another acts alone; on the real clock."""
    with installation(folder) as opened:
        system = ProbeSystem()
        house = replace(opened.house, connectors={system.name: system})
        opened.app.state.house = house
        gated = charter(GATED, ARGUMENTS, take_back_seconds=0)
        free = charter(FREE, ARGUMENTS, take_back_seconds=0)
        free["evidence"]["qa_rate"] = 1e-6  # nothing is drawn for a look: the suite says itself what a person sees
        await adopt(house, {f"charter:{one['use_case']}": json.dumps(one) for one in (gated, free)}, "olga")
        await house.store.write(lambda tx: give(tx, FREE, Operation("task.create"), Level.EXECUTE))
        async with knock(opened) as http:
            yield RemitAdapter(house=house, system=system, http=http, token=opened.person_token)


async def verified(adapter: RemitAdapter, *scenarios: str) -> SuiteResult:
    """Run scenarios; a fence has to hold against what comes late, so time enough is given for that."""
    options = RunnerOptions(settle_seconds=0.1, tool_timeout_seconds=0.3, strict_skips=True, scenarios=scenarios or None)
    return await SuiteRunner(options).verify(adapter)


@pytest.mark.parametrize("scenario", [one.scenario_id for one in DEFAULT_SCENARIOS])
async def test_a_guarantee_holds(adapter: RemitAdapter, scenario: str) -> None:
    (result,) = (await verified(adapter, scenario)).results
    assert result.status is ScenarioStatus.PASSED, (result.detail, result.finding)


async def test_all_eleven_hold_one_after_the_other(adapter: RemitAdapter) -> None:
    result = await verified(adapter)
    missed = [(one.scenario_id, one.detail) for one in result.results if one.status is not ScenarioStatus.PASSED]
    assert (missed, result.passed_count) == ([], 11)
