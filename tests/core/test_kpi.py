"""What the actions of one operation add up to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.core.action import Action
from remit.core.kpi import clean_streak, kpis
from remit.core.lifecycle import State
from remit.evidence.bounds import clopper_pearson_interval
from tests.core.small_policy import NOON, action

FULL = 1_000_000
TENTH = 100_000
HOUR = timedelta(hours=1)


def alone(count: int = 1, *, rate: int = TENTH, **changes: object) -> list[Action]:
    """Return actions that nobody looked at before they happened."""
    return [action(state=State.DONE, draw_rate_ppm=rate, ended_at=NOON + HOUR, **changes) for _ in range(count)]


def reviewed(count: int = 1, **changes: object) -> list[Action]:
    """Return actions that a person approved."""
    return [action(state=State.DONE, answered_by="ann", ended_at=NOON + 3 * HOUR, **changes) for _ in range(count)]


def drawn(count: int, loss: int = 0, *, rate: int = TENTH) -> list[Action]:
    """Return actions that were drawn and answered."""
    return reviewed(count, draw_rate_ppm=rate, counts=True, loss_ppm=loss)


def test_nothing_adds_up_to_nothing() -> None:
    found = kpis([])
    assert (found.proposals, found.assisted, found.alone, found.review_minutes) == (0, 0, 0, 0)
    assert (found.escaped, found.safe_automation_rate, found.cycle_reviewed, found.cycle_alone) == (None, None, None, None)


CARRIED_OUT = {
    State.DONE,
    State.UNDOING,
    State.UNDONE,
    State.UNDONE_WITH_RESIDUE,
    State.UNDO_FAILED,
    State.UNDO_UNCLEAR,
}


@pytest.mark.parametrize("state", State)
def test_only_what_took_effect_was_done_alone_and_what_was_used_was_assisted_too(state: State) -> None:
    found = kpis([action(state=state)])
    assert found.proposals == 1
    assert found.alone == (state in CARRIED_OUT)
    assert found.assisted == (state in CARRIED_OUT | {State.USED, State.USED_EDITED})
    assert found.blocked == (state is State.BLOCKED)


def test_what_a_person_answered_was_not_done_alone() -> None:
    found = kpis([*alone(3), *reviewed(2)])
    assert (found.assisted, found.alone) == (5, 3)


@pytest.mark.parametrize(
    ("ended", "wanted"),
    [
        pytest.param(NOON + timedelta(hours=11), 1, id="the same day"),
        pytest.param(NOON + timedelta(hours=12), 0, id="the next day"),
        pytest.param(None, 0, id="not at all"),
    ],
)
def test_in_time_is_on_the_day_it_was_proposed(ended: object, wanted: int) -> None:
    assert kpis([action(state=State.DONE, ended_at=ended)]).in_time == wanted


def test_review_time_counts_every_look() -> None:
    looks = [action(state=State.REJECTED, seconds_seen=90), *reviewed(1, seconds_seen=30), action(state=State.HELD)]
    assert kpis(looks).review_minutes == 2.0


def test_cycle_times_are_medians() -> None:
    spans = [action(state=State.DONE, ended_at=NOON + hours * HOUR) for hours in (1, 2, 30)]
    found = kpis([*spans, *reviewed(1), action(state=State.DONE)])
    assert (found.cycle_alone, found.cycle_reviewed) == (2 * HOUR, 3 * HOUR)


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param(reviewed(1, counts=True, loss_ppm=FULL), id="held for another reason"),
        pytest.param(reviewed(1, draw_rate_ppm=TENTH, loss_ppm=FULL), id="says nothing of what would be allowed"),
        pytest.param([action(state=State.HELD, draw_rate_ppm=TENTH, counts=True)], id="not answered yet"),
    ],
)
def test_only_what_was_drawn_counts_and_is_answered_is_a_sample(sample: list[Action]) -> None:
    found = kpis([*alone(10), *sample])
    assert (found.sampled, found.sampled_wrong, found.escaped) == (0, 0, None)


def test_every_sample_stands_for_those_drawn_at_its_rate() -> None:
    found = kpis([*alone(90), *drawn(9), *drawn(1, FULL)])
    assert (found.sampled, found.sampled_wrong) == (10, 1)
    assert found.escaped is not None
    low, high = clopper_pearson_interval(1, 10, 0.95)
    assert (found.escaped.value, found.escaped.low, found.escaped.high) == pytest.approx((9.0, 90 * low, 90 * high))


def test_a_day_on_which_all_was_looked_at_does_not_speak_for_the_others() -> None:
    everything = [*alone(4, rate=900_000), *drawn(40, rate=900_000)]
    little = [*alone(100, rate=50_000), *drawn(4, rate=50_000), *drawn(1, FULL, rate=50_000)]
    found = kpis([*everything, *little])
    assert found.escaped is not None
    assert found.escaped.value == pytest.approx(100 / 5)


def test_what_was_done_alone_at_a_rate_nobody_sampled_may_all_be_wrong() -> None:
    found = kpis([*alone(10, rate=50_000), *drawn(5, rate=900_000)])
    assert found.escaped is not None
    assert (found.escaped.value, found.escaped.low, found.escaped.high) == (0.0, 0.0, 10.0)


def test_several_rates_share_the_doubt() -> None:
    apart = [kpis([*alone(10, rate=rate), *drawn(5, rate=rate)]).escaped for rate in (50_000, 900_000)]
    together = kpis([one for rate in (50_000, 900_000) for one in [*alone(10, rate=rate), *drawn(5, rate=rate)]]).escaped
    assert together is not None
    assert together.high > sum(one.high for one in apart if one is not None)
    assert together.high == pytest.approx(2 * 10 * clopper_pearson_interval(0, 5, 0.975)[1])


def test_what_was_never_up_for_a_draw_is_no_part_of_the_estimate() -> None:
    found = kpis([*alone(90), *alone(500, rate=0), *drawn(9), *drawn(1, FULL)])
    assert found.alone == 590
    assert found.escaped is not None
    assert found.escaped.value == pytest.approx(9.0)


@pytest.mark.parametrize(
    ("actions", "wanted"),
    [
        pytest.param([*alone(90), *drawn(9), *drawn(1, FULL)], 81 / 100, id="less the errors that slipped through"),
        pytest.param([*alone(90)], None, id="nobody looked: nobody knows"),
        pytest.param([*reviewed(3)], 0.0, id="nothing was done alone"),
        pytest.param([*alone(4), *drawn(4, FULL)], 0.0, id="never below nothing"),
        pytest.param([*alone(1), *drawn(1), *[action(state=State.BLOCKED)] * 2], 1 / 4, id="of all proposals"),
    ],
)
def test_the_safe_automation_rate_is_what_was_done_alone_and_right(actions: list[Action], wanted: float | None) -> None:
    assert kpis(actions).safe_automation_rate == (None if wanted is None else pytest.approx(wanted))


@pytest.mark.parametrize(
    ("losses", "wanted"),
    [
        pytest.param([0] * 3, 3, id="at once"),
        pytest.param([0, 0, 1, 0, 0, 0], 6, id="after starting over"),
        pytest.param([0, 0, 1, 0, 0], None, id="never"),
        pytest.param([], None, id="nothing"),
        pytest.param([0] * 9, 3, id="the first time counts"),
    ],
)
def test_a_clean_streak_is_found_at_its_last_answer(losses: list[int], wanted: int | None) -> None:
    assert clean_streak(losses, 3) == wanted


def test_ten_clean_answers_are_a_streak() -> None:
    assert (clean_streak([0] * 9), clean_streak([0] * 10)) == (None, 10)
