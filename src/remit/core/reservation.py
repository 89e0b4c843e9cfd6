"""What an action takes from limits before it leaves, and gives back when it never started. Held items take nothing.

The gate judges by what others have taken: an action's own share is left out, so that asking twice counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from remit.core.attributes import ActionFacts
from remit.core.catalogue import CatalogueEntry
from remit.core.limits import Limit, Span, adds
from remit.core.types import Frozen, Whole


class Reserved(Frozen, frozen=True, kw_only=True):
    """What one action took from one limit: of whose count, in which bucket of time, how much.

    `most` is what the whole bucket may come to with it: the limit less what the earlier buckets of the window hold. A store
    checks it again when it writes, so that the promise does not rest on nobody else writing meanwhile.
    """

    limit: str
    scope: str
    bucket: Whole
    amount: Whole
    most: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much of a limit others have taken: in the present bucket of its window, and in the earlier ones."""

    limit: Limit
    span: Span
    earlier: int
    present: int

    @property
    def used(self) -> int:
        """Return how much of the whole window is taken."""
        return self.earlier + self.present


def count(limit: Limit, span: Span, taken: Mapping[int, int], own: Iterable[Reserved] = ()) -> Count:
    """Count what others have taken in a window. `taken` is what each of its buckets holds, `own` the action's own share."""
    present, all_ = taken.get(span.last, 0), sum(taken.values())
    for one in own:
        if (one.limit, one.scope) == (span.limit, span.scope) and span.first <= one.bucket <= span.last:
            all_ -= one.amount
            present -= one.amount if one.bucket == span.last else 0
    return Count(limit=limit, span=span, earlier=all_ - present, present=present)


def reservations(counts: Iterable[Count], entry: CatalogueEntry | None, facts: ActionFacts) -> tuple[Reserved, ...]:
    """Return what an action takes when it leaves. Where nobody can tell how much it is, there is nothing to take."""
    found = ((one, adds(one.limit, entry, facts)) for one in counts)
    return tuple(_reserved(one, more) for one, more in found if more)


def _reserved(one: Count, amount: int) -> Reserved:
    span = one.span
    most = one.limit.spec.at_most - one.earlier
    return Reserved(limit=span.limit, scope=span.scope, bucket=span.last, amount=amount, most=most)


def same(one: Iterable[Reserved], other: Iterable[Reserved]) -> bool:
    """Whether two shares take the same from the same buckets."""
    return _shares(one) == _shares(other)


def _shares(reserved: Iterable[Reserved]) -> set[tuple[str, str, int, int]]:
    return {(one.limit, one.scope, one.bucket, one.amount) for one in reserved}
