"""Who has to sign a change, and when an offer may come into force."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from remit.core.change import Change, Direction
from remit.core.policy import CompiledPolicy
from remit.core.policy_offer import PolicyOffer, begins, complete, named, needs_two, ripens_at, stale
from remit.core.risk_statement import SmallTeam
from remit.core.types import UseCaseId
from remit.errors import Conflict, InvalidInput, NotFound
from tests.changed import replace
from tests.core.bounded_questions import statement
from tests.core.small_policy import NOON, charter, policy

D = Direction
HERE, THERE = UseCaseId("here"), UseCaseId("there")


def two(here: str = "sandbox", there: str = "hubspot") -> CompiledPolicy:
    """Return a policy of two use cases, each with its connected system."""
    systems = {HERE: here, THERE: there}
    return policy(charters={name: charter(use_case=name, connector=connector) for name, connector in systems.items()})


def change(direction: Direction, use_case: UseCaseId | None) -> Change:
    """Return a change of one use case, or of all."""
    return Change(path="p", before="a", after="b", direction=direction, sentence="It moved.", use_case=use_case)


NEEDS: dict[str, tuple[list[Change], bool]] = {
    "nothing": ([], False),
    "what tightens": ([change(D.TIGHTER, THERE)], False),
    "what nothing sees": ([change(D.NEITHER, None)], False),
    "what loosens the sandbox": ([change(D.LOOSER, HERE)], False),
    "what loosens what is real": ([change(D.LOOSER, THERE)], True),
    "both ways at once": ([change(D.BOTH, THERE)], True),
    "what loosens all": ([change(D.LOOSER, None)], True),
    "what loosens the sandbox and tightens what is real": ([change(D.LOOSER, HERE), change(D.TIGHTER, THERE)], False),
}


@pytest.mark.parametrize("name", NEEDS)
def test_two_people_sign_what_loosens_anything_real(name: str) -> None:
    changes, wanted = NEEDS[name]
    direction = D.BOTH if any(one.direction.loosens for one in changes) else D.TIGHTER
    assert needs_two(changes, direction, two(), two()) is wanted


def test_the_system_before_and_after_counts() -> None:
    changes = [change(D.BOTH, HERE)]
    assert needs_two(changes, D.BOTH, two(), two(here="hubspot"))
    assert needs_two(changes, D.BOTH, two(here="hubspot"), two())
    assert not needs_two([change(D.LOOSER, None)], D.LOOSER, two(there="sandbox"), two(there="sandbox"))


def test_the_first_policy_is_nobody_elses() -> None:
    assert not needs_two([change(D.LOOSER, THERE)], D.LOOSER, replace(two(), number=0), two())


def offer(**changes: Any) -> PolicyOffer:
    """Return an offer of noon with one signature."""
    plain: dict[str, Any] = {"number": 5, "digest": "d", "documents": {}, "by": "ann", "direction": D.LOOSER}
    return PolicyOffer(**{**plain, "offered_at": NOON, "signed_by": ("ann",), **changes})


def test_waiting_stands_for_a_signature_only_where_that_is_written() -> None:
    small = statement(small_team=SmallTeam(wait_hours=36, why="Two of us."))
    assert ripens_at(offer(), small) == NOON + timedelta(hours=36)
    assert ripens_at(offer(), statement()) is None
    assert ripens_at(offer(), None) is None
    assert ripens_at(offer(signed_by=()), small) is None


def test_an_offer_is_complete_with_two_different_people_and_stale_after_another_policy() -> None:
    assert not complete(offer())
    assert complete(offer(signed_by=("ann", "bo")))
    assert not complete(offer(signed_by=("ann", "ann")))
    assert [stale(offer(), number) for number in (3, 4, 5)] == [True, False, True]


def offered(number: int, digest: str) -> PolicyOffer:
    return PolicyOffer(number=number, digest=digest * 64, documents={}, by="olga", direction=D.LOOSER, offered_at=NOON)


OFFERS = [offered(3, "a"), offered(7, "b"), offered(7, "c"), offered(8, "1")]


def test_an_offer_is_named_by_its_number_or_enough_of_its_digest() -> None:
    assert named(OFFERS, "8", 7) is OFFERS[3]
    assert named(OFFERS, "b" * 8, 6) is OFFERS[1]
    assert named(OFFERS, "3", 6) is OFFERS[0]  # a stale one, where no other is meant
    assert begins("a" * 64, "a" * 8)
    assert not begins("a" * 64, "a" * 7)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [("b", InvalidInput), ("b" * 7, InvalidInput), ("x" * 8, NotFound), ("1", NotFound), ("", NotFound), ("7", Conflict)],
)
def test_what_names_no_one_offer_is_refused(wanted: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        named(OFFERS, wanted, 6)
