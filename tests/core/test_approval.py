"""What may be answered, what an answer weighs, and whether it still stands when the effect leaves."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from remit.core.approval import AtRelease, at_release, leaves_at, limit_against, loss_ppm, may_answer
from remit.core.classify import Classified
from remit.core.evidence_spec import LossSpec
from remit.core.gate import Decision, Reason
from remit.core.lifecycle import WAITS, State, next_state
from remit.core.types import Answer, Level, Verdict
from remit.errors import Conflict
from tests.core.small_policy import CLASSES, NOON
from tests.core.written_transitions import EVENTS


def decision(verdict: Verdict, *others: Reason, wait_minutes: int = 0) -> Decision:
    """Return a decision with this verdict, and further reasons below it."""
    reasons = (Reason(code="level_table", floor=verdict), *others)
    classified = Classified(action_class=CLASSES["low, easy"], form="wide")
    return Decision(verdict=verdict, reasons=reasons, classified=classified, in_force=Level.EXECUTE, wait_minutes=wait_minutes)


STOPPED = Reason(code="stopped", floor=Verdict.HOLD)


@pytest.mark.parametrize("state", State)
def test_what_may_be_answered_is_what_the_lifecycle_admits(state: State) -> None:
    admitted = set()
    for answer in Answer:
        try:
            next_state(state, EVENTS[answer]())
        except Conflict:
            continue
        admitted.add(answer)
    assert set(may_answer(state)) == admitted
    assert bool(admitted) == (state in WAITS)


WEIGHTS = {
    Answer.APPROVE: 0,
    Answer.USED: 0,
    Answer.APPROVE_EDITED: 300_000,
    Answer.USED_EDITED: 300_000,
    Answer.REJECT: 900_000,
    Answer.DISCARDED: 900_000,
    Answer.RETURN: None,
    Answer.LATER: None,
}


@pytest.mark.parametrize("answer", Answer)
def test_an_answer_weighs_what_the_charter_says(answer: Answer) -> None:
    assert loss_ppm(answer, LossSpec(edited=0.3, rejected=0.9)) == WEIGHTS[answer]


def test_an_edit_can_weigh_nothing_and_still_grade() -> None:
    assert loss_ppm(Answer.APPROVE_EDITED, LossSpec(edited=0.0)) == 0


def expected(verdict: Verdict, *, stopped: bool, moved: bool, approved: bool) -> AtRelease:
    """Say in order what stands against leaving."""
    if verdict is Verdict.BLOCK:
        return AtRelease.BLOCK
    if stopped:
        return AtRelease.HALT
    if moved:
        return AtRelease.HOLD
    free = verdict is Verdict.ALLOW or (verdict is Verdict.HOLD and approved)
    return AtRelease.GO if free else AtRelease.HOLD


@pytest.mark.parametrize(("verdict", "stopped"), list(product(Verdict, (True, False))))
def test_an_approval_stands_in_for_a_hold_never_for_a_block_and_only_for_what_was_seen(verdict: Verdict, stopped: bool) -> None:
    for moved, approved in product((("record",), ()), (True, False)):
        asked_again = decision(verdict, STOPPED) if stopped else decision(verdict)
        outcome, _ = at_release(asked_again, approved=approved, moved=moved)
        assert outcome is expected(verdict, stopped=stopped, moved=bool(moved), approved=approved), (moved, approved)


def test_what_is_held_again_says_what_moved() -> None:
    outcome, reasons = at_release(decision(Verdict.ALLOW), approved=True, moved=("record", "reach"))
    assert outcome is AtRelease.HOLD
    assert reasons == (Reason(code="changed_since_seen", floor=Verdict.HOLD, values={"found": "record, reach"}),)


@pytest.mark.parametrize("verdict", [Verdict.HOLD, Verdict.DRAFT, Verdict.BLOCK])
def test_what_is_kept_back_says_why_the_gate_did(verdict: Verdict) -> None:
    again = decision(verdict)
    assert at_release(again, approved=False, moved=())[1] == again.reasons


def test_what_goes_needs_no_reason() -> None:
    assert at_release(decision(Verdict.ALLOW), approved=False, moved=()) == (AtRelease.GO, ())


REACHED = Reason(code="limit_reached", floor=Verdict.HOLD)
UNKNOWN = Reason(code="limit_unknown", floor=Verdict.HOLD)


@pytest.mark.parametrize("approved", [True, False])
def test_no_approval_passes_a_limit(approved: bool) -> None:
    full = decision(Verdict.HOLD, REACHED)
    assert limit_against(full) == REACHED
    assert at_release(full, approved=approved, moved=()) == (AtRelease.HOLD, full.reasons)


def test_what_nobody_could_count_is_for_a_person_to_judge() -> None:
    uncounted = decision(Verdict.HOLD, UNKNOWN)
    assert limit_against(uncounted) is None
    assert at_release(uncounted, approved=True, moved=())[0] is AtRelease.GO
    assert at_release(uncounted, approved=False, moved=())[0] is AtRelease.HOLD


@pytest.mark.parametrize(("verdict", "approved"), [(Verdict.ALLOW, False), (Verdict.HOLD, True)])
def test_what_may_go_waits_for_the_hours_of_contact(verdict: Verdict, approved: bool) -> None:
    assert at_release(decision(verdict, wait_minutes=1), approved=approved, moved=()) == (AtRelease.WAIT, ())


@pytest.mark.parametrize(
    ("again", "moved", "outcome"),
    [
        (decision(Verdict.BLOCK, wait_minutes=9), (), AtRelease.BLOCK),
        (decision(Verdict.HOLD, STOPPED, wait_minutes=9), (), AtRelease.HALT),
        (decision(Verdict.ALLOW, wait_minutes=9), ("record",), AtRelease.HOLD),
        (decision(Verdict.HOLD, REACHED, wait_minutes=9), (), AtRelease.HOLD),
        (decision(Verdict.DRAFT, wait_minutes=9), (), AtRelease.HOLD),
    ],
    ids=["blocked", "stopped", "changed", "limited", "for a person to do"],
)
def test_what_is_kept_back_does_not_wait_for_the_hours(again: Decision, moved: tuple[str, ...], outcome: AtRelease) -> None:
    assert at_release(again, approved=True, moved=moved)[0] is outcome


@pytest.mark.parametrize(
    ("wait_minutes", "take_back_seconds", "later"),
    [(0, 0, 0), (0, 8, 8), (2, 8, 120), (1, 60, 60), (30, 0, 1800)],
)
def test_what_leaves_does_so_behind_its_window_and_not_before_the_hours(
    wait_minutes: int, take_back_seconds: int, later: int
) -> None:
    found = leaves_at(decision(Verdict.ALLOW, wait_minutes=wait_minutes), NOON, take_back_seconds=take_back_seconds)
    assert found == NOON + timedelta(seconds=later)
