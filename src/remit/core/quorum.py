"""Whose approval an action needs, and whose it still lacks. It knows names and roles; who somebody is was settled before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from remit.core.access import OWN, TABLE, Verb, one_of
from remit.core.types import Frozen, Role

if TYPE_CHECKING:
    from remit.core.action import Action
    from remit.core.charter import ApprovalSpec

A = TypeVar("A")
B = TypeVar("B")
Place = frozenset[Role]
"""One approval that is needed, as the roles that may give it."""

USUAL: Place = TABLE[Verb.ANSWER] - OWN[Verb.ANSWER]
"""Who approves where a charter names nobody."""

_TWO = 2


class Approval(Frozen, frozen=True, kw_only=True):
    """Somebody approved, in these of her roles."""

    by: str
    roles: tuple[Role, ...]


def places(spec: ApprovalSpec, *, two_people: bool) -> tuple[Place, ...]:
    """Return the approvals that an action needs. One person fills one place, so two places are two people."""
    found = [frozenset((role,)) for role in spec.all_of]
    if spec.any_of or not found:
        found.append(frozenset(spec.any_of) or USUAL)
    while two_people and len(found) < _TWO:
        found.append(USUAL.union(*found))
    return tuple(found)


def missing(needed: Sequence[Place], approvals: Iterable[Approval]) -> tuple[Place, ...]:
    """Return the places that stay empty when everybody sits where it serves best."""
    people = {one.by: one.roles for one in approvals}
    seated = _pair(list(people), needed, lambda person, place: not place.isdisjoint(people[person]))
    return tuple(place for at, place in enumerate(needed) if at not in seated)


def approvals_of(action: Action) -> tuple[Approval, ...]:
    """Return who approved an action. Before roles were written down, whoever answered was one who might."""
    if action.approvals or action.answered_by is None:
        return action.approvals
    return (Approval(by=action.answered_by, roles=tuple(Role)),)


def may_speak(needed: Iterable[Place]) -> Place:
    """Return the roles that may reject, return or put off an action, or say what became of a draft."""
    return USUAL.union(*needed)


def demands(much: Sequence[Place], little: Sequence[Place]) -> bool:
    """Whether everything that would satisfy the one satisfies the other: each place has a stricter one that stands for it."""
    seated = _pair(list(little), much, lambda place, stricter: stricter <= place)
    return len(seated) == len(little)


def in_words(needed: Iterable[Place]) -> str:
    """Name the approvals that are missing, as people say them."""
    return " and ".join(one_of(place) for place in needed)


def _pair(ones: Sequence[A], others: Sequence[B], fits: Callable[[A, B], bool]) -> dict[int, int]:
    """Pair as many as fit, each once: by augmenting paths (Kuhn 1955). Returns place of the other -> place of the one."""
    taken: dict[int, int] = {}

    def seat(one: int, tried: set[int]) -> bool:
        for other in range(len(others)):
            if other in tried or not fits(ones[one], others[other]):
                continue
            tried.add(other)
            if other not in taken or seat(taken[other], tried):
                taken[other] = one
                return True
        return False

    for one in range(len(ones)):
        seat(one, set())
    return taken
