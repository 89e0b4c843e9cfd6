"""A path counts as tested only after somebody walked it, and a stop only after it held."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from remit.core import facts as f
from remit.core.ceilings import ceilings
from remit.core.charter import Charter
from remit.core.drill import QUARTER, DrillKind
from remit.core.level import Grant
from remit.core.notice import NoticeKind
from remit.core.readiness import PPM
from remit.core.types import Level, Role, UseCaseId
from remit.errors import Conflict, InvalidInput, NotFound
from remit.flow import try_out
from remit.flow.adopt import adopt, revoke
from remit.flow.ask import Judged, Question, ask_gate
from remit.flow.measure import measure
from remit.flow.try_out import drill_escalation, drill_stop, remind_of_drills
from remit.ports import House, Reading
from tests.changed import replace
from tests.flow.letters import Box, people, wish, with_box
from tests.flow.stage import ADA, CRM, TAGGING, Stage, documents, tag

LINK = "http://here"
PATH = [{"after_hours": 8, "role": "risk", "channel": "ops"}, {"after_hours": 16, "role": "line_of_business"}]


@pytest.fixture
async def box(stage: Stage) -> Box:
    """Let there be a path, people on it, and a place where letters arrive."""
    told = documents()
    changes = {"escalation": PATH, "readiness": {"escalation_tested": True}}
    told[f"charter:{CRM}"] = json.dumps(json.loads(told[f"charter:{CRM}"]) | changes)
    await adopt(stage.house, told, "olga")
    await people(stage, dana=Role.REVIEWER, ravi=Role.RISK, ines=Role.LINE_OF_BUSINESS, mo=Role.MARKETING_OPS)
    found = with_box(stage)
    for name in ("dana", "ines"):
        await wish(stage, name)
    return found


async def test_a_walked_path_counts_as_tested_for_a_quarter(stage: Stage, box: Box) -> None:
    found = await drill_escalation(stage.house, CRM, by="olga", link=LINK)
    assert found.passed
    assert found.steps == (
        "reminder: dana, mo asked; reached dana",
        "risk: ravi asked; reached channel ops",
        "line_of_business: ines asked; reached ines",
    )
    assert all("a drill" in letter.subject and letter.body.endswith(LINK) for _, _, letter in box.taken)
    with stage.house.store.read() as reading:
        kept = reading.measures(CRM)["escalation_tested"]
        charter = reading.policy().charters[CRM]
    assert (kept.value_ppm, kept.until) == (PPM, stage.clock.now() + QUARTER)
    assert not [one for one in _ceilings(stage, charter) if one == "readiness"]
    stage.clock.move(days=93)
    assert "readiness" in _ceilings(stage, charter), "what is older than a quarter holds the level down again"


def _ceilings(stage: Stage, charter: Charter) -> list[str]:
    grant = Grant(level=Level.EXECUTE, version="v1", until=stage.clock.now() + timedelta(days=1))
    with stage.house.store.read() as reading:
        found = ceilings(
            grant,
            charter,
            operation=TAGGING,
            version="v1",
            now=stage.clock.now(),
            measured=reading.measures(CRM),
        )
    return [one.code for one in found]


async def test_a_step_that_reaches_nobody_fails_the_drill_and_says_so(stage: Stage, box: Box) -> None:
    box.up = False
    found = await drill_escalation(stage.house, CRM, by="olga", link=LINK)
    assert not found.passed
    assert "could not be reached" in found.steps[0]
    with stage.house.store.read() as reading:
        assert reading.measures(CRM)["escalation_tested"].value_ppm == 0
    assert [fact.passed for fact in stage.facts_of(f.Drilled)] == [False]


async def test_somebody_who_never_said_how_is_not_reached(stage: Stage) -> None:
    await people(stage, dana=Role.REVIEWER)
    found = await drill_escalation(stage.house, CRM, by="olga", link=LINK)
    assert not found.passed
    assert found.steps[0] == "reminder: dana asked; nobody said how she wants to be told, and the step has no channel"
    assert found.steps[1].startswith("marketing_ops: nobody asked")


async def test_nobodys_word_makes_a_path_tested(stage: Stage) -> None:
    until = stage.clock.now() + timedelta(days=1)
    with pytest.raises(InvalidInput, match="remit drill escalation crm"):
        await measure(stage.house, CRM, "escalation_tested", value_ppm=PPM, until=until, by="dora")


async def test_a_drill_is_due_again_after_a_quarter_and_its_owner_is_told_once(stage: Stage, box: Box) -> None:
    assert box.up
    await wish(stage, "mo")
    await drill_escalation(stage.house, CRM, by="olga", link=LINK)
    assert await remind_of_drills(stage.house) == 0
    stage.clock.move(days=93)
    assert [await remind_of_drills(stage.house) for _ in range(2)] == [1, 0]
    assert [(fact.kind, fact.person) for fact in stage.facts_of(f.NoticeWritten)] == [(NoticeKind.DRILL_DUE, "mo")]
    await drill_escalation(stage.house, CRM, by="olga", link=LINK)
    with stage.house.store.read() as reading:
        [last] = reading.drills()
    assert (last.what, last.told, last.due_at) == (DrillKind.ESCALATION, False, stage.clock.now() + QUARTER)


async def test_a_stop_that_is_tried_out_holds_and_stays(stage: Stage) -> None:
    waiting = await stage.approved(tag())
    found = await drill_stop(stage.house, CRM, by="olga")
    assert found.passed
    assert found.steps[0].startswith("stopped use_case:crm: 1 wait, 0 were under way")
    assert "the gate knew it after 0." in found.steps[1]
    assert found.steps[2] == "0 started in the second after it"
    await stage.leave()
    assert stage.effects(waiting) == []
    with pytest.raises(Conflict, match="it is stopped"):
        await drill_stop(stage.house, CRM, by="olga")
    assert [fact.what for fact in stage.facts_of(f.Drilled)] == [DrillKind.STOP]


async def test_a_stop_that_the_gate_does_not_know_of_fails_the_drill(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(try_out, "MOST_SECONDS", 0.1)

    def blind(house: House, reading: Reading, question: Question) -> Judged:
        judged = ask_gate(house, reading, question)
        return replace(judged, decision=replace(judged.decision, reasons=()))

    monkeypatch.setattr(try_out, "ask_gate", blind)
    found = await drill_stop(stage.house, CRM, by="olga")
    assert not found.passed


async def test_a_stop_is_tried_out_also_where_no_agent_is(stage: Stage) -> None:
    await revoke(stage.house, agent=ADA.agent, version=ADA.version, by="olga", reason="gone")
    found = await drill_stop(stage.house, CRM, by="olga")
    assert (found.passed, found.steps[1]) == (True, "no agent could be asked")


async def test_a_drill_names_a_use_case_there_is(stage: Stage) -> None:
    nothing = UseCaseId("nothing")
    for drill in (drill_escalation(stage.house, nothing, by="olga", link=LINK), drill_stop(stage.house, nothing, by="olga")):
        with pytest.raises(NotFound, match="these charters"):
            await drill
