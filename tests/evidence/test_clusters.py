"""What counting clusters instead of items promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.evidence.clusters import cluster_loss

losses = st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0]) | st.none(), min_size=1, max_size=12)


@given(losses, st.integers(1, 12))
def test_the_loss_of_a_cluster_is_the_mean_of_those_drawn_first(drawn: list[float | None], first: int) -> None:
    graded = [1.0 if loss is None else loss for loss in drawn[:first]]
    assert cluster_loss(drawn, first=first) == pytest.approx(sum(graded) / len(graded))


@given(losses, losses, st.integers(1, 12))
def test_more_items_after_those_drawn_first_change_nothing(
    drawn: list[float | None], more: list[float | None], first: int
) -> None:
    """A thousand easy ones cannot water down what was drawn."""
    whole = (drawn * first)[:first]
    assert cluster_loss(whole + more, first=first) == cluster_loss(whole, first=first)


def test_silence_counts_as_the_largest_loss() -> None:
    assert cluster_loss([None], first=2) == 1.0
    assert cluster_loss([0.0, None], first=2) == 0.5
    assert cluster_loss([0, None], first=2, unanswered=1_000_000) == 500_000


@pytest.mark.parametrize(("drawn", "first"), [([], 2), ([0.0], 0), ([0.0, 0.0], -1)])
def test_a_cluster_without_items_is_refused(drawn: list[float | None], first: int) -> None:
    found = f"found {len(drawn)} and first={first}$"
    with pytest.raises(ValueError, match=f"^a cluster needs at least one item that was drawn, {found}"):
        cluster_loss(drawn, first=first)
