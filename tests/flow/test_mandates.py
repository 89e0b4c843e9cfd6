"""Level 4 on A/B tests: a bandit moves real traffic through propose, gate and execute, and its mandate is what it cannot leave.

Level 4 cannot be earned yet, so the grant is recorded by hand.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import pytest

from remit.connectors.sandbox_experiments import begun
from remit.core.facts import Decided, Started
from remit.core.lifecycle import State
from remit.core.proposal import Ask
from remit.core.types import Answer, Level, Operation, Record, UseCaseId, Value, Verdict
from remit.flow.adopt import admit, adopt
from remit.flow.propose import Answer as Reply
from remit.flow.propose import propose
from remit.flow.see import Look, see
from remit.flow.undo import undo
from remit.ports import AgentKey
from remit.runner.local import drain
from tests.flow.ab_arms import NAMES, Arms, Generated, Replayed, real_tests, there
from tests.flow.bandit import toward, whole, wish
from tests.flow.stage import Stage, charter

TUNING, SHIFT = UseCaseId("tuning"), Operation("abtest.allocation.shift")
TEST = Record(kind="experiment", id="headline")
THEA = AgentKey(agent="thea", version="v1", use_cases=(TUNING,))
MOVES_PER_DAY, HOLDOUT, STEP, LOW, HIGH = 4, 150_000, 100_000, 50_000, 700_000


def mandate(**changed: Any) -> dict[str, Any]:
    """Write what people approved once."""
    plain: dict[str, Any] = {
        "metric": "clicks of those who see it",
        "lowest_ppm": LOW,
        "highest_ppm": HIGH,
        "step_ppm": STEP,
        "moves_per_day": MOVES_PER_DAY,
        "smallest_sample": 100,
        "holdout_ppm": HOLDOUT,
        "stop_when_worse_by_ppm": 10_000,
        "until": "2026-06-01",
        "sample_ratio_alpha": 0.0001,
    }
    return plain | changed


@dataclass(kw_only=True)
class Tuning:
    """An experiment under a mandate: traffic comes, a bandit asks, what is allowed leaves."""

    stage: Stage
    arms: Arms
    names: tuple[str, ...]
    random: Random = field(default_factory=lambda: Random(11))
    moves: list[tuple[datetime, dict[str, int], dict[str, int]]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    asked: int = 0

    async def begin(self, *, level: Level = Level.OPTIMISE, **changed: Any) -> None:
        """Adopt the charter, admit the agent, put the experiment there, and record the grant that nobody can earn yet."""
        operations = {str(SHIFT): {"arguments": ["experiment", "shares"], "mandate": mandate(**changed)}}
        shown = [f"{what}:{arm}" for arm in self.names for what in ("share", "visitors", "successes")]
        window = {"kind": "experiment", "fields": ["arms", *shown]}
        document = charter(TUNING, operations, highest_level=4, highest_reach=10_000, windows={"tests": window})
        document["evidence"]["qa_rate"] = 0.000001
        await adopt(self.stage.house, {f"charter:{TUNING}": json.dumps(document)}, "olga")
        await admit(self.stage.house, agent="thea", version="v1", use_cases=THEA.use_cases, key="the key of thea", by="olga")
        even = whole(dict.fromkeys(self.names, 1_000_000 // len(self.names)))
        fields = begun(even, holdout=self.names[0], daily_visitors=2_000)
        self.stage.world.put([(TEST, fields)], by="platform", at=self.stage.clock.now())
        await self.stage.grant_by_hand(TUNING, SHIFT, level)

    def shares(self) -> dict[str, int]:
        """Return the shares as the platform has them."""
        fields = self.stage.world.record(TEST).fields
        return {arm: int(str(fields[f"share:{arm}"])) for arm in self.names}

    def come(self, visitors: int, *, lost: float = 0.0) -> bool:
        """Let visitors come by the shares; of the second arm a part is lost on the way. Say whether there were any left."""
        shares = self.shares()
        drawn = self.random.choices(self.names, weights=[shares[arm] for arm in self.names], k=visitors)
        kept = [arm for arm in drawn if arm != self.names[1] or self.random.random() >= lost]
        came: dict[str, tuple[int, int]] = {}
        for arm in self.names:
            n = kept.count(arm)
            good = self.arms.succeed(arm, n, self.random)
            if good is None:
                return False
            came[arm] = (n, good)
        self.stage.world.visit(TEST, came)
        return True

    async def ask(self, shares: dict[str, int], **more: Any) -> Reply:
        """Ask for shares, and let what is allowed leave."""
        self.asked += 1
        told: list[str] = [f"{arm}={ppm}" for arm, ppm in shares.items()]
        arguments: dict[str, Value] = {"experiment": TEST.id, "shares": told}
        wanted = Ask(use_case=TUNING, operation=SHIFT, arguments=arguments, call_id=f"move {self.asked}", **more)
        before = self.shares()
        (reply,) = await propose(self.stage.house, THEA, [wanted])
        await drain(self.stage.house)
        if self.shares() != before:
            self.moves.append((self.stage.clock.now(), before, self.shares()))
        if reply.verdict is Verdict.HOLD:
            self.held += [reason.values["found"] for reason in reply.reasons if reason.code == "outside_mandate"]
        return reply

    async def tune(self) -> Reply:
        """Look through the window, ask for all that Thompson sampling would like, and where that is held, for what is near."""
        page = await see(self.stage.house, THEA, TUNING, Look(window="tests", where={}))
        (row,) = page.rows
        counts = {arm: (_count(row.fields, "visitors", arm), _count(row.fields, "successes", arm)) for arm in self.names}
        wanted = wish(counts, self.random)
        named = {"window": page.window, "window_digest": page.digest, "grounds": ("arms",)}
        reply = await self.ask(wanted, **named)
        if reply.verdict is not Verdict.HOLD:
            return reply
        near = toward(self.shares(), wanted, step=STEP, low=LOW, high=HIGH, holdout=HOLDOUT)
        return await self.ask(near, **named)

    async def run(self, *, steps: int, visitors: int, until: Callable[[], bool] = lambda: False, lost: float = 0.0) -> int:
        """Tune every six hours for so many steps, until something happens or nobody is left. Return how many steps it took."""
        for step in range(steps):
            if until() or not self.come(visitors, lost=lost):
                return step
            self.stage.clock.move(hours=6)
            await self.tune()
        return steps

    def check(self) -> None:
        """Check every move that reached the platform against the mandate, from what the platform saw alone."""
        control, *others = self.names
        for _, before, after in self.moves:
            assert sum(after.values()) == 1_000_000
            assert all(LOW <= after[arm] <= HIGH for arm in others), after
            assert after[control] >= HOLDOUT, after
            assert max(abs(after[arm] - before[arm]) for arm in self.names) <= STEP, (before, after)
        a_day = Counter(at.date() for at, _, _ in self.moves)
        assert all(moves <= MOVES_PER_DAY for moves in a_day.values())

    def said(self, words: str) -> Callable[[], bool]:
        """Return a question: whether the mandate said this of any move."""
        return lambda: any(words in told for told in self.held)


def _count(fields: Any, what: str, arm: str) -> int:
    return int(fields[f"{what}:{arm}"])


async def tuning(stage: Stage, arms: Arms, names: tuple[str, ...] = NAMES[:3], **changed: Any) -> Tuning:
    """Begin a tuning."""
    found = Tuning(stage=stage, arms=arms, names=names)
    await found.begin(**changed)
    return found


ALIKE = {"control": 0.05, "b": 0.07, "c": 0.05}
ONE_BAD = {"control": 0.08, "b": 0.08, "c": 0.03}


# ------------------------------------------------------------------------------------------------------------- generated arms


async def test_a_bandit_moves_traffic_to_the_better_arm_and_never_leaves_its_mandate(stage: Stage) -> None:
    found = await tuning(stage, Generated(rates=ALIKE))
    await found.run(steps=24, visitors=900)
    found.check()
    assert len(found.moves) >= 5
    assert found.shares()["b"] > 450_000, "it found the better arm"
    assert found.held, "it asked for more than it may"


async def test_every_move_it_made_alone_was_low_and_easy_by_the_band_that_people_approved(stage: Stage) -> None:
    found = await tuning(stage, Generated(rates=ALIKE))
    await found.run(steps=6, visitors=900)
    decided = {fact.proposal: fact for fact in stage.facts_of(Decided)}
    alone = [decided[fact.proposal] for fact in stage.facts_of(Started)]
    assert len(alone) == len(found.moves) >= 2
    for fact in alone:
        assert (fact.verdict, fact.given.granted, fact.given.mandate_breaches) == (Verdict.ALLOW, Level.OPTIMISE, ())
        assert fact.given.facts.band_ppm == STEP
        assert fact.given.facts.step_ppm is not None
        assert fact.given.facts.step_ppm <= STEP


async def test_the_stop_rule_holds_every_further_move_and_says_so(stage: Stage) -> None:
    found = await tuning(stage, Generated(rates=ONE_BAD))
    stopped = found.said("arm c is worse than the control")
    assert await found.run(steps=40, visitors=900, until=stopped) < 40
    found.check()
    moves, shares = len(found.moves), found.shares()
    assert await found.run(steps=3, visitors=300) == 3
    reply = await found.ask(shares)
    assert (reply.verdict, len(found.moves), found.shares()) == (Verdict.HOLD, moves, shares)
    assert "so every move waits" in found.held[-1]


async def test_a_sample_ratio_mismatch_stops_it(stage: Stage) -> None:
    found = await tuning(stage, Generated(rates=ALIKE))
    mismatch = found.said("the visitors do not match the shares")
    await found.run(steps=3, visitors=900)
    assert not mismatch()
    assert await found.run(steps=20, visitors=900, lost=0.2, until=mismatch) < 20
    found.check()
    moves = len(found.moves)
    await found.run(steps=3, visitors=300)
    assert len(found.moves) == moves


async def test_a_fifth_move_of_a_day_waits_and_the_next_day_brings_four_more(stage: Stage) -> None:
    found = await tuning(stage, Generated(rates=ALIKE), moves_per_day=2)
    found.come(3_000)
    shares = [whole({"control": 0, "b": 300_000 + 10_000 * step, "c": 300_000}) for step in range(6)]
    verdicts = [(await found.ask(one)).verdict for one in shares[:3]]
    stage.clock.move(hours=24)
    verdicts += [(await found.ask(one)).verdict for one in shares[3:]]
    assert [verdict.name for verdict in verdicts] == ["ALLOW", "ALLOW", "HOLD", "ALLOW", "ALLOW", "HOLD"]
    assert found.held == ["it would be move 3 of the day, over the limit of 2"] * 2


async def test_moves_asked_for_at_once_are_counted_one_after_the_other(stage: Stage) -> None:
    found = await tuning(stage, Generated(rates=ALIKE), moves_per_day=2)
    found.come(3_000)
    asks = [
        Ask(
            use_case=TUNING,
            operation=SHIFT,
            arguments={"experiment": TEST.id, "shares": ["control=333334", f"b={333_333 + step}", f"c={333_333 - step}"]},
            call_id=f"move {step}",
        )
        for step in range(1, 5)
    ]
    replies = await propose(stage.house, THEA, asks)
    assert [reply.verdict.name for reply in replies] == ["ALLOW", "ALLOW", "HOLD", "HOLD"]


async def test_the_mandate_ends_on_its_day(stage: Stage) -> None:
    found = await tuning(stage, Generated(rates=ALIKE), until="2026-03-05")
    found.come(3_000)
    near = whole({"control": 0, "b": 340_000, "c": 330_000})
    assert (await found.ask(near)).verdict is Verdict.ALLOW
    stage.clock.move(hours=48)
    assert (await found.ask(whole({"control": 0, "b": 350_000, "c": 330_000}))).verdict is Verdict.HOLD
    assert found.held[-1].endswith("the mandate ended on 2026-03-05, so every move waits")


async def test_a_mandate_is_asked_again_when_the_move_is_about_to_leave(stage: Stage) -> None:
    found = await tuning(stage, Generated(rates=ALIKE))
    found.come(3_000)
    ask = Ask(
        use_case=TUNING,
        operation=SHIFT,
        arguments={"experiment": TEST.id, "shares": ["control=320000", "b=350000", "c=330000"]},
        call_id="one",
    )
    (reply,) = await propose(stage.house, THEA, [ask])
    assert reply.verdict is Verdict.ALLOW
    stage.world.visit(TEST, {"b": (3_000, 200)})  # the platform sends everybody to one arm
    before = found.shares()
    await drain(stage.house)
    assert reply.proposal is not None
    assert (stage.action(reply.proposal).state, found.shares()) == (State.HELD, before)
    assert "outside_mandate" in stage.reasons(stage.action(reply.proposal))


async def test_a_person_may_move_what_the_mandate_holds_and_take_it_back(stage: Stage) -> None:
    found = await tuning(stage, Generated(rates=ALIKE))
    found.come(3_000)
    before = found.shares()
    reply = await found.ask({"control": 300_000, "b": 500_000, "c": 200_000})
    assert found.held[0].split("; ") == [
        "the share of arm b would move by 16.67%, over the step of 10.00%",
        "the share of arm c would move by 13.33%, over the step of 10.00%",
    ]
    assert reply.proposal is not None
    action = stage.action(reply.proposal)
    await stage.say(action, Answer.APPROVE)
    await stage.leave()
    assert found.shares() == {"control": 300_000, "b": 500_000, "c": 200_000}
    await undo(stage.house, [action.proposal], "dana", "too far")
    await drain(stage.house)
    assert (stage.state(action), found.shares()) == (State.UNDONE, before)


async def test_where_the_platform_cannot_say_how_it_stands_a_person_looks(stage: Stage) -> None:
    found = await tuning(stage, Generated(rates=ALIKE))
    found.come(3_000)
    stage.world.edit(TEST, {"visitors:b": None})
    reply = await found.ask(whole({"control": 0, "b": 340_000, "c": 330_000}))
    assert reply.verdict is Verdict.HOLD
    assert found.held == ["nobody could say how the experiment stands"]


async def test_a_mandate_gives_nothing_to_a_level_that_was_not_granted(stage: Stage) -> None:
    found = await tuning(stage, Generated(rates=ALIKE), level=Level.RECOMMEND)
    found.come(3_000)
    reply = await found.ask(whole({"control": 0, "b": 340_000, "c": 330_000}))
    assert (reply.verdict, found.held, found.moves) == (Verdict.HOLD, [], [])


# ------------------------------------------------------------------------------------------------------------------ real arms

real = pytest.mark.skipif(not there(), reason="the collection of real A/B tests lies beside the repository, where there is one")


def lead(one: Replayed) -> float:
    """Return by how much the control is better than the arm that differs most from it."""
    return max((one.rates["control"] - rate for rate in one.rates.values()), key=abs)


@real
async def test_on_real_arms_a_bandit_moves_traffic_only_inside_its_band(stage: Stage) -> None:
    arms = min(real_tests(arms=3, visitors=2_500, best_first=False), key=lead)
    best = max(arms.rates, key=lambda arm: arms.rates[arm])
    assert best != "control"
    found = await tuning(stage, arms)
    assert await found.run(steps=24, visitors=300) >= 8
    found.check()
    assert len(found.moves) >= 4
    assert found.shares()[best] > 500_000
    assert not found.said("so every move waits")()


@real
async def test_on_real_arms_it_stops_at_the_stop_rule_and_keeps_the_holdout(stage: Stage) -> None:
    arms = max(real_tests(arms=3, visitors=2_000), key=lead)
    assert lead(arms) > 0.01
    found = await tuning(stage, arms, stop_when_worse_by_ppm=2_000)
    await found.run(steps=40, visitors=300, until=found.said("is worse than the control"))
    found.check()
    assert found.said("is worse than the control")()
    moves = len(found.moves)
    assert (await found.tune()).verdict is Verdict.HOLD
    assert len(found.moves) == moves
    assert found.shares()["control"] >= HOLDOUT


@real
async def test_on_real_arms_a_split_that_does_not_match_stops_it(stage: Stage) -> None:
    arms = min(real_tests(arms=3, visitors=3_000), key=lambda one: abs(lead(one)))
    found = await tuning(stage, arms)
    assert await found.run(steps=20, visitors=300, lost=0.3, until=found.said("do not match the shares")) < 20
    found.check()
    assert found.said("do not match the shares")()


@real
def test_the_faulty_months_are_left_out() -> None:
    assert 1_000 < len(real_tests(arms=4, visitors=0)) + len(real_tests(arms=3, visitors=0)) < 4_873
