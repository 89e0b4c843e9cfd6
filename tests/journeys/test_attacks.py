"""Nobody plays the system: agents that choose what they ask and when, reviewers who miss, people who edit; and the detectors."""

from __future__ import annotations

import pytest

from bench.arena import ATTACKS, falsely_offered
from bench.bench_levels import allowed, certified, dodged, turned, watched, year

RUNS = 8


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_earns_hardly_ever_what_is_not_deserved(name: str) -> None:
    assert falsely_offered(name, runs=RUNS, seed=2) <= allowed(RUNS)


@pytest.mark.soak
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_earns_hardly_ever_what_is_not_deserved_in_many_runs(name: str) -> None:
    assert falsely_offered(name, runs=400, seed=3) <= allowed(400)


def test_what_was_drawn_is_not_let_through_by_asking_again() -> None:
    assert dodged(seed=2)["value"] == 0


def test_who_is_good_only_while_watched_loses_the_level_in_time() -> None:
    assert watched(seed=2)["ok"]


def test_a_certificate_holds_what_it_promises_on_real_contacts() -> None:
    assert all(one["ok"] for one in certified(orders=4, reviews=1_500))


def test_a_certificate_is_withdrawn_when_the_world_has_changed() -> None:
    assert "withdrawn on 2009-" in str(turned()["note"])


def test_two_months_of_one_use_case_are_reckoned_again_to_the_same() -> None:
    figures = {str(one["name"]): one for one in year(60, 20)}
    assert figures["judgements that come out otherwise"]["value"] == 0
    assert int(str(figures["judgements that come out otherwise"]["n"])) > 500
