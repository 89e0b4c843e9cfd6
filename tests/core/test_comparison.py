"""Two versions side by side: pairs, what came of each, and which is better where they differ."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from remit.core.action import Action
from remit.core.comparison import Ending, compare
from remit.core.lifecycle import State
from remit.core.types import Operation, ProposalId, UseCaseId

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


def action(state: State, loss: int | None = None, **more: Any) -> Action:
    """Return an action in a state, with a loss."""
    plain: dict[str, Any] = {
        "proposal": ProposalId("p"),
        "use_case": UseCaseId("crm"),
        "operation": Operation("contact.tag.add"),
        "agent": "ada",
        "version": "v1",
        "call_id": "c",
        "trial": 1,
        "cluster": "c",
        "draw_ppm": 1,
        "record": "contact/1",
        "row_version": 1,
        "content": "f",
        "proposed_at": AT,
    }
    return Action(**plain | more, state=state, loss_ppm=loss)


def pair(new: State, old_loss: int | None) -> tuple[Action, Action]:
    """Return a shadow and what it stands beside."""
    return action(new, version="v2"), action(State.DONE, old_loss)


PAIRS = {
    "the same": (pair(State.MATCHED, 0), Ending.SAME),
    "both right": (pair(State.SHADOW_RIGHT, 0), Ending.BOTH_RIGHT),
    "only the new one": (pair(State.SHADOW_RIGHT, 1_000_000), Ending.ONLY_NEW),
    "only the old one": (pair(State.SHADOW_WRONG, 0), Ending.ONLY_OLD),
    "neither": (pair(State.SHADOW_WRONG, 500_000), Ending.BOTH_WRONG),
    "the old one was not looked at": (pair(State.SHADOW_RIGHT, None), Ending.WAITS),
    "the new one was not looked at": (pair(State.SHADOWED, 0), Ending.WAITS),
    "the new one lapsed": (pair(State.LAPSED, 0), Ending.WAITS),
    "blocked": (pair(State.BLOCKED, 0), Ending.BLOCKED),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_ends_as_both_were_found(name: str) -> None:
    found, wanted = PAIRS[name]
    assert {ending for ending, n in compare([found]).counts.items() if n} == {wanted}


def test_nothing_says_how_to_begin() -> None:
    assert "There is no pair yet" in str(compare([]))


@pytest.mark.parametrize(
    ("new", "old", "words"),
    [(12, 1, "the new version is better"), (1, 12, "the new version is worse"), (3, 2, "neither is better yet")],
)
def test_the_better_one_is_named_only_beyond_chance(new: int, old: int, words: str) -> None:
    found = compare([pair(State.SHADOW_RIGHT, 1_000_000)] * new + [pair(State.SHADOW_WRONG, 0)] * old)
    assert words in str(found)
    assert found.better is not None
    share, low, high = found.better
    assert 0 <= low < share < high <= 1
    assert share == new / (new + old)


def test_pairs_with_both_right_decide_nothing() -> None:
    found = compare([pair(State.SHADOW_RIGHT, 0)] * 5 + [pair(State.MATCHED, 0)])
    assert (found.better, found.pairs, len(found.differing)) == (None, 6, 5)
    assert "No differing pair has one right" in str(found)


def test_only_the_newest_differing_pairs_are_kept() -> None:
    found = compare([pair(State.SHADOW_WRONG, 0)] * 30, most=7)
    assert len(found.differing) == 7
