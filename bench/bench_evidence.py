"""What the statistics of `remit.evidence` reach, against their budgets and beside the rules in use today.

These are the figures of `docs/explanation/evidence.md`. Simulations have fixed seeds; two standard errors are left for them
where a promise is an upper limit. Takes some three minutes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from bench import adversaries, confidence, drifts, exact, portfolios, rivals, year
from bench.timing import figure
from remit.evidence.drift import Cusum, Drift
from remit.evidence.promotion import Promotion
from remit.evidence.sampling import reviews_to_detect

Figure = dict[str, object]

_UPDATES = 20_000
# One error and one edit in twenty, as a real queue has them: errors are where the full bet takes its other branch.
_LOSSES = (0.0,) * 12 + (0.1,) + (0.0,) * 6 + (1.0,)
_TOLERANCES = (0.01, 0.02, 0.05)
_ALPHA = 0.05
_MOST_OF_ORACLE = {0.0: 1.30, 0.25: 1.10, 0.5: 1.16}  # by error rate as a share of the tolerance


def run() -> Iterator[Figure]:
    """Yield one row per figure."""
    yield from speed()
    yield from promotion()
    yield from others()
    yield from detection()
    yield from thresholds()
    yield from together()
    yield from attacked()
    yield from years()


def speed() -> Iterator[Figure]:
    """Measure one update of each test."""
    yield _time("KM20 update", Promotion(0.02, 0.05).update, "twenty bets, log-wealth and crossing after every review")
    yield _time("e-SR update", Drift(0.02, 7300.0).update, "nine alternatives, evidence and alarm after every review")
    yield _time("e-CUSUM update", Cusum(0.02).update, "nine alternatives")


def promotion() -> Iterator[Figure]:
    """Compare with the sequential test that is told the true rate; both exact."""
    for eps in _TOLERANCES:
        for share, most in _MOST_OF_ORACLE.items():
            walked = partial(exact.walk, error_rate=share * eps, reviews=round(400 / eps))
            ours, oracle = walked(exact.km20(eps, _ALPHA)).mean, walked(exact.sprt(eps, _ALPHA, share * eps)).mean
            note = f"exact; {ours:.0f} reviews in the mean, the test that is told the rate takes {oracle:.0f}"
            yield figure(f"promotion, tolerance {eps}, rate {share} x", ours / oracle, "x oracle", most, round(400 / eps), note)
        falsely = exact.walk(exact.km20(eps, _ALPHA), eps, round(1000 / eps)).chance
        yield {
            **_percent(
                f"false promotion at tolerance {eps}", falsely, 5.0, round(1000 / eps), "exact, a look after every review"
            ),
            "ok": 0.04 <= falsely <= 0.05,
        }


def others() -> Iterator[Figure]:
    """Tell what other tests would take, and how often they would promote an agent exactly at the tolerance."""
    eps = 0.05
    tests: dict[str, exact.Boundary] = {
        "beta-binomial": exact.crossing(partial(rivals.beta_binomial_truncated_wealth, tolerance=eps), _ALPHA),
        "Clopper-Pearson, watched": partial(rivals.clopper_pearson_reviews, tolerance=eps, alpha=_ALPHA),
        "running mean from 30 on": lambda errors: max(30.0, errors / eps),
    }
    for name, boundary in tests.items():
        falsely = exact.walk(boundary, eps, 4000).chance
        takes = exact.walk(boundary, eps / 4, 4000).mean
        yield _percent(
            f"false promotion in 4,000 reviews: {name}", falsely, None, 4000, f"exact; {takes:.0f} reviews at a quarter of it"
        )


def detection() -> Iterator[Figure]:
    """Measure delays, false alarms, and a level watched at an escalating share."""
    for eps, length in ((0.01, 7300.0), (0.02, 7300.0), (0.02, 730.0), (0.05, 7300.0)):
        for times in (2.0, 4.0, 10.0):
            found, planned = drifts.delay(eps, length, times, runs=1000, seed=1), reviews_to_detect(eps, length, times)
            note = f"{found.value:.0f} sampled reviews, s.e. {found.error:.1f}; log(A KL)/KL is {planned:.0f}"
            yield figure(f"delay at {times:.0f} x {eps}, A {length:.0f}", found.value / planned, "x plan", 1.1, 1000, note)
    false = drifts.alarms(0.02, 7300.0, 0.5, reviews=3650, runs=2000, seed=2)
    yield _percent("false alarms in a year at half the tolerance", false.value, 2.0, 2000, f"s.e. {100 * false.error:.1f} points")
    seen = drifts.watch(tolerance=0.02, per_day=200, base=0.05, highest=0.5, times=4.0, runs=3000, seed=3)
    how = "200 actions a day, 5 % rising to 50 %, tolerance 0.02"
    yield figure("days until a fourfold drift is found", seen.days.value, "days", 4.0, 3000, f"{how}; s.e. {seen.days.error:.2f}")
    yield figure("errors escaped until then", seen.escaped.value, "errors", 50.0, 3000, f"{how}; s.e. {seen.escaped.error:.1f}")
    yield _percent("QA rate in a year without drift", seen.qa_rate, 6.0, 3000, how)
    yield _percent("false demotions in that year", seen.false_alarms.value, 2.0, 3000, how)


def thresholds() -> Iterator[Figure]:
    """Certify thresholds in seven worlds."""
    for name, draw in confidence.WORLDS.items():
        got = confidence.certify(draw, runs=500, reviews=(500, 1000, 2000, 4000), seed=3)
        beside = f"running rate {got.rate_violated:.0%}, peeked binomial {got.binomial_violated:.0%}"
        yield _percent(f"threshold too low, ever: {name}", got.violated, 10.0, 500, f"of runs; the others: {beside}")
        note = f"best possible {got.best:.0%}; by 500 .. 4,000: {', '.join(f'{share:.0%}' for share in got.coverage)}"
        least = 72.0 * got.best if name in confidence.INFORMATIVE else None
        yield _at_least(f"coverage after 4,000: {name}", 100 * got.coverage[-1], least, 500, note)


def together() -> Iterator[Figure]:
    """Judge a portfolio with frozen e-BH."""
    got = portfolios.judge(runs=150, seed=1)
    note = f"m = 50, 30 % bad at the tolerance itself, the worst day; s.e. {100 * got.error:.2f} points"
    yield _percent("false discoveries among the promoted", got.rate, 100 * portfolios.ALPHA, 150, note)
    note = f"{got.reviews:.0f} against {got.alone:.0f} reviews a good use case"
    yield figure("frozen e-BH, what good ones pay", got.reviews / got.alone, "x own alpha", 1.5, 150, note)


def attacked() -> Iterator[Figure]:
    """Try to be promoted falsely; the limit is alpha and two standard errors."""
    tries: dict[str, tuple[adversaries.Attack, int]] = {
        "errors in groups": (adversaries.clusters, 2000),
        "reviewers miss 30 %": (adversaries.misses, 400),
        "labels a week late": (adversaries.late_labels, 2000),
        "a new version every 200 reviews": (adversaries.version_bumps, 2000),
        "risky items seldom drawn, 1.5 x": (adversaries.risky_undersampled, 200),
    }
    for name, (attack, runs) in tries.items():
        held, naive = attack(runs=runs, seed=11)
        most = 100 * (_ALPHA + 2 * (_ALPHA * (1 - _ALPHA) / runs) ** 0.5)
        yield _percent(f"falsely promoted: {name}", held, round(most, 1), runs, f"counted the obvious way: {naive:.0%}")


def years() -> Iterator[Figure]:
    """Live through a year, beside the rules in use."""
    for per_day, use_cases, least, most in ((20, 6000, 52.0, 0.8), (200, 500, 59.0, 0.5)):
        world = year.world(use_cases, tolerance=0.02, per_day=per_day, seed=5)
        for spent, lifetime in (("alpha over all trials", True), ("alpha each trial", False)):
            got, at = year.live(year.Earned(world, lifetime=lifetime), seed=9), f"year, {per_day} a day, Remit, {spent}"
            yield _at_least(f"{at}: saved", 100 * got.saved, least, use_cases, _told(got))
            yield figure(f"{at}: excess", got.excess, "per 1,000", most, use_cases, "errors escaped while above the tolerance")
            yield _percent(f"{at}: bad promoted", got.bad_promoted, 5.0, use_cases, "at any time of the year")
        yield from _beside(world)
    yield from _beside(year.world(2000, tolerance=0.05, per_day=20, seed=5), earned=True)


def _beside(world: year.World, *, earned: bool = False) -> Iterator[Figure]:
    """Yield what the rules in use make of the same world, and what somebody would who knows the truth."""
    ways: dict[str, year.Way] = {"Remit": year.Earned(world, lifetime=True)} if earned else {}
    for name, way in (ways | year.in_use(world) | {"who knows the truth": year.Clairvoyant(world)}).items():
        got = year.live(way, seed=9)
        at = f"year, {world.per_day} a day, tolerance {world.tolerance}, {name}: saved"
        yield _percent(at, got.saved, None, len(world.before), _told(got))


def _told(got: year.Year) -> str:
    return (
        f"{got.excess:.2f} excess and {got.escaped:.1f} escaped errors per 1,000, {got.bad_promoted:.0%} of the bad promoted, "
        f"{got.demotions:.1f} demotions a use case"
    )


def _percent(name: str, share: float, budget: float | None, n: int, note: str) -> Figure:
    return figure(name, 100 * share, "%", budget, n, note)


def _at_least(name: str, percent: float, least: float | None, n: int, note: str) -> Figure:
    row = figure(name, percent, "%", least, n, note)
    return row if least is None else {**row, "budget": round(least, 1), "ok": percent >= least}


def _time(name: str, update: Callable[[float], None], note: str) -> Figure:
    started = time.process_time()
    for _ in range(_UPDATES // len(_LOSSES)):
        for loss in _LOSSES:
            update(loss)
    return figure(name, (time.process_time() - started) / _UPDATES * 1e6, "us", 50.0, _UPDATES, f"CPU time; {note}")
