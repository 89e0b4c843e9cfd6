"""What a confidence is worth, and from which on an approval may be skipped; held against the selection in `evidence`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core import bar, certificate
from remit.core.certificate import GRID_AFTER, Certificate, Confidence, Worth, worth
from remit.core.evidence_spec import CertificateSpec
from remit.core.level_facts import Graded
from remit.evidence.threshold import Thresholds, coverage_grid
from tests.core.small_policy import evidence_spec

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
FULL = 1_000_000
SPEC = evidence_spec(tolerance=0.1, certificate=CertificateSpec(delta=0.1))


def fixed(confidences: list[int]) -> Confidence:
    """Return what is known once the thresholds are fixed from these confidences."""
    known = Confidence()
    for one in confidences:
        known = certificate.proposed(known, one, AT)
    return known


def test_thresholds_are_fixed_from_the_first_hundred_and_never_move() -> None:
    random = Random(1)
    first = [random.randrange(FULL) for _ in range(GRID_AFTER)]
    known = fixed(first[:-1])
    assert (known.grid, known.fixed_at, sum((known.unlabelled or {}).values())) == ((), None, GRID_AFTER - 1)
    known = certificate.proposed(known, first[-1], AT)
    assert known.grid == tuple(round(one) for one in coverage_grid([float(one) for one in first]))
    assert (known.fixed_at, known.unlabelled) == (AT, None)
    assert certificate.proposed(known, 5, AT + timedelta(days=1)) is known


def test_no_confidence_is_not_sure_at_all() -> None:
    assert certificate.proposed(Confidence(), None, AT).unlabelled == {0: 1}


@pytest.mark.parametrize(("after", "wanted"), [(timedelta(0), True), (timedelta(seconds=1), False), (-timedelta(days=1), True)])
def test_what_began_before_the_thresholds_decides_about_none(after: timedelta, wanted: bool) -> None:
    assert certificate.early(fixed([1] * GRID_AFTER), AT + after) is wanted
    assert certificate.early(None, AT)
    assert certificate.early(Confidence(), AT)


@given(seed=st.integers(0, 10**6), error=st.sampled_from([0.0, 0.03, 0.1, 0.3]))
def test_one_item_a_cluster_it_selects_what_the_selection_selects(seed: int, error: float) -> None:
    """The same items through the library's own running selection, at the budget of the trial."""
    random = Random(seed)
    confidences = [random.randrange(500_000, FULL) for _ in range(GRID_AFTER)]
    known = fixed(confidences)
    slow = Thresholds(bar.tolerance(SPEC), bar.delta(SPEC, 1), tuple(float(one) for one in known.grid))
    for _ in range(120):
        confidence, loss = random.randrange(500_000, FULL), FULL if random.random() < error else 0
        known = certificate.graded(known, (Graded(confidence, loss),), SPEC, 1, None)
        slow.update(float(confidence), loss / FULL)
        assert known.threshold == slow.active


def test_a_cluster_is_one_observation_of_each_threshold() -> None:
    known = fixed([900_000] * 50 + [600_000] * 50)
    known = certificate.graded(known, (Graded(900_000, 0), Graded(600_000, FULL), Graded(950_000, FULL)), SPEC, 1, None)
    assert known.grid == (900_000, 600_000)
    assert known.losses == ({500_000: 1}, {666_667: 1})


def test_a_stricter_one_that_was_not_accepted_blocks_the_others() -> None:
    assert Confidence(grid=(9, 8, 7), losses=({},) * 3, accepted=(True, True, False)).threshold == 8
    assert Confidence(grid=(9, 8, 7), losses=({},) * 3, accepted=(False, True, True)).threshold is None


def test_it_says_how_many_clean_answers_it_takes() -> None:
    assert certificate.answers_needed(Confidence(), SPEC, 1, None) is None
    known = fixed([900_000] * GRID_AFTER)
    needed = certificate.answers_needed(known, SPEC, 1, None)
    assert needed is not None
    for _ in range(needed):
        assert known.threshold is None
        known = certificate.graded(known, (Graded(900_000, 0),), SPEC, 1, None)
    assert known.threshold == 900_000


def test_a_confidence_is_worth_what_was_found_never_falling_and_withheld_where_thin() -> None:
    known = Confidence(by_percent={60: (40, 10 * FULL), 80: (40, 20 * FULL), 90: (19, 0), 95: (20, FULL)})
    found = worth(known)
    assert found[:3] == [
        Worth(percent=60, items=40, right=0.625),
        Worth(percent=80, items=40, right=0.625),
        Worth(percent=90, items=19, right=None),
    ]
    assert found[3].percent == 95
    assert found[3].right == pytest.approx(38 / 39)
    assert worth(Confidence()) == []


@pytest.mark.parametrize(
    ("suite", "now", "wanted"),
    [("a", AT, True), ("a", AT + timedelta(days=1), False), ("b", AT, False)],
)
def test_a_certificate_holds_for_its_suite_until_its_day(suite: str, now: datetime, wanted: bool) -> None:
    held = Certificate(threshold_ppm=900_000, suite="a", until=AT + timedelta(days=1))
    assert held.holds(suite=suite, now=now) is wanted
