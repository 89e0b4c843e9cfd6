"""Scales: which way it is when a value of a policy moves. Each holds for every question one can ask, or says `BOTH`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from remit.core.change import Direction
from remit.core.types import ActionClass

D = Direction


def words(_before: object, _after: object) -> Direction:
    """Leave text for people aside: nothing that decides looks at it."""
    return D.NEITHER


def unknown(_before: object, _after: object) -> Direction:
    """Say both: nobody can tell in general."""
    return D.BOTH


def most(before: Any, after: Any) -> Direction:
    """Compare the most that is allowed: lower is tighter, and no bound is the loosest."""
    if before is None or after is None:
        return D.TIGHTER if before is None else D.LOOSER
    return D.TIGHTER if after < before else D.LOOSER


def least(before: Any, after: Any) -> Direction:
    """Compare the least that is asked for: higher is tighter, and nothing asked is the loosest."""
    if before is None or after is None:
        return D.TIGHTER if before is None else D.LOOSER
    return D.TIGHTER if after > before else D.LOOSER


def named(before: str, after: str) -> Direction:
    """Compare a name that is asked for, if any: asking is tighter than not asking, another one is both."""
    if before and after:
        return D.BOTH
    return D.TIGHTER if after else D.LOOSER


def allowed(before: Collection[Any], after: Collection[Any]) -> Direction:
    """Compare all that is allowed: fewer is tighter."""
    return asked(after, before)


def asked(before: Collection[Any], after: Collection[Any]) -> Direction:
    """Compare all that is asked for: more is tighter."""
    kept, fresh = all(one in after for one in before), all(one in before for one in after)
    if kept and fresh:
        return D.NEITHER  # another order
    if kept or fresh:
        return D.TIGHTER if kept else D.LOOSER
    return D.BOTH


def reach(before: Collection[Any], after: Collection[Any]) -> Direction:
    """Compare where something that tightens is there; none named means everywhere."""
    if not before or not after:
        return D.LOOSER if after else D.TIGHTER
    return asked(before, after)


def classes(before: ActionClass, after: ActionClass) -> Direction:
    """Compare what an action could cost: worse is tighter, and worse in one way but better in another is both."""
    if before | after == after:
        return D.TIGHTER
    return D.LOOSER if before | after == before else D.BOTH
