"""Limits in the flow: who takes from them, who gives back, and that no way leads past one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from remit.core.action import Action
from remit.core.facts import Answered, Decided, Done, Started
from remit.core.lifecycle import State
from remit.core.limits import Span
from remit.core.proposal import Ask
from remit.core.types import Answer, Record, Verdict
from remit.errors import LimitReached
from remit.flow.adopt import admit, adopt
from remit.flow.answered import Given
from remit.flow.propose import propose
from remit.flow.review import answer_each, take_back, withdraw
from remit.flow.stop import order
from remit.flow.undo import undo
from remit.ports import AgentKey, Effect
from remit.runner.local import drain
from remit.store.checkup import check_up
from remit.wire import public_key
from tests.changed import replace
from tests.flow.stage import ADA, CRM, TAGGING, Stage, ask, charter, every_operation, person, tag

COUPON: dict[str, Any] = {"name": "Spring", "codes": 40, "value_minor": 500, "expires": "2026-05-01"}
DAILY: dict[str, Any] = {"counts": "actions", "at_most": 3, "window": "1 day"}
BUDGET: dict[str, Any] = {"counts": "spend_minor", "at_most": 50_000, "window": "1 day", "each": "organisation"}
DAY = 86_400


async def limit(
    stage: Stage, *, organisation: dict[str, Any] | None = None, more: dict[str, Any] | None = None, **own: Any
) -> None:
    """Adopt the charter with limits of its own, and with a risk statement where the organisation has some."""
    documents = {"charter:crm": json.dumps(charter(CRM, every_operation(), limits=own, **(more or {})))}
    if organisation is not None:
        documents["risk_statement"] = json.dumps(
            {
                "organisation": "Tests",
                "signed_by": "Olga",
                "signed_on": "2026-01-01",
                "highest_level": {"low, easy": 4, "low, partial": 4, "medium, easy": 4},
                "tolerance": 0.02,
                "tolerance_in_words": "at most 1 in 50 wrong",
                "limits": organisation,
            }
        )
    await adopt(stage.house, documents, "olga")


def used(stage: Stage, name: str = "crm/daily", scope: str = "use_case:crm") -> int:
    """Return how much of a limit is taken, over all time."""
    with stage.house.store.read() as reading:
        return sum(reading.taken(Span(name, scope, 0, 10**12)).values())


def sound(stage: Stage) -> bool:
    """Whether what is shown is what the facts say."""
    return all(one.sound for one in check_up(stage.folder, public_key(stage.folder), stage.clock, stage.ids))


async def held(stage: Stage, many: int) -> list[Action]:
    """Propose tags for so many people; at level 2 all of them are held."""
    return [await stage.proposed(tag(person(number))) for number in range(many)]


def given(action: Action, said: Answer = Answer.APPROVE) -> Given:
    """Answer an action as it was shown."""
    return Given(proposal=action.proposal, answer=said, by="dana", seen=action.seen)


# ---------------------------------------------------------------------------------------------------------- proposing


async def test_what_is_allowed_takes_from_the_limit_and_what_would_pass_it_is_held(earned: Stage) -> None:
    await limit(earned, daily=DAILY)
    replies = await propose(earned.house, ADA, [tag(person(number)) for number in range(30)])
    assert [reply.verdict for reply in replies].count(Verdict.ALLOW) == used(earned) == 3
    last = next(fact for fact in reversed(earned.facts_of(Decided)) if fact.reasons[0].code == "limit_reached")
    assert (last.reserved, dict(last.given.used)) == ((), {"crm/daily": 3})
    assert dict(last.reasons[0].values)["found"] == "4"
    assert sound(earned)


async def test_the_next_group_sees_what_the_last_one_took(earned: Stage) -> None:
    await limit(earned, daily=DAILY)
    for number in range(30):
        await earned.reply(tag(person(number)))
    assert len([fact for fact in earned.facts_of(Decided) if fact.reserved]) == used(earned) == 3


async def test_without_a_limit_nothing_is_counted(earned: Stage) -> None:
    await propose(earned.house, ADA, [tag(person(number)) for number in range(10)])
    assert {(fact.reserved, tuple(fact.given.used)) for fact in earned.facts_of(Decided)} == {((), ())}


async def test_tomorrow_there_is_room_again(earned: Stage) -> None:
    await limit(earned, daily=DAILY)
    await propose(earned.house, ADA, [tag(person(number)) for number in range(30)])
    earned.clock.move(days=1)
    replies = await propose(earned.house, ADA, [tag(person(number), "gold") for number in range(30, 60)])
    assert [reply.verdict for reply in replies].count(Verdict.ALLOW) == 3
    assert used(earned) == 6


async def test_a_dry_run_takes_nothing(earned: Stage) -> None:
    await limit(earned, daily=DAILY)
    dry = [replace(tag(person(number)), dry_run=True) for number in range(20)]
    replies = await propose(earned.house, ADA, dry)
    assert {reply.verdict for reply in replies} == {Verdict.ALLOW}
    assert used(earned) == 0


# ---------------------------------------------------------------------------------------------------------- approving


async def test_held_items_cannot_exhaust_a_limit(stage: Stage) -> None:
    await limit(stage, daily=DAILY)
    waiting = await held(stage, 20)
    assert {stage.state(action) for action in waiting} == {State.HELD}
    assert used(stage) == 0
    outcomes = await answer_each(stage.house, [given(action) for action in waiting])
    assert [isinstance(found, Action) for found in outcomes] == [True] * 3 + [False] * 17
    assert used(stage) == 3


async def test_an_approval_that_would_pass_a_limit_is_refused_with_value_against_limit_and_stays_held(stage: Stage) -> None:
    await limit(stage, daily={**DAILY, "at_most": 1, "because": "One a day is plenty."})
    first, second = await held(stage, 2)
    await stage.say(first)
    before = stage.written()
    with pytest.raises(LimitReached, match=r"One a day is plenty. It would be 2 actions a day .* the limit crm/daily is 1"):
        await stage.say(second)
    assert (stage.state(second), stage.written()) == (State.HELD, before)
    assert (await stage.say(second, Answer.REJECT)).state is State.REJECTED


async def test_an_approval_is_carried_out_though_it_fills_the_limit_itself(stage: Stage) -> None:
    await limit(stage, daily={**DAILY, "at_most": 1})
    action = await stage.done(tag())
    assert (used(stage), [fact.reserved for fact in stage.facts_of(Started)]) == (1, [None])
    assert stage.action(action.proposal).reserved == stage.facts_of(Answered)[-1].reserved
    assert sound(stage)


async def test_money_is_counted_by_what_the_connected_system_says_it_costs(stage: Stage) -> None:
    await limit(stage, budget=BUDGET)
    coupons = [await stage.proposed(ask("coupon.create", CRM, f"c{number}", **COUPON)) for number in range(3)]
    assert {stage.state(await stage.say(action, by="rita")) for action in coupons} == {State.HELD}  # it takes two people
    outcomes = await answer_each(stage.house, [given(one) for one in coupons])
    assert [type(found).__name__ for found in outcomes] == ["Action", "Action", "LimitReached"]
    assert "60,000 in minor units of money" in str(outcomes[2])
    assert used(stage, "crm/budget", "organisation") == 40_000


async def test_what_costs_nothing_is_not_stopped_by_an_empty_budget(stage: Stage) -> None:
    await limit(stage, budget={**BUDGET, "at_most": 0})
    assert (await stage.done(tag())).state is State.DONE
    assert used(stage, "crm/budget", "organisation") == 0


async def test_what_nobody_can_count_waits_for_a_person_who_may_approve_it(stage: Stage) -> None:
    await limit(stage, daily={**DAILY, "each": "contact"})
    deal = await stage.proposed(ask("deal.stage.change", deal="d1", stage="won"))
    assert "limit_unknown" in stage.reasons(deal)
    await stage.say(deal)
    await stage.leave()
    assert (stage.state(deal), stage.action(deal.proposal).reserved) == (State.DONE, ())


# --------------------------------------------------------------------------------------------------------- giving back


async def _taken_back(stage: Stage, action: Action) -> State:
    return (await take_back(stage.house, action.proposal, "dana")).state


async def _changed(stage: Stage, action: Action) -> State:
    stage.world.edit(Record(kind="contact", id="c0001"), {"tag:vip": True})
    await stage.leave()
    return stage.state(action)


async def _blocked(stage: Stage, action: Action) -> State:
    narrow = every_operation() | {TAGGING: {"arguments": ["contact", "tag"], "values": {"tag": ["other"]}}}
    await adopt(stage.house, {"charter:crm": json.dumps(charter(CRM, narrow, limits={"daily": DAILY}))}, "olga")
    await stage.leave()
    return stage.state(action)


async def _stopped(stage: Stage, action: Action) -> State:
    await order(stage.house, "everything", by="dana", reason="")
    await stage.leave()
    return stage.state(action)


async def _stopped_and_lifted(stage: Stage, action: Action) -> State:
    await _stopped(stage, action)
    await stage.lift("everything")
    return stage.state(action)


async def _withdrawn(stage: Stage, action: Action) -> State:
    await _stopped(stage, action)
    return (await withdraw(stage.house, action.proposal, ADA.agent)).state


async def _lapsed(stage: Stage, action: Action) -> State:
    await _taken_back(stage, action)
    stage.clock.move(hours=25)
    await drain(stage.house)
    return stage.state(action)


async def _rejected(stage: Stage, action: Action) -> State:
    await _taken_back(stage, action)
    return (await stage.say(stage.action(action.proposal), Answer.REJECT)).state


async def _refused_by_the_record(stage: Stage, action: Action) -> State:
    return await _ended(stage, action, Effect.CHANGED)


async def _done(stage: Stage, action: Action) -> State:
    await stage.leave()
    return stage.state(action)


async def _undone(stage: Stage, action: Action) -> State:
    await stage.leave()
    await undo(stage.house, [action.proposal], "dana")
    await drain(stage.house)
    return stage.state(action)


async def _failed(stage: Stage, action: Action) -> State:
    return await _ended(stage, action, Effect.FAILED)


async def _unclear(stage: Stage, action: Action) -> State:
    return await _ended(stage, action, Effect.UNCLEAR)


async def _ended(stage: Stage, action: Action, end: Effect) -> State:
    stage.between().ends = [end]
    await stage.leave()
    return stage.state(action)


WAYS: dict[str, tuple[Callable[[Stage, Action], Awaitable[State]], State, int]] = {
    "taken back": (_taken_back, State.HELD, 0),
    "changed since it was seen": (_changed, State.HELD, 0),
    "blocked at release": (_blocked, State.BLOCKED, 0),
    "stopped": (_stopped, State.STOPPED, 0),
    "stopped, and the stop lifted": (_stopped_and_lifted, State.HELD, 0),
    "withdrawn": (_withdrawn, State.WITHDRAWN, 0),
    "lapsed": (_lapsed, State.LAPSED, 0),
    "rejected": (_rejected, State.REJECTED, 0),
    "refused by the record": (_refused_by_the_record, State.HELD, 0),
    "done": (_done, State.DONE, 1),
    "undone": (_undone, State.UNDONE, 1),
    "failed": (_failed, State.FAILED, 1),
    "unclear": (_unclear, State.UNCLEAR, 1),
}


@pytest.mark.parametrize("name", WAYS)
async def test_what_was_taken_comes_back_only_where_nothing_started(stage: Stage, name: str) -> None:
    way, ends, kept = WAYS[name]
    await limit(stage, daily=DAILY)
    action = await stage.approved(tag())
    assert used(stage) == 1
    assert await way(stage, action) is ends
    assert used(stage) == kept
    rebuilt = [
        one for one in check_up(stage.folder, public_key(stage.folder), stage.clock, stage.ids) if one.what == "projections"
    ]
    assert all(one.sound for one in rebuilt)


async def test_what_was_given_back_can_be_taken_by_another(stage: Stage) -> None:
    await limit(stage, daily={**DAILY, "at_most": 1})
    first, second = await held(stage, 2)
    await stage.say(first)
    await take_back(stage.house, first.proposal, "dana")
    assert (await stage.say(second)).state is State.LEAVING
    with pytest.raises(LimitReached):
        await stage.say(stage.action(first.proposal))


# ------------------------------------------------------------------------------------------------------------ at release


async def test_a_limit_that_was_tightened_meanwhile_holds_again_what_it_leaves_no_room_for(stage: Stage) -> None:
    await limit(stage, daily={**DAILY, "at_most": 2})
    actions = await held(stage, 2)
    await answer_each(stage.house, [given(one) for one in actions])
    await limit(stage, daily={**DAILY, "at_most": 1})
    await stage.leave()
    assert sorted(stage.state(action) for action in actions) == [State.DONE, State.HELD]
    (kept,) = [action for action in actions if stage.state(action) is State.HELD]
    assert "limit_reached" in stage.reasons(kept)
    assert used(stage) == 1


async def test_what_leaves_on_another_day_counts_on_that_day(stage: Stage) -> None:
    await limit(stage, daily=DAILY)
    stage.clock.move(hours=14, minutes=59, seconds=55)
    action = await stage.approved(tag())
    first = stage.action(action.proposal).reserved[0].bucket
    await stage.leave()
    (moved,) = stage.action(action.proposal).reserved
    assert (moved.bucket, stage.facts_of(Started)[-1].reserved) == (first + DAY, (moved,))
    with stage.house.store.read() as reading:
        assert dict(reading.taken(Span("crm/daily", "use_case:crm", 0, 10**12))) == {first + DAY: 1}
    assert sound(stage)


async def test_a_limit_that_came_meanwhile_counts_what_leaves_under_it(stage: Stage) -> None:
    action = await stage.approved(tag())
    await limit(stage, daily=DAILY)
    await stage.leave()
    assert (stage.state(action), used(stage)) == (State.DONE, 1)


# -------------------------------------------------------------------------------------------------- a contact, four agents


@pytest.mark.parametrize("threads", [1, 4])
async def test_a_contact_is_never_touched_more_often_than_the_cap_over_four_agents(earned: Stage, threads: int) -> None:
    touches = {"counts": "touches", "at_most": 2, "window": "7 days", "each": "contact", "operations": [TAGGING]}
    await limit(earned, organisation={"touches": touches})
    agents = [AgentKey(agent=name, version=ADA.version, use_cases=(CRM,)) for name in ("bea", "cyd", "dov", "eli")]
    for key in agents:
        await admit(earned.house, agent=key.agent, version=key.version, use_cases=key.use_cases, key=key.agent, by="olga")
    for day in range(9):
        for _ in range(2):
            work = [
                (key, [tag(person(one), ("vip", "gold")[day % 2], call_id=f"{day} {one} {_}") for one in range(4)])
                for key in agents
            ]
            in_threads(threads, [partial(proposing, earned, *one) for one in work])
        await drain(earned.house)
        earned.clock.move(days=1)
    counts = touched(earned)
    assert counts, "nothing was allowed at all"
    assert all(sum(n for at, n in days.items() if at in range(end - 6, end + 1)) <= 2 for days in counts.values() for end in days)
    assert max(sum(days.values()) for days in counts.values()) > 2, "the window moves on, and so do the touches"
    assert sound(earned)


def touched(stage: Stage) -> dict[str, dict[int, int]]:
    """Count, from the ledger alone, on which day each contact was touched how often."""
    found: dict[str, dict[int, int]] = {}
    with stage.house.store.read() as reading:
        for entry in reading.facts(limit=1_000_000, kinds=("Done",)):
            assert isinstance(entry.fact, Done)
            action = reading.existing(entry.fact.proposal)
            days = found.setdefault(str(action.record), {})
            day = int(entry.at.timestamp()) // DAY
            days[day] = days.get(day, 0) + 1
    return found


def proposing(stage: Stage, key: AgentKey, asks: Sequence[Ask]) -> object:
    """Propose, in whatever thread this runs."""
    return asyncio.run(propose(stage.house, key, asks))


def answering(stage: Stage, action: Action) -> object:
    """Approve, in whatever thread this runs."""
    return asyncio.run(answer_each(stage.house, [given(action)]))[0]


def in_threads(many: int, works: Sequence[Callable[[], object]]) -> list[object]:
    """Do works in so many threads, and return what each gave."""
    with ThreadPoolExecutor(many) as pool:
        return [future.result() for future in [pool.submit(work) for work in works]]


# ------------------------------------------------------------------------------------------------------ one budget, many


@pytest.mark.parametrize("threads", [2, 8])
async def test_threads_that_spend_one_budget_never_overspend_it(stage: Stage, threads: int) -> None:
    await limit(stage, budget=BUDGET)
    coupons = [await stage.proposed(ask("coupon.create", CRM, f"c{number}", **COUPON)) for number in range(4 * threads)]
    for one in coupons:
        await stage.say(one, by="rita")  # it takes two people
    works = [partial(answering, stage, one) for one in coupons]
    outcomes = in_threads(threads, works)
    assert sorted(type(one).__name__ for one in outcomes) == ["Action"] * 2 + ["LimitReached"] * (len(coupons) - 2)
    assert used(stage, "crm/budget", "organisation") == 40_000
    await stage.leave()
    assert [stage.state(one) for one in coupons].count(State.DONE) == 2
    assert sound(stage)


@pytest.mark.parametrize("threads", [2, 8])
async def test_threads_that_act_alone_never_pass_one_limit(earned: Stage, threads: int) -> None:
    await limit(earned, daily={**DAILY, "at_most": 7})
    works = [partial(proposing, earned, ADA, [tag(person(start + n)) for n in range(5)]) for start in range(0, 20 * threads, 5)]
    in_threads(threads, works)
    assert len([fact for fact in earned.facts_of(Decided) if fact.verdict is Verdict.ALLOW]) == used(earned) == 7
    assert sound(earned)


# ----------------------------------------------------------------------------------------------------- how often touched


async def test_a_rule_may_ask_how_often_anybody_touched_the_person(stage: Stage) -> None:
    touches = {"counts": "touches", "at_most": 9, "window": "7 days", "each": "contact", "operations": [TAGGING]}
    rule = {"when": "person.touches_7d >= 1", "verdict": "block", "because": "Once a week is enough."}
    await limit(stage, organisation={"touches": touches}, more={"rules": {"rested": rule}})
    action = await stage.done(tag())
    assert stage.action(action.proposal).state is State.DONE  # its own touch does not count against it
    again = await stage.proposed(ask("note.create", contact="c0001", text="call back"))
    assert (again.state, stage.reasons(again)[0]) == (State.BLOCKED, "rule")
    assert (await stage.proposed(tag("c0002"))).state is State.HELD
    stage.clock.move(days=7)
    assert (await stage.proposed(ask("note.create", CRM, "later", contact="c0001", text="x"))).state is State.HELD
