"""How long promotion takes if the error rate is what somebody believes, before a pilot and on its way. It promises nothing.

The wealth of 0/1 losses depends on reviews n and errors k alone, so k errors promote from one known n on
(`promotion.reviews_needed`), and the chance of every number of errors among those not yet promoted follows exactly, review by
review, without simulation. Assumption: errors are independent, of one rate. Losses between 0 and 1 of the same mean are faster.

Source: absorbing Markov chain, as Wald and Wolfowitz (1948) treat sequential tests; oracle: exact operating characteristics in
`tests/evidence`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from remit.evidence.promotion import answers_needed, log_wealth
from remit.evidence.ranges import require_count, require_open_unit

_CERTAIN = 1.0 - 1e-15


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What to expect of the next `horizon` reviews.

    `chance` is the probability to be promoted within them; `mean_reviews` is E[min(T, horizon)] with T the reviews it takes;
    `by_review` holds P(T <= n) for n = 0 .. horizon.
    """

    mean_reviews: float
    by_review: tuple[float, ...]

    @property
    def chance(self) -> float:
        """The probability to be promoted within the horizon."""
        return self.by_review[-1]

    def reviews_for(self, chance: float) -> int | None:
        """Give the smallest number of reviews that promote with at least this probability; None if the horizon is too short."""
        return next((n for n, reached in enumerate(self.by_review) if reached >= chance), None)


def forecast(error_rate: float, *, tolerance: float, alpha: float, horizon: int, reviews: int = 0, errors: int = 0) -> Forecast:
    """Forecast the next `horizon` reviews of an agent that errs at `error_rate` in [0, 1], after `errors` in `reviews` so far.

    Takes some horizon x errors steps: 0.1 s for 4,000 reviews at a tolerance of 0.05. A test that has crossed takes no further
    review. Near the tolerance the chance stays small however long one waits: such a use case cannot be told from a bad one.
    """
    if not 0.0 <= error_rate <= 1.0:
        msg = f"error_rate must lie in [0, 1], found {error_rate!r}"
        raise ValueError(msg)
    require_count("horizon", horizon)
    require_count("reviews", reviews)
    require_open_unit("alpha", alpha)
    if log_wealth(reviews, errors, tolerance=tolerance) >= -math.log(alpha):
        return Forecast(mean_reviews=0.0, by_review=(1.0,) * (horizon + 1))
    return _walk(error_rate, horizon, _boundary(reviews, errors, tolerance=tolerance, alpha=alpha, horizon=horizon))


def _boundary(reviews: int, errors: int, *, tolerance: float, alpha: float, horizon: int) -> list[int]:
    """Give for 0, 1, 2, ... further errors after how many further reviews they promote, as far as the horizon reaches."""
    boundary: list[int] = []
    while True:
        further = len(boundary)
        seen = {1.0: errors + further, 0.0: reviews - errors}
        needed = further + answers_needed(seen, tolerance=tolerance, alpha=alpha)
        if needed > horizon:
            return boundary
        boundary.append(needed)


def _walk(error_rate: float, horizon: int, boundary: list[int]) -> Forecast:
    # alive[k] is the chance of k further errors and no promotion yet. More errors than the boundary knows of cannot promote
    # within the horizon: they fall off the end, and stay unpromoted.
    crossing = dict(zip(boundary, range(len(boundary)), strict=True))
    alive, promoted, by_review = [1.0] + [0.0] * len(boundary), 0.0, [0.0]
    for n in range(1, horizon + 1):
        if promoted >= _CERTAIN:
            break
        alive = [stay * (1.0 - error_rate) + err * error_rate for stay, err in zip(alive, [0.0, *alive[:-1]], strict=True)]
        if (errors := crossing.get(n)) is not None:
            promoted, alive[errors] = min(promoted + alive[errors], 1.0), 0.0
        by_review.append(promoted)
    mean = math.fsum(1.0 - reached for reached in by_review[:horizon])
    by_review += [1.0] * (horizon + 1 - len(by_review))
    return Forecast(mean_reviews=mean, by_review=tuple(by_review))
