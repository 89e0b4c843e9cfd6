"""How facts become what is shown: one action, its evidence, its grant."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import cast

import pytest

from remit.core import bar
from remit.core import facts as f
from remit.core.action import Action
from remit.core.evidence_fold import fold_answer, fold_cluster, fold_grant, fold_promotion, graded_loss, starting_grants
from remit.core.facts import ActionFact, Entry
from remit.core.fold import fold_action, gradable, settled_without_answer
from remit.core.gate import GateInput
from remit.core.level import Evidence, Grant
from remit.core.lifecycle import State
from remit.core.reservation import Reserved
from remit.core.types import Answer, Level, Operation, ProposalId, Verdict
from remit.errors import Conflict
from remit.evidence.drift import Drift
from remit.evidence.promotion import log_wealth, reviews_needed
from tests.changed import replace
from tests.core.small_policy import NOON, OPERATION, USE_CASE, action, evidence_spec
from tests.core.written_transitions import EVENTS, LATER, TRANSITIONS

P = ProposalId("p1")
FULL = 1_000_000
SPEC = evidence_spec(tolerance=0.05, alpha=0.05)


def entry(fact: f.Fact, at: datetime = NOON, name: str = "f9") -> Entry:
    """Put a fact in its place."""
    return Entry(seq=9, id=name, at=at, actor="remit", fact=fact)


def fold(before: Action | None, fact: ActionFact, at: datetime = NOON) -> Action:
    """Fold one fact."""
    return fold_action(before, entry(fact, at), fact)


def answered(answer: Answer, **changes: object) -> f.Answered:
    """Return an answer of Ann's."""
    told = f.Answered(proposal=P, answer=answer, by="ann", seen="s", due_at=LATER)
    return replace(told, **changes)


# -------------------------------------------------------------------------------------------------------------------- action


def test_a_proposal_opens_an_action() -> None:
    fact = f.Proposed(
        proposal=P,
        use_case=USE_CASE,
        operation=OPERATION,
        agent="enricher",
        version="v1",
        call_id="c1",
        trial=2,
        cluster="north",
        draw_ppm=77,
        record="contact/1",
    )
    assert fold(None, fact) == action(trial=2, cluster="north", draw_ppm=77, content="f9")


@pytest.mark.parametrize(("state", "event"), [(here, event) for here, event in TRANSITIONS if here is not None])
def test_every_fact_moves_the_row_version(state: State, event: str) -> None:
    after = fold(action(state=state, row_version=4), EVENTS[event]())
    assert (after.state, after.row_version) == (TRANSITIONS[state, event], 5)


@pytest.mark.parametrize("state", [State.HELD, State.DONE, State.BLOCKED])
def test_nothing_is_proposed_twice(state: State) -> None:
    with pytest.raises(Conflict):
        fold(action(state=state), EVENTS["propose"]())


def test_a_decision_is_kept_with_what_it_was_decided_from() -> None:
    given = GateInput(use_case=USE_CASE, operation=OPERATION, granted=Level.EXECUTE, draw_rate_ppm=50_000)
    decided = f.Decided(
        proposal=P, verdict=Verdict.HOLD, reasons=(), given=given, policy_digest="d", seen="now", counts=True, due_at=LATER
    )
    wanted = {"verdict": Verdict.HOLD, "decided": "f9", "counts": True, "seen": "now", "draw_rate_ppm": 50_000}
    assert fold(action(), decided) == action(state=State.HELD, row_version=1, due_at=LATER, **wanted)


GRADED = {"answered_by": "ann", "loss_ppm": 0, "seen": "s"}
FOLDED: dict[str, tuple[State, dict[str, object], ActionFact, dict[str, object]]] = {
    "an approval waits in its window": (
        State.HELD,
        {},
        answered(Answer.APPROVE, loss_ppm=0, seconds_seen=7),
        {"answered_by": "ann", "loss_ppm": 0, "seconds_seen": 7, "due_at": LATER, "content": "f1"},
    ),
    "an edit brings its own arguments": (
        State.HELD,
        {},
        answered(Answer.APPROVE_EDITED, loss_ppm=500_000, revision=1),
        {"answered_by": "ann", "loss_ppm": 500_000, "revision": 1, "content": "f9"},
    ),
    "a used edit brings its own arguments": (
        State.DRAFTED,
        {},
        answered(Answer.USED_EDITED, loss_ppm=500_000, revision=1),
        {"content": "f9", "ended_at": NOON},
    ),
    "a rejection ends it": (State.HELD, {}, answered(Answer.REJECT, loss_ppm=FULL), {"loss_ppm": FULL, "ended_at": NOON}),
    "later grades nothing and only moves the deadline": (
        State.HELD,
        {"due_at": NOON},
        answered(Answer.LATER),
        {"due_at": LATER, "answered_by": None, "loss_ppm": None},
    ),
    "what is taken back is unanswered": (
        State.LEAVING,
        GRADED,
        f.TakenBack(proposal=P, by="ann", due_at=LATER),
        {"answered_by": None, "loss_ppm": None, "due_at": LATER, "seen": "s"},
    ),
    "what is held again is unanswered, and shows what is new": (
        State.RELEASED,
        GRADED,
        f.HeldAgain(proposal=P, reasons=(), seen="now", due_at=LATER),
        {"answered_by": None, "loss_ppm": None, "due_at": LATER, "seen": "now"},
    ),
    "what is released is due": (State.LEAVING, {"due_at": LATER}, f.Released(proposal=P), {"due_at": NOON}),
    "an attempt is counted and found again": (
        State.RELEASED,
        {"attempts": 1},
        f.Started(proposal=P, key="p1:2", policy_digest="d"),
        {"attempts": 2, "started": "f9", "due_at": NOON},
    ),
    "an effect names the record it made": (
        State.STARTED,
        {"record": None, "due_at": NOON},
        f.Done(proposal=P, record="task/9"),
        {"record": "task/9", "done": "f9", "due_at": None, "ended_at": NOON},
    ),
    "an effect without a record keeps the one that was asked for": (
        State.STARTED,
        {"record": "contact/1"},
        f.Done(proposal=P),
        {"record": "contact/1", "done": "f9"},
    ),
    "a lapse ends it": (State.HELD, {"due_at": NOON}, f.Lapsed(proposal=P), {"due_at": None, "ended_at": NOON}),
    "a failure ends it": (State.STARTED, {}, f.Failed(proposal=P), {"ended_at": NOON}),
    "what is unclear has not ended": (State.STARTED, {}, f.Unclear(proposal=P), {"ended_at": None}),
    "an undo is due at once": (State.DONE, {}, f.UndoAsked(proposal=P, by="ann"), {"due_at": NOON}),
    "a restore that starts does not wait": (State.UNDOING, {}, f.UndoStarted(proposal=P, key="k"), {"due_at": NOON}),
    "a later loss counts": (
        State.DONE,
        {"loss_ppm": 0},
        f.Observed(proposal=P, kind="reverted", loss_ppm=FULL),
        {"loss_ppm": FULL},
    ),
    "a later loss never makes it better": (
        State.DONE,
        {"loss_ppm": FULL},
        f.Observed(proposal=P, kind="reverted", loss_ppm=1),
        {"loss_ppm": FULL},
    ),
    "a later loss counts where nobody graded": (
        State.DONE,
        {},
        f.Observed(proposal=P, kind="bounce", loss_ppm=5),
        {"loss_ppm": 5},
    ),
    "good news is no grade": (State.DONE, {}, f.Observed(proposal=P, kind="reply"), {"loss_ppm": None}),
}


@pytest.mark.parametrize("name", FOLDED)
def test_a_fact_moves_what_it_is_about(name: str) -> None:
    state, held, fact, wanted = FOLDED[name]
    after = fold(action(state=state, **held), fact)
    assert {field: getattr(after, field) for field in wanted} == wanted


TAKEN = (Reserved(limit="crm/daily", scope="use_case:crm", bucket=0, amount=2, most=5),)
MOVED = (Reserved(limit="crm/daily", scope="use_case:crm", bucket=86_400, amount=2, most=5),)
KEPT: dict[str, tuple[State, ActionFact, tuple[Reserved, ...]]] = {
    "taken back": (State.LEAVING, EVENTS["take_back"](), ()),
    "held again on its way": (State.LEAVING, EVENTS["hold_again"](), ()),
    "held again at release": (State.RELEASED, EVENTS["hold_again"](), ()),
    "blocked at release": (State.RELEASED, EVENTS["block_again"](), ()),
    "caught by a stop": (State.RELEASED, EVENTS["halt"](), ()),
    "refused by a record that changed": (State.STARTED, EVENTS["hold_again"](), ()),
    "released": (State.LEAVING, EVENTS["release"](), TAKEN),
    "postponed": (State.RELEASED, EVENTS["postpone"](), TAKEN),
    "started": (State.RELEASED, EVENTS["start"](), TAKEN),
    "started on another day": (
        State.RELEASED,
        f.Started(proposal=P, key="p1:1", policy_digest="d", reserved=MOVED),
        MOVED,
    ),
    "started where nothing counts it any more": (
        State.RELEASED,
        f.Started(proposal=P, key="p1:1", policy_digest="d", reserved=()),
        (),
    ),
    "done": (State.STARTED, EVENTS["done"](), TAKEN),
    "failed": (State.STARTED, EVENTS["fail"](), TAKEN),
    "unclear": (State.STARTED, EVENTS["unclear"](), TAKEN),
    "undone": (State.UNDOING, EVENTS["undone"](), TAKEN),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_was_taken_is_given_back_only_where_nothing_started(name: str) -> None:
    state, fact, wanted = KEPT[name]
    assert fold(action(state=state, reserved=TAKEN), fact).reserved == wanted


@pytest.mark.parametrize("event", ["allow", "hold", "draft", "block"])
def test_only_what_leaves_takes_from_limits(event: str) -> None:
    decided = replace(cast("f.Decided", EVENTS[event]()), reserved=TAKEN)
    assert fold(action(), decided).reserved == (TAKEN if event == "allow" else ())


@pytest.mark.parametrize("answer", [Answer.APPROVE, Answer.APPROVE_EDITED, Answer.REJECT, Answer.LATER])
def test_only_an_approval_takes_from_limits(answer: Answer) -> None:
    after = fold(action(state=State.HELD), answered(answer, reserved=TAKEN))
    assert after.reserved == (TAKEN if after.state is State.LEAVING else ())


@pytest.mark.parametrize("state", [State.DONE, State.USED, State.USED_EDITED, State.UNDONE, State.UNDO_FAILED])
def test_what_is_heard_later_does_not_change_when_it_ended(state: State) -> None:
    ended = action(state=state, ended_at=NOON)
    assert fold(ended, f.Observed(proposal=P, kind="reply"), NOON + timedelta(days=30)).ended_at == NOON


# ------------------------------------------------------------------------------------------------------------------ evidence


@pytest.mark.parametrize(
    ("fact", "counts", "wanted"),
    [
        pytest.param(answered(Answer.APPROVE, loss_ppm=0), False, 0, id="an approval"),
        pytest.param(answered(Answer.REJECT, loss_ppm=FULL), True, FULL, id="a rejection"),
        pytest.param(answered(Answer.LATER), True, None, id="later"),
        pytest.param(f.Lapsed(proposal=P), True, FULL, id="lapsed though it counts"),
        pytest.param(f.Lapsed(proposal=P), False, None, id="lapsed and does not count"),
        pytest.param(f.Withdrawn(proposal=P), True, FULL, id="withdrawn though it counts"),
        pytest.param(f.Withdrawn(proposal=P), False, None, id="withdrawn and does not count"),
        pytest.param(f.Released(proposal=P), True, None, id="anything else"),
    ],
)
def test_what_ends_without_an_answer_counts_as_a_full_loss(fact: ActionFact, counts: bool, wanted: int | None) -> None:
    assert graded_loss(action(counts=counts), fact) == wanted


@pytest.mark.parametrize(
    ("counts", "level", "watched"),
    [
        pytest.param(True, Level.EXECUTE, True, id="counts at level 3"),
        pytest.param(True, Level.OPTIMISE, True, id="counts at level 4"),
        pytest.param(True, Level.RECOMMEND, False, id="counts at level 2"),
        pytest.param(False, Level.EXECUTE, False, id="does not count"),
    ],
)
def test_the_drift_detector_watches_the_level_that_was_granted(counts: bool, level: Level, watched: bool) -> None:
    after = fold_answer(Evidence(), loss_ppm=FULL, counts=counts, at_level=level, spec=SPEC)
    assert (after.answered, after.reviewed_at_level, bool(after.drift)) == (1, int(watched), watched)


def test_the_detector_goes_on_where_it_stood() -> None:
    detector, evidence = Drift(0.05, SPEC.run_length), Evidence()
    for loss in (FULL, 0, 500_000, FULL, FULL, FULL, 0):
        detector.update(loss / FULL)
        evidence = fold_answer(evidence, loss_ppm=loss, counts=True, at_level=Level.EXECUTE, spec=SPEC)
    assert evidence.drift == detector.state
    assert evidence.alarm is detector.alarm is True


def test_an_alarm_stays() -> None:
    evidence = fold_answer(Evidence(alarm=True), loss_ppm=0, counts=True, at_level=Level.EXECUTE, spec=SPEC)
    assert evidence.alarm is True


def closed(loss_ppm: int) -> f.ClusterClosed:
    """Return one observation."""
    return f.ClusterClosed(
        use_case=USE_CASE, operation=OPERATION, version="v1", trial=1, cluster="c", loss_ppm=loss_ppm, items=(P,)
    )


def test_the_bar_is_cleared_at_the_answer_the_table_names_and_stays_cleared() -> None:
    needed = reviews_needed(1, tolerance=0.05, alpha=bar.alpha(SPEC, 1))
    evidence = Evidence()
    for number in range(1, needed + 1):
        assert evidence.crossed is False
        evidence = fold_cluster(evidence, closed(FULL if number == 5 else 0), SPEC)
    assert (evidence.crossed, evidence.losses) == (True, {0: needed - 1, FULL: 1})
    assert evidence.log_wealth == pytest.approx(log_wealth(needed, 1, tolerance=0.05))
    for _ in range(5):
        evidence = fold_cluster(evidence, closed(FULL), SPEC)
    assert evidence.crossed is True
    assert evidence.log_wealth < -math.log(bar.alpha(SPEC, 1))


def test_a_later_trial_needs_more() -> None:
    enough = reviews_needed(0, tolerance=0.05, alpha=bar.alpha(SPEC, 1))
    first, second = Evidence(losses={0: enough - 1}), Evidence(losses={0: enough - 1}, trial=2)
    assert fold_cluster(first, closed(0), SPEC).crossed is True
    assert fold_cluster(second, closed(0), SPEC).crossed is False


def test_a_promotion_starts_the_detector_anew_and_keeps_the_test() -> None:
    before = Evidence(version="v1", answered=9, losses={0: 9}, crossed=True, drift=(1.0, 2.0), alarm=True, reviewed_at_level=4)
    wanted = Evidence(version="v1", answered=9, losses={0: 9}, crossed=True)
    assert fold_promotion(before) == wanted


# --------------------------------------------------------------------------------------------------------------------- grant


def test_an_offer_changes_no_level() -> None:
    offer = f.GrantOffered(use_case=USE_CASE, operation=OPERATION, version="v2", trial=1, level=Level.EXECUTE, evidence={})
    before = Grant(level=Level.RECOMMEND, version="v1")
    wanted = replace(before, offered=True, offered_level=Level.EXECUTE, offered_version="v2")
    assert fold_grant(before, offer) == wanted


def test_a_grant_replaces_the_one_before() -> None:
    granted = f.Granted(
        use_case=USE_CASE,
        operation=OPERATION,
        version="v2",
        level=Level.EXECUTE,
        until=LATER,
        signed_by=("ann", "bo"),
        evidence={},
    )
    before = Grant(level=Level.RECOMMEND, version="v1", offered=True)
    assert fold_grant(before, granted) == Grant(level=Level.EXECUTE, version="v2", until=LATER, signed_by=("ann", "bo"))


def test_a_loss_ends_the_level_and_every_offer() -> None:
    lost = f.LevelLost(use_case=USE_CASE, operation=OPERATION, version="v1", level=Level.RECOMMEND, cause="drift", evidence={})
    before = Grant(level=Level.EXECUTE, version="v1", until=LATER, offered=True)
    assert fold_grant(before, lost) == Grant(level=Level.RECOMMEND, version="v1")


@pytest.mark.parametrize("state", State)
def test_only_what_lapsed_or_was_withdrawn_is_settled_without_an_answer(state: State) -> None:
    assert settled_without_answer(state) is (state in {State.LAPSED, State.WITHDRAWN})


def test_every_operation_of_a_charter_begins_at_its_first_level() -> None:
    operations = [OPERATION, Operation("note.create")]
    assert starting_grants(operations, Level.ASSIST) == dict.fromkeys(operations, Grant(level=Level.ASSIST))


def test_what_was_blocked_before_anybody_answered_stands_for_nothing() -> None:
    assert not gradable(State.BLOCKED, None)
    assert gradable(State.BLOCKED, 0), "it was answered before"
    assert gradable(State.HELD, None)
