"""Planted proposals: they look like any other, never leave, teach whoever answers them, and say whose answers still count."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from remit.core import facts as f
from remit.core.action import Action
from remit.core.lifecycle import State
from remit.core.types import Answer, Role
from remit.errors import Conflict, InvalidInput, NotFound, RuleError
from remit.flow.adopt import adopt, revoke
from remit.flow.answered import Given
from remit.flow.attend import TEAM, count_again, told
from remit.flow.escalate import escalate
from remit.flow.judge import judge
from remit.flow.plant import Case, care_of, keep_cases, plant, plant_due
from remit.flow.review import answer_together
from remit.flow.together import similar
from remit.runner.local import drain
from remit.store.checkup import check_up
from remit.wire import public_key
from tests.changed import replace
from tests.core.written_statement import document
from tests.flow.letters import people, wish, with_box
from tests.flow.stage import ADA, CRM, TAGGING, Stage, documents, person, tag

WHY = "Nobody tags a person who asked to be left alone."
CARE: dict[str, Any] = {
    "mode": "individual",
    "keep_days": 90,
    "seeds_per_hundred": 10,
    "why": "Approvals have to mean something.",
}


async def with_care(stage: Stage, **changes: Any) -> None:
    """Adopt a risk statement that asks for care."""
    told_in = documents() | {"risk_statement": json.dumps(document(care=CARE | changes))}
    for name in ("charter:crm",):
        charter = json.loads(told_in[name])
        charter["evidence"]["miss_rate"] = 0.2
        told_in[name] = json.dumps(charter)
    await adopt(stage.house, told_in, "olga")


@pytest.fixture
async def watched(stage: Stage) -> Stage:
    """Let there be reviewers whose answers are looked at, and cases to plant."""
    await with_care(stage)
    await people(stage, dana=Role.REVIEWER, rosa=Role.REVIEWER, ines=Role.RISK)
    cases = [
        Case(use_case=CRM, operation=TAGGING, arguments={"contact": person(400 + n), "tag": "vip"}, why=WHY) for n in range(12)
    ]
    assert await keep_cases(stage.house, cases, "ines") == 12
    return stage


async def planted(stage: Stage) -> Action:
    """Plant the next case."""
    with stage.house.store.read() as reading:
        case = reading.next_cases()[CRM]
    return stage.action(await plant(stage.house, case))


async def test_a_planted_proposal_never_leaves_and_whoever_approved_it_is_told(watched: Stage) -> None:
    action = await planted(watched)
    assert (action.state, action.counts, action.agent) == (State.SEEDED, False, "ada")
    after = await watched.say(action)
    assert after.state is State.MISSED
    await watched.leave()
    watched.clock.move(days=2)
    await drain(watched.house)
    assert watched.effects(action) == []
    assert not watched.has_tag(person(400))
    with watched.house.store.read() as reading:
        assert reading.why_planted(action.proposal) == WHY
    assert WHY not in repr(watched.facts()), "what is wrong is content"


@pytest.mark.parametrize("said", [Answer.REJECT, Answer.RETURN, Answer.APPROVE_EDITED])
async def test_whoever_does_not_approve_it_as_it_is_noticed(watched: Stage, said: Answer) -> None:
    more: dict[str, Any] = {"edited": {"contact": person(400), "tag": "gold"}} if said is Answer.APPROVE_EDITED else {}
    action = await watched.say(await planted(watched), said, **more)
    assert (action.state, action.loss_ppm, action.reserved) == (State.CAUGHT, None, ())


async def test_later_is_no_answer_and_nobody_answering_lapses(watched: Stage) -> None:
    action = await watched.say(await planted(watched), Answer.LATER)
    assert action.state is State.SEEDED
    watched.clock.move(hours=20)
    assert await escalate(watched.house) > 0, "it asks like any other"
    watched.clock.move(hours=20)
    await drain(watched.house)
    assert watched.state(action) is State.LAPSED


async def test_it_stands_among_what_is_alike_and_is_answered_together(watched: Stage) -> None:
    action = await planted(watched)
    other = await watched.proposed(tag(person(7)))
    found = {one.proposal for one, _ in similar(watched.house, action.proposal).found}
    assert action.proposal in found
    given = [Given(proposal=one.proposal, answer=Answer.APPROVE, by="dana", seen=one.seen) for one in (action, other)]
    _, outcomes = await answer_together(watched.house, given)
    assert [one.state for one in outcomes if isinstance(one, Action)] == [State.MISSED, State.LEAVING]


async def test_no_evidence_comes_of_a_planted_proposal(watched: Stage) -> None:
    with watched.house.store.read() as reading:
        before = reading.evidence(CRM, TAGGING, "v1")
    await watched.say(await planted(watched))
    await judge(watched.house)
    with watched.house.store.read() as reading:
        assert reading.evidence(CRM, TAGGING, "v1") == before


async def test_after_four_missed_ones_her_answers_are_no_evidence_until_somebody_talked_with_her(watched: Stage) -> None:
    box = with_box(watched)
    await wish(watched, "dana")
    for _ in range(4):
        await watched.say(await planted(watched), by="dana")
    [fact] = watched.facts_of(f.AnswersDiscounted)
    assert (fact.person, fact.caught, fact.missed) == ("dana", 0, 4)
    assert box.taken == []
    assert [one.person for one in watched.facts_of(f.NoticeWritten)] == ["dana"], "she hears of it first, and nobody else"
    hers = await watched.say(await watched.proposed(tag(person(1))), by="dana")
    others = await watched.say(await watched.proposed(tag(person(2))), by="rosa")
    assert (hers.counts, others.counts, hers.state) == (False, True, State.LEAVING), "it stands, and is no evidence"
    await judge(watched.house)
    assert [fact.items for fact in watched.facts_of(f.ClusterClosed)] == [(others.proposal,)]
    with pytest.raises(Conflict, match="the same person"):
        await count_again(watched.house, "dana", by="dana", note="I will look.")
    with pytest.raises(InvalidInput, match="no note"):
        await count_again(watched.house, "dana", by="ines", note=" ")
    watched.clock.move(seconds=1)
    await count_again(watched.house, "dana", by="ines", note="We read three together.")
    with pytest.raises(Conflict, match="they count"):
        await count_again(watched.house, "dana", by="ines", note="again")
    assert (await watched.say(await watched.proposed(tag(person(3))), by="dana")).counts
    watched.clock.move(seconds=1)
    await watched.say(await planted(watched), by="dana")
    assert len(watched.facts_of(f.AnswersDiscounted)) == 1, "what was missed before does not count again"
    found = check_up(watched.folder, public_key(watched.folder), watched.clock, watched.ids)
    assert [one for one in found if not one.sound] == [], "and a rebuild shows the same"


async def test_for_a_team_nobody_alone_is_looked_at(watched: Stage) -> None:
    await with_care(watched, mode="team")
    for number in range(4):
        await watched.say(await planted(watched), by=("dana", "rosa")[number % 2])
    assert [fact.person for fact in watched.facts_of(f.AnswersDiscounted)] == [TEAM]
    assert not (await watched.say(await watched.proposed(tag(person(1))), by="rosa")).counts


async def test_what_was_planted_before_care_was_switched_off_still_leads_nowhere(watched: Stage) -> None:
    action = await planted(watched)
    await with_care(watched, mode="off")
    assert (await watched.say(action)).state is State.MISSED
    assert watched.facts_of(f.AnswersDiscounted) == []


async def test_whose_answers_do_not_count_is_judged_no_second_time(watched: Stage) -> None:
    for _ in range(6):
        await watched.say(await planted(watched), by="dana")
    assert len(watched.facts_of(f.AnswersDiscounted)) == 1


async def test_an_answer_faster_than_reading_is_no_evidence_whatever_is_looked_at(stage: Stage) -> None:
    fast = await stage.say(await stage.proposed(tag(person(1))), seconds_seen=0)
    calm = await stage.say(await stage.proposed(tag(person(2))), seconds_seen=5)
    assert (fast.counts, calm.counts) == (False, True)
    assert [fact.too_fast for fact in stage.facts_of(f.Answered)] == [True, False]


async def test_each_is_told_once_what_is_looked_at_and_again_when_that_changes(watched: Stage) -> None:
    assert "planted" in await told(watched.house, "dana")
    assert await told(watched.house, "dana") == ""
    await with_care(watched, mode="team")
    assert "of nobody alone" in await told(watched.house, "dana")
    await with_care(watched, mode="off")
    assert await told(watched.house, "dana") == ""
    assert [fact.mode for fact in watched.facts_of(f.CareTold)] == ["individual", "team"]


async def test_cases_are_planted_by_themselves_after_about_so_many_answers(watched: Stage) -> None:
    assert await plant_due(watched.house) == 0
    at: list[int] = []
    for number in range(60):
        await watched.say(await watched.proposed(tag(person(number))), Answer.REJECT)
        watched.clock.move(seconds=1)
        if await plant_due(watched.house):
            at.append(number)
    gaps = [after - before for before, after in zip([-1, *at], at, strict=False)]
    assert len(at) >= 4
    assert all(5 <= gap <= 15 for gap in gaps), "10 of a hundred, give or take a half, so that nobody knows when"
    assert len(set(gaps)) > 1


async def test_a_case_that_cannot_be_planted_any_more_is_put_aside_and_stops_nobody(watched: Stage) -> None:
    told_in = documents() | {"risk_statement": json.dumps(document(care=CARE))}
    charter = json.loads(told_in["charter:crm"])
    charter["operations"][TAGGING]["values"] = {"tag": ["gold"]}
    await adopt(watched.house, told_in | {"charter:crm": json.dumps(charter)}, "olga")
    for number in range(20):
        await watched.say(await watched.proposed(tag(person(number), "gold")), Answer.REJECT)
    assert await plant_due(watched.house) == 0
    with watched.house.store.read() as reading:
        first, second, *_ = reading.cases()
    assert "the gate says block" in str(first.planted)
    assert second.planted is None


async def test_off_plants_nothing(stage: Stage) -> None:
    with stage.house.store.read() as reading:
        assert care_of(reading).mode == "off"
    await keep_cases(
        stage.house, [Case(use_case=CRM, operation=TAGGING, arguments={"contact": person(1), "tag": "vip"}, why=WHY)], "ines"
    )
    with pytest.raises(InvalidInput, match="care is off"):
        await planted(stage)
    assert await plant_due(stage.house) == 0


async def test_a_case_that_no_reviewer_would_see_is_refused_and_leaves_nothing(watched: Stage) -> None:
    told_in = documents() | {"risk_statement": json.dumps(document(care=CARE))}
    charter = json.loads(told_in["charter:crm"])
    charter["operations"][TAGGING]["values"] = {"tag": ["gold"]}
    await adopt(watched.house, told_in | {"charter:crm": json.dumps(charter)}, "olga")
    before = len(watched.facts())
    with pytest.raises(InvalidInput, match="the gate says block"):
        await planted(watched)
    assert len(watched.facts()) == before


WRONG = {
    "no reason": ({"why": " "}, InvalidInput, "no why"),
    "no such use case": ({"use_case": "nothing"}, NotFound, "none"),
    "no such operation": ({"operation": "contact.vanish"}, InvalidInput, "no such operation"),
}


@pytest.mark.parametrize(("changes", "error", "found"), WRONG.values(), ids=WRONG)
async def test_a_wrong_case_is_refused_with_all_that_came_with_it(
    stage: Stage, changes: dict[str, Any], error: type[Exception], found: str
) -> None:
    good = Case(use_case=CRM, operation=TAGGING, arguments={"contact": person(1), "tag": "vip"}, why=WHY)
    with pytest.raises(error, match=found):
        await keep_cases(stage.house, [good, replace(good, **changes)], "ines")
    with stage.house.store.read() as reading:
        assert reading.cases() == []


async def test_without_an_agent_there_is_nobody_to_look_like(watched: Stage) -> None:
    await revoke(watched.house, agent=ADA.agent, version=ADA.version, by="olga", reason="gone")
    with pytest.raises(NotFound, match="none"):
        await planted(watched)


async def test_people_are_not_watched_without_a_reason(stage: Stage) -> None:
    with pytest.raises(RuleError, match="care without why"):
        await with_care(stage, why="")


async def test_figures_are_made_of_the_days_that_are_kept(watched: Stage) -> None:
    start = watched.clock.now()
    await watched.say(await planted(watched), Answer.REJECT, by="dana", seconds_seen=9)
    with watched.house.store.read() as reading:
        [one] = reading.answerings(start - timedelta(days=1), start + timedelta(days=1))
        assert (one.by, one.caught, one.fast, one.seconds_seen) == ("dana", True, False, 9)
        assert reading.answerings(start + timedelta(days=1), start + timedelta(days=2)) == []
