"""What counts as one observation: the cluster of an action, its draw, and the closing of a cluster."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.core.evidence_spec import ClusterSpec, EvidenceSpec, OutcomeSpec
from remit.core.observation import Item, close, cluster_key, draw_ppm
from remit.core.types import Operation, ProposalId, Value
from tests.changed import replace
from tests.core.small_policy import NOON

ARGUMENTS: dict[str, Value] = {"contact": "7", "region": "north", "note": None}
DAY = timedelta(days=1)


def spec(*key: str, items: int = 2, days: int = 7) -> ClusterSpec:
    """Return a cluster of these parts."""
    return ClusterSpec(key=key or ("record",), why="they fail together", items=items, close_after_days=days)


def item(name: str, draw: int, loss: int | None = None, *, settled: bool = False) -> Item:
    """Return one gradable action."""
    return Item(proposal=ProposalId(name), draw_ppm=draw, loss_ppm=loss, settled=settled)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        pytest.param(("day",), "2026-03-04", id="day"),
        pytest.param(("record",), "contact/7", id="record"),
        pytest.param(("operation",), "contact.enrich", id="operation"),
        pytest.param(("argument:region",), "north", id="argument"),
        pytest.param(("argument:region", "day"), "north|2026-03-04", id="two parts"),
        pytest.param(("argument:colour",), "None", id="an argument that was not given"),
    ],
)
def test_a_cluster_is_named_by_the_parts_of_its_key(key: tuple[str, ...], wanted: str) -> None:
    operation = Operation("contact.enrich")
    assert cluster_key(spec(*key), operation=operation, arguments=ARGUMENTS, record="contact/7", at=NOON) == wanted


def test_what_has_no_record_shares_a_cluster() -> None:
    found = cluster_key(spec("record"), operation=Operation("note.create"), arguments=ARGUMENTS, record=None, at=NOON)
    assert found == "no record"


def test_the_same_content_always_draws_the_same() -> None:
    assert draw_ppm(b"secret", "enrich", "1", "north") == draw_ppm(b"secret", "enrich", "1", "north")


@pytest.mark.parametrize(
    ("secret", "parts"),
    [
        pytest.param(b"other", ("enrich", "1"), id="another secret"),
        pytest.param(b"secret", ("enrich", "2"), id="another part"),
        pytest.param(b"secret", ("enrich1",), id="parts run together"),
        pytest.param(b"secret", ("1", "enrich"), id="another order"),
    ],
)
def test_other_content_or_another_secret_draws_anew(secret: bytes, parts: tuple[str, ...]) -> None:
    assert draw_ppm(secret, *parts) != draw_ppm(b"secret", "enrich", "1")


def test_draws_fill_their_range_evenly() -> None:
    draws = [draw_ppm(b"secret", str(number)) for number in range(2_000)]
    assert min(draws) >= 0
    assert max(draws) < 1_000_000
    tenths = [sum(tenth <= draw // 100_000 < tenth + 1 for draw in draws) for tenth in range(10)]
    assert all(140 < count < 260 for count in tenths)  # 200 each, four standard deviations to either side


def evidence(rules: ClusterSpec, wait_days: int = 0) -> EvidenceSpec:
    """Return how such clusters are tested."""
    return EvidenceSpec(tolerance=0.05, why="enough", cluster=rules, outcomes=OutcomeSpec(wait_days=wait_days))


CLOSES: dict[str, tuple[ClusterSpec, list[Item], timedelta, tuple[int, tuple[str, ...]] | None]] = {
    "nothing in it": (spec(), [], 30 * DAY, None),
    "one clean answer": (spec(), [item("a", 1, 0)], DAY, (0, ("a",))),
    "the mean of those drawn first": (
        spec(),
        [item("c", 9, 0), item("a", 5, 0), item("b", 1, 1_000_000)],
        DAY,
        (500_000, ("b", "a")),
    ),
    "a later item is not graded": (spec(items=1), [item("b", 2), item("a", 1, 0)], DAY, (0, ("a",))),
    "waits for those drawn first": (spec(items=1), [item("b", 1), item("a", 2, 0)], DAY, None),
    "equal draws go by name": (spec(items=1), [item("b", 1, 0), item("a", 1, 1_000_000)], DAY, (1_000_000, ("a",))),
    "waits for an answer": (spec(), [item("a", 1, 0), item("b", 2)], DAY, None),
    "settled without an answer is a full loss": (
        spec(),
        [item("a", 1, 0), item("b", 2, settled=True)],
        DAY,
        (500_000, ("a", "b")),
    ),
    "unanswered for too long is a full loss": (spec(days=7), [item("a", 1)], 7 * DAY, (1_000_000, ("a",))),
    "not yet too long": (spec(days=7), [item("a", 1)], 7 * DAY - timedelta(seconds=1), None),
    "an answer stands, however late": (spec(days=7), [item("a", 1, 0)], 30 * DAY, (0, ("a",))),
    "one of three, rounded": (
        spec(items=3),
        [item("a", 1, 1_000_000), item("b", 2, 0), item("c", 3, 0)],
        DAY,
        (333_333, ("a", "b", "c")),
    ),
    "a day's cluster waits for the day to end": (spec("day"), [item("a", 1, 0)], timedelta(hours=11, minutes=59), None),
    "and closes when it has": (spec("day"), [item("a", 1, 0)], timedelta(hours=12), (0, ("a",))),
    "without the day it need not wait": (spec("record"), [item("a", 1, 0)], timedelta(0), (0, ("a",))),
}


@pytest.mark.parametrize("name", CLOSES)
def test_a_cluster_closes_on_the_items_drawn_first(name: str) -> None:
    rules, items, age, wanted = CLOSES[name]
    found = close(evidence(rules), items, opened_at=NOON, now=NOON + age)
    assert (None if found is None else (found[0], tuple(str(one.proposal) for one in found[1]))) == wanted


@pytest.mark.parametrize(
    ("loss", "days", "closes"),
    [
        pytest.param(0, 2.9, False, id="a clean one waits"),
        pytest.param(0, 3.0, True, id="until nothing more is to come"),
        pytest.param(49_999, 1.0, False, id="one better than the tolerance waits like a clean one"),
        pytest.param(50_000, 0.0, True, id="one as bad as the tolerance counts at once"),
    ],
)
def test_a_clean_answer_waits_for_what_may_still_become_of_it(loss: int, days: float, closes: bool) -> None:
    one = replace(item("a", 1, loss), ended_at=NOON)
    found = close(evidence(spec(items=1), wait_days=3), [one], opened_at=NOON, now=NOON + days * DAY)
    assert (found is not None) is closes


def test_waiting_has_an_end_and_then_an_answer_stands() -> None:
    one = replace(item("a", 1, 0), ended_at=NOON + 9 * DAY)
    rules = evidence(spec(items=1, days=7), wait_days=3)
    assert close(rules, [one], opened_at=NOON, now=NOON + 10 * DAY - timedelta(seconds=1)) is None
    assert close(rules, [one], opened_at=NOON, now=NOON + 10 * DAY) == (0, (one,))
