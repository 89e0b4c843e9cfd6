"""Counted rules: what an action adds to which limit, and which windows it is counted in. It counts nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from remit.core.attributes import ActionFacts
from remit.core.catalogue import CatalogueEntry, base_of
from remit.core.limit_spec import LimitSpec
from remit.core.types import Operation

DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit in force, by its name in the policy: `risk_statement/touches` or `score/daily`."""

    name: str
    spec: LimitSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Where a limit is counted: whose count it is, and the bucket of time, in seconds since 1970.

    A window of a day or more is counted in days, the present one included; a shorter one in spans of its own length.
    """

    limit: str
    scope: str
    bucket: int


def limits_of(
    operation: Operation, chartered: Mapping[str, LimitSpec], shared: Mapping[str, LimitSpec], use_case: str
) -> list[Limit]:
    """Name every limit that counts an operation: the organisation's first, then the charter's."""
    named = [(f"risk_statement/{name}", spec) for name, spec in shared.items()]
    named += [(f"{use_case}/{name}", spec) for name, spec in chartered.items()]
    wanted = {operation, base_of(operation)}
    return [Limit(name=name, spec=spec) for name, spec in named if not spec.operations or wanted & set(spec.operations)]


def adds(limit: Limit, entry: CatalogueEntry | None, facts: ActionFacts) -> int | None:
    """Return how much an action adds to a limit; None where nobody can tell."""
    match limit.spec.counts:
        case "actions":
            return 1
        case "touches":
            # an operation that is named counts as a touch whatever the catalogue says: a call task is one
            return 1 if limit.spec.operations or entry is None or entry.contacts_person else 0
        case "reach":
            return facts.reach
        case "spend_minor":
            found = facts.further.get("money.spend_minor")
            return found if type(found) is int and found >= 0 else None


def scope_of(limit: Limit, *, connector: str, use_case: str, operation: str, agent: str, contact: str | None) -> str | None:
    """Name whose count it is; None where the limit counts for each contact and the action names none."""
    match limit.spec.each:
        case "organisation":
            return "organisation"
        case "connector":
            return f"connector:{connector}"
        case "use_case":
            return f"use_case:{use_case}"
        case "operation":
            return f"operation:{use_case}/{operation}"
        case "agent":
            return f"agent:{agent}"
        case "contact":
            return None if contact is None else f"{connector}:{contact}"


def buckets(spec: LimitSpec, now: datetime) -> list[int]:
    """Return the buckets of a limit's window that ends now, the present one last."""
    span = spec.span
    step = min(DAY, span)
    present = (now - _EPOCH) // step
    many = -(-span // step)
    return [int((number * step).total_seconds()) for number in range(present - many + 1, present + 1)]


def rows(limit: Limit, scope: str, now: datetime) -> list[Row]:
    """Return the rows whose sum is what was used in the window that ends now; the last one is what is added to."""
    return [Row(limit=limit.name, scope=scope, bucket=bucket) for bucket in buckets(limit.spec, now)]


def over(limit: Limit, used: int | None, more: int | None) -> bool:
    """Whether an action takes a count past its limit; not knowing either figure counts as past it."""
    return used is None or more is None or used + more > limit.spec.at_most


def lock_order(wanted: Iterable[Row]) -> list[Row]:
    """Order rows so that two transactions that need the same ones ask for them in the same order."""
    return sorted(set(wanted), key=lambda row: (row.limit, row.scope, row.bucket))
