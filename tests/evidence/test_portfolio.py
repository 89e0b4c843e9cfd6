"""What judging many use cases together promises."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from online_fdr.core.abstract.abstract_gamma_seq import AbstractGammaSequence
from online_fdr.e_values import ELond
from online_fdr.e_values import e_bh as others_e_bh

from remit.evidence.portfolio import Portfolio, e_bh, e_lond

ORACLES: dict[str, Any] = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))
wealths = st.floats(0.0, 1e6) | st.sampled_from([0.0, 20.0, 40.0, 1000.0])
batches = st.lists(wealths, max_size=30)
alphas = st.floats(0.001, 0.5)


@pytest.mark.parametrize("row", ORACLES["e_bh"], ids=lambda row: f"{len(row['e'])}-{row['alpha']}")
def test_e_bh_rejects_the_published_ones(row: dict[str, Any]) -> None:
    assert e_bh(row["e"], row["alpha"]) == row["rejected_indices"]


@pytest.mark.parametrize("row", ORACLES["e_lond"], ids=lambda row: str(len(row["e"])))
def test_e_lond_rejects_the_published_ones(row: dict[str, Any]) -> None:
    assert e_lond(row["e"], row["alpha"]) == [at for at, rejected in enumerate(row["rejected"]) if rejected]


class BaselGamma(AbstractGammaSequence):
    """6/(pi^2 t^2), for an implementation that brings another sequence."""

    def calc_gamma(self, j: int, *_: Any, **__: Any) -> float:
        return 6.0 / (math.pi * j) ** 2


@given(batches, alphas)
def test_e_bh_agrees_with_another_implementation(e_values: list[float], alpha: float) -> None:
    """A hair is added for theirs: an e-value that equals its threshold on paper counts with us."""
    theirs = others_e_bh([e_value * (1 + 1e-12) for e_value in e_values], alpha)
    assert e_bh(e_values, alpha) == [at for at, rejected in enumerate(theirs) if rejected]


@given(batches, alphas)
def test_e_lond_agrees_with_another_implementation(e_values: list[float], alpha: float) -> None:
    theirs = ELond(alpha, BaselGamma())
    assert e_lond(e_values, alpha) == [at for at, e_value in enumerate(e_values) if theirs.test_one(e_value * (1 + 1e-12))]


@given(batches, alphas)
def test_e_bh_is_the_largest_set_that_supports_itself(e_values: list[float], alpha: float) -> None:
    """Every rejected one reaches m/(alpha R), and no larger set would: from the definition, by trying every size."""
    rejected = e_bh(e_values, alpha)
    ranked = sorted(e_values, reverse=True)
    sizes = [r for r in range(1, len(e_values) + 1) if ranked[r - 1] * alpha * r >= len(e_values) * (1 - 1e-12)]
    assert len(rejected) == max(sizes, default=0)
    assert all(e_values[at] >= ranked[len(rejected) - 1] for at in rejected)


@given(batches, alphas, st.data())
def test_more_evidence_never_loses_anybody_a_place(e_values: list[float], alpha: float, data: st.DataObject) -> None:
    more = [e_value + data.draw(wealths) for e_value in e_values]
    assert set(e_bh(e_values, alpha)) <= set(e_bh(more, alpha))


@given(st.lists(st.dictionaries(st.integers(0, 9), wealths), max_size=12), alphas)
def test_who_is_promoted_stays_promoted_with_the_wealth_of_that_day(days: list[dict[int, float]], alpha: float) -> None:
    """Also when her wealth is gone the next day: a frozen value is a stopped process."""
    portfolio = Portfolio(10, alpha)
    before: dict[int, float] = {}
    for day in days:
        newly = portfolio.look(day)
        assert not set(newly) & before.keys()
        assert all(portfolio.promoted[number] == day[number] for number in newly)
        assert {number: portfolio.promoted[number] for number in before} == before
        before = dict(portfolio.promoted)


def test_one_look_is_plain_e_bh() -> None:
    e_values = [25.0, 3.0, 40.0, 0.5, 80.0, 12.0, 220.0, 1.1, 9.0, 60.0]
    assert Portfolio(10, 0.1).look(dict(enumerate(e_values))) == e_bh(e_values, 0.1)


def test_use_cases_that_have_not_begun_count_among_the_many() -> None:
    """Otherwise whoever comes first would be judged as if alone."""
    assert Portfolio(1, 0.05).look({0: 20.0}) == [0]
    assert Portfolio(2, 0.05).look({0: 20.0}) == []
    assert Portfolio(2, 0.05).look({0: 40.0}) == [0]


def test_a_frozen_one_helps_the_next() -> None:
    """The second of two needs half of what the first needed."""
    portfolio = Portfolio(2, 0.05)
    assert portfolio.look({0: 40.0, 1: 19.0}) == [0]
    assert portfolio.look({0: 0.0, 1: 20.0}) == [1]


def test_no_use_case_is_no_discovery() -> None:
    assert e_bh([], 0.05) == e_lond([], 0.05) == []
    assert e_bh([0.0, 0.0], 0.05) == []
    assert e_bh([math.inf], 0.05) == e_lond([math.inf], 0.05) == [0]


@pytest.mark.parametrize("bad", [-1.0, math.nan, -math.inf])
def test_an_e_value_that_is_none_is_refused(bad: float) -> None:
    for ask in (e_bh, e_lond):
        with pytest.raises(ValueError, match="an e-value must be 0 or more, found"):
            ask([1.0, bad], 0.05)


def test_a_portfolio_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="size must be a whole number from 1"):
        Portfolio(0, 0.05)
    for alpha in (0.0, 1.0, math.nan):
        with pytest.raises(ValueError, match="alpha must"):
            Portfolio(3, alpha)
        with pytest.raises(ValueError, match="alpha must"):
            e_bh([1.0], alpha)
        with pytest.raises(ValueError, match="alpha must"):
            e_lond([1.0], alpha)
    with pytest.raises(ValueError, match="a number must be a whole number from 0 to 2, found 3"):
        Portfolio(3, 0.05).look({3: 1.0})


def test_a_refused_look_leaves_no_trace() -> None:
    portfolio = Portfolio(2, 0.05)
    with pytest.raises(ValueError, match="an e-value"):
        portfolio.look({0: 100.0, 1: -1.0})
    assert portfolio == Portfolio(2, 0.05)
