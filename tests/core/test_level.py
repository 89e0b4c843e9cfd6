"""Whether a level was earned, is kept, or is lost, and what limits it whatever the evidence says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.core import bar
from remit.core.ceilings import ceilings
from remit.core.charter import OperationSpec
from remit.core.evidence_spec import ClusterSpec, EvidenceSpec, LossSpec, OutcomeSpec
from remit.core.gate import Ceiling
from remit.core.level import Earned, Evidence, Grant, Judgement, Lost, Stays, judge
from remit.core.supervision import qa_rate_ppm
from remit.core.types import Level, Operation
from remit.evidence.promotion import trial_alpha
from tests.changed import replace
from tests.core.small_policy import NOON, OPERATION, USE_CASE, charter, evidence_spec

CHARTER = charter(highest_level=Level.EXECUTE, evidence=evidence_spec(drafts_to_level_2=3))
FULL = 1_000_000


def grant(level: Level, **changes: object) -> Grant:
    """Return a grant to version v1."""
    return replace(Grant(level=level, version="v1"), **changes)


def summary(**changes: int) -> dict[str, int]:
    """Return what a judgement says of no evidence at all."""
    plain = {
        "alpha_ppm": 30_396,
        "answered": 0,
        "mean_loss_ppm": 0,
        "miss_measured": 0,
        "miss_ppm": 0,
        "observations": 0,
        "outcomes_at_level": 0,
        "reviewed_at_level": 0,
        "tested_ppm": 50_000,
        "tolerance_ppm": 50_000,
        "trial": 1,
        "violations": 0,
        "wealth": 1,
    }
    return plain | changes


LOST = Lost(use_case=USE_CASE, operation=OPERATION, level=Level.RECOMMEND, cause="drift", evidence=summary())
TEST_BEGINS = 87  # clean answers at 1 in 20, when the first trial has 6/pi^2 of a lifetime error budget of 1 in 20
JUDGED: dict[str, tuple[Level, Evidence, Judgement]] = {
    "off": (Level.OFF, Evidence(), Stays(why="nobody switched it on")),
    "drafts to answer": (
        Level.ASSIST,
        Evidence(answered=1),
        Stays(why="more drafts have to be answered", answers_needed=2),
    ),
    "enough drafts": (
        Level.ASSIST,
        Evidence(answered=3),
        Earned(level=Level.RECOMMEND, evidence=summary(answered=3)),
    ),
    "no observation yet": (
        Level.RECOMMEND,
        Evidence(),
        Stays(why="more clean answers are needed", answers_needed=TEST_BEGINS),
    ),
    "one clean observation": (
        Level.RECOMMEND,
        Evidence(losses={0: 1}),
        Stays(why="more clean answers are needed", answers_needed=TEST_BEGINS - 1),
    ),
    "the bar was cleared": (
        Level.RECOMMEND,
        Evidence(answered=9, losses={0: 8, FULL: 2}, crossed=True, trial=2),
        Earned(
            level=Level.EXECUTE, evidence=summary(answered=9, observations=10, mean_loss_ppm=200_000, trial=2, alpha_ppm=7_599)
        ),
    ),
    "the highest level": (Level.EXECUTE, Evidence(crossed=True), Stays(why="the charter's highest level is reached")),
    "an alarm at level 3": (Level.EXECUTE, Evidence(alarm=True), LOST),
    "an alarm at level 4": (Level.OPTIMISE, Evidence(alarm=True), LOST),
    "an alarm at level 2 is no loss": (
        Level.RECOMMEND,
        Evidence(alarm=True),
        Stays(why="more clean answers are needed", answers_needed=TEST_BEGINS),
    ),
}


@pytest.mark.parametrize("name", JUDGED)
def test_a_level_is_judged_by_its_evidence(name: str) -> None:
    level, evidence, wanted = JUDGED[name]
    assert judge(grant(level), evidence, CHARTER, OPERATION) == wanted


def test_level_4_is_not_earned_by_answers_alone() -> None:
    judged = judge(grant(Level.EXECUTE), Evidence(version="v1", crossed=True), charter(highest_level=Level.OPTIMISE), OPERATION)
    assert judged == Stays(why="level 4 needs a certificate")


@pytest.mark.parametrize("level", [Level.ASSIST, Level.RECOMMEND])
def test_no_evidence_lifts_above_the_charter(level: Level) -> None:
    judged = judge(grant(level), Evidence(answered=99, crossed=True), charter(highest_level=level), OPERATION)
    assert judged == Stays(why="the charter's highest level is reached")


CAP = Level.RECOMMEND
CEILINGS: dict[str, tuple[Grant, Operation, str, tuple[Ceiling, ...]]] = {
    "none": (grant(Level.EXECUTE), OPERATION, "v1", ()),
    "the charter's highest level": (grant(Level.OPTIMISE), OPERATION, "v1", (Ceiling(level=Level.EXECUTE, code="charter"),)),
    "an operation outside the charter": (
        grant(Level.EXECUTE),
        Operation("email.send"),
        "v1",
        (Ceiling(level=CAP, code="outside_grant"),),
    ),
    "another version": (grant(Level.EXECUTE), OPERATION, "v2", (Ceiling(level=CAP, code="version", detail="v1"),)),
    "another version at level 2": (grant(Level.RECOMMEND), OPERATION, "v2", ()),
    "ended this moment": (
        grant(Level.EXECUTE, until=NOON),
        OPERATION,
        "v1",
        (Ceiling(level=CAP, code="expired", detail="2026-03-04"),),
    ),
    "ends in a second": (grant(Level.EXECUTE, until=NOON + timedelta(seconds=1)), OPERATION, "v1", ()),
    "ended at level 2": (grant(Level.RECOMMEND, until=NOON), OPERATION, "v1", ()),
    "all at once": (
        grant(Level.OPTIMISE, until=NOON),
        Operation("email.send"),
        "v2",
        (
            Ceiling(level=Level.EXECUTE, code="charter"),
            Ceiling(level=CAP, code="outside_grant"),
            Ceiling(level=CAP, code="version", detail="v1"),
            Ceiling(level=CAP, code="expired", detail="2026-03-04"),
        ),
    ),
}


@pytest.mark.parametrize("name", CEILINGS)
def test_every_ceiling_is_named_and_only_those_below_the_grant(name: str) -> None:
    held, operation, version, wanted = CEILINGS[name]
    assert ceilings(held, CHARTER, operation=operation, version=version, now=NOON) == wanted


def test_what_reviewers_miss_makes_the_test_stricter() -> None:
    assert bar.tolerance(evidence_spec(tolerance=0.1, miss_rate=0.2)) == pytest.approx(0.08)
    assert bar.tolerance(evidence_spec(tolerance=0.1, miss_rate=0.0)) == 0.1


@pytest.mark.parametrize(
    ("miss_rate", "share"), [pytest.param(0.0, 1.0, id="none missed"), pytest.param(0.1, 0.5, id="some missed")]
)
@pytest.mark.parametrize("trial", [1, 2, 7])
def test_every_trial_spends_its_share_of_the_budget(trial: int, miss_rate: float, share: float) -> None:
    spec = evidence_spec(alpha=0.05, miss_rate=miss_rate)
    assert bar.alpha(spec, trial) == trial_alpha(0.05, trial) * share


@pytest.mark.parametrize(
    ("a_day", "wanted"),
    [
        pytest.param(1_000.0, 50_000, id="much work: the charter's rate"),
        pytest.param(0.0, 1_000_000, id="none yet: everything"),
        pytest.param(1.0, 1_000_000, id="little work: everything"),
    ],
)
def test_the_draw_is_raised_where_volume_is_low(a_day: float, wanted: int) -> None:
    assert qa_rate_ppm(evidence_spec(qa_rate=0.05), actions_per_day=a_day) == wanted


def test_in_between_the_draw_is_just_enough() -> None:
    rates = [qa_rate_ppm(evidence_spec(qa_rate=0.05), actions_per_day=a_day) for a_day in (8.0, 10.0, 20.0, 40.0)]
    assert 50_000 < rates[-1] < rates[0] < 1_000_000
    assert rates == sorted(rates, reverse=True)


def test_a_harm_cap_raises_the_draw_and_the_charters_own_comes_first() -> None:
    spec = evidence_spec(tolerance=0.02, qa_rate=0.05, run_length=7300, outcomes=OutcomeSpec(losses={}))
    assert qa_rate_ppm(spec, actions_per_day=10_000) == 50_000
    assert qa_rate_ppm(spec, actions_per_day=10_000, harm_cap=100) == 82_778
    assert qa_rate_ppm(replace(spec, harm_cap=100), actions_per_day=10_000) == 82_778
    assert qa_rate_ppm(replace(spec, harm_cap=1e9), actions_per_day=10_000, harm_cap=1) == 50_000
    assert qa_rate_ppm(replace(spec, harm_cap=100), actions_per_day=0.0) == 1_000_000


def test_an_operation_may_be_capped_below_its_charter() -> None:
    capped = charter(operations={OPERATION: OperationSpec(arguments=(), highest_level=Level.RECOMMEND)})
    judged = judge(grant(Level.RECOMMEND), Evidence(crossed=True), capped, OPERATION)
    assert judged == Stays(why="the charter's highest level is reached")
    found = ceilings(grant(Level.EXECUTE), capped, operation=OPERATION, version="v1", now=NOON)
    assert found == (Ceiling(level=CAP, code="charter"),)


@pytest.mark.parametrize("tolerance", [0.01, 0.2, 0.3, 0.49])
def test_a_loose_tolerance_has_a_rate_too(tolerance: float) -> None:
    assert 0 < qa_rate_ppm(evidence_spec(tolerance=tolerance), actions_per_day=50.0) <= 1_000_000


@pytest.mark.parametrize(
    ("losses", "observations", "mean"),
    [
        pytest.param(None, 0, 0.0, id="none"),
        pytest.param({}, 0, 0.0, id="an empty count"),
        pytest.param({0: 3, FULL: 1}, 4, 0.25, id="one in four"),
        pytest.param({500_000: 2}, 2, 0.5, id="two halves"),
    ],
)
def test_evidence_counts_its_observations(losses: dict[int, int] | None, observations: int, mean: float) -> None:
    evidence = Evidence(losses=losses)
    assert (evidence.observations, evidence.mean_loss) == (observations, mean)


OTHER_TESTS: dict[str, EvidenceSpec] = {
    "another tolerance": evidence_spec(tolerance=0.06),
    "another error budget": evidence_spec(alpha=0.04),
    "another share overlooked": evidence_spec(miss_rate=0.1),
    "other losses": evidence_spec(losses=LossSpec(edited=0.1)),
    "another run length": evidence_spec(run_length=1000),
    "another cluster": evidence_spec(cluster=ClusterSpec(key=("day",), why="each its own guess", items=1)),
    "more of a cluster": evidence_spec(cluster=ClusterSpec(key=("record",), why="each its own guess", items=2)),
    "longer open": evidence_spec(cluster=ClusterSpec(key=("record",), why="each its own guess", items=1, close_after_days=9)),
}


@pytest.mark.parametrize("name", OTHER_TESTS)
def test_evidence_of_another_test_is_none(name: str) -> None:
    assert not bar.same_test(evidence_spec(), OTHER_TESTS[name])


def test_other_words_and_another_draw_leave_the_evidence_as_it_is() -> None:
    words = ClusterSpec(key=("record",), why="said better", items=1)
    reworded = evidence_spec(why="said better", cluster=words, qa_rate=0.5, detect_days=3, drafts_to_level_2=99)
    assert bar.same_test(evidence_spec(), reworded)
