"""Experiments of the sandbox: what a shift of shares is established to be, does, and takes to be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from remit.connectors.sandbox import Sandbox
from remit.connectors.sandbox_experiments import begun, shares_of
from remit.core.experiment import Arm
from remit.core.types import Operation, Record, Value
from remit.errors import InvalidInput
from remit.ports import Call, Effect, Established, KeyedCall, KeyedRestore, Performed
from tests.contract.connector_drivers import START, sandbox

TEST = Record(kind="experiment", id="t1")
BEFORE = {"a": 500_000, "b": 300_000, "c": 200_000}
AFTER: list[str] = ["a=450000", "b=360000", "c=190000"]


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Sandbox]:
    with sandbox(tmp_path) as opened:
        opened.connector.world.put([(TEST, begun(BEFORE, holdout="a", daily_visitors=10_001))], by="platform", at=START)
        yield opened.connector


def shift(shares: Value = AFTER, experiment: str = "t1") -> Call:
    arguments: dict[str, Value] = {"experiment": experiment, "shares": shares}
    return Call(operation=Operation("abtest.allocation.shift"), arguments=arguments)


async def established(crm: Sandbox, call: Call | None = None) -> Established:
    (found,) = await crm.establish([call or shift()])
    return found


async def done(crm: Sandbox, key: str = "k") -> Performed:
    found = await established(crm)
    assert found.current is not None
    (end,) = await crm.perform([KeyedCall(key=key, call=shift(), expected=found.current)])
    return end


def shares(crm: Sandbox) -> dict[str, Value]:
    return {name: value for name, value in crm.world.record(TEST).fields.items() if name.startswith("share:")}


async def test_a_shift_is_established_with_its_step_its_reach_and_how_the_experiment_stands(crm: Sandbox) -> None:
    crm.world.visit(TEST, {"a": (480, 20), "b": (310, 9), "c": (210, 4)})
    found = await established(crm)
    assert (found.record, found.step_ppm, found.published, found.problem) == (TEST, 60_000, True, None)
    assert found.reach == 601, "6 % of 10,001 a day, rounded up"
    assert found.band_ppm is None, "what people approved is not for a system to say"
    assert found.experiment is not None
    assert found.experiment.control == "a"
    assert found.experiment.arms[1] == Arm(
        name="b", share_ppm=300_000, next_ppm=360_000, visitors=310, successes=9, expected_ppm=300 * 1_000_000
    )


async def test_what_was_expected_follows_the_shares_through_every_shift(crm: Sandbox) -> None:
    crm.world.visit(TEST, {"a": (500, 0), "b": (300, 0), "c": (200, 0)})
    await done(crm)
    crm.world.visit(TEST, {"a": (45, 0), "b": (36, 0), "c": (19, 0)})
    found = await established(crm)
    assert found.experiment is not None
    assert [arm.expected_ppm for arm in found.experiment.arms] == [545_000_000, 336_000_000, 219_000_000]
    assert [arm.visitors for arm in found.experiment.arms] == [545, 336, 219]


async def test_a_shift_moves_the_shares_and_nothing_else_and_is_read_back(crm: Sandbox) -> None:
    crm.world.visit(TEST, {"a": (5, 1)})
    before = crm.world.record(TEST).fields
    end = await done(crm)
    assert (end.effect, end.record) == (Effect.DONE, TEST)
    assert end.after is not None
    assert end.after.fields == {"share:a": 450_000, "share:b": 360_000, "share:c": 190_000}
    kept = {name: value for name, value in before.items() if not name.startswith("share:")}
    assert kept.items() <= crm.world.record(TEST).fields.items()
    assert (await done(crm)).after == end.after, "the same key has the same answer"


async def test_an_undo_restores_the_shares_and_leaves_who_came_meanwhile(crm: Sandbox) -> None:
    end = await done(crm)
    crm.world.visit(TEST, {"b": (7, 2)})
    assert end.before is not None
    assert end.after is not None
    restore = KeyedRestore(key="u", record=TEST, expected=end.after, put=end.before.fields)
    (back,) = await crm.restore([restore])
    assert back.effect is Effect.DONE
    assert shares(crm) == {f"share:{arm}": ppm for arm, ppm in BEFORE.items()}
    assert crm.world.record(TEST).fields["visitors:b"] == 7


async def test_a_shift_of_shares_that_somebody_moved_meanwhile_writes_nothing(crm: Sandbox) -> None:
    found = await established(crm)
    crm.world.edit(TEST, {"share:a": 400_000, "share:b": 400_000})
    assert found.current is not None
    (end,) = await crm.perform([KeyedCall(key="k", call=shift(), expected=found.current)])
    assert (end.effect, shares(crm)["share:a"]) == (Effect.CHANGED, 400_000)


NO_SHARES: dict[str, Value] = {
    "no list": "a=1000000",
    "nothing": [],
    "less than all": ["a=450000", "b=360000", "c=180000"],
    "more than all": ["a=450000", "b=360000", "c=200000"],
    "an arm twice": ["a=450000", "a=360000", "c=190000"],
    "below nothing": ["a=-50000", "b=860000", "c=190000"],
    "no number": ["a=half", "b=500000"],
    "a number without end": ["a=" + "9" * 50],
    "a number of another script": ["a=\u0661000000"],
    "no arm": ["=1000000"],
    "an arm nobody can see": ["\u200b=1000000"],
}


@pytest.mark.parametrize("value", NO_SHARES.values(), ids=NO_SHARES)
async def test_what_is_no_split_of_the_traffic_is_refused(crm: Sandbox, value: Value) -> None:
    assert shares_of(value) is None
    assert (await established(crm, shift(value))).problem
    assert shares(crm) == {f"share:{arm}": ppm for arm, ppm in BEFORE.items()}


UNFIT: dict[str, tuple[list[str], dict[str, Value]]] = {
    "an arm that is missing": (["a=500000", "b=500000"], {}),
    "an arm that is not there": (["a=500000", "b=300000", "c=100000", "d=100000"], {}),
    "an experiment that has ended": (AFTER, {"status": "ended"}),
    "an experiment without arms": (AFTER, {"arms": None}),
}


@pytest.mark.parametrize(("wanted", "changed"), UNFIT.values(), ids=UNFIT)
async def test_what_does_not_fit_the_experiment_is_refused_before_and_while_it_is_done(
    crm: Sandbox, wanted: list[str], changed: dict[str, Value]
) -> None:
    seen = await established(crm)
    crm.world.edit(TEST, changed)
    assert (await established(crm, shift(wanted))).problem
    assert seen.current is not None
    (end,) = await crm.perform([KeyedCall(key="k", call=shift(wanted), expected=seen.current)])
    assert end.effect is Effect.FAILED
    assert shares(crm) == {f"share:{arm}": ppm for arm, ppm in BEFORE.items()}


async def test_no_experiment_has_nothing_to_shift(crm: Sandbox) -> None:
    assert "experiment/t2" in ((await established(crm, shift(experiment="t2"))).problem or "")


UNTOLD: dict[str, tuple[dict[str, Value], bool]] = {
    "visitors nobody counted": ({"visitors:b": None}, False),
    "more successes than visitors": ({"successes:b": 1}, False),
    "a share that is no number": ({"share:b": "30%"}, False),
    "no control": ({"holdout": None}, False),
    "traffic nobody counted": ({"daily_visitors": None}, True),
}


@pytest.mark.parametrize(("changed", "stands"), UNTOLD.values(), ids=UNTOLD)
async def test_what_the_platform_does_not_know_is_missing_and_never_guessed(
    crm: Sandbox, changed: dict[str, Value], stands: bool
) -> None:
    crm.world.edit(TEST, changed)
    found = await established(crm)
    assert (found.experiment is not None, found.step_ppm is not None, found.reach) == (stands, stands, None)


async def test_a_stopped_experiment_is_not_live(crm: Sandbox) -> None:
    crm.world.edit(TEST, {"status": "stopped"})
    assert (await established(crm)).published is False


@pytest.mark.parametrize("came", [{"d": (1, 0)}, {"a": (1, 2)}], ids=["an arm that is not there", "more successes than visitors"])
def test_nobody_comes_to_what_is_not_there(crm: Sandbox, came: dict[str, tuple[int, int]]) -> None:
    with pytest.raises(InvalidInput):
        crm.world.visit(TEST, came)
