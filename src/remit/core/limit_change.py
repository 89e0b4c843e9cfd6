"""What changes in limits and in the hours in which people may be contacted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from remit.core.change import Change, Direction, Fields, Where, between, each
from remit.core.change_scale import most, reach, unknown, words
from remit.core.limit_spec import ContactHours, LimitSpec
from remit.core.limits import DAY

D = Direction


def limits_between(where: Where, before: Mapping[str, LimitSpec], after: Mapping[str, LimitSpec]) -> Iterator[Change]:
    """Compare named limits: a further one is tighter."""
    return each(where, "limit", before, after, new=lambda _: D.TIGHTER, inside=_limit)


def _limit(where: Where, before: LimitSpec, after: LimitSpec) -> Iterator[Change]:
    # what a limit of touches names counts as a touch, so naming operations is more than leaving others out
    turned = "touches" in {before.counts, after.counts} and (not before.operations or not after.operations)
    known = {**_FIELDS, "operations": ("the operations it counts", unknown if turned else reach, "all of them")}
    return between(where, before, after, known)


def hours(before: ContactHours | None, after: ContactHours | None) -> Direction:
    """Compare hours of contact: fewer are tighter."""
    if before is None or after is None:
        return D.TIGHTER if before is None else D.LOOSER
    fewer = after.earliest >= before.earliest and after.latest <= before.latest
    more = after.earliest <= before.earliest and after.latest >= before.latest
    if fewer or more:
        return D.TIGHTER if fewer else D.LOOSER
    return D.BOTH


def _verdict(_before: str, after: str) -> Direction:
    return D.TIGHTER if after == "block" else D.LOOSER


def _window(before: str, after: str) -> Direction:
    """Compare windows: a longer one is tighter where it holds all that the shorter one does, whenever one asks."""
    one, other = _counted(before), _counted(after)
    if one == other:
        return D.NEITHER
    if _holds(other, one):
        return D.TIGHTER
    return D.LOOSER if _holds(one, other) else D.BOTH


def _counted(window: str) -> tuple[timedelta, int]:
    """Return the length of what a window is counted in, and how many of these it has."""
    span = LimitSpec(counts="actions", at_most=0, window=window).span
    step = min(DAY, span)
    return step, -(-span // step)


def _holds(long: tuple[timedelta, int], short: tuple[timedelta, int]) -> bool:
    fits = long[0] % short[0] == timedelta(0)  # else the long one may have begun later than the short one
    return fits and long[0] * long[1] >= short[0] * short[1]


_FIELDS: Fields = {
    "counts": ("what it counts", unknown),
    "at_most": ("the most", most),
    "window": ("the window", _window),
    "each": ("whose count it is", unknown),
    "verdict": ("the verdict over it", _verdict),
    "because": ("its sentence", words),
}
