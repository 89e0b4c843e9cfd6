"""What the drift detector e-SR promises."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.evidence.drift import Cusum, Drift, alternatives

ORACLES: dict[str, Any] = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))
tolerances = st.floats(0.001, 0.59)
losses = st.sampled_from([0.0, 0.1, 0.5, 1.0]) | st.floats(0.0, 1.0)
paths = st.lists(losses, max_size=60)


def after(path: list[float], tolerance: float, average_run_length: float = 500.0) -> Drift:
    """Give the detector that has seen `path`."""
    drift = Drift(tolerance, average_run_length)
    for loss in path:
        drift.update(loss)
    return drift


def reference_evidence(path: list[float], tolerance: float) -> Fraction:
    """Follow the formula of the design page in exact rationals."""
    eps, rates = Fraction(tolerance), [Fraction(rate) for rate in alternatives(tolerance)]
    held = [Fraction(0)] * len(rates)
    for loss in path:
        ratios = [(1 - q) / (1 - eps) + Fraction(loss) * (q / eps - (1 - q) / (1 - eps)) for q in rates]
        held = [ratio * (m + 1) for ratio, m in zip(ratios, held, strict=True)]
    return sum(held, Fraction(0)) / len(held)


def runs_to_alarm(tolerance: float, average_run_length: float, error_rate: float, *, runs: int, seed: int) -> list[int]:
    """Simulate how many reviews pass before the alarm."""
    chance = np.random.default_rng(seed)
    lengths = []
    for _ in range(runs):
        drift, reviews = Drift(tolerance, average_run_length), 0
        while not drift.alarm:
            drift.update(float(chance.random() < error_rate))
            reviews += 1
        lengths.append(reviews)
    return lengths


def test_evidence_along_a_path_is_the_published_one() -> None:
    """Two hundred reviews, over nineteen powers of ten."""
    row = ORACLES["edetector_path"]
    drift = Drift(float(row["eps"]), row["A"])
    evidence, alarms = [], []
    for loss in row["x"]:
        drift.update(loss)
        evidence.append(math.exp(drift.log_evidence))
        alarms.append(drift.alarm)
    assert alternatives(float(row["eps"])) == pytest.approx(row["q"], rel=1e-12)
    assert evidence == pytest.approx(row["sr"], rel=1e-9, abs=0)
    assert alarms.index(True) + 1 == row["first_alarm_sr"]


@given(st.lists(losses, min_size=1, max_size=40), tolerances)
def test_evidence_equals_a_second_slow_reference(path: list[float], tolerance: float) -> None:
    """A second opinion in exact rationals."""
    exact = reference_evidence(path, tolerance)
    expected = math.log(exact.numerator) - math.log(exact.denominator)
    assert after(path, tolerance).log_evidence == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(paths, tolerances)
def test_within_the_tolerance_evidence_grows_by_one_a_review_at_most(path: list[float], tolerance: float) -> None:
    """The supermartingale that makes the run length at least A: at the tolerance, one more review adds 1 on average."""
    before = math.exp(after(path, tolerance).log_evidence)
    error, clean = (math.exp(after([*path, loss], tolerance).log_evidence) for loss in (1.0, 0.0))
    assert tolerance * error + (1 - tolerance) * clean == pytest.approx(before + 1, rel=1e-9)


@given(paths, tolerances, losses, losses)
def test_a_worse_answer_never_leaves_less_evidence(path: list[float], tolerance: float, one: float, other: float) -> None:
    """Evidence of drift rises with the loss."""
    better, worse = sorted((one, other))
    assert after([*path, better], tolerance).log_evidence <= after([*path, worse], tolerance).log_evidence + 1e-12


@given(paths, paths, tolerances, st.floats(1.0, 1000.0))
def test_a_restored_detector_equals_an_uninterrupted_one(
    first: list[float], second: list[float], tolerance: float, average_run_length: float
) -> None:
    """To the last bit, also through JSON."""
    saved = json.loads(json.dumps(after(first, tolerance, average_run_length).state, allow_nan=False))
    restored = Drift.restore(tolerance, average_run_length, tuple(saved))
    for loss in second:
        restored.update(loss)
    assert restored == after(first + second, tolerance, average_run_length)


def test_an_alarm_stays_on() -> None:
    """Clean answers afterwards do not silence it, and neither does a restart."""
    drift = after([1.0] * 5 + [0.0] * 400, 0.02)
    assert drift.log_evidence < math.log(drift.average_run_length)
    assert drift.alarm
    assert Drift.restore(0.02, 500.0, drift.state).alarm


def test_no_data_is_no_evidence() -> None:
    """The logarithm of zero, and no alarm, even at the shortest run length."""
    drift = Drift(0.02, 1.0)
    assert drift.log_evidence == -math.inf
    assert not drift.alarm
    assert all(map(math.isfinite, drift.state))


def test_clean_answers_for_ever_keep_the_evidence_bounded() -> None:
    """Each M_j tends to L/(1 - L), so a perfect agent is not demoted however long it runs."""
    drift = after([0.0] * 20_000, 0.05, 100.0)
    limits = [(1 - q) / (q - 0.05) for q in alternatives(0.05)]
    assert math.exp(drift.log_evidence) == pytest.approx(math.fsum(limits) / len(limits), rel=1e-9)
    assert not drift.alarm


def test_errors_for_ever_never_overflow() -> None:
    """Each error multiplies the largest alternative by 24; a million of them are a number still."""
    drift = after([1.0] * 20_000, 0.02)
    assert drift.log_evidence == pytest.approx(20_000 * math.log(24) + math.log(24 / 23 / 9), rel=1e-9)
    late = Drift.restore(0.02, 500.0, (1.0, *(50 * held for held in drift.state[1:])))
    before = late.log_evidence
    late.update(1.0)
    assert late.log_evidence - before == pytest.approx(math.log(24), abs=1e-8)


def test_false_alarms_are_as_rare_as_promised() -> None:
    """Simulated at the tolerance itself, the hardest case within it."""
    lengths = runs_to_alarm(0.05, 100.0, 0.05, runs=300, seed=11)
    assert np.mean(lengths) + 2 * np.std(lengths) / math.sqrt(len(lengths)) >= 100.0


def test_only_alternatives_below_nine_in_ten_are_looked_for() -> None:
    """Nine of them for a small tolerance, fewer for a large one; 24 x 0.0375 is 0.9 and does not count."""
    assert len(alternatives(0.0374)) == 9
    assert len(alternatives(0.0375)) == 8
    assert alternatives(0.5) == (0.75,)


@pytest.mark.parametrize("tolerance", [0.0, 1.0, -0.1, math.nan, 0.6, 0.9])
def test_a_tolerance_no_drift_could_stand_out_from_is_refused(tolerance: float) -> None:
    """From 0.6 up, 1.5 times the tolerance is not below 0.9."""
    with pytest.raises(ValueError, match=f"^tolerance must (lie strictly|be below 0.6 for a drift).* found {tolerance!r}$"):
        Drift(tolerance, 500.0)


@pytest.mark.parametrize("average_run_length", [0.0, 0.99, -5.0, math.nan, math.inf])
def test_a_run_length_that_is_none_is_refused(average_run_length: float) -> None:
    """Infinite would mean never an alarm."""
    with pytest.raises(ValueError, match=f"average_run_length must .* found {average_run_length!r}"):
        Drift(0.02, average_run_length)


@pytest.mark.parametrize("loss", [-0.1, 1.1, math.nan])
def test_a_loss_outside_its_range_is_refused_and_leaves_no_trace(loss: float) -> None:
    """One refused loss must not spoil the evidence."""
    drift = Drift(0.02, 500.0)
    with pytest.raises(ValueError, match=r"loss must lie in \[0, 1.0\], found"):
        drift.update(loss)
    assert drift == Drift(0.02, 500.0)


@pytest.mark.parametrize(
    "state",
    [(), (0.0,) * 9, (2.0,) + (0.0,) * 9, (0.0, math.nan) + (0.0,) * 8, (0.0, -1.0) + (0.0,) * 8, (0.0, math.inf) + (0.0,) * 8],
    ids=str,
)
def test_a_state_that_is_none_is_refused(state: tuple[float, ...]) -> None:
    """Wrong length, no such flag, or numbers that no detector holds."""
    with pytest.raises(ValueError, match="state must be 0 or 1 followed by 9 finite numbers"):
        Drift.restore(0.02, 500.0, state)


def warned(path: list[float], tolerance: float) -> Cusum:
    """Give the warning that has seen `path`."""
    cusum = Cusum(tolerance)
    for loss in path:
        cusum.update(loss)
    return cusum


def test_the_warning_along_a_path_is_the_published_one() -> None:
    """And where it would have alarmed, three reviews after the detector."""
    row = ORACLES["edetector_path"]
    cusum, evidence = Cusum(float(row["eps"])), []
    for loss in row["x"]:
        cusum.update(loss)
        evidence.append(math.exp(cusum.log_evidence))
    assert evidence == pytest.approx(row["cusum"], rel=1e-9, abs=0)
    assert next(n for n, value in enumerate(evidence, 1) if value >= row["A"]) == row["first_alarm_cusum"]


@given(paths, tolerances)
def test_the_warning_is_the_best_of_all_moments_a_change_may_have_come(path: list[float], tolerance: float) -> None:
    """From the definition: per alternative the largest product of likelihood ratios over any stretch that ends now."""
    if not path:
        return
    best = []
    for q in alternatives(tolerance):
        clean = (1 - q) / (1 - tolerance)
        logs = [math.log(clean + loss * (q / tolerance - clean)) for loss in path]
        best.append(max(math.fsum(logs[first:]) for first in range(len(logs))))
    assert warned(path, tolerance).state == pytest.approx(best, rel=1e-9, abs=1e-9)


def test_clean_answers_bring_the_warning_back_and_errors_never_overflow_it() -> None:
    """One error is forgotten after some clean answers; ten thousand are a number still."""
    assert warned([], 0.02).log_evidence == 0.0
    assert warned([0.0] * 1000, 0.02).log_evidence < 0.0
    assert warned([1.0], 0.02).log_evidence == pytest.approx(math.log(8.5))
    assert warned([1.0] + [0.0] * 200, 0.02).log_evidence < 0.0
    assert warned([1.0] * 10_000, 0.02).log_evidence == pytest.approx(10_000 * math.log(24) - math.log(9), rel=1e-9)


@given(paths, paths, tolerances)
def test_a_restored_warning_equals_an_uninterrupted_one(first: list[float], second: list[float], tolerance: float) -> None:
    """To the last bit, also through JSON."""
    restored = Cusum(tolerance, tuple(json.loads(json.dumps(warned(first, tolerance).state, allow_nan=False))))
    for loss in second:
        restored.update(loss)
    assert restored == warned(first + second, tolerance)


def test_a_warning_that_is_none_is_refused() -> None:
    """Tolerance, state and loss; a refused loss leaves no trace."""
    with pytest.raises(ValueError, match="tolerance must"):
        Cusum(0.0)
    for state in ((0.0,) * 8, (math.nan,) * 9, (math.inf,) * 9, (0.0,) * 8 + (math.inf,)):
        with pytest.raises(ValueError, match="state must be 9 finite numbers"):
            Cusum(0.02, state)
    cusum = Cusum(0.02)
    with pytest.raises(ValueError, match=r"loss must lie in \[0, 1.0\], found"):
        cusum.update(1.1)
    assert cusum == Cusum(0.02)
