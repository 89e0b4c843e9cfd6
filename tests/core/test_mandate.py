"""One move against its mandate: every bound at its edge, what holds every move, and the words for each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.experiment import Arm, Experiment
from remit.core.mandate import PPM, WORDS, Breach, Standing, judge, told
from remit.core.mandate_spec import MandateSpec
from tests.changed import replace

SPEC = MandateSpec(
    metric="clicks of those who see it",
    lowest_ppm=100_000,
    highest_ppm=600_000,
    step_ppm=100_000,
    moves_per_day=4,
    smallest_sample=100,
    holdout_ppm=200_000,
    stop_when_worse_by_ppm=10_000,
    until=date(2026, 6, 1),
)
TODAY = date(2026, 5, 31)


def arm(name: str = "b", before: int = 300_000, after: int = 350_000, **changed: Any) -> Arm:
    """Return an arm to which as many came as its share says."""
    plain: dict[str, Any] = {"visitors": 3_000, "successes": 150, "expected_ppm": 3_000 * PPM}
    return Arm(**{"name": name, "share_ppm": before, "next_ppm": after, **plain, **changed})


def standing(*arms: Arm, moves: int = 0, today: date = TODAY, control: str = "a") -> Standing:
    """Return an experiment of a control and two arms, or of these ones."""
    usual = (arm("a", 400_000, 350_000), arm("b", 300_000, 350_000), arm("c", 300_000, 300_000))
    named = {one.name: one for one in (*usual, *arms)}
    return Standing(experiment=Experiment(arms=tuple(named.values()), control=control), moves_today=moves, today=today)


JUDGED: dict[str, tuple[Standing, list[tuple[str, str]]]] = {
    "inside": (standing(), []),
    "at the top of the band": (standing(arm("b", 550_000, 600_000)), []),
    "over the band": (standing(arm("b", 550_000, 600_001)), [("band", "b")]),
    "at the bottom of the band": (standing(arm("b", 150_000, 100_000)), []),
    "under the band": (standing(arm("b", 150_000, 99_999)), [("band", "b")]),
    "the band is not for the control": (standing(arm("a", 700_000, 650_000)), []),
    "a step as large as allowed": (standing(arm("b", 300_000, 400_000)), []),
    "a step too large": (standing(arm("b", 300_000, 400_001)), [("step", "b")]),
    "a step down too large": (standing(arm("b", 400_001, 300_000)), [("step", "b")]),
    "a step of the control too large": (standing(arm("a", 500_000, 399_999)), [("step", "a")]),
    "the last move of the day": (standing(moves=3), []),
    "one move too many": (standing(moves=4), [("moves", "")]),
    "a sample just large enough": (standing(arm("c", visitors=100, successes=5, expected_ppm=100 * PPM)), []),
    "a sample too small": (standing(arm("c", visitors=99, successes=5, expected_ppm=99 * PPM)), [("sample", "c")]),
    "a control nobody came to": (standing(arm("a", visitors=0, successes=0, expected_ppm=0)), [("sample", "a")]),
    "the holdout kept": (standing(arm("a", 250_000, 200_000)), []),
    "the holdout touched": (standing(arm("a", 250_000, 199_999)), [("holdout", "a")]),
    "visitors that do not match": (standing(arm("b", visitors=3_400, successes=170)), [("sample_ratio", "")]),
    "visitors that match well enough": (standing(arm("b", visitors=3_150, successes=157)), []),
    "visitors where none were sent": (standing(arm("b", expected_ppm=0)), [("sample_ratio", "")]),
    "an arm that is worse, and may be by chance": (standing(arm("b", successes=110)), []),
    "an arm that is worse by more than the bound": (standing(arm("b", successes=70)), [("worse", "b")]),
    "two arms that are": (standing(arm("b", successes=70), arm("c", successes=60)), [("worse", "b"), ("worse", "c")]),
    "an arm that is better": (standing(arm("b", successes=900)), []),
    "the last day": (standing(today=date(2026, 5, 31)), []),
    "the end": (standing(today=date(2026, 6, 1)), [("ended", "")]),
    "a control that is no arm": (standing(control="z"), [("unknown", "")]),
    "no other arm": (
        Standing(experiment=Experiment(arms=(arm("a"),), control="a"), moves_today=0, today=TODAY),
        [("unknown", "")],
    ),
    "no experiment": (Standing(experiment=None, moves_today=0, today=date(2026, 7, 1)), [("unknown", ""), ("ended", "")]),
    "much at once": (
        standing(arm("b", 300_000, 700_000), moves=9, today=date(2027, 1, 1)),
        [("ended", ""), ("moves", ""), ("band", "b"), ("step", "b")],
    ),
}


@pytest.mark.parametrize(("found", "bounds"), JUDGED.values(), ids=JUDGED)
def test_a_move_is_inside_or_every_bound_it_passes_is_named(found: Standing, bounds: list[tuple[str, str]]) -> None:
    assert [(breach.bound, breach.arm) for breach in judge(SPEC, found)] == bounds


@pytest.mark.parametrize("why", ["visitors that do not match", "an arm that is worse by more than the bound", "the end"])
def test_what_stops_a_mandate_holds_even_a_move_of_nothing(why: str) -> None:
    found, _ = JUDGED[why]
    assert found.experiment is not None
    still = tuple(replace(one, next_ppm=one.share_ppm) for one in found.experiment.arms)
    breaches = judge(SPEC, replace(found, experiment=replace(found.experiment, arms=still)))
    assert [breach.bound for breach in breaches] == [found.bound for found in judge(SPEC, JUDGED[why][0])]
    assert "so every move waits" in told(breaches[0])


SAID = {
    "the band": (standing(arm("b", 550_000, 620_000)), "the share of arm b would be 62.00%, outside 10.00% to 60.00%"),
    "the step": (standing(arm("b", 300_000, 425_000)), "the share of arm b would move by 12.50%, over the step of 10.00%"),
    "the moves": (standing(moves=4), "it would be move 5 of the day, over the limit of 4"),
    "the holdout": (standing(arm("a", 250_000, 195_000)), "the control would keep 19.50%, under its holdout of 20.00%"),
    "the sample": (
        standing(arm("c", visitors=7, successes=1, expected_ppm=7 * PPM)),
        "arm c has 7 visitors, under the 100 that are needed",
    ),
    "the end": (
        standing(today=date(2026, 6, 2)),
        "it is 2026-06-02, and the mandate ended on 2026-06-01, so every move waits",
    ),
}


@pytest.mark.parametrize(("found", "words"), SAID.values(), ids=SAID)
def test_a_bound_is_told_with_the_value_against_the_limit(found: Standing, words: str) -> None:
    assert told(judge(SPEC, found)[0]) == words


@pytest.mark.parametrize("bound", WORDS)
def test_every_bound_has_its_words(bound: str) -> None:
    said = told(Breach(bound=bound, found="FOUND", limit="LIMIT", arm="ARM"))
    assert bound == "unknown" or ("FOUND" in said and "LIMIT" in said)


def test_every_bound_that_can_be_passed_has_words_and_the_other_way_round() -> None:
    assert {breach.bound for found, _ in JUDGED.values() for breach in judge(SPEC, found)} == set(WORDS)


moves = st.builds(
    standing,
    st.builds(arm, st.just("b"), st.integers(0, PPM), st.integers(0, PPM), successes=st.integers(0, 3_000)),
    moves=st.integers(0, 9),
    today=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)


@given(moves)
def test_a_move_that_is_inside_keeps_every_bound(found: Standing) -> None:
    if judge(SPEC, found):
        return
    assert found.experiment is not None
    assert found.today < SPEC.until
    assert found.moves_today < SPEC.moves_per_day
    assert found.experiment.step_ppm <= SPEC.step_ppm
    assert all(SPEC.lowest_ppm <= one.next_ppm <= SPEC.highest_ppm for one in found.experiment.others)
    assert found.experiment.baseline is not None
    assert found.experiment.baseline.next_ppm >= SPEC.holdout_ppm


@given(moves, st.sampled_from(["step_ppm", "moves_per_day", "highest_ppm", "stop_when_worse_by_ppm"]))
def test_a_narrower_mandate_never_lets_more_through(found: Standing, bound: str) -> None:
    changed: dict[str, Any] = {bound: getattr(SPEC, bound) // 2}
    if judge(SPEC, found):
        assert judge(replace(SPEC, **changed), found)
