"""Draws without memory: the same seed, purpose and row give the same number, in any order and after any restart."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")

_BITS = 53
"""What a float can hold without rounding, so that no draw is ever rounded up to 1."""
_SPAN = float(1 << _BITS)
_NORMAL = NormalDist()


def draw(seed: int, what: str, row: int | str) -> float:
    """Return a number in [0, 1) that hangs on nothing but the three arguments."""
    digest = hashlib.blake2b(f"{seed}:{what}:{row}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> (64 - _BITS)) / _SPAN


def whole(seed: int, what: str, row: int | str, *, low: int, high: int) -> int:
    """Draw a whole number, both ends included."""
    return low + int(draw(seed, what, row) * (high - low + 1))


def one_of(seed: int, what: str, row: int | str, choices: Sequence[T]) -> T:
    """Draw one of the choices, each as likely as the other."""
    return choices[int(draw(seed, what, row) * len(choices))]


def normal(seed: int, what: str, row: int | str) -> float:
    """Draw from the standard normal distribution."""
    return _NORMAL.inv_cdf(max(draw(seed, what, row), 1 / _SPAN))
