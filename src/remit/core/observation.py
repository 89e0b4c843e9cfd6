"""What counts as one observation: clusters of actions that fail together, and which of their items are graded."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.core.approval import FULL_PPM
from remit.core.evidence_spec import ClusterSpec, EvidenceSpec
from remit.core.types import Operation, ProposalId, UseCaseId, Value
from remit.evidence.clusters import cluster_loss
from remit.evidence.late import known_loss


def cluster_key(
    spec: ClusterSpec, *, operation: Operation, arguments: Mapping[str, Value], record: str | None, at: datetime
) -> str:
    """Name the cluster of an action, from the charter's key. Never taken from the agent."""
    return "|".join(_part(part, operation=operation, arguments=arguments, record=record, at=at) for part in spec.key)


def _part(part: str, *, operation: Operation, arguments: Mapping[str, Value], record: str | None, at: datetime) -> str:
    match part:
        case "day":
            return at.date().isoformat()
        case "record":
            return record or "no record"
        case "operation":
            return operation
        case _:
            return f"{arguments.get(part.removeprefix('argument:'))}"


CERTIFYING = "certificate "
"""What the name of a cluster begins with whose items a certificate is about: they are no evidence of level 3."""


def draw_ppm(secret: bytes, *parts: str) -> int:
    """Return a number in 0 .. 999,999 that depends on the content alone: the same content always draws the same."""
    digest = hmac.digest(secret, "\x1f".join(parts).encode(), "sha256")
    return int.from_bytes(digest[:8]) % FULL_PPM


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One gradable action of a cluster. `settled` says that no answer can come any more.

    `ended_at` is when it was carried out or came to its end, `decided` names the decision that holds its agent's confidence.
    """

    proposal: ProposalId
    draw_ppm: int
    loss_ppm: int | None
    settled: bool
    ended_at: datetime | None = None
    decided: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCluster:
    """A cluster that still collects answers."""

    use_case: UseCaseId
    operation: Operation
    version: str
    trial: int
    cluster: str
    opened_at: datetime
    items: tuple[Item, ...]


def close(
    spec: EvidenceSpec, items: Sequence[Item], *, opened_at: datetime, now: datetime
) -> tuple[int, tuple[Item, ...]] | None:
    """Return the cluster's loss and the items it stands on, or None while it is still open.

    The first `spec.cluster.items` by draw are graded. An item that ended without an answer, or has none after
    `close_after_days`, counts as a full loss. A clean one waits `spec.outcomes.wait_days` for what may still become of it. A
    cluster with the day in its key waits for the day to end.
    """
    cluster, wait = spec.cluster, timedelta(days=spec.outcomes.wait_days)
    if "day" in cluster.key and now.date() <= opened_at.date():
        return None
    drawn = sorted(items, key=lambda item: (item.draw_ppm, item.proposal))[: cluster.items]
    overdue = now - opened_at >= timedelta(days=cluster.close_after_days) + wait
    if not drawn or not (overdue or all(_known(item, spec.tolerance, wait, now) for item in drawn)):
        return None
    loss_ppm = cluster_loss([item.loss_ppm for item in drawn], first=cluster.items, unanswered=FULL_PPM)
    return round(loss_ppm), tuple(drawn)


def _known(item: Item, tolerance: float, wait: timedelta, now: datetime) -> bool:
    """Say whether the loss of an item can be taken for final."""
    if item.settled:
        return True
    if item.loss_ppm is None:
        return False
    age = max(timedelta(), now - item.ended_at) if item.ended_at else timedelta()
    return known_loss(item.loss_ppm / FULL_PPM, age=age / _DAY, window=wait / _DAY, tolerance=tolerance) is not None


_DAY = timedelta(days=1)
