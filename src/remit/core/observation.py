"""What counts as one observation: clusters of actions that fail together, and which of their items are graded."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.core.approval import FULL_PPM
from remit.core.charter import ClusterSpec
from remit.core.types import Operation, ProposalId, UseCaseId, Value
from remit.evidence.clusters import cluster_loss


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


def draw_ppm(secret: bytes, *parts: str) -> int:
    """Return a number in 0 .. 999,999 that depends on the content alone: the same content always draws the same."""
    digest = hmac.digest(secret, "\x1f".join(parts).encode(), "sha256")
    return int.from_bytes(digest[:8]) % FULL_PPM


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One gradable action of a cluster. `settled` says that no answer can come any more."""

    proposal: ProposalId
    draw_ppm: int
    loss_ppm: int | None
    settled: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A closed cluster: its loss is the mean over the items drawn first."""

    use_case: UseCaseId
    operation: Operation
    cluster: str
    loss_ppm: int
    items: tuple[ProposalId, ...]


def close(
    spec: ClusterSpec, items: Sequence[Item], *, opened_at: datetime, now: datetime
) -> tuple[int, tuple[ProposalId, ...]] | None:
    """Return the cluster's loss and the items it stands on, or None while it is still open.

    The first `spec.items` by draw are graded. An item that ended without an answer, or has none after
    `spec.close_after_days`, counts as a full loss. A cluster with the day in its key waits for the day to end.
    """
    if "day" in spec.key and now.date() <= opened_at.date():
        return None
    drawn = sorted(items, key=lambda item: (item.draw_ppm, item.proposal))[: spec.items]
    overdue = now - opened_at >= timedelta(days=spec.close_after_days)
    if not drawn or not all(item.loss_ppm is not None or item.settled or overdue for item in drawn):
        return None
    loss_ppm = cluster_loss([item.loss_ppm for item in drawn], first=spec.items, unanswered=FULL_PPM)
    return round(loss_ppm), tuple(item.proposal for item in drawn)
