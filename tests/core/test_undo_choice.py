"""Whether an effect can go back, until when, what to do instead, and in which order effects go."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.lifecycle import State
from remit.core.types import ProposalId, Reversibility
from remit.core.undo_choice import CanGoBack, StaysThere, judge_undo, newest_first
from tests.core.small_policy import NOON, action, entry

R = Reversibility


@pytest.mark.parametrize("state", [state for state in State if state is not State.DONE])
def test_only_what_is_done_goes_back(state: State) -> None:
    found = judge_undo(action(state=state), entry(), R.EASY, image_kept=True)
    assert isinstance(found, StaysThere)
    assert str(state) in found.why


def test_what_left_is_corrected_as_the_catalogue_says() -> None:
    found = judge_undo(action(state=State.DONE), entry(), R.IRREVERSIBLE, image_kept=True)
    assert isinstance(found, StaysThere)
    assert (found.why.startswith("it left"), bool(found.correction)) == (True, True)
    assert isinstance(judge_undo(action(state=State.DONE), None, R.IRREVERSIBLE, image_kept=True), StaysThere)


def test_what_nobody_remembers_is_changed_by_hand() -> None:
    found = judge_undo(action(state=State.DONE), entry(), R.EASY, image_kept=False)
    assert isinstance(found, StaysThere)
    assert "by hand" in found.correction


@pytest.mark.parametrize(("days", "until"), [(None, None), (30, NOON + timedelta(days=30))])
def test_it_can_go_back_as_long_as_its_image_is_kept(days: int | None, until: object) -> None:
    done = action(state=State.DONE, ended_at=NOON)
    assert judge_undo(done, entry(), R.PARTIAL, image_kept=True, keep_days=days) == CanGoBack(until=until)  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 5), max_size=12))
def test_the_latest_goes_first(minutes: list[int]) -> None:
    actions = [
        action(proposal=ProposalId(f"p{at:02}"), ended_at=NOON + timedelta(minutes=minute)) for at, minute in enumerate(minutes)
    ]
    ordered = newest_first(actions)
    assert sorted(ordered, key=lambda one: one.proposal) == actions
    for first, second in pairwise(ordered):
        assert first.ended_at is not None
        assert second.ended_at is not None
        assert (first.ended_at, first.proposal) > (second.ended_at, second.proposal)
