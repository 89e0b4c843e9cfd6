"""The state machine is the one that is drawn: every state, every event."""

from __future__ import annotations

from typing import get_args

import pytest

from remit.core.action_facts import ActionFact
from remit.core.lifecycle import ENDED, State, next_state
from remit.errors import Conflict
from tests.core.written_transitions import EVENTS, TRANSITIONS

STATES: dict[str, State | None] = {"nothing": None, **{str(state): state for state in State}}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_a_fact_leads_where_it_is_drawn_or_is_refused(state: State | None, event: str) -> None:
    wanted = TRANSITIONS.get((state, event))
    if wanted is not None:
        assert next_state(state, EVENTS[event]()) is wanted
        return
    with pytest.raises(Conflict) as refused:
        next_state(state, EVENTS[event]())
    assert "p1" in refused.value.found
    assert (state.value if state else "nothing") in refused.value.found


def test_every_fact_about_an_action_is_an_event() -> None:
    assert {type(make()) for make in EVENTS.values()} == set(get_args(ActionFact))


def test_every_state_can_be_reached() -> None:
    assert set(TRANSITIONS.values()) == set(State)


def test_an_ended_action_never_moves_again() -> None:
    moved = {here for (here, _), there in TRANSITIONS.items() if here is not there}
    assert not moved & ENDED


def test_every_state_ends_or_has_a_way_out() -> None:
    moved = {here for (here, _), there in TRANSITIONS.items() if here is not there}
    undone = {State.UNDONE, State.UNDONE_WITH_RESIDUE, State.UNDO_FAILED}
    assert set(State) - moved == ENDED | undone
