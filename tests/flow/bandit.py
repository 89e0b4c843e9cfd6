"""A bandit that does not know its mandate: Thompson sampling says where the traffic should go, and it asks for all of it."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

WHOLE = 1_000_000
_DRAWS = 400


def wish(counts: Mapping[str, tuple[int, int]], random: Random) -> dict[str, int]:
    """Return the shares it would like: how often each arm comes out best when its rate is drawn from what is known."""
    best = dict.fromkeys(counts, 0)
    for _ in range(_DRAWS):
        drawn = {arm: random.betavariate(1 + good, 1 + came - good) for arm, (came, good) in counts.items()}
        best[max(drawn, key=lambda arm: drawn[arm])] += 1
    return whole({arm: round(n / _DRAWS * WHOLE) for arm, n in best.items()})


def toward(now: Mapping[str, int], wanted: Mapping[str, int], *, step: int, low: int, high: int, holdout: int) -> dict[str, int]:
    """Return the nearest shares to a wish that one move inside band, step and holdout can reach; the control takes the rest."""
    control, *others = now
    room = {arm: (max(low, now[arm] - step), min(high, now[arm] + step)) for arm in others}
    shares = {arm: min(max(wanted[arm], bottom), top) for arm, (bottom, top) in room.items()}
    least, most = max(holdout, now[control] - step), now[control] + step
    while (rest := WHOLE - sum(shares.values())) < least:
        _give(shares, {arm: bottom for arm, (bottom, _) in room.items()}, least - rest, up=False)
    while (rest := WHOLE - sum(shares.values())) > most:
        _give(shares, {arm: top for arm, (_, top) in room.items()}, rest - most, up=True)
    return {control: rest} | shares


def _give(shares: dict[str, int], bounds: Mapping[str, int], amount: int, *, up: bool) -> None:
    """Move one arm towards its bound, the one with most room first."""
    arm = max(shares, key=lambda one: abs(bounds[one] - shares[one]))
    change = min(amount, abs(bounds[arm] - shares[arm]))
    shares[arm] += change if up else -change


def whole(shares: dict[str, int]) -> dict[str, int]:
    """Let the first arm take what rounding left over."""
    first = next(iter(shares))
    return shares | {first: shares[first] + WHOLE - sum(shares.values())}
