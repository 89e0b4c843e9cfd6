"""What the statistics reach when they are run many times: a small number of runs always, many in `make soak`.

A limit on a simulated share leaves two standard errors; exact figures leave nothing.
"""

from __future__ import annotations

import math

import pytest

from bench import adversaries, confidence, drifts, exact, portfolios, year
from remit.evidence.sampling import reviews_to_detect

ALPHA = 0.05
SOAK = pytest.mark.soak
FEW_OR_MANY = [pytest.param(1, id="few"), pytest.param(12, id="many", marks=SOAK)]
TOLERANCES = [0.05, pytest.param(0.02, marks=SOAK), pytest.param(0.01, marks=SOAK)]


def at_most(share: float, runs: int) -> float:
    """Return a limit with two standard errors."""
    return share + 2 * math.sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize("tolerance", TOLERANCES)
def test_false_promotion_stays_within_alpha_however_often_one_looks(tolerance: float) -> None:
    """At p = eps over 1000/eps reviews: at most the 5 % asked for, and not below 4 %, which would waste power."""
    promoted = exact.walk(exact.km20(tolerance, ALPHA), tolerance, round(1000 / tolerance)).chance
    assert 0.04 <= promoted <= 0.05


@pytest.mark.parametrize(("share", "ratio"), [(0.0, 1.30), (0.25, 1.10), (0.5, 1.16)])
@pytest.mark.parametrize("tolerance", TOLERANCES)
def test_promotion_costs_little_more_than_an_oracle_that_knows_the_rate(tolerance: float, share: float, ratio: float) -> None:
    """Mean reviews against the sequential test that is told the true error rate; both exact."""
    reviews = round(400 / tolerance)
    ours = exact.walk(exact.km20(tolerance, ALPHA), tolerance * share, reviews)
    oracle = exact.walk(exact.sprt(tolerance, ALPHA, tolerance * share), tolerance * share, reviews)
    assert ours.chance == pytest.approx(1.0, abs=1e-6)
    assert ours.mean <= ratio * oracle.mean


def test_a_watched_mean_promotes_what_it_should_not() -> None:
    """What the promise is worth: a running mean promotes nine in ten of those that are exactly at the tolerance."""
    assert exact.walk(lambda errors: max(30.0, 20.0 * errors), 0.05, 800).chance > 0.9


@pytest.mark.parametrize("times", [2.0, 4.0, 10.0])
@pytest.mark.parametrize(
    ("tolerance", "length"),
    [
        (0.02, 7300.0),
        pytest.param(0.02, 730.0, marks=SOAK),
        pytest.param(0.05, 7300.0, marks=SOAK),
        pytest.param(0.01, 7300.0, marks=SOAK),
    ],
)
@pytest.mark.parametrize("times_runs", FEW_OR_MANY)
def test_a_drift_is_found_as_fast_as_planned(tolerance: float, length: float, times: float, times_runs: int) -> None:
    found = drifts.delay(tolerance, length, times, runs=300 * times_runs, seed=7)
    assert found.value - 2 * found.error <= 1.1 * reviews_to_detect(tolerance, length, times)


@pytest.mark.parametrize("times_runs", FEW_OR_MANY)
def test_a_good_year_ends_without_a_false_alarm(times_runs: int) -> None:
    """Half the tolerance, 5 % of 200 actions a day: at most one in fifty."""
    false = drifts.alarms(0.02, 7300.0, 0.5, reviews=3650, runs=400 * times_runs, seed=3)
    assert false.value <= at_most(0.02, 400 * times_runs)


@SOAK
def test_a_fourfold_drift_is_found_in_four_days_for_six_percent_of_the_reviews() -> None:
    seen = drifts.watch(tolerance=0.02, per_day=200, base=0.05, highest=0.5, times=4.0, runs=3000, seed=5)
    assert seen.days.value - 2 * seen.days.error <= 4.0
    assert seen.escaped.value - 2 * seen.escaped.error <= 50.0
    assert seen.qa_rate <= 0.06
    assert seen.false_alarms.value <= at_most(0.02, 3000)


def test_looking_at_more_while_there_is_a_warning_finds_a_drift_sooner() -> None:
    """For hardly more reviews."""
    fixed, rising = (
        drifts.watch(tolerance=0.02, per_day=50, base=0.05, highest=highest, times=4.0, runs=60, seed=5)
        for highest in (0.05, 0.5)
    )
    assert rising.days.value < 0.6 * fixed.days.value
    assert rising.escaped.value < 0.6 * fixed.escaped.value
    assert fixed.qa_rate == pytest.approx(0.05, rel=0.05)
    assert rising.qa_rate <= 0.06


@pytest.mark.parametrize("name", confidence.WORLDS)
@pytest.mark.parametrize("times_runs", FEW_OR_MANY)
def test_a_threshold_keeps_its_promise_whatever_confidence_means(name: str, times_runs: int) -> None:
    """Ever violated in at most delta of the runs; and where confidence means something, most of the best is covered."""
    runs = 100 * times_runs
    got = confidence.certify(confidence.WORLDS[name], runs=runs, reviews=(4000,), seed=13)
    assert got.violated <= at_most(confidence.DELTA, runs)
    if name in confidence.INFORMATIVE:
        assert got.coverage[0] >= 0.72 * got.best


@pytest.mark.parametrize("times_runs", FEW_OR_MANY)
def test_few_of_the_promoted_of_a_portfolio_are_bad(times_runs: int) -> None:
    """FDR at most alpha on the worst day, for at most half as many reviews again."""
    got = portfolios.judge(runs=15 * times_runs, seed=17)
    assert got.rate <= portfolios.ALPHA + 2 * got.error
    assert got.reviews <= 1.5 * got.alone


@pytest.mark.parametrize(
    ("attack", "runs"),
    [
        (adversaries.clusters, 400),
        (adversaries.misses, 60),
        (adversaries.late_labels, 400),
        (adversaries.version_bumps, 400),
        (adversaries.risky_undersampled, 40),
    ],
    ids=lambda given: getattr(given, "__name__", None),
)
@pytest.mark.parametrize("times_runs", FEW_OR_MANY)
def test_nobody_is_promoted_falsely_by_playing_the_rules(attack: adversaries.Attack, runs: int, times_runs: int) -> None:
    """The obvious way to count lets most of them through."""
    held, naive = attack(runs=runs * times_runs, seed=19)
    assert held <= at_most(ALPHA, runs * times_runs)
    assert naive > 0.4


@pytest.mark.parametrize(
    ("per_day", "use_cases"), [(20, 300), pytest.param(20, 6000, marks=SOAK), pytest.param(200, 500, marks=SOAK)]
)
def test_a_year_saves_much_and_lets_little_escape(per_day: int, use_cases: int) -> None:
    """Beside the rules in use: an escaped error costs them a multiple, and they promote nearly every bad use case."""
    world = year.world(use_cases, tolerance=0.02, per_day=per_day, seed=23)
    ours = year.live(year.Earned(world, lifetime=True), seed=29)
    assert ours.bad_promoted <= at_most(0.05, use_cases // 5)
    assert ours.saved >= (0.47 if use_cases < 500 else 0.49 if per_day == 20 else 0.58)
    assert ours.excess <= (1.1 if use_cases < 500 else 0.85 if per_day == 20 else 0.5)
    for way in year.in_use(world).values():
        theirs = year.live(way, seed=29)
        assert theirs.excess > 3 * ours.excess
        assert theirs.bad_promoted > 0.4
    assert year.live(year.Clairvoyant(world), seed=29).excess == 0.0
