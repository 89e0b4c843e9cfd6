"""Arms for tests of mandates: real ones, replayed visitor by visitor from published headline tests, and generated ones.

The real ones lie beside the main checkout, where there are any: impressions and clicks per arm of the Upworthy Research Archive.
A test's id begins with the moment it was made, so that the tests of the summer and autumn of 2013, of which the archive's
authors say that visitors were not split at random, can be left out.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Protocol

FAULTY = (datetime(2013, 6, 24, tzinfo=UTC), datetime(2014, 1, 12, tzinfo=UTC))
NAMES = ("control", "b", "c", "d", "e", "f")


class Arms(Protocol):
    """What visitors do in each arm."""

    def succeed(self, arm: str, visitors: int, random: Random) -> int | None:
        """Let so many come to an arm; return how many succeeded, None where nobody is left who could come."""


@dataclass(frozen=True, kw_only=True)
class Generated:
    """Arms with a rate that is known."""

    rates: dict[str, float]

    def succeed(self, arm: str, visitors: int, random: Random) -> int | None:
        """Draw each visitor."""
        return sum(random.random() < self.rates[arm] for _ in range(visitors))


@dataclass(kw_only=True)
class Replayed:
    """Real arms: everybody who saw a headline comes once, in random order."""

    impressions: dict[str, int]
    clicks: dict[str, int]
    left: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Nobody has come yet."""
        self.left = {arm: [n, self.clicks[arm]] for arm, n in self.impressions.items()}

    def succeed(self, arm: str, visitors: int, random: Random) -> int | None:
        """Draw each visitor from those who are left."""
        left = self.left[arm]
        if left[0] < visitors:
            return None
        clicks = 0
        for _ in range(visitors):
            clicked = random.random() < left[1] / left[0]
            left[0] -= 1
            left[1] -= clicked
            clicks += clicked
        return clicks

    @property
    def rates(self) -> dict[str, float]:
        """Return the rate of each arm over everybody who saw it."""
        return {arm: self.clicks[arm] / n for arm, n in self.impressions.items()}


def real_tests(*, arms: int, visitors: int, best_first: bool = True) -> list[Replayed]:
    """Return the sound tests with so many arms, each seen by so many at least, in the order of the file.

    The file lists the arms of a test from the best rate down and names no control: the first one is it here, or the last.
    """
    folder = _folder()
    with (folder / "impressions.csv").open(newline="") as seen, (folder / "clicks.csv").open(newline="") as clicked:
        pairs = list(zip(csv.reader(seen), csv.reader(clicked), strict=True))[1:]
    return [_replayed(one[1:], other[1:], arms, best_first) for one, other in pairs if _fits(one, other, arms, visitors)]


def there() -> bool:
    """Whether the real tests are there."""
    return (_folder() / "clicks.csv").is_file()


def _fits(seen: list[str], clicked: list[str], arms: int, visitors: int) -> bool:
    assert seen[0] == clicked[0]
    made = datetime.fromtimestamp(int(seen[0][:8], 16), UTC)
    many = [float(n) for n in seen[1:] if float(n)]
    return not FAULTY[0] <= made <= FAULTY[1] and len(many) == arms and min(many) >= visitors


def _replayed(seen: list[str], clicked: list[str], arms: int, best_first: bool) -> Replayed:  # private
    pairs = list(zip(seen[:arms], clicked[:arms], strict=True))
    found = dict(zip(NAMES, pairs if best_first else reversed(pairs), strict=False))
    counts = {name: (int(float(n)), int(float(clicks))) for name, (n, clicks) in found.items()}
    return Replayed(
        impressions={name: n for name, (n, _) in counts.items()}, clicks={name: clicks for name, (_, clicks) in counts.items()}
    )


def _folder() -> Path:
    return _main_checkout().parent / "shared" / "data" / "ab_tests_upworthy"


def _main_checkout() -> Path:
    """Return the folder of the repository; of a linked work tree, that of the repository it belongs to."""
    root = Path(__file__).parents[2]
    if not (root / ".git").is_file():
        return root
    return Path((root / ".git").read_text().removeprefix("gitdir:").strip()).parents[2]
