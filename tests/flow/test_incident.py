"""Violations that are found later or come again, and incidents with all that is known of them in one report."""

from __future__ import annotations

import runpy

import pytest

from remit.core import facts as f
from remit.core.incident import markdown
from remit.core.lifecycle import State
from remit.core.types import Level
from remit.core.violation import Severity
from remit.errors import Conflict, InvalidInput, NotFound
from remit.flow.flag import report_violation
from remit.flow.investigate import Opening, note, open_incident, report
from remit.flow.judge import judge
from remit.flow.stop import order
from remit.flow.undo import undo
from remit.runner.local import drain
from remit.store.migrate import MIGRATIONS
from tests.changed import replace
from tests.flow.stage import CRM, TAGGING, Stage, person, tag


async def test_what_is_found_later_is_a_violation_like_any_other(stage: Stage) -> None:
    action = await stage.done(tag())
    told = {"rule": "brand_voice", "severity": Severity.HIGH, "by": "dana"}
    found = await report_violation(stage.house, action.proposal, note="It shouted.", **told)  # type: ignore[arg-type]  # as told
    assert (found.rule, found.agent, found.owner, found.settled_at) == ("brand_voice", "ada", "marketing_ops", None)
    assert "It shouted." not in repr(stage.facts())
    for wrong in ({"note": " "}, {"rule": ""}, {"rule": "It shouted!"}):
        with pytest.raises(InvalidInput):
            await report_violation(stage.house, action.proposal, **{"note": "x", **told, **wrong})  # type: ignore[arg-type]


async def test_repeated_violations_end_a_level_and_only_those_since_it_was_given(earned: Stage) -> None:
    done = await earned.proposed(tag(person(1)))
    told = {"rule": "brand_voice", "severity": Severity.LOW, "by": "dana", "note": "x"}
    for number in range(3):
        await judge(earned.house)
        with earned.house.store.read() as reading:
            assert reading.grant(CRM, TAGGING).level is Level.EXECUTE, number
        await report_violation(earned.house, done.proposal, **told)  # type: ignore[arg-type]  # as told
    await judge(earned.house)
    [lost] = earned.facts_of(f.LevelLost)
    assert (lost.cause, lost.level, lost.evidence["violations"]) == ("violations", Level.RECOMMEND, 3)
    with earned.house.store.read() as reading:
        assert reading.evidence(CRM, TAGGING, "v1").violations == 0, "the next trial begins from nothing"


async def test_an_upgrade_counts_the_violations_that_a_rebuild_would(earned: Stage) -> None:
    action = await earned.done(tag(person(1)))
    for _ in range(2):
        await report_violation(earned.house, action.proposal, rule="x", severity=Severity.LOW, by="dana", note="x")
    upgrade = runpy.run_path(str(MIGRATIONS / "versions" / "v0004_asked.py"))
    key = {"use_case": CRM, "operation": TAGGING, "version": "v1"}
    with earned.opened.store.engine.connect() as connection, earned.house.store.read() as reading:
        assert upgrade["_violations"](connection, key, 1) == 2 == reading.evidence(CRM, TAGGING, "v1").violations
        assert upgrade["_violations"](connection, key | {"operation": "note.create"}, 1) == 0
        assert upgrade["_violations"](connection, key, 2) == 0


async def test_below_level_three_violations_are_counted_nowhere(stage: Stage) -> None:
    action = await stage.done(tag())
    for _ in range(5):
        await report_violation(stage.house, action.proposal, rule="x", severity=Severity.LOW, by="dana", note="x")
    with stage.house.store.read() as reading:
        assert reading.evidence(CRM, TAGGING, "v1").violations == 0


def opening(**changes: object) -> Opening:
    """Say what happened."""
    plain = Opening(use_case=CRM, title="The wrong people got a tag", severity=Severity.HIGH, by="dana")
    return replace(plain, **changes)


async def test_an_incident_brings_actions_undo_violations_and_timeline_together(stage: Stage) -> None:
    first, second = [await stage.done(tag(person(number))) for number in (1, 2)]
    found = await report_violation(
        stage.house, second.proposal, rule="wrong_people", severity=Severity.HIGH, by="dana", note="not theirs"
    )
    one = await open_incident(stage.house, opening(proposals=(first.proposal,), violations=(found.id,)))
    assert one.proposals == (first.proposal, second.proposal), "what a violation is about belongs to it"
    await order(stage.house, "use_case:crm", by="dana", reason="an incident")
    await note(stage.house, one.incident, by="ravi", text="The list was old.")
    told = report(stage.house, one.incident)
    assert told.still_there == (first.proposal, second.proposal)
    text = markdown(told)
    assert f"`remit undo {first.proposal} {second.proposal}`" in text
    assert "The wrong people got a tag" in text
    assert "> The list was old." in text
    await undo(stage.house, [first.proposal], "dana")
    await stage.lift("use_case:crm")
    await drain(stage.house)
    assert stage.state(first) is State.UNDONE
    closed = await note(stage.house, one.incident, by="ravi", text="List renewed.", close=True)
    assert (closed.closed_by, closed.owner) == ("ravi", "marketing_ops")
    told = report(stage.house, one.incident)
    assert (told.counts, told.still_there) == ({"undone": 1, "done": 1}, (second.proposal,))
    kinds = [one.what for one in told.timeline]
    assert kinds.index("Proposed") < kinds.index("Done") < kinds.index("IncidentOpened") < kinds.index("StopOrdered")
    assert kinds.index("StopOrdered") < kinds.index("Undone") < kinds.index("IncidentClosed")
    with pytest.raises(Conflict, match="closed by ravi"):
        await note(stage.house, one.incident, by="dana", text="more")


async def test_what_people_wrote_of_an_incident_is_content(stage: Stage) -> None:
    one = await open_incident(stage.house, opening())
    assert "wrong people got" not in repr(stage.facts())
    assert "No action belongs to it." in markdown(report(stage.house, one.incident))


WRONG = {
    "no title": ({"title": " "}, InvalidInput, "no title"),
    "no such use case": ({"use_case": "nothing"}, NotFound, "these charters"),
    "no such proposal": ({"proposals": ("p0",)}, NotFound, "no such proposal"),
    "no such violation": ({"violations": ("v0",)}, NotFound, "no such violation"),
    "too many": ({"proposals": tuple(f"p{n}" for n in range(1001))}, InvalidInput, "1001 proposals"),
}


@pytest.mark.parametrize(("changes", "error", "found"), WRONG.values(), ids=WRONG)
async def test_a_wrong_incident_is_refused(stage: Stage, changes: dict[str, object], error: type[Exception], found: str) -> None:
    with pytest.raises(error, match=found):
        await open_incident(stage.house, opening(**changes))
    with stage.house.store.read() as reading:
        assert reading.incidents() == []


async def test_a_note_says_something_about_an_incident_there_is(stage: Stage) -> None:
    with pytest.raises(NotFound, match="no such incident"):
        await note(stage.house, "i0", by="dana", text="x")
    with pytest.raises(InvalidInput, match="no note"):
        await note(stage.house, "i0", by="dana", text=" ")
