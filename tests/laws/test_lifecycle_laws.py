"""What the lifecycle promises of every story there can be: facts are folded one after the other, fitting and unfitting ones."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from remit.core.action import Action
from remit.core.facts import Entry
from remit.core.fold import fold_action
from remit.core.lifecycle import ENDED, State
from remit.errors import Conflict
from tests.core.small_policy import NOON
from tests.core.written_transitions import EVENTS, TRANSITIONS

PERMITS = {"allow", "approve", "approve_edited"}
REVOKES = {"take_back", "hold_again", "unhalt", "block_again", "withdraw"}
EFFECTS = {State.DONE, State.UNDOING, State.UNDONE, State.UNDONE_WITH_RESIDUE, State.UNDO_FAILED, State.UNDO_UNCLEAR}


class Story(RuleBasedStateMachine):
    """One action, told fact by fact, beside a bookkeeper who reads only the drawing."""

    def __init__(self) -> None:
        """Begin before anything was asked for."""
        super().__init__()
        self.action: Action | None = None
        self.told: list[str] = []
        self.permitted = False

    def tell(self, event: str) -> Action:
        """Fold the fact of an event."""
        fact, number = EVENTS[event](), len(self.told)
        entry = Entry(seq=number, id=f"f{number}", at=NOON + timedelta(minutes=number), actor="remit", fact=fact)
        return fold_action(self.action, entry, fact)

    @property
    def state(self) -> State | None:
        """Return where the action stands."""
        return self.action.state if self.action else None

    def fitting(self) -> list[str]:
        """Return what the drawing admits here."""
        return [event for state, event in TRANSITIONS if state is self.state]

    @initialize()
    def propose(self) -> None:
        """Ask for the action."""
        self.action = self.tell("propose")
        self.told.append("propose")

    @precondition(lambda self: self.fitting())
    @rule(data=st.data())
    def tell_what_fits(self, data: st.DataObject) -> None:
        """Tell what may follow."""
        event = data.draw(st.sampled_from(self.fitting()))
        wanted, before = TRANSITIONS[self.state, event], self.action
        after = self.tell(event)
        self.told.append(event)
        self.permitted = event in PERMITS or (self.permitted and event not in REVOKES)
        assert before is not None
        assert after.state is wanted
        assert after.row_version == before.row_version + 1
        assert (after.proposal, after.call_id, after.proposed_at) == (before.proposal, before.call_id, before.proposed_at)
        self.action = after

    @rule(event=st.sampled_from(list(EVENTS)))
    def tell_what_does_not_fit(self, event: str) -> None:
        """Tell what may not follow: it is refused."""
        if event not in self.fitting():
            with pytest.raises(Conflict):
                self.tell(event)

    @invariant()
    def nothing_starts_without_an_allow_or_an_approval_that_still_stands(self) -> None:
        """Look whenever an attempt was just started."""
        if self.told and self.told[-1] == "start":
            assert self.permitted

    @invariant()
    def nothing_takes_effect_without_having_been_started(self) -> None:
        """Count attempts against effects."""
        if self.state in EFFECTS:
            assert "start" in self.told
            assert self.action is not None
            assert self.action.attempts == self.told.count("start") > 0
            assert self.action.done == f"f{self.told.index('done')}"

    @invariant()
    def an_effect_happens_once(self) -> None:
        """There is one effect in a story at most, and one undo."""
        assert self.told.count("done") <= 1
        assert sum(self.told.count(event) for event in ("undone", "undone_partly")) <= 1

    @invariant()
    def what_is_undone_was_done_and_asked_for(self) -> None:
        """Look at the order of the three."""
        if self.state in {State.UNDONE, State.UNDONE_WITH_RESIDUE}:
            assert self.told.index("done") < self.told.index("ask_undo") < len(self.told)

    @invariant()
    def what_ended_stays_ended(self) -> None:
        """Nothing but what is heard later may follow, and it moves nothing."""
        if self.state in ENDED:
            assert set(self.fitting()) <= {"observe"}
            assert self.action is not None
            assert self.action.ended_at is not None

    @invariant()
    def what_waits_for_a_person_carries_nobodys_answer(self) -> None:
        """Look at what is held or drafted: it is unanswered, whatever was said before."""
        if self.state in {State.HELD, State.DRAFTED}:
            assert self.action is not None
            assert (self.action.answered_by, self.action.loss_ppm) == (None, None)

    @invariant()
    def what_waits_has_a_time(self) -> None:
        """See that nothing waits for ever: what is held lapses, what leaves is released, the rest is carried out."""
        if self.state in {State.HELD, State.DRAFTED, State.LEAVING, State.RELEASED, State.UNDOING}:
            assert self.action is not None
            assert self.action.due_at is not None


TestStory = Story.TestCase
