"""What the comparisons stand on: other tests as their sources state them, and our tests for many runs at once."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench import exact, rivals
from bench.exact import km20, sprt, walk
from bench.lockstep import Detectors, Wealths
from remit.evidence.bounds import clopper_pearson_interval
from remit.evidence.drift import Cusum, Drift
from remit.evidence.promotion import Promotion
from tests.evidence import other_methods

ORACLES: dict[str, Any] = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))
BOUNDARIES: dict[str, Callable[[int], float]] = {
    "km20": km20(0.05, 0.05),
    "running mean <= eps, n>=30": lambda errors: max(30, 20 * errors),
    "Clopper-Pearson one-sided 1-alpha peeked": partial(rivals.clopper_pearson_reviews, tolerance=0.05, alpha=0.05),
}


@pytest.mark.parametrize("row", ORACLES["clean_reviews_needed"], ids=lambda row: f"{row['eps']}-{row['alpha']}")
def test_clean_reviews_of_every_test_are_the_published_ones(row: dict[str, Any]) -> None:
    eps, alpha = float(row["eps"]), float(row["alpha"])
    assert row == {
        "eps": row["eps"],
        "alpha": row["alpha"],
        "sprt_q0_lower_bound": sprt(eps, alpha, 0.0)(0),
        "clopper_pearson_fixed_n": rivals.clopper_pearson_reviews(0, tolerance=eps, alpha=alpha),
        "km20": km20(eps, alpha)(0),
        "sprt_q_half": sprt(eps, alpha, eps / 2)(0),
        "sprt_q_quarter": sprt(eps, alpha, eps / 4)(0),
        "bb_truncated_uniform": exact.crossing(partial(rivals.beta_binomial_truncated_wealth, tolerance=eps), alpha)(0),
        "bb_two_sided_jeffreys": exact.crossing(partial(rivals.beta_binomial_wealth, tolerance=eps), alpha)(0),
        "hoeffding_fixed_n": other_methods.hoeffding_reviews(tolerance=eps, alpha=alpha),
        "posterior_uniform_prior": other_methods.posterior_reviews(tolerance=eps, alpha=alpha),
    }


@pytest.mark.parametrize("row", ORACLES["sprt_reviews_needed_by_errors"], ids=lambda row: f"{row['eps']}-{row['q_over_eps']}")
def test_reviews_of_the_sequential_test_are_the_published_ones(row: dict[str, Any]) -> None:
    eps, alpha = float(row["eps"]), float(row["alpha"])
    rate = eps * float(row["q_over_eps"])
    needed = [sprt(eps, alpha, rate)(errors) for errors in range(len(row["n_required"]))]
    assert needed == row["n_required"]
    for errors, n in enumerate(row["n_required"]):
        before, after = (other_methods.sprt_log_wealth(at, errors, tolerance=eps, rate=rate) for at in (n - 1, n))
        assert before < -math.log(alpha) <= after


def test_reviews_of_the_peeked_bound_are_the_published_ones() -> None:
    row = ORACLES["clopper_pearson_reviews_needed_by_errors"]
    boundary = BOUNDARIES["Clopper-Pearson one-sided 1-alpha peeked"]
    assert [boundary(errors) for errors in range(len(row["n_required"]))] == row["n_required"]


@pytest.mark.parametrize(
    ("rows", "wealth"),
    [
        ("bb_truncated_wealth", rivals.beta_binomial_truncated_wealth),
        ("bb_two_sided_jeffreys_wealth", rivals.beta_binomial_wealth),
    ],
)
def test_beta_binomial_wealths_are_the_published_ones(rows: str, wealth: Callable[..., float]) -> None:
    for row in ORACLES[rows]:
        assert wealth(row["n"], row["k"], tolerance=float(row["eps"])) == pytest.approx(row["wealth"], rel=1e-9, abs=0)


def test_growth_rate_bets_along_a_path_are_the_published_ones() -> None:
    row = ORACLES["agrapa_path"]
    walked = list(other_methods.agrapa(row["x"], tolerance=float(row["eps"]), cap=row["c"]))
    assert [bet for bet, _ in walked] == pytest.approx(row["lam"], rel=1e-9)
    assert [wealth for _, wealth in walked] == pytest.approx(row["wealth"], rel=1e-9)


@pytest.mark.parametrize("row", ORACLES["hoeffding_bentkus_p"], ids=lambda row: f"{row['n']}-{row['k']}")
def test_p_values_at_one_look_are_the_published_ones(row: dict[str, Any]) -> None:
    eps = float(row["alpha"])
    assert other_methods.binomial_p(row["n"], row["k"], tolerance=eps) == pytest.approx(row["p_binary"], rel=1e-9)
    assert other_methods.hoeffding_bentkus_p(row["n"], row["k"], tolerance=eps) == pytest.approx(row["p_bounded_loss"], rel=1e-9)


@pytest.mark.parametrize("row", ORACLES["threshold_selection"]["ltt"]["rows"], ids=lambda row: row["tau"])
def test_p_values_of_thresholds_are_the_published_ones(row: dict[str, Any]) -> None:
    assert other_methods.binomial_p(row["n"], row["k"], tolerance=0.05) == pytest.approx(row["binomial_p"], rel=1e-9)


def test_conformal_threshold_and_risk_coverage_area_are_the_published_ones() -> None:
    row = ORACLES["threshold_selection"]
    grid = [float(tau) for tau in row["grid_in_test_order"]]
    alpha = float(row["crc_joint_alpha"])
    assert other_methods.conformal_threshold(row["confidence"], row["error"], alpha=alpha, grid=grid) == float(
        row["crc_lowest_threshold"]
    )
    assert other_methods.area_under_risk_coverage(row["confidence"], row["error"]) == pytest.approx(row["aurc"], rel=1e-9)


@pytest.mark.parametrize("row", ORACLES["bernoulli_lattice_cusum_arl"], ids=lambda row: f"{row['m']}-{row['p']}")
def test_run_lengths_of_a_lattice_cusum_are_the_published_ones(row: dict[str, Any]) -> None:
    length = other_methods.lattice_cusum_run_length(m=row["m"], h=row["h"], error_rate=float(row["p"]))
    assert length == pytest.approx(row["arl_from_zero"], rel=1e-9)


@pytest.mark.parametrize(
    "row", ORACLES["operating_characteristics_exact"], ids=lambda row: f"{row['method']} {row['p_over_eps']}"
)
def test_chance_and_time_of_every_rule_are_the_published_ones(row: dict[str, Any]) -> None:
    told = walk(BOUNDARIES[row["method"]], float(row["eps"]) * float(row["p_over_eps"]), row["N"])
    assert told.chance == pytest.approx(row["prob_promoted_by_N"], rel=1e-9)
    assert told.mean == pytest.approx(row.get("expected_min_T_N", told.mean), rel=1e-9)


def test_published_bounds_and_sample_sizes_are_met() -> None:
    """The printed intervals have seven digits."""
    nine_of_24, one_of_1497, zero_failures, attribute_sampling = (row["value"] for row in ORACLES["published_values"])
    assert clopper_pearson_interval(9, 24, 0.95) == pytest.approx(tuple(nine_of_24), rel=1e-6)
    assert clopper_pearson_interval(1, 1497, 0.9) == pytest.approx(tuple(one_of_1497), rel=1e-6)
    assert rivals.clopper_pearson_reviews(0, tolerance=0.05, alpha=0.01) == zero_failures
    assert [rivals.clopper_pearson_reviews(k, tolerance=0.05, alpha=0.05) for k in range(4)] == attribute_sampling


def test_wealth_of_many_runs_is_that_of_the_library() -> None:
    chance = np.random.default_rng(5)
    for bound in (1.0, 20.0):
        many, one = Wealths(3, 0.05, bound), [Promotion(0.05, 0.05, bound) for _ in range(3)]
        for _ in range(300):
            losses = chance.choice([0.0, 0.0, 0.0, 0.1, 1.0], 3)
            where = chance.random(3) < 0.7
            many.update(losses, where)
            for test, loss, seen in zip(one, losses, where, strict=True):
                if seen:
                    test.update(float(loss))
        assert np.log(many.values) == pytest.approx([test.log_wealth for test in one], rel=1e-9)


def test_wealth_of_counts_for_many_runs_is_that_of_the_library() -> None:
    many = Wealths(2, 0.05)
    many.update_counts(np.array([76, 40]), np.array([0, 3]))
    many.update_counts(np.array([0, 10]), np.array([2, 0]))
    singly = [Promotion(0.05, 0.05) for _ in range(2)]
    for test, losses in zip(singly, ([0.0] * 76 + [1.0] * 2, [0.0] * 50 + [1.0] * 3), strict=True):
        for loss in losses:
            test.update(loss)
    assert np.log(many.values) == pytest.approx([test.log_wealth for test in singly], rel=1e-9)
    many.restart(np.array([True, False]))
    assert many.values[0] == 1.0
    many.update_counts(np.array([76, 0]), np.array([0, 0]))
    assert many.values[0] >= 20.0


def test_evidence_of_many_runs_is_that_of_the_library() -> None:
    chance = np.random.default_rng(6)
    many, one = Detectors(3, 0.02), [(Drift(0.02, 1e9), Cusum(0.02)) for _ in range(3)]
    for _ in range(300):
        losses, where = (chance.random(3) < 0.05).astype(float), chance.random(3) < 0.7
        many.update(losses, where)
        for (drift, cusum), loss, seen in zip(one, losses, where, strict=True):
            if seen:
                drift.update(float(loss))
                cusum.update(float(loss))
    assert np.log(many.evidence) == pytest.approx([drift.log_evidence for drift, _ in one], rel=1e-9)
    assert np.log(many.warning) == pytest.approx([cusum.log_evidence for _, cusum in one], rel=1e-9)
    many.restart(np.array([True, False, False]))
    assert (many.evidence[0], many.warning[0]) == (0.0, 1.0)
