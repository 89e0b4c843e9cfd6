"""The part of a charter that says how a level is earned and lost: what counts, what it costs, how sure one has to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

import msgspec

Rate = Annotated[float, msgspec.Meta(gt=0, lt=1)]
Loss = Annotated[float, msgspec.Meta(ge=0, le=1)]

OUTCOMES: Mapping[str, float] = MappingProxyType(
    {"reverted": 1.0, "complaint": 1.0, "spam_complaint": 1.0, "bounce": 1.0, "unsubscribe": 0.5}
)
"""What a later event costs where the charter says nothing. What is not named, such as a reply, costs nothing."""

STYLE_REASONS = ("style", "tone", "wording")
"""Reason codes of an edit that is a matter of taste, where the charter names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSpec:
    """What one observation is: items with equal parts fail together, so they count once.

    `key` parts: `day`, `record`, `operation`, `argument:NAME`. `items` is how many of a cluster are graded for evidence.
    """

    key: tuple[str, ...]
    why: str
    items: Annotated[int, msgspec.Meta(ge=1, le=20)] = 2
    close_after_days: Annotated[int, msgspec.Meta(ge=1)] = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class LossSpec:
    """What each answer costs, 0 (sent unchanged) to 1 (a full error).

    An edit that changed at most `light_up_to` of the text costs `edited_lightly` (never more than `edited`). One whose reason is
    among `style_reasons` costs `style`: it is a matter of taste, and costs no credibility.
    """

    edited: Loss = 0.5
    edited_lightly: Loss = 0.1
    light_up_to: Loss = 0.1
    style: Loss = 0.0
    style_reasons: tuple[str, ...] = STYLE_REASONS
    rejected: Loss = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSpec:
    """What happens later and counts. `losses` says by the kind of an outcome what it costs, 0 to 1; others cost nothing.

    `wait_days` is how long a clean answer waits before it counts, because an outcome may still come. `tolerated` is the mean
    loss by outcomes alone that is bearable over all actions (the tolerance, where left out): beyond it a level is lost.
    """

    losses: Mapping[str, Loss] = field(default_factory=lambda: dict(OUTCOMES))
    wait_days: Annotated[int, msgspec.Meta(ge=0, le=90)] = 0
    tolerated: Annotated[float, msgspec.Meta(gt=0, lt=0.5)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSpec:
    """When level 4 may skip an approval above low risk: only above a confidence that was shown to be good enough.

    `delta` is the chance that a confidence is ever certified whose share of errors exceeds the tolerance, `days` how long a
    passed suite is good for.
    """

    delta: Rate = 0.05
    days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSpec:
    """How a level is earned and lost. `tolerance` is the highest acceptable mean loss, `alpha` the lifetime error budget.

    `miss_rate` is the share of errors a reviewer is assumed to overlook, signed with the charter, until enough planted errors
    were answered to bound it. `run_length` is the number of sampled reviews between two tolerated false demotions. `harm_cap` is
    how many errors may be expected to escape before a level that went bad is lost; it raises `qa_rate` where that is too low for
    it. While answers warn of a drift, `qa_rate_highest` is looked at. So many violations since the level was given
    (`violations_to_demote`) end it, too.
    """

    tolerance: Annotated[float, msgspec.Meta(gt=0, lt=0.5)]
    why: str
    cluster: ClusterSpec
    alpha: Rate = 0.05
    miss_rate: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.2
    losses: LossSpec = LossSpec()
    outcomes: OutcomeSpec = OutcomeSpec()
    certificate: CertificateSpec = CertificateSpec()
    qa_rate: Rate = 0.05
    qa_rate_highest: Rate = 0.5
    harm_cap: Annotated[float, msgspec.Meta(gt=0)] | None = None
    detect_days: Annotated[int, msgspec.Meta(ge=1)] = 14
    run_length: Annotated[int, msgspec.Meta(ge=10)] = 2000
    drafts_to_level_2: Annotated[int, msgspec.Meta(ge=1)] = 20
    violations_to_demote: Annotated[int, msgspec.Meta(ge=1)] = 3
