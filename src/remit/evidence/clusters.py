"""Items that fail together are one observation. It does not know what makes a cluster, nor draws its items.

Copies of one template, one campaign, one day's feed share their mistakes: given the first, the second is no fair bet, and a test
that counts items promotes what is worse than its tolerance in half of all runs or more (errors in groups of 10 to 20). One factor
per cluster is valid whatever happens inside it, as long as its mean loss is at least eps given the past under the null.

Condition: the items looked at are drawn uniformly within the cluster, and the draw does not depend on their content. Then the
mean of the first k has the cluster's mean as its expectation, and no k is too small for validity.

Source: conditional mean null of `promotion`; uniform draws within clusters as in two-stage sampling, Cochran, "Sampling
Techniques" (1977), chapter 10.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def cluster_loss(drawn: Sequence[float | None], *, first: int, unanswered: float = 1.0) -> float:
    """Give the loss of one cluster: the mean over the `first` of its items in the order of the draw.

    An item without an answer (None: withdrawn, lapsed, too late) counts `unanswered`, the largest loss: silence is no success.
    Items after the first are left out, however many there are and whatever they say. Raises ValueError without any item.
    """
    looked_at = drawn[:first] if first >= 1 else ()
    if not looked_at:
        msg = f"a cluster needs at least one item that was drawn, found {len(drawn)} and first={first!r}"
        raise ValueError(msg)
    return math.fsum(unanswered if loss is None else loss for loss in looked_at) / len(looked_at)
